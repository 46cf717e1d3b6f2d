"""What the schema says of a column is what its rows are."""

from __future__ import annotations

from datetime import time
from typing import Any

import pyarrow
import pytest

from adapters.duckdb.engine import Engine
from adapters.duckdb.limits import Limits
from adapters.duckdb.profile import kind
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Table


def profile(**columns: Any) -> Table:
    engine = Engine([Loaded("t", pyarrow.table(columns))], Limits())
    engine.close()
    return engine.tables[0]


def test_values() -> None:
    """Distinct values, the most frequent first; none of them where one is too long or there are too many."""
    table = profile(
        word=["b", "a", "b", None, "c", "a", "b"] * 2000,
        long=["x" * 101, *["y"] * 13999],
        many=[str(each) for each in range(14000)],
        coded=pyarrow.array(["n", "n", None, "m", "n", "n", "n"] * 2000).dictionary_encode(),
        none=pyarrow.nulls(14000, pyarrow.string()),
    )
    found = {each.name: (each.values, each.distinct, each.nulls) for each in table.columns}
    assert found == {
        "word": (("b", "a", "c"), 3, 2000), "long": ((), 2, 0), "many": ((), 14000, 0),
        "coded": (("n", "m"), 2, 2000), "none": ((), 0, 14000),
    }  # fmt: skip
    assert {each.type for each in table.columns} == {"text"}


@pytest.mark.parametrize(("said", "type_"), [
    ("VARCHAR", "text"), ("ENUM('a', 'b')", "text"), ("HUGEINT", "integer"), ("UTINYINT", "integer"),
    ("DECIMAL(18,3)", "number"), ("FLOAT", "number"), ("TIMESTAMP_NS", "timestamp"),
    ("TIMESTAMP WITH TIME ZONE", "timestamp"), ("TIME", "time"),
    ("BLOB", "other"), ("VARCHAR[]", "other"), ("STRUCT(a INTEGER)", "other"), ("INTERVAL", "other"),
    ("MAP(A, B)", "other"),
])  # fmt: skip
def test_kind(said: str, type_: str) -> None:
    """The engine's types as ours."""
    assert kind(said) == type_


def test_samples() -> None:
    """Three rows in their order, with cells as a query gives them."""
    table = profile(a=[b"\x01\xff", b"", b"c", b"d"], b=[{"k": 1}] * 4, c=[time(1, 2)] * 4, d=["x" * 1000] * 4)
    assert table.sample[0] == ("01ff", "{k: 1}", time(1, 2), "x" * 499 + "…")
    assert len(table.sample) == 3


def test_odd_names() -> None:
    """Names of any characters are names."""
    names = ('he said "hi"', "; DROP TABLE t", "select", "ü b", "a.b")
    engine = Engine([Loaded(name, pyarrow.table({each: [1, 2] for each in names})) for name in names], Limits())
    assert [each.name for each in engine.tables] == list(names)
    assert [each.name for each in engine.tables[0].columns] == list(names)
    assert engine.query('SELECT sum("he said ""hi""") FROM "; DROP TABLE t"').rows == ((2 + 1,),)
    engine.close()


def test_empty() -> None:
    """A table without rows has columns, and one without columns cannot be held."""
    table = profile(a=pyarrow.array([], pyarrow.int64()), b=pyarrow.array([], pyarrow.string()))
    assert (table.rows, table.sample, [each.type for each in table.columns]) == (0, (), ["integer", "text"])
    with pytest.raises(AdapterError):
        profile()
