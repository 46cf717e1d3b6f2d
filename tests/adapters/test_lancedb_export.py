"""Any table of a LanceDB folder as rows."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from adapters.duckdb.loading import EntrySource
from adapters.lancedb.export import LanceFolder
from adapters.lancedb.library import library, session
from adapters.ports import AdapterError, ConfigError, Unavailable
from tests.adapters.sources import (
    COLUMNS,
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


def goods(*rows: Any) -> pa.Table:
    """Goods with a vector each."""
    plain = pa.table(dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))
    return plain.append_column("vector", pa.array([[0.0, 1.0]] * len(rows), pa.list_(pa.float32(), 2)))


def write(folder: Path, mode: str = "create", **tables: pa.Table) -> Path:
    """Make tables, or add to them."""

    async def main() -> None:
        connection = await library().connect_async(str(folder), session=session())
        for name, table in tables.items():
            if mode == "add":
                await (await connection.open_table(name)).add(table)
            else:
                await connection.create_table(name, table, mode=mode)

    asyncio.run(main())
    return folder


def folder(path: Path, table: str | None = "goods", **changes: Any) -> EntrySource:
    """A source over a folder."""
    return source(LanceFolder(str(path), table), table=table, **changes)


def test_contract(tmp_path: Path) -> None:
    """A tenant gets its rows only, without vectors, and changes are noticed."""
    write(tmp_path, goods=goods(*ROWS))
    check_only_own_rows(folder(tmp_path))
    check_all_rows_without_owner(folder(tmp_path, owner=None))
    check_versions(folder(tmp_path), lambda: write(tmp_path, "add", goods=goods((7, "acme", "late", 1.0))) and None)


def test_too_large(tmp_path: Path) -> None:
    """More than there is room for is an error."""
    write(tmp_path, goods=goods(*ROWS))
    with pytest.raises(AdapterError, match=r"tables.0: table goods: it is larger than sql.memory_mb"):
        load(folder(tmp_path, room=50), "acme")


def test_a_table_made_again(tmp_path: Path) -> None:
    """A table that was dropped and made anew has another version, though it counts from 1 again."""
    write(tmp_path, goods=goods(*ROWS))
    before = settled(folder(tmp_path))
    write(tmp_path, "overwrite", goods=goods((7, "acme", "late", 1.0)))
    assert settled(folder(tmp_path)) != before
    assert names(folder(tmp_path), "acme") == ["late"]


def test_other_tables_do_not_count(tmp_path: Path) -> None:
    """What changes in another table of the folder is no change of this one."""
    write(tmp_path, goods=goods(*ROWS))
    one_table, all_tables = folder(tmp_path), folder(tmp_path, None)
    before = settled(one_table), settled(all_tables)
    write(tmp_path, other=goods(*ROWS[:1]))
    assert settled(one_table) == before[0]
    assert settled(all_tables) != before[1]


def test_all_tables_of_an_owner(tmp_path: Path) -> None:
    """Of a whole folder the tables without the owner's column are left out, and told."""
    write(tmp_path, goods=goods(*ROWS), people=pa.table({"name": ["x"]}))
    assert [table.name for table in load(folder(tmp_path, None), "acme")] == ["goods"]
    tables, left = folder(tmp_path, None).outline()
    assert [(table.name, table.rows, table.columns) for table in tables] == [("goods", 6, COLUMNS)]
    assert left == ["people"]


def test_types(tmp_path: Path) -> None:
    """Lists and bytes are left out; times come in UTC, codes as words, records as JSON."""
    table = pa.table({
        "Id": pa.array([1], pa.int32()), "at": pa.array([datetime(2024, 5, 1, 8)], pa.timestamp("ms", "Europe/Berlin")),
        "code": pa.array(["a"]).dictionary_encode(), "size": [{"x": 1}], "tags": [["a"]], "raw": [b"x"],
    })  # fmt: skip
    write(tmp_path, kinds=table)
    found = one(folder(tmp_path, "kinds", owner=None), "acme").data
    assert found.to_pylist() == [{"Id": 1, "at": datetime(2024, 5, 1, 8), "code": "a", "size": '{"x": 1}'}]


def test_owners_that_are_numbers(tmp_path: Path) -> None:
    """Whole numbers belong to the tenant that is called by them; other types cannot tell an owner."""
    write(tmp_path, goods=pa.table({"Tenant": [7, 70], "name": ["a", "b"], "part": [0.5, 7.0]}))
    found = folder(tmp_path, owner="Tenant")
    assert [names(found, tenant) for tenant in ("7", "07", "-7", "x", "", "9" * 30, "\u0667")] == [["a"], *[[]] * 6]
    with pytest.raises(Unavailable, match="the owner's column 'part' holds neither text nor whole numbers"):
        load(folder(tmp_path, owner="part"), "7")


def test_what_is_not_there(tmp_path: Path) -> None:
    """A table by a wrong name is told with those that there are; a folder that is gone costs the tables."""
    write(tmp_path / "lance", goods=goods(*ROWS))
    with pytest.raises(ConfigError, match=r"tables.0.table: no table 'good'; known: goods"):
        folder(tmp_path / "lance", "good").outline()
    (tmp_path / "lance").rename(tmp_path / "gone")
    with pytest.raises(AdapterError, match=r"tables.0"):
        load(folder(tmp_path / "lance"), "acme")
