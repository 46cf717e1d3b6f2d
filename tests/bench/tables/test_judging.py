"""When rows are the gold rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bench.tables.judging import loft, stored, strict, wider

GOLD = (("a", 1.0), ("b", 2.5), ("b", 2.5))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", 1), ("b", 2.5), ("b", Decimal("2.50"))], (True, True, True)),
        ([(2.5, "b"), (1, "a"), (2.5, "b")], (True, True, False)),
        ([("x", 1, "a"), ("y", 2.5, "b"), ("z", 2.5, "b")], (False, True, False)),
        ([("a", 1), ("b", 2.5)], (False, False, True)),
        ([("a", 1.001), ("b", 2.5), ("b", 2.5)], (False, False, True)),
        ([("a", 1.00001), ("b", 2.5), ("b", 2.5)], (True, True, True)),
        ([("a", 2.5), ("b", 1), ("b", 2.5)], (False, False, False)),
        ([("a",), ("b",), ("b",)], (False, False, False)),
        ([], (False, False, False)),
    ],
)
def test_ways(rows: list[tuple[Any, ...]], expected: tuple[bool, bool, bool]) -> None:
    """Strictly as a multiset with columns in any order, with further columns, and as LOFT does."""
    assert (strict(rows, GOLD), wider(rows, GOLD), loft(rows, GOLD)) == expected


def test_nothing() -> None:
    """No rows are right where there should be none, and only there."""
    assert strict([], ()) and wider([], ()) and loft([], ())
    assert not strict([("a",)], ())
    assert not wider([tuple(range(8))], ((0,),))


def test_cells() -> None:
    """Days, points in time and numbers of every kind are compared as they are kept."""
    rows = [(date(2025, 1, 2), datetime(2025, 1, 2), datetime(2025, 1, 2, 3), True, None, Decimal("1.00006"))]
    assert stored(rows) == [["2025-01-02", "2025-01-02", "2025-01-02T03:00:00", True, None, 1.0001]]
    assert strict(rows, stored(rows))
