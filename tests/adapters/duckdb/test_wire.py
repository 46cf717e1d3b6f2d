"""What goes between two processes comes back as it went."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from adapters.duckdb import wire
from adapters.ports import AdapterError, Column, Failed, Refused, Rows, Table, Timeout
from tests.adapters.duckdb.given import orders

CELLS = (None, True, 1, 2**100, -1.5, float("inf"), Decimal("1.50"), date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5),
         datetime(2024, 1, 2, tzinfo=UTC), time(1, 2, 3), "é \"'", "")  # fmt: skip


def payload(frame: bytes) -> bytes:
    (length,) = wire.HEAD.unpack(frame[: wire.HEAD.size])
    assert len(frame) == wire.HEAD.size + length
    return frame[wire.HEAD.size :]


def test_answers() -> None:
    """Rows with every type of cell, a plan, and tables."""
    table = Table("t", (Column("a", "text", "what", ("x", "y"), 2, 1),), ("a",), "all", 1, (CELLS,))
    for value in (Rows(tuple("abc"), (CELLS, CELLS), True), Rows((), ()), "a plan", (table,)):
        assert wire.heard(payload(wire.answer(value))) == value


@pytest.mark.parametrize("error", [Refused("kind"), Failed("in its words"), Timeout("late"), AdapterError("else")])
def test_faults(error: AdapterError) -> None:
    """An error is raised again with what it says."""
    with pytest.raises(type(error)) as raised:
        wire.heard(payload(wire.fault(error)))
    assert type(raised.value) is type(error)
    assert (str(raised.value), vars(raised.value)) == (str(error), vars(error))


def test_tables() -> None:
    """A table arrives with its rows and what is said of it; joins stay here."""
    given = orders()
    taken = wire.table(wire.head(given), wire.stream(given.data))
    assert taken.data.equals(given.data)
    assert (taken.name, taken.key, taken.description, taken.descriptions) == (
        given.name, given.key, given.description, given.descriptions,
    )  # fmt: skip
