"""The values of rows: what has another type than a cell may have comes as text, and what is long is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from adapters.duckdb.limits import Limits
from adapters.ports import Cell, Rows

LONGEST, LONGEST_NAME = 500, 100
"""Characters of a cell, and of the name of a column."""
KEPT = (bool, int, float, Decimal, date, datetime, time)


def rows(names: Sequence[str], found: Sequence[Sequence[Any]], limits: Limits) -> Rows:
    """As many of the rows that were found, and of their columns, as may be given."""
    wide = len(names) > limits.max_columns
    head = tuple(cut(name, LONGEST_NAME) for name in names[: limits.max_columns])
    left = limits.max_bytes - _size(head)
    given: list[tuple[Cell, ...]] = []
    for row in found[: limits.max_rows]:
        made = tuple(cell(value) for value in row[: limits.max_columns])
        left -= _size(made)
        if left < 0:
            break
        given.append(made)
    return Rows(head, tuple(given), wide or len(given) < len(found))


def cell(value: Any) -> Cell:
    """One value; a number stays what it is, text is cut."""
    if value is None or isinstance(value, KEPT):
        return value
    return cut(said(value), LONGEST)


def said(value: Any) -> str:
    """A value as text, not much longer than a cell may be."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[:LONGEST]).hex()
    if isinstance(value, list | tuple):
        return f"[{_joined(said(each) for each in value[:LONGEST])}]"
    if isinstance(value, dict):
        return f"{{{_joined(f'{said(key)}: {said(each)}' for key, each in list(value.items())[:LONGEST])}}}"
    return str(value)


def cut(text: str, longest: int) -> str:
    """The text, with an ellipsis where it is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def first(text: str) -> str:
    """The first line of what an engine says: below it stand places in its own code, or pieces of the statement."""
    return cut(text.strip().partition("\n")[0].strip(), LONGEST)


def _joined(parts: Iterable[str]) -> str:
    """With commas, until it is long enough."""
    kept: list[str] = []
    length = 0
    for part in parts:
        kept.append(part)
        length += len(part)
        if length > LONGEST:
            break
    return ", ".join(kept)


def _size(values: Sequence[Cell]) -> int:
    return sum(len(str(value).encode("utf-8", "replace")) for value in values)
