"""How many values a series has, and how long an expression is."""

from __future__ import annotations

import json
import math
from typing import Any

import duckdb
import pytest

from adapters.duckdb import patterns, series
from adapters.duckdb.names import folded
from adapters.ports import quoted

TREE = "SELECT json_serialize_sql(?, skip_null := true, skip_empty := true, skip_default := true)"


def arguments(call: str) -> list[Any]:
    with duckdb.connect() as connection:
        found = json.loads(connection.execute(TREE, [f"SELECT {call}"]).fetchall()[0][0])
    return [each["expression"] for each in found["statements"][0]["node"]["select_list"][0].get("arguments", ())]


@pytest.mark.parametrize(("call", "most"), [
    ("range(10)", 11), ("range(-5, 5)", 11), ("range(0, 100, 10)", 11), ("range(10, 0, -1)", 11),
    ("range(1, 10, 0)", None),
    ("range(x)", None), ("range(1 + 1)", None), ("range(1.5)", None), ("range('10')", None), ("range()", None),
    ("range(99999999999999999999999)", None), ("range(1, 2, 3, 4)", None), ("range(NULL)", None),
    ("range(DATE '2024-01-01', DATE '2024-01-11', INTERVAL 1 DAY)", 11),
    ("range('2024-01-01'::DATE, CAST('2024-01-11' AS DATE), INTERVAL '1 day')", 11),
    ("range(TIMESTAMP '2024-01-01 00:00', TIMESTAMP '2024-01-02 00:00', INTERVAL 6 HOURS)", 5),
    ("range(DATE '2023-12-01', DATE '2024-12-01', INTERVAL 1 YEAR)", 366 * 24 / 8760 + 1),
    ("range(DATE '2024-01-01', DATE '2024-01-11', INTERVAL 0 DAY)", None),
    ("range(DATE '2024-01-01', DATE '2024-01-11', INTERVAL 1 SECOND)", None),
    ("range(DATE '2024-01-01', DATE 'x', INTERVAL 1 DAY)", None),
    ("range(DATE '2024-01-01', now(), INTERVAL 1 DAY)", None),
    ("range(DATE '2024-01-01', DATE '2024-01-11')", None),
])  # fmt: skip
def test_count(call: str, most: float | None) -> None:
    """Told from constants, never less than it is, and not at all from anything else."""
    found = series.count(arguments(call))
    assert found == (most if most is None else pytest.approx(most))


@pytest.mark.parametrize(("pattern", "size"), [
    ("abc", 1), (r"\d{4}-\d{2}", 8), ("(a{3}){5}", 15), ("a{2,7}", 7), ("a{2,}", 2), ("a{0}", 1), ("a" * 201, math.inf),
])  # fmt: skip
def test_patterns(pattern: str, size: float) -> None:
    """The counts of an expression multiply, and a long one is too large."""
    assert patterns.size(pattern) == size


def test_names() -> None:
    """Names are folded as the engine folds them, and quoted whatever is in them."""
    with duckdb.connect() as connection:
        for name in ('a "b"', "Ä", "select", "x.csv", "a; DROP TABLE b", " ", "é'"):
            connection.execute(f"CREATE TABLE {quoted(name)} (a INT)")
            assert connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall() == [(0,)]
        connection.execute("CREATE TABLE Mixed (a INT)")
        assert connection.execute("SELECT count(*) FROM MIXED").fetchall() == [(0,)]
        assert folded("MIXED") == folded("Mixed")
        with pytest.raises(duckdb.Error):
            connection.execute('SELECT * FROM "ä"')
        assert folded("Ä") != folded("ä")
