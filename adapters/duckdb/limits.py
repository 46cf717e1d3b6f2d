"""What a question over tables may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a query and of the copies that it runs over. `timeout` and `refresh` are seconds: of one query, and
    between two looks whether a source has changed; `memory_mb` MiB for the rows of one tenant, and as much again for a
    query; `max_bytes` of all rows of an answer together; `tenants` whose copies are kept."""

    isolation: Literal["thread", "process"] = "thread"
    timeout: float = 2.0
    memory_mb: int = 256
    max_rows: int = 50
    max_columns: int = 20
    max_bytes: int = 20_000
    refresh: float = 5.0
    tenants: int = 16
