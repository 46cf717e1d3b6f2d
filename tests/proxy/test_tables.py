"""The sections `tables` and `sql`: what may stand there, and what comes of it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.duckdb.limits import Limits
from adapters.ports import AdapterError, ConfigError, Link
from proxy.config import ConfigErrors, from_dict, schema
from proxy.settings import Settings
from proxy.tables import demand, limits_of, overlap, sources_of, verify_tables


def folder(path: Path) -> Path:
    """A folder with a file of orders, one of customers, and a database."""
    (path / "orders.csv").write_text("id,tenant,customer_id\n1,acme,7\n2,globex,8\n")
    (path / "customers.csv").write_text("id,tenant\n7,acme\n")
    with closing(sqlite3.connect(path / "shop.db")) as connection:
        connection.executescript("""CREATE TABLE people (id INTEGER PRIMARY KEY, tenant TEXT);
            CREATE TABLE visits (id INTEGER PRIMARY KEY, tenant TEXT, person INTEGER REFERENCES people);""")
    return path


def settings(path: Path, *tables: dict[str, Any], **sql: Any) -> Settings:
    """Settings with these tables."""
    return from_dict({"tables": list(tables), "sql": sql}, path)


def refused(path: Path, **table: Any) -> str:
    """What is said of an entry."""
    with pytest.raises(ConfigErrors) as caught:
        settings(path, table)
    return str(caught.value)


def test_limits() -> None:
    """The limits are those of the section, and its defaults theirs."""
    assert limits_of(from_dict({}, Path())) == Limits()
    given = settings(Path(), isolation="process", timeout=1, memory_mb=64, max_rows=9, max_columns=8, max_bytes=700,
                     refresh=0, tenants=2)  # fmt: skip
    assert limits_of(given) == Limits("process", 1, 64, 9, 8, 700, 0, 2)


def test_a_model_needs_a_name(tmp_path: Path) -> None:
    """An address or a key of no model is refused; a missing secret is told by its place."""
    with pytest.raises(ConfigErrors, match="sql: api_base and api_key need a model"):
        settings(tmp_path, api_base="http://127.0.0.1:1/v1")
    with pytest.raises(ConfigErrors, match=r"sql.api_key: the environment variable NO_SUCH_KEY is not set"):
        settings(tmp_path, model="openai/x", api_key="env:NO_SUCH_KEY")


def test_tables_of_files(tmp_path: Path) -> None:
    """Paths start at the folder of the file; a tenant is given its rows, with the joins that were written."""
    orders, customers = sources_of(settings(
        folder(tmp_path), {"source": "orders.csv", "owner": "tenant", "joins": {"customer_id": "customers.id"},
                           "tenants": ["acme", "globex"], "description": "Orders"},
        {"source": "customers.csv", "key": ["id"]},
    ))  # fmt: skip
    assert (orders.place, customers.place) == ("tables.0", "tables.1")
    assert [orders.serves(tenant) for tenant in ("acme", "default")] == [True, False]
    assert [customers.serves(tenant) for tenant in ("acme", "default")] == [False, True]
    [table] = asyncio.run(orders.load("globex"))
    assert (table.name, table.data.num_rows, table.description) == ("orders", 1, "Orders")
    assert table.links == (Link("orders", "customer_id", "customers", "id"),)


def test_foreign_keys_between_entries(tmp_path: Path) -> None:
    """A table of the same database that another entry renames is joined by its new name, if the tenant can see it."""
    visits, entry = {"source": "shop.db", "table": "visits"}, {"source": "shop.db", "table": "people", "name": "guests"}
    folder(tmp_path)
    for people, joined in ((entry, [Link("visits", "person", "guests", "id")]), ({**entry, "tenants": ["other"]}, [])):
        source = sources_of(settings(tmp_path, visits, people))[0]
        assert [*asyncio.run(source.load("default"))[0].links] == joined


def test_the_room_is_that_of_the_section(tmp_path: Path) -> None:
    """What is larger than `memory_mb` is not loaded."""
    (tmp_path / "big.csv").write_text("text\n" + f"{'x' * 1000}\n" * 20_000)
    [source] = sources_of(settings(tmp_path, {"source": "big.csv"}, memory_mb=16))
    with pytest.raises(AdapterError, match=r"tables.0: table big: it is larger than sql.memory_mb, 16 MiB"):
        asyncio.run(source.load("default"))


@pytest.mark.parametrize("url", [
    "postgresql://ann:hidden@db/shop", "postgres://ann:hid@den@db/shop", "postgresql://ann:hid/den@db/shop",
    "postgresql://db/shop?user=ann&password=hidden", "postgresql://db/shop?sslpassword=hidden", "postgresql://[hidden",
    "host=db password=hidden",
])  # fmt: skip
def test_passwords_are_refused(tmp_path: Path, url: str) -> None:
    """A password in the file is refused, and not quoted."""
    said = refused(tmp_path, source=url)
    assert said == "tables.0.source: a password is never written here: put the whole URL into env:NAME or file:PATH"


@pytest.mark.parametrize(("table", "said"), [
    ({"source": "mysql://db/shop"}, "tables.0.source: of URLs only postgresql:// is known"),
    ({"source": "env:NO_SUCH_URL"}, "tables.0.source: the environment variable NO_SUCH_URL is not set"),
    ({"source": "file:/no/such/file"}, "tables.0.source: the file /no/such/file cannot be read"),
    ({"source": "a.csv", "schema": "shop"}, "tables.0: schema is of PostgreSQL only"),
    ({"source": "a.csv", "joins": {"a": "b"}}, "tables.0.joins.a: is written other_table.column"),
    ({"source": "a.csv", "tenants": []}, "tables.0.tenants: "),
    ({"source": "a.csv", "skema": "x"},
     "tables.0.skema: unknown field (did you mean schema?); known: source, table, schema, name"),
    ({}, "tables.0.source: field required"),
])  # fmt: skip
def test_entries_that_are_refused(tmp_path: Path, table: dict[str, Any], said: str) -> None:
    """Each with its place and what would be right."""
    assert said in refused(tmp_path, **table)


def test_urls_without_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL that names a person, a socket or a port is no secret; one that is elsewhere may hold anything."""
    monkeypatch.setenv("SHOP_URL", "postgresql://ann:hidden@db/shop")
    urls = ("postgresql://ann@db:5432/shop", "postgresql:///shop?host=/run/postgresql", "env:SHOP_URL")
    read = settings(tmp_path, *({"source": url, "schema": f"s{index}"} for index, url in enumerate(urls)))
    assert [each.source for each in read.tables] == [*urls]
    assert len(sources_of(read)) == 3
    verify_tables(read)


@pytest.mark.parametrize(("tables", "said"), [
    ([{"source": "notes.txt"}], "tables.0.source: the type of notes.txt is not known; known: .csv"),
    ([{"source": "orders.csv", "table": "x"}], "tables.0.table: files hold one table; name says what it is called"),
    ([{"source": "shop.db", "key": ["id"]}], "tables.0.key: is of a single table: say with `table` which one"),
    ([{"source": "orders.csv"}, {"source": "customers.csv", "name": "Orders"}],
     "tables.1.name: another table is called 'Orders', too"),
    ([{"source": "orders.csv", "tenants": ["*"]}, {"source": "orders.csv", "tenants": ["acme"]}],
     "tables.1.name: another table is called 'orders', too"),
])  # fmt: skip
def test_what_a_start_sees(tmp_path: Path, tables: list[dict[str, Any]], said: str) -> None:
    """Without opening anything: what is of no known kind, misplaced, or there twice."""
    (folder(tmp_path) / "notes.txt").write_text("x")
    with pytest.raises(ConfigError) as caught:
        verify_tables(settings(tmp_path, *tables))
    assert str(caught.value).startswith(said)


def test_what_is_away_is_no_fault(tmp_path: Path) -> None:
    """A file, folder or pattern without anything costs its tables until it is there; what is wrong beside is told."""
    (tmp_path / "empty").mkdir()
    for source in ("nothing.csv", "nothing", "nothing/*.csv", "empty", "nothing.db"):
        verify_tables(settings(tmp_path, {"source": source}))
    verify_tables(settings(tmp_path, {"source": "nothing.csv", "key": ["id"]}))
    with pytest.raises(ConfigError, match=r"tables.1.name: another table is called 'nothing'"):
        verify_tables(settings(tmp_path, {"source": "nothing.csv"}, {"source": "nothing.parquet"}))


def test_one_name_for_two_tenants(tmp_path: Path) -> None:
    """Tables of one name are no trouble where no tenant sees both."""
    tables = ({"source": "orders.csv", "tenants": [tenant]} for tenant in ("acme", "globex"))
    verify_tables(settings(folder(tmp_path), *tables))
    assert not overlap(("acme",), ("globex",))
    assert overlap(("acme",), ("globex", "acme"))
    assert overlap(("acme",), ("*",))


def test_a_library_that_is_not_there() -> None:
    """It is said how to get it."""
    demand("tables.0.source", "sqlite3", "SQLite")
    with pytest.raises(ConfigError, match=r"tables.0.source: Duck is not installed: run `make sql`, or pip install"):
        demand("tables.0.source", "no_such_library", "Duck")


def test_the_schema_for_editors() -> None:
    """Editors know the settings by the names that the file has."""
    entry = schema()["$defs"]["TableSettings"]["properties"]
    assert {"source", "schema", "owner"} <= set(entry)
    assert "schema_" not in entry
