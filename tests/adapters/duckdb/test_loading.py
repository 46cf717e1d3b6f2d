"""A source over a reader: whom it serves, what it says of errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.duckdb.entry import Reader
from adapters.duckdb.files import Files
from adapters.duckdb.loading import EntrySource
from adapters.duckdb.paths import NoTable, files_of
from adapters.ports import ConfigError, Link, Unavailable
from tests.adapters.sources import ENTRY, load, names, one, source

CSV = "id,tenant,name\n1,acme,bolt\n2,globex,nut\n"


def goods(path: Path) -> Files:
    """A reader of goods."""
    path.write_text(CSV)
    return Files(str(path), "tenant", 1 << 20)


def test_whom_it_serves(tmp_path: Path) -> None:
    """The tenants that were written out, or all; nobody else is given anything."""
    reader = goods(tmp_path / "goods.csv")
    some = source(reader, tenants=("acme", "globex"))
    assert [some.serves(tenant) for tenant in ("acme", "globex", "default", "*", "")] == [True, True, *[False] * 3]
    assert source(reader, tenants=("*",)).serves("anybody")
    assert names(some, "globex") == ["nut"]
    assert tuple(load(source(reader, tenants=("globex",)), "acme")) == ()


def test_what_was_configured(tmp_path: Path) -> None:
    """Names, descriptions, key and joins are those of the entry."""
    reader = goods(tmp_path / "x.csv")
    found = one(source(reader, name="things", description="All", columns={"name": "what"}, key=("id",),
                       joins={"id": "other.ref"}), "acme")  # fmt: skip
    assert (found.name, found.description, found.descriptions) == ("things", "All", {"name": "what"})
    assert (found.key, found.links) == (("id",), (Link("things", "id", "other", "ref"),))


def test_what_is_away_at_the_start(tmp_path: Path) -> None:
    """It costs the tables until it is there; whoever checks the configuration is told the place."""
    path = tmp_path / "goods.csv"
    tries = []

    def find() -> Reader:
        tries.append(files_of(str(path)))
        return Files(str(path), "tenant", 1 << 20)

    found = EntrySource(ENTRY, find)
    ways: list[Callable[[], object]] = [lambda: load(found, "acme"), lambda: asyncio.run(found.version())]
    for way in ways:
        with pytest.raises(Unavailable, match=r"tables.0.source: there is no such file"):
            way()
    with pytest.raises(ConfigError, match=r"tables.0.source: there is no such file"):
        found.outline()
    goods(path)
    assert names(found, "acme") == ["bolt"]
    assert asyncio.run(found.version())
    assert len(tries) == 1
    asyncio.run(found.close())


def test_what_is_never_found() -> None:
    """Letting go of what was never opened is no error."""

    def find() -> Reader:
        raise NoTable("nothing here")

    asyncio.run(EntrySource(ENTRY, find).close())
