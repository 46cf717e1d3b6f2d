"""Whether rows answer a question as its gold rows do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import permutations
from typing import Any

Rows = Sequence[Sequence[Any]]
WIDEST = 7
"""Columns of an answer that are tried in every order."""


def strict(rows: Rows, gold: Rows) -> bool:
    """The same rows, each as often, in any order; the columns in any order too. Numbers to four decimals."""
    return _width(rows) == _width(gold) and wider(rows, gold)


def wider(rows: Rows, gold: Rows) -> bool:
    """The same as `strict`, but that the answer may have further columns."""
    many, wide = _width(gold), _width(rows)
    if len(rows) != len(gold) or not many <= wide <= WIDEST:
        return not rows and not gold
    wanted = Counter(tuple(_plain(cell, 4) for cell in row) for row in gold)
    have = [[_plain(cell, 4) for cell in row] for row in rows]
    return any(Counter(tuple(row[at] for at in places) for row in have) == wanted
               for places in permutations(range(wide), many))  # fmt: skip


def loft(rows: Rows, gold: Rows) -> bool:
    """As LOFT counts an execution right (arXiv 2406.13121, evaluation/sql.py): the same rows as a set, order and
    repetition apart, numbers to two decimals; columns in their order."""
    return {tuple(str(_plain(cell, 2)) for cell in row) for row in rows} == {
        tuple(str(_plain(cell, 2)) for cell in row) for row in gold
    }


def _width(rows: Rows) -> int:
    return len(rows[0]) if rows else 0


def _plain(cell: Any, decimals: int) -> str | float | bool | None:
    """A cell as the gold rows have it: numbers as floats, points in time as ISO text, midnight as the day."""
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int | float | Decimal):
        return round(float(cell), decimals)
    if isinstance(cell, date | datetime | time):
        return cell.isoformat().removesuffix("T00:00:00")
    return str(cell)


def stored(rows: Rows) -> list[list[Any]]:
    """Rows as they are kept in the file of questions."""
    return [[_plain(cell, 4) for cell in row] for row in rows]
