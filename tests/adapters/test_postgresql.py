"""A schema of a real PostgreSQL server as tables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

import psycopg
import pytest

from adapters.duckdb.loading import EntrySource
from adapters.ports import ConfigError, Link, Timeout, Unavailable
from adapters.postgresql import PostgresSchema
from tests.adapters.sources import (
    ROWS,
    check_all_rows_without_owner,
    check_only_own_rows,
    check_versions,
    load,
    names,
    one,
    settled,
    source,
)
from tests.postgres import serving

SHOP = """
CREATE SCHEMA shop;
SET search_path = shop;
CREATE TABLE goods (id int PRIMARY KEY, tenant text, name text, price float8);
CREATE TABLE countries (code text PRIMARY KEY);
CREATE TABLE customers (tenant varchar(20), id int, name text, PRIMARY KEY (tenant, id));
CREATE TABLE orders (id int PRIMARY KEY, tenant text, customer int, country text REFERENCES countries,
                     FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)) PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (100);
CREATE VIEW cheap AS SELECT * FROM goods WHERE price < 1;
COMMENT ON TABLE orders IS 'What was ordered';
COMMENT ON COLUMN orders.customer IS 'Who ordered it';
CREATE TABLE closed (id int, tenant text);
CREATE ROLE reader LOGIN;
GRANT USAGE ON SCHEMA shop TO reader;
GRANT SELECT ON goods, customers TO reader;
"""
KINDS = """
SET search_path = shop;
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN price AS numeric(12, 2) CHECK (VALUE >= 0);
CREATE TABLE kinds (i smallint, b bigint, r real, ok bool, n numeric, m numeric(10, 2), p price, c char(5), day date,
                    at timestamp, zoned timestamptz, clock time, u uuid, j jsonb, tags text[], s size, two pair,
                    span interval, net inet, "50%" money, raw bytea, search tsvector);
INSERT INTO kinds VALUES (1, 9007199254740993, 1.5, true, 1.25, 19.99, 5, 'ab', '2024-05-01', '2024-05-01 10:00',
    '2024-05-01 10:00+02', '10:30', '7C9E6679-7425-40DE-944B-E07FC1F90AE7', '{"x": [1]}', '{a,"b c"}', 'small',
    (1, 'x'), '1 day', '10.0.0.1', 3.5, 'x', 'x');
INSERT INTO kinds (r, n, m, day, at, zoned) VALUES ('NaN', 1000000, 'NaN', 'infinity', '-infinity', '20000-01-01');
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server with a shop in it."""
    with serving() as url:
        run(url, SHOP)
        with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO shop.goods VALUES (%s, %s, %s, %s)", ROWS)
        yield url


def run(url: str, script: str) -> None:
    """Run statements as the server's owner."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(script)


class Schema(Protocol):
    """Makes a source over a table of the schema, or over all of them."""

    def __call__(self, table: str | None = "goods", url: str = "", **changes: Any) -> EntrySource: ...


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> Iterator[Schema]:
    """Sources that are closed in the end; over the server unless another is named."""
    opened = []

    def make(table: str | None = "goods", url: str = "", **changes: Any) -> EntrySource:
        chosen = url or request.getfixturevalue("server")
        opened.append(source(PostgresSchema(lambda: chosen, "shop"), table=table, name=table or "", **changes))
        return opened[-1]

    yield make
    for each in opened:
        asyncio.run(each.close())


def test_contract(server: str, schema: Schema) -> None:
    """A tenant gets its rows only; an idle server keeps its version, and each commit changes it."""
    check_only_own_rows(schema())
    check_all_rows_without_owner(schema(owner=None))
    check_versions(schema(), lambda: run(server, "INSERT INTO shop.goods VALUES (7, 'acme', 'late', 1.0)"))
    run(server, "DELETE FROM shop.goods WHERE id = 7")
    for changes, place in (({"owner": "tenent"}, "owner"), ({"key": ("tenent",)}, "key.0")):
        with pytest.raises(Unavailable, match=f"tables.0.{place}: no column 'tenent'; known: id, tenant, name, price"):
            load(schema(**changes), "acme")
    with pytest.raises(Unavailable, match=r"tables.0: table goods: it is larger than sql.memory_mb"):
        load(schema(room=50), "acme")


def test_a_change_that_is_not_committed(server: str, schema: Schema) -> None:
    """What others have not committed is neither waited for nor read; its commit is a new version."""
    found = schema()
    with psycopg.connect(server) as writer:
        writer.execute("INSERT INTO shop.goods VALUES (8, 'acme', 'open', 1.0)")
        before = settled(found)
        assert names(found, "acme") == ["bolt", "nail"]
        writer.commit()
        assert settled(found) != before
        assert names(found, "acme") == ["bolt", "nail", "open"]
        writer.execute("DELETE FROM shop.goods WHERE id = 8")


def test_collations(server: str, schema: Schema) -> None:
    """A column that takes large letters for small ones does not lend a tenant another's rows."""
    try:
        run(server, """CREATE COLLATION shop.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE shop.loose (tenant text COLLATE shop.loose, name text);
            INSERT INTO shop.loose VALUES ('acme', 'a'), ('ACME', 'b');""")
    except psycopg.Error:
        pytest.skip("this server has no such collations")
    assert [names(schema("loose"), tenant) for tenant in ("acme", "ACME", "Acme")] == [["a"], ["b"], []]
    run(server, "DROP TABLE shop.loose")


def test_types(server: str, schema: Schema) -> None:
    """Numbers stay exact, times come in UTC, what has a structure as JSON, and bytes not at all."""
    run(server, KINDS)
    first, second = one(schema("kinds", owner=None), "acme").data.to_pylist()
    assert first == {
        "i": 1, "b": 9007199254740993, "r": 1.5, "ok": True, "n": Decimal("1.25"), "m": Decimal("19.99"),
        "p": Decimal("5.00"), "c": "ab", "day": date(2024, 5, 1), "at": datetime(2024, 5, 1, 10),
        "zoned": datetime(2024, 5, 1, 8), "clock": time(10, 30), "u": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "j": '{"x": [1]}', "tags": '["a","b c"]', "s": "small", "two": '{"a":1,"b":"x"}', "span": "1 day",
        "net": "10.0.0.1/32", "50%": Decimal("3.50"),
    }  # fmt: skip
    assert str(second.pop("r")) == "nan"
    assert second == {**dict.fromkeys(second), "n": Decimal(1_000_000)}
    run(server, "INSERT INTO shop.kinds (n) VALUES (1e37), ('NaN')")
    assert one(schema("kinds", owner=None), "acme").data.column("n").to_pylist()[1:] == [1e6, 1e37, None]
    owned = schema("kinds", owner="u")
    assert one(owned, "7c9e6679-7425-40de-944b-e07fc1f90ae7").data.num_rows == 1
    assert one(owned, "acme").data.num_rows == 0
    run(server, "DROP TABLE shop.kinds; DROP DOMAIN shop.price")


def test_all_tables(server: str, schema: Schema) -> None:
    """Of a whole schema the tables with the owner's column come, with comments, keys and joins; partitions are one."""
    found = {each.name: each for each in load(schema(None), "acme")}
    assert sorted(found) == ["closed", "customers", "goods", "orders"]
    assert (found["customers"].key, found["orders"].key) == (("id",), ("id",))
    orders = found["orders"]
    assert (orders.description, orders.descriptions) == ("What was ordered", {"customer": "Who ordered it"})
    assert orders.links == (Link("orders", "customer", "customers", "id"),)
    tables, left = schema(None).outline()
    assert [(table.name, table.rows) for table in tables if table.rows] == [("goods", len(ROWS))]
    assert left == ["countries"]


def test_a_view_by_name(server: str, schema: Schema) -> None:
    """A view is a table where it is asked for; a wrong name is told with those that there are."""
    assert names(schema("cheap"), "acme") == ["nail"]
    with pytest.raises(ConfigError, match=r"tables.0.table: no table 'good'; known: closed, countries, customers"):
        schema("good").outline()


def test_a_role_that_may_not_read_all(server: str, schema: Schema) -> None:
    """What the role may not read is not there for it."""
    found = schema(None, server.replace("//rapport@", "//reader@"))
    assert [each.name for each in load(found, "acme")] == ["customers", "goods"]


def test_nothing_can_be_written(server: str, schema: Schema) -> None:
    """The transactions can only read, whatever is run in them."""
    reader = PostgresSchema(lambda: server, "shop")
    with pytest.raises(Unavailable, match=r"refuses it .SQLSTATE 25006"), reader.open() as read:
        read.connection.execute("DELETE FROM shop.goods")
    assert len(names(schema(owner=None), "acme")) == len(ROWS)


def test_a_slow_statement(server: str, schema: Schema) -> None:
    """A statement is ended by the server after its time, and the next one works."""
    reader = PostgresSchema(lambda: server, "shop")
    with pytest.raises(Timeout), reader.open() as read:
        read.connection.execute("SET LOCAL statement_timeout = 50")
        read.connection.execute("SELECT pg_sleep(30)")
    assert reader.version() == reader.version()
    reader.close()


def test_a_connection_that_was_lost(server: str, schema: Schema) -> None:
    """A connection that the server ended costs one try; afterwards there is a new one."""
    found = schema()
    before = settled(found)
    run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapport'")
    with pytest.raises(Unavailable, match=r"tables.0: the PostgreSQL server"):
        asyncio.run(found.version())
    assert settled(found) == before
    asyncio.run(found.close())
    assert settled(found) == before


def test_a_server_that_is_away(schema: Schema) -> None:
    """It costs the tables; neither address nor password is told."""
    for url in ("postgresql://ann:secret@127.0.0.1:1/shop", "postgresql://ann:secret@[/shop", "host=secret x"):
        with pytest.raises(Unavailable) as caught:
            load(schema(url=url), "acme")
        assert str(caught.value).startswith("tables.0: the PostgreSQL server cannot be reached")
        assert "secret" not in str(caught.value)


def test_a_url_that_is_away() -> None:
    """A secret that is not there is told by its name."""

    def url() -> str:
        raise ValueError("the environment variable SHOP is not set")

    with pytest.raises(Unavailable, match=r"tables.0: the environment variable SHOP is not set"):
        asyncio.run(source(PostgresSchema(url, "shop"), table="goods").version())
