"""Columns take the first type that holds all of their values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from adapters.duckdb.columns import Column, ladder, read, table
from adapters.duckdb.entry import Room


def column(kind: str, *batches: list[Any], scale: int = 0) -> Any:
    """A column of several batches."""
    made = Column(ladder(kind, scale))
    for batch in batches:
        made.add(batch)
    return made.array()


@pytest.mark.parametrize(("kind", "batches", "type", "values"), [
    ("integer", ([1, None], [2]), pa.int64(), [1, None, 2]),
    ("integer", ([1], [2.5]), pa.float64(), [1.0, 2.5]),
    ("integer", ([1], ["x"]), pa.string(), ["1", "x"]),
    ("integer", ([1], [1 << 70]), pa.float64(), [1.0, float(1 << 70)]),
    ("integer", ([1, ""], []), pa.int64(), [1, None]),
    ("boolean", ([0, 1], ["TRUE"]), pa.bool_(), [False, True, True]),
    ("boolean", ([0, 1], [2]), pa.int64(), [0, 1, 2]),
    ("boolean", ([0], ["maybe"]), pa.string(), ["0", "maybe"]),
    ("number", ([1, 2.5],), pa.float64(), [1.0, 2.5]),
    ("date", (["2024-05-01"], [""]), pa.date32(), [date(2024, 5, 1), None]),
    ("date", (["2024-05-01"], ["2024-05-01 10:00"]), pa.timestamp("us"),
     [datetime(2024, 5, 1), datetime(2024, 5, 1, 10)]),
    ("date", (["2024-05-01"], ["soon"]), pa.string(), ["2024-05-01 00:00:00.000000", "soon"]),
    ("timestamp", (["2024-05-01T10:00:00Z"], ["2024-05-01 10:00:00+02:00"]), pa.timestamp("us"),
     [datetime(2024, 5, 1, 10), datetime(2024, 5, 1, 8)]),
    ("text", (["", 1, 1.5, b"\xff"],), pa.string(), ["", "1", "1.5", "\ufffd"]),
    ("text", (), pa.string(), []),
])  # fmt: skip
def test_ladders(kind: str, batches: tuple[list[Any], ...], type: pa.DataType, values: list[Any]) -> None:
    """A value that does not fit makes the column wider, what came before included."""
    made = column(kind, *batches)
    assert (made.type, made.to_pylist()) == (type, values)


@pytest.mark.parametrize(("kind", "batches", "values"), [
    ("date", (["2024-05-01"], ["soon"], ["2024-05-02"]), ["2024-05-01", "soon", "2024-05-02"]),
    ("boolean", ([0, "true"], [2, "TRUE"]), ["0", "true", "2", "TRUE"]),
    ("number", ([1.0, ""], ["x", 1.0, ""]), ["1.0", "", "x", "1.0", ""]),
    ("integer", ([1], [2.5]), [1.0, 2.5]),
])  # fmt: skip
def test_one_spelling(kind: str, batches: tuple[list[Any], ...], values: list[Any]) -> None:
    """A value is the same before and after the row that showed that the type does not hold."""
    room = Room(1 << 20)
    [made] = read(lambda: [[(value,) for value in batch] for batch in batches], [ladder(kind)], room)
    assert made.array().to_pylist() == values
    assert room.size - room.left == made.array().nbytes


def test_exact_numbers() -> None:
    """Numbers with a fixed point are exact, as long as all of them have no more digits than were declared."""
    made = column("decimal", [19.99, 0.1], [3], scale=2)
    assert (made.type, made.to_pylist()) == (pa.decimal128(38, 2), [Decimal("19.99"), Decimal("0.10"), Decimal("3.00")])
    assert column("decimal", [19.99], [0.125], scale=2).to_pylist() == [19.99, 0.125]


def test_a_table() -> None:
    """Columns of several batches make one table, also without a row."""
    names, columns = ("a", "b"), [Column(ladder("integer")), Column(ladder("text"))]
    assert table(names, columns).num_rows == 0
    assert columns[0].add([1, 2]) > 0
    columns[1].add(["x", None])
    assert table(names, columns).to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
