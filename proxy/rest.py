"""Lets something be for a while that was too slow several times in a row, so that it does not cost every request."""

from __future__ import annotations

import time
from dataclasses import dataclass

FAULTS, REST = 5, 10.0
SLOW = ("timeout", "error:Timeout")


@dataclass(slots=True)
class Rest:
    """How something fared lately; it rests for `REST` seconds after `FAULTS` time-outs in a row."""

    faults: int = 0
    until: float = 0.0

    def __bool__(self) -> bool:
        return self.until > time.monotonic()

    def judge(self, fault: str | None) -> None:
        """Count a time-out, or forget the earlier ones. Other faults cost no time, and may be one person's alone."""
        self.faults = self.faults + 1 if fault in SLOW else 0
        if self.faults >= FAULTS:
            self.until = time.monotonic() + REST
