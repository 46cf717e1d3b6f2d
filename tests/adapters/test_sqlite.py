"""SQLite files as tables, also while others write to them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.duckdb.loading import EntrySource
from adapters.ports import AdapterError, ConfigError, Link, Unavailable
from adapters.sqlite import SqliteFile
from tests.adapters.sources import (
    ROWS,
    check_all_rows_without_owner,
    check_only_own_rows,
    check_too_large,
    check_versions,
    check_wrong_columns,
    load,
    names,
    one,
    settled,
    source,
)


def make(path: Path, script: str = "", wal: bool = False) -> Path:
    """A file with the table `goods`, and what a script adds."""
    with closing(sqlite3.connect(path)) as connection:
        if wal:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE goods (id INTEGER PRIMARY KEY, tenant TEXT COLLATE NOCASE, name, price REAL)")
        connection.executemany("INSERT INTO goods VALUES (?, ?, ?, ?)", ROWS)
        connection.commit()
        connection.executescript(script)
    return path


def late(path: Path) -> None:
    """Another writer adds a row."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO goods VALUES (7, 'acme', 'late', 1.0)")
        connection.commit()


def table(path: Path, name: str, **changes: Any) -> EntrySource:
    """A source over one table, all rows."""
    return source(SqliteFile(str(path)), table=name, name=name, **{"owner": None, **changes})


def whole(path: Path, owner: str | None = None) -> EntrySource:
    """A source over all tables."""
    return source(SqliteFile(str(path)), owner=owner)


@pytest.mark.parametrize("wal", [False, True])
def test_contract(tmp_path: Path, wal: bool) -> None:
    """A tenant gets its rows only, whatever collation the owner's column has; changes are noticed in both journals."""
    path = make(tmp_path / "shop.db", wal=wal)
    reader = SqliteFile(str(path))
    check_only_own_rows(source(reader, table="goods"))
    check_all_rows_without_owner(table(path, "goods"))
    with pytest.raises(AdapterError, match=r"tables.0.owner: no column 'tenent'; known: id, tenant, name, price"):
        load(source(reader, table="goods", owner="tenent"), "acme")
    check_versions(source(reader, table="goods"), lambda: late(path))


def test_wrong_entries(tmp_path: Path) -> None:
    """Columns and tables that are not there, and more than there is room for."""
    path = make(tmp_path / "shop.db", "CREATE TABLE people (id)")

    class Only(SqliteFile):
        whole = False

    reader = Only(str(make(tmp_path / "goods.db")))
    check_wrong_columns(reader)
    check_too_large(reader)
    with pytest.raises(ConfigError, match=r"tables.0.table: no table 'good'; known: goods, people"):
        table(path, "good").outline()


def test_while_another_process_writes(tmp_path: Path) -> None:
    """In a write-ahead log what was committed is read, what was not is not, and nobody waits."""
    path = make(tmp_path / "shop.db", wal=True)
    found = source(SqliteFile(str(path)), table="goods")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        before = settled(found)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO goods VALUES (8, 'acme', 'open', 1.0)")
        assert names(found, "acme") == ["bolt", "nail"]
        writer.execute("COMMIT")
        assert settled(found) != before
        assert names(found, "acme") == ["bolt", "nail", "open"]
        writer.execute("DELETE FROM goods WHERE id = 8")
        assert names(found, "acme") == ["bolt", "nail"]


def test_nothing_is_written(tmp_path: Path) -> None:
    """Reading leaves the file as it is, byte for byte, also one in a folder that is closed to writing."""
    (tmp_path / "closed").mkdir()
    path = make(tmp_path / "closed" / "shop.db", wal=True)
    before = path.read_bytes()
    for name in ("shop.db-wal", "shop.db-shm"):
        (path.parent / name).unlink(missing_ok=True)
    path.parent.chmod(0o500)
    try:
        assert names(source(SqliteFile(str(path)), table="goods"), "acme") == ["bolt", "nail"]
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before


def test_declared_types(tmp_path: Path) -> None:
    """Columns come as they were declared, where all of their values are of that type."""
    path = make(tmp_path / "shop.db", """
        CREATE TABLE kinds (n INTEGER, r DOUBLE PRECISION, b BOOLEAN, d DATE, t TIMESTAMP, z DATETIME, c TIME,
                            m DECIMAL(10, 2), x NUMERIC, v VARCHAR(9), u, raw BLOB, g INT GENERATED ALWAYS AS (n + 1));
        INSERT INTO kinds VALUES (1, 2, 1, '2024-05-01', '2024-05-01 10:00:00', '2024-05-01T10:00:00+02:00', '10:30',
                                  19.99, 3, 'x', 1.5, x'00');
        INSERT INTO kinds VALUES ('', '', '', '', '', '', '', '', '', '', NULL, NULL);
    """)  # fmt: skip
    first, second = one(table(path, "kinds"), "acme").data.to_pylist()
    assert first == {
        "n": 1, "r": 2.0, "b": True, "d": date(2024, 5, 1), "t": datetime(2024, 5, 1, 10), "z": datetime(2024, 5, 1, 8),
        "c": time(10, 30), "m": Decimal("19.99"), "x": 3, "v": "x", "u": 1.5, "g": 2,
    }  # fmt: skip
    assert second == {**dict.fromkeys(first), "v": "", "g": 1}


def test_values_of_other_types(tmp_path: Path) -> None:
    """What does not fit the declared type makes the column wider, and no value is lost."""
    path = make(tmp_path / "shop.db", """
        CREATE TABLE odd (n INTEGER, b BOOLEAN, d DATE, t TIMESTAMP, v TEXT);
        INSERT INTO odd VALUES (1, 1, '2024-05-01', '2024-05-01', x'c3a9ff'), (2.5, 7, 'unknown', 1714550400, 5);
    """)
    assert one(table(path, "odd"), "acme").data.to_pydict() == {
        "n": [1.0, 2.5], "b": [1, 7], "d": ["2024-05-01", "unknown"], "t": ["2024-05-01", "1714550400"],
        "v": ["\u00e9\ufffd", "5"],
    }  # fmt: skip


def test_one_spelling(tmp_path: Path) -> None:
    """A value is spelt alike in all rows of a large table, wherever the one stands that is of another type."""
    path = make(tmp_path / "shop.db", """
        CREATE TABLE odd (n REAL, b BOOLEAN, d DATE);
        WITH RECURSIVE upto(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM upto WHERE x < 5000)
        INSERT INTO odd SELECT 1.0, 1, '2024-05-01' FROM upto;
        INSERT INTO odd VALUES ('x', 'x', 'x'), (1.0, 1, '2024-05-01');
    """)
    found = one(table(path, "odd"), "acme").data.to_pydict()
    assert {name: set(values) for name, values in found.items()} == {
        "n": {"1.0", "x"}, "b": {"1", "x"}, "d": {"2024-05-01", "x"},
    }  # fmt: skip


SHOP = """
    CREATE TABLE Customers (tenant TEXT, id INTEGER, name TEXT, PRIMARY KEY (tenant, id));
    CREATE TABLE countries (code TEXT PRIMARY KEY, label TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant TEXT, customer INTEGER, country TEXT REFERENCES countries,
                         one INTEGER, two INTEGER, lost INTEGER REFERENCES nowhere (id),
                         FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id),
                         FOREIGN KEY (one, two) REFERENCES pairs (one, two));
    CREATE TABLE pairs (tenant TEXT, one INTEGER, two INTEGER, PRIMARY KEY (one, two));
    CREATE VIEW cheap AS SELECT * FROM goods WHERE price < 1;
    CREATE VIRTUAL TABLE words USING fts5 (word);
"""


def test_keys_and_links(tmp_path: Path) -> None:
    """Primary keys tell rows apart and foreign keys are joins; the owner's column says nothing among one's own rows."""
    found = {each.name: each for each in load(whole(make(tmp_path / "shop.db", SHOP), "tenant"), "acme")}
    assert sorted(found) == ["Customers", "goods", "orders", "pairs"]
    assert (found["Customers"].key, found["pairs"].key) == (("id",), ("one", "two"))
    assert found["orders"].links == (Link("orders", "customer", "Customers", "id"),)


def test_all_tables(tmp_path: Path) -> None:
    """Without an owner all tables come, none of SQLite's own and no view."""
    found = {each.name: each for each in load(whole(make(tmp_path / "shop.db", SHOP)), "acme")}
    assert sorted(found) == ["Customers", "countries", "goods", "orders", "pairs"]
    assert found["orders"].links == (Link("orders", "country", "countries", "code"),)


def test_left_out_tables_are_told(tmp_path: Path) -> None:
    """Of a whole database the tables without the owner's column are left out, by name."""
    tables, left = whole(make(tmp_path / "shop.db", SHOP), "tenant").outline()
    rows = {table.name: table.rows for table in tables}
    assert rows == {"Customers": 0, "goods": len(ROWS), "orders": 0, "pairs": 0}
    assert left == ["countries"]
    with pytest.raises(ConfigError, match=r"tables.0.source: holds no table with a column 'nobody'"):
        whole(make(tmp_path / "other.db"), "nobody").outline()


def test_a_view_by_name(tmp_path: Path) -> None:
    """A view is a table where it is asked for, in any case."""
    assert names(table(make(tmp_path / "shop.db", SHOP), "CHEAP"), "acme") == ["nail"]


def test_names_of_other_entries(tmp_path: Path) -> None:
    """A foreign key leads to a table of another entry by the name that it has there."""
    path = make(tmp_path / "shop.db", SHOP)
    orders = one(table(path, "orders", called={"countries": "lands", "orders": "orders"}), "acme")
    assert orders.links == (Link("orders", "country", "lands", "code"),)
    joined = one(table(path, "orders", called={"countries": "lands"}, joins={"country": "states.id"}), "acme")
    assert joined.links == (Link("orders", "country", "states", "id"),)


def test_odd_names(tmp_path: Path) -> None:
    """Quotes in names mean themselves, so do odd characters in that of the file."""
    path = make(tmp_path / "a?b#c %20.db", 'CREATE TABLE "o""d\'d" ("a""b" TEXT, "te nant" TEXT); '
                'INSERT INTO "o""d\'d" VALUES (\'x\', \'acme\'), (\'y\', \'other\');')  # fmt: skip
    assert one(table(path, "o\"d'd", owner="te nant"), "acme").data.to_pylist() == [{"a\"b": "x", "te nant": "acme"}]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """A damaged, locked or missing file is an error in our own words."""
    path = tmp_path / "shop.db"
    with pytest.raises(Unavailable, match=r"tables.0: a file is away"):
        asyncio.run(whole(path).version())
    with pytest.raises(Unavailable, match=r"tables.0: it cannot be read \(SQLITE_CANTOPEN\)"):
        load(whole(path), "acme")
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(Unavailable, match=r"tables.0: it cannot be read \(SQLITE_\w+\)"):
        load(whole(path), "acme")
