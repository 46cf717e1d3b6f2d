"""What an entry means: its tables, keys, joins and room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.duckdb.entry import Entry, Found, Reference, Room, chosen, key_of, links, target, unknown
from adapters.ports import ConfigError, Link, Unavailable

ENTRY = Entry("tables.1", "orders", owner="tenant")
ORDERS = Found("orders", dict.fromkeys(("id", "tenant", "customer"), "text"), ("tenant", "id"),
               references=(Reference(("tenant", "customer"), "people", ("tenant", "id")),))  # fmt: skip
LOOSE = Found("countries", {"code": "text"})


def test_tables_of_an_owner() -> None:
    """Of a database the tables with the owner's column, of a single table an error where it has none."""
    assert chosen(ENTRY, [ORDERS, LOOSE], True) == [ORDERS]
    assert chosen(replace(ENTRY, owner=None), [ORDERS, LOOSE], True) == [ORDERS, LOOSE]
    with pytest.raises(ConfigError, match=r"tables.1.owner: no column 'tenant'; known: code"):
        chosen(ENTRY, [LOOSE], False)
    with pytest.raises(ConfigError, match=r"tables.1.source: holds no table with a column 'tenant'"):
        chosen(ENTRY, [LOOSE], True)
    with pytest.raises(ConfigError, match=r"tables.1.source: holds no table$"):
        chosen(replace(ENTRY, owner=None), [], True)


def test_unknown_columns() -> None:
    """Each setting that names a column is told by its place."""
    entry = replace(ENTRY, owner="a", key=("id", "b"), columns={"c": "x"}, joins={"d": "e.f"})
    assert [error.place for error in unknown(entry, ORDERS)] == [
        "tables.1.owner", "tables.1.key.1", "tables.1.columns.c", "tables.1.joins.d",
    ]  # fmt: skip


def test_keys() -> None:
    """The entry's key, else the table's own, without the owner's column, unless that is all of it."""
    assert key_of(ENTRY, ORDERS) == ("id",)
    assert key_of(replace(ENTRY, key=("customer",)), ORDERS) == ("customer",)
    assert key_of(replace(ENTRY, key=("tenant",)), ORDERS) == ("tenant",)
    assert key_of(replace(ENTRY, owner=None), ORDERS) == ("tenant", "id")


def test_links() -> None:
    """A foreign key is a join by the one column that is not the owner's, to a table that is there by its name there."""
    assert links(ENTRY, ORDERS, "orders", {"people": "customers"}) == (Link("orders", "customer", "customers", "id"),)
    assert links(ENTRY, ORDERS, "orders", {}) == ()
    assert links(replace(ENTRY, owner=None), ORDERS, "orders", {"people": "people"}) == ()
    own = replace(ENTRY, joins={"customer": "big.people.id"})
    assert links(own, ORDERS, "orders", {"people": "people"}) == (Link("orders", "customer", "big.people", "id"),)


def test_targets() -> None:
    """A table's name may have dots in it, that of a column has none."""
    assert target("orders.v2.id") == ("orders.v2", "id")


def test_room() -> None:
    """Bytes are counted until there are too many."""
    room = Room(3 << 20)
    room.take(3 << 20)
    with pytest.raises(Unavailable, match=r"it is larger than sql.memory_mb, 3 MiB"):
        room.take(1)
