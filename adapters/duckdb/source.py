"""What tables are loaded from: a file, a database, an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from adapters.ports import Link


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table as a source gives it to one tenant: `data` is a pyarrow.Table of only the rows that this tenant owns;
    `descriptions` are by column."""

    name: str
    data: Any
    key: tuple[str, ...] = ()
    description: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


class Source(Protocol):
    """One entry of `tables` in config.yaml. `place` names it in errors: `tables.0`."""

    place: str

    def serves(self, tenant: str) -> bool:
        """Whether the tenant may see any of it."""

    async def version(self) -> str:
        """What changes whenever the rows do; cheap, since it is asked often. Raises AdapterError."""

    async def load(self, tenant: str) -> Sequence[Loaded]:
        """The tables with the rows of this tenant, and no other row. Raises AdapterError."""

    async def close(self) -> None:
        """Let go of connections."""
