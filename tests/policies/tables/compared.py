"""Whether two results say the same: the columns in any order, more of them than asked for, figures to four places."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any


def same(wanted: list[tuple[Any, ...]], given: list[tuple[Any, ...]]) -> bool:
    """Whether some columns of what is given hold just the rows that are wanted."""
    if len(wanted) != len(given):
        return False
    if not wanted:
        return True
    gold = sorted((tuple(map(_told, row)) for row in wanted), key=repr)
    columns = permutations(range(len(given[0])), len(wanted[0]))
    return any(sorted((tuple(_told(row[at]) for at in each) for row in given), key=repr) == gold for each in columns)


def _told(value: Any) -> Any:
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return round(float(value), 4) if number else str(value)
