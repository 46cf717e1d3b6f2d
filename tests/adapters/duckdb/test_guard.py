"""The guard by its parts: what functions it knows, how it measures growth, what it makes of names and of depth."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from adapters.duckdb import functions
from adapters.duckdb.engine import Engine
from adapters.duckdb.guard import Guard
from adapters.duckdb.limits import Limits
from adapters.ports import Refused
from tests.adapters.duckdb.given import orders


@pytest.fixture(scope="module")
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def refused(cursor: duckdb.DuckDBPyConnection, sql: str, widest: int = 100, memory: int = 64 << 20) -> str | None:
    """The code with which a guard over one table refuses a statement."""
    try:
        Guard(["Orders", "a.b"], ["pg_class"], widest, memory).check(cursor, sql)
    except Refused as error:
        return error.reason
    return None


def test_functions(cursor: duckdb.DuckDBPyConnection) -> None:
    """Every function of the list is one of the engine's, and none of them reads what is outside of its arguments."""
    known = {row[0] for row in cursor.execute("SELECT function_name FROM duckdb_functions()").fetchall()}
    assert known >= functions.KNOWN
    for name in functions.KNOWN:
        assert not name.startswith(("read_", "json_", "duckdb_", "pragma_", "pg_", "current_s", "current_q", "get_env"))


@pytest.mark.parametrize(("sql", "code"), [
    ("SELECT * FROM ORDERS", None), ('SELECT * FROM "oRDERS"', None), ('SELECT * FROM "a.b"', None),
    ("SELECT * FROM a.b", "catalog"), ("SELECT * FROM main.Orders", None), ("SELECT * FROM other.orders", "catalog"),
    ("SELECT * FROM pg_class", "catalog"), ("SELECT * FROM main.pg_class", "catalog"),
    ("SELECT * FROM ordérs", "table"),
    ("WITH x AS (SELECT 1) SELECT * FROM X", None), ("WITH x AS (SELECT 1) SELECT * FROM main.x", "catalog"),
    ("WITH x AS (SELECT * FROM x) SELECT * FROM x", "table"),
    ("WITH RECURSIVE x AS (SELECT * FROM x) SELECT * FROM x", "table"),
    ("SELECT (WITH x AS (SELECT 1 AS n) SELECT (SELECT n FROM x))", None),
    ("SELECT 1 FROM (WITH x AS (SELECT 1) SELECT * FROM x) AS y, x", "table"),
])  # fmt: skip
def test_names(cursor: duckdb.DuckDBPyConnection, sql: str, code: str | None) -> None:
    """A table is one of the snapshot, or of a WITH where that can be seen, and never one that only the engine knows."""
    assert refused(cursor, sql) == code


@pytest.mark.parametrize(("sql", "widest", "code"), [
    ("SELECT a || b || c FROM orders", 1000, None),
    ("SELECT a || b || c || d || e || f || g || h || i FROM orders", 100_000, "growth"),
    ("SELECT a || ', ' || 'x' FROM orders", 10**6, None),
    ("SELECT upper(a), lower(a) FROM orders", 10**7, None),
    ("SELECT " + ", ".join(["upper(a)"] * 20) + " FROM orders", 10_000, "growth"),
    ("SELECT replace(a, 'ab', 'cd') FROM orders", 10**6, None),
    ("SELECT replace(a, 'a', 'twenty characters ..') FROM orders", 100_000, "growth"),
    ("SELECT lpad(a, 8, '0') FROM orders", 10, None),
    ("SELECT string_agg(a || ' ' || b, ', ') AS c FROM orders", 1000, None),
    ("SELECT array_to_string(string_split(a, ','), '; ') FROM orders", 1000, None),
    ("SELECT quantile_cont(a, [0.1, 0.9]) FROM orders", 10, None),
])  # fmt: skip
def test_growth(cursor: duckdb.DuckDBPyConnection, sql: str, widest: int, code: str | None) -> None:
    """What makes values longer is measured against the longest value that there is."""
    assert refused(cursor, sql, widest) == code


def test_whitespace(cursor: duckdb.DuckDBPyConnection) -> None:
    """Lines, tabs, and text of all scripts are no tricks."""
    assert refused(cursor, "SELECT\t'Ü, 東京, \u200f\u05d0, \U0001f469\u200d\U0001f4bb'\r\nFROM\u00a0orders") is None
    assert refused(cursor, "SELECT 1\u2028; SELECT 2") == "statements"


def test_widest() -> None:
    """The engine measures the longest value of its rows, in bytes."""
    engine = Engine([orders()], Limits())
    assert engine._guard.widest == len("note of acme")
    engine.close()
