"""What every kind of source of tables must do, as checks that its own tests run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.duckdb.entry import Entry, Reader
from adapters.duckdb.loading import EntrySource
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError

ROWS = [(1, "acme", "bolt", 1.5), (2, "globex", "nut", 2.5), (3, "acme", "nail", 0.5), (4, None, "lost", 9.0),
        (5, "ACME", "loud", 1.0), (6, "acme ", "wide", 1.0)]  # fmt: skip
COLUMNS = ("id", "tenant", "name", "price")
HOSTILE = ("' OR '1'='1", "acme' --", '"tenant"', "%", "_cme", "*", "", "Acme", "acm\u00e9", "NULL", "acme\\", "$1",
           "{0}", "?")  # fmt: skip
ENTRY = Entry("tables.0", "goods", owner="tenant", tenants=("*",))


def source(reader: Reader, **changes: Any) -> EntrySource:
    """A source over a reader, of the table `goods`, each row of its owner's."""
    return EntrySource(replace(ENTRY, **changes), lambda: reader)


def load(source: EntrySource, tenant: str) -> Sequence[Loaded]:
    """What a tenant gets."""
    return asyncio.run(source.load(tenant))


def one(source: EntrySource, tenant: str) -> Loaded:
    """The only table that a tenant gets."""
    [table] = load(source, tenant)
    return table


def names(source: EntrySource, tenant: str) -> list[str]:
    """Which goods a tenant gets."""
    return sorted(one(source, tenant).data.column("name").to_pylist())


def settled(source: EntrySource) -> str:
    """The version, once the clock has gone on since the last change."""
    while (told := asyncio.run(source.version())) != asyncio.run(source.version()):
        pass
    return told


def check_only_own_rows(source: EntrySource) -> None:
    """A tenant gets the rows that bear its very name; nobody gets those without an owner."""
    assert names(source, "acme") == ["bolt", "nail"]
    assert names(source, "globex") == ["nut"]
    assert names(source, "ACME") == ["loud"]
    for tenant in HOSTILE:
        assert names(source, tenant) == [], tenant
    assert one(source, "nobody").data.column_names == list(COLUMNS)


def check_all_rows_without_owner(source: EntrySource) -> None:
    """Where rows have no owner all of them are everybody's who may see the table."""
    assert len(names(source, "anybody")) == len(ROWS)


def check_versions(source: EntrySource, change: Callable[[], None]) -> None:
    """An idle source keeps its version, also when it is read; a changed one has another."""
    before = settled(source)
    load(source, "acme")
    assert settled(source) == before
    change()
    after = settled(source)
    assert after != before
    assert "late" in names(source, "acme")


def check_wrong_columns(reader: Reader) -> None:
    """A column that is not there gives no rows but an error that names the place and what there is."""
    ways: dict[str, Any] = {"owner": "tenent", "key": ("tenent",), "columns": {"tenent": ""},
                            "joins": {"tenent": "a.b"}}  # fmt: skip
    for name, value in ways.items():
        wrong = source(reader, **{name: value})
        with pytest.raises(AdapterError, match=r"tables\.0\.\w+(\.\w+)?: no column 'tenent'; known: id, tenant, name"):
            load(wrong, "acme")


def check_too_large(reader: Reader) -> None:
    """More than there is room for is an error, and not read to the end."""
    with pytest.raises(AdapterError, match=r"tables.0: table goods: it is larger than sql.memory_mb"):
        load(source(reader, room=50), "acme")
