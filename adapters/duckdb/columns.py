"""Columns from values that come one by one, each of the first type that holds all of its values.

SQLite keeps what it is given, whatever a column was declared as: a column of dates may hold the word "unknown" in its
last row. Then the whole column is text, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from adapters.duckdb.entry import Room

MISFITS = (ValueError, TypeError, LookupError, ArithmeticError, pa.ArrowException)
Batches = Callable[[], Iterable[Sequence[Sequence[Any]]]]
_TRUTHS = {0: False, 1: True, "false": False, "true": True}


class Rung(NamedTuple):
    """A type, and how a value is made one of it; raises one of MISFITS where it is none."""

    type: pa.DataType
    made: Callable[[Any], Any]


def _boolean(value: Any) -> bool:
    return _TRUTHS[value.lower() if isinstance(value, str) else value]


def _integer(value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float | Decimal):
        raise ValueError
    return float(value)


def _exact(value: Any) -> Decimal:
    if not isinstance(value, int | float | Decimal):
        raise ValueError
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _date(value: Any) -> date:
    if isinstance(value, str) and len(value) != 10:
        raise ValueError
    return value if isinstance(value, date) else date.fromisoformat(value)


def _timestamp(value: Any) -> datetime:
    made = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return made.astimezone(UTC).replace(tzinfo=None) if made.tzinfo else made


def _time(value: Any) -> time:
    made = value if isinstance(value, time) else time.fromisoformat(value)
    if made.tzinfo:
        raise ValueError
    return made


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


BOOLEAN, INTEGER, NUMBER = Rung(pa.bool_(), _boolean), Rung(pa.int64(), _integer), Rung(pa.float64(), _number)
DATE, TIME = Rung(pa.date32(), _date), Rung(pa.time64("us"), _time)
TIMESTAMP, TEXT = Rung(pa.timestamp("us"), _timestamp), Rung(pa.string(), _text)
LADDERS: dict[str, tuple[Rung, ...]] = {
    "boolean": (BOOLEAN, INTEGER, NUMBER, TEXT),
    "integer": (INTEGER, NUMBER, TEXT),
    "number": (NUMBER, TEXT),
    "date": (DATE, TIMESTAMP, TEXT),
    "timestamp": (TIMESTAMP, TEXT),
    "time": (TIME, TEXT),
    "text": (TEXT,),
}


def ladder(kind: str, scale: int = 0) -> tuple[Rung, ...]:
    """The types to try for a column: a name of LADDERS, or `decimal` with so many digits after the point."""
    if kind == "decimal":
        return (Rung(pa.decimal128(38, scale), _exact), *LADDERS["number"])
    return LADDERS[kind]


class Column:
    """Values of one column. An empty text is NULL where the column is not of text. `mixed`: what was taken before the
    type changed is written as the type before writes it, and not as it came."""

    def __init__(self, rungs: Sequence[Rung]) -> None:
        self.mixed = False
        self._rungs = [*rungs]
        self._chunks: list[Any] = []

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The type that it has by now, and those that may follow."""
        return tuple(self._rungs)

    def add(self, values: Sequence[Any]) -> int:
        """Take further values; returns how many bytes they are."""
        while True:
            made = self._made(values)
            if made is not None:
                self._chunks.append(made)
                return int(made.nbytes)
            # What came before is taken along: each type can be told in those after it.
            left = self._rungs.pop(0)
            self.mixed = self.mixed or (bool(self._chunks) and (self._rungs[0] is TEXT or left is BOOLEAN))
            self._chunks = [_wider(chunk, self._rungs[0].type) for chunk in self._chunks]

    def array(self) -> Any:
        """All of it, as a pyarrow.ChunkedArray."""
        return pa.chunked_array(self._chunks, self._rungs[0].type)

    def _made(self, values: Sequence[Any]) -> Any:
        rung, last = self._rungs[0], len(self._rungs) == 1
        empty = None if last else ""
        try:
            made = [None if value is None or value == empty else rung.made(value) for value in values]
            return pa.array(made, rung.type)
        except MISFITS:
            if last:
                raise
            return None


def _wider(chunk: Any, wanted: pa.DataType) -> Any:
    """Values as another type; an exact number by way of its text, which alone gives the fraction nearest to it."""
    exact = pa.types.is_decimal(chunk.type)
    return (chunk.cast(pa.string()) if exact else chunk).cast(wanted, safe=False)


def read(batches: Batches, ladders: Sequence[Sequence[Rung]], room: Room) -> list[Column]:
    """The columns of all rows, which come batch by batch whenever they are asked for. Where a type turns out not to
    hold, and what came before would be written otherwise than what comes after it, all is read again: one value is
    never spelt in two ways. Raises TooLarge."""
    while True:
        columns, taken = [Column(rungs) for rungs in ladders], 0
        for batch in batches():
            for column, values in zip(columns, zip(*batch, strict=True), strict=True):
                size = column.add(values)
                room.take(size)
                taken += size
        if not any(column.mixed for column in columns):
            return columns
        room.take(-taken)
        ladders = [column.rungs for column in columns]


def table(names: Sequence[str], columns: Sequence[Column]) -> Any:
    """A pyarrow.Table of columns."""
    return pa.table([column.array() for column in columns], names=list(names))
