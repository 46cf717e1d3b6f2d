"""Rows are cut to what may be given, and their values are cells."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from adapters.duckdb import cells
from adapters.duckdb.limits import Limits
from adapters.ports import Rows


@pytest.mark.parametrize(("value", "text"), [
    ([1, None, "a"], "[1, None, a]"), ({"a": [Decimal("1.0")]}, "{a: [1.0]}"), (b"\x00\xff", "00ff"),
    (timedelta(days=1), "1 day, 0:00:00"), (UUID(int=1), str(UUID(int=1))), ((1, date(2024, 1, 2)), "[1, 2024-01-02]"),
])  # fmt: skip
def test_text(value: object, text: str) -> None:
    """What is of no type of a cell is text."""
    assert cells.cell(value) == text


def test_long() -> None:
    """A long value is cut, one of many parts too, without all of it being written."""
    for value in ("x" * 10**6, list(range(10**6)), [["x" * 400] * 400] * 400, {each: each for each in range(10**5)}):
        cell = cells.cell(value)
        assert isinstance(cell, str)
        assert len(cell) == 500
        assert cell.endswith("…")


def test_caps() -> None:
    """Rows beyond what may be given are left out, and so are columns; it is said."""
    found = [(each, each, each) for each in range(4)]
    assert cells.rows("abc", found, Limits()) == Rows(tuple("abc"), tuple(found))
    assert cells.rows("abc", found, Limits(max_rows=3)).more
    assert cells.rows("abc", found, Limits(max_columns=2)) == Rows(("a", "b"), tuple(row[:2] for row in found), True)
    assert cells.rows("abc", found, Limits(max_bytes=9)) == Rows(("a", "b", "c"), tuple(found[:2]), True)
    assert cells.rows(["é" * 200], [], Limits()).columns == ("é" * 99 + "…",)
