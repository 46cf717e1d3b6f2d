"""Files as tables: CSV, JSON lines, Parquet, one or many."""

from __future__ import annotations

import asyncio
import csv
import gzip
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.duckdb.files import Files
from adapters.duckdb.loading import EntrySource
from adapters.ports import AdapterError, Unavailable
from tests.adapters.sources import (
    COLUMNS,
    ROWS,
    check_all_rows_without_owner,
    check_only_own_rows,
    check_too_large,
    check_versions,
    check_wrong_columns,
    names,
    one,
    source,
)

MIB = 1 << 20
KINDS = ("goods.csv", "goods.tsv", "goods.csv.gz", "goods.jsonl", "goods.ndjson.gz", "goods.parquet")


def write(path: Path, rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> Path:
    """Write rows as the name of the file wants it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))), path)
        return path
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        if "json" in path.name:
            file.writelines(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
        else:
            writer = csv.writer(file, delimiter="\t" if ".tsv" in path.name else ",")
            writer.writerows([columns, *rows])
    return path


def files(path: Path | str, owner: str | None = "tenant", **changes: Any) -> EntrySource:
    """A source over files."""
    return source(Files(str(path), owner, MIB), owner=owner, **changes)


def rows(path: Path | str, owner: str | None = None) -> list[dict[str, Any]]:
    """All rows, as Python has them."""
    found: list[dict[str, Any]] = one(files(path, owner), "acme").data.to_pylist()
    return found


@pytest.mark.parametrize("name", KINDS)
def test_contract(tmp_path: Path, name: str) -> None:
    """Each kind of file gives a tenant its rows only, notices changes, and says what is wrong."""
    path = write(tmp_path / name, ROWS)
    check_only_own_rows(files(path))
    check_all_rows_without_owner(files(path, None))
    check_wrong_columns(Files(str(path), "tenant", MIB))
    check_too_large(Files(str(path), "tenant", MIB))
    check_versions(files(path), lambda: write(path, [*ROWS, (7, "acme", "late", 1.0)]) and None)


@pytest.mark.parametrize("name", ["goods.csv", "goods.jsonl", "goods.parquet"])
def test_many_files_are_one_table(tmp_path: Path, name: str) -> None:
    """A folder, with all below it, and a pattern; columns that are new in later files are in it."""
    write(tmp_path / "goods" / "2024" / name, ROWS[:2])
    write(tmp_path / "goods" / "2025" / name, [(*ROWS[2], "x")], (*COLUMNS, "extra"))
    (tmp_path / "goods" / "README.md").write_text("what this is")
    for where in (tmp_path / "goods", tmp_path / "goods" / "*" / name, tmp_path / "goods" / "**" / name):
        assert names(files(where), "acme") == ["bolt", "nail"]
    assert [row["extra"] for row in rows(tmp_path / "goods")] == [None, None, "x"]
    version = files(tmp_path / "goods")
    check_versions(version, lambda: write(tmp_path / "goods" / "2026" / name, [(7, "acme", "late", 1.0)]) and None)


@pytest.mark.parametrize("name", ["goods.csv", "goods.jsonl"])
def test_owners_are_read_as_written(tmp_path: Path, name: str) -> None:
    """A tenant of digits is told from another with zeros before them, though both are numbers."""
    write(tmp_path / name, [(1, "7", "a", 1), (2, "007", "b", 1), (3, "7.0", "c", 1), (4, "1e3", "d", 1)])
    found = files(tmp_path / name)
    assert [names(found, tenant) for tenant in ("7", "007", "7.0", "1000")] == [["a"], ["b"], ["c"], []]


def test_owners_that_are_numbers(tmp_path: Path) -> None:
    """Numbers belong to the tenant that is called by them."""
    for name in ("goods.jsonl", "goods.parquet", "goods.csv"):
        write(tmp_path / name, [(1, 7, "a", 1), (2, 70, "b", 1)])
        assert names(files(tmp_path / name), "7") == ["a"]


def test_types_of_text_files(tmp_path: Path) -> None:
    """Numbers, dates and times are seen as such in all rows, codes with leading zeros stay text."""
    (tmp_path / "a.csv").write_text(
        "id,zip,day,at,zoned,ok,sum,none\n1,01067,2024-05-01,2024-05-01 10:00:00,2024-05-01T10:00:00+02:00,true,1.5,\n"
        "2,80331,2024-05-02,2024-05-02 10:00:00,2024-05-02T10:00:00+02:00,false,,\n"
    )
    assert rows(tmp_path / "a.csv")[0] == {
        "id": 1, "zip": "01067", "day": date(2024, 5, 1), "at": datetime(2024, 5, 1, 10), "ok": True, "sum": 1.5,
        "zoned": datetime(2024, 5, 1, 8), "none": None,
    }  # fmt: skip


def test_a_type_that_changes_late(tmp_path: Path) -> None:
    """The types are those of all rows, not of the first thousands."""
    (tmp_path / "a.csv").write_text("id\n" + "1\n" * 30_000 + "none\n")
    assert rows(tmp_path / "a.csv")[-1] == {"id": "none"}


@pytest.mark.parametrize(("text", "first"), [
    ("name;amount\nx;1,5\n", {"name": "x", "amount": "1,5"}),
    ("name|amount\nx|1\n", {"name": "x", "amount": 1}),
    ('"a, b";c\n1;2\n', {"a, b": 1, "c": 2}),
    ("\ufeffname,city\nann,bern\n", {"name": "ann", "city": "bern"}),
    ("name\nann\n", {"name": "ann"}),
    ('a,b\n"x, ""y""\nz",2\n', {"a": 'x, "y"\nz', "b": 2}),
    ("a,b\r\n# no comment,2\r\n", {"a": "# no comment", "b": 2}),
])
def test_dialects(tmp_path: Path, text: str, first: dict[str, Any]) -> None:
    """The first line names the columns and tells the delimiter."""
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert rows(tmp_path / "a.csv") == [first]


@pytest.mark.parametrize(("name", "data", "said"), [
    ("a.csv", b"id,name\n1,secret\n2,x,y,z\n3,z\n", "cannot be read"),
    ("a.csv", b'id,name\n1,"secret\n', "cannot be read"),
    ("a.csv", b"name,city\nJos\xe9,secret\n", r"cannot be read \(InvalidInputException, line 2\)"),
    ("a.csv", b"", "its first line, which names the columns, is empty"),
    ("a.csv.gz", b"secret", "cannot be read"),
    ("a.jsonl", b'{"a":1}\n{"a": secret}\n', r"cannot be read \(InvalidInputException, line \d\)"),
    ("a.parquet", b"secret", "cannot be read"),
])
def test_unreadable_files(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """What cannot be read is an error that quotes nothing of it, never half of the rows."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Unavailable, match=f"tables.0: .*{said}") as caught:
        rows(tmp_path / name)
    assert "secret" not in str(caught.value)


def test_inner_structure_is_json(tmp_path: Path) -> None:
    """Lists and records come as JSON text; bytes and vectors do not come."""
    (tmp_path / "a.jsonl").write_text('{"id": 1, "tags": ["a", "b"], "size": {"x": 1}}\n{"id": 2}\n')
    assert rows(tmp_path / "a.jsonl")[0] == {"id": 1, "tags": '["a","b"]', "size": '{"x":1}'}
    (tmp_path / "b.jsonl").write_text('{"mixed": 1}\n{"mixed": "x"}\n{"mixed": ["y"]}\n')
    assert [row["mixed"] for row in rows(tmp_path / "b.jsonl")] == ["1", "x", '["y"]']
    vector = pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2))
    table = pa.table({"id": [1], "raw": [b"x"], "vector": vector, "price": pa.array([Decimal("1.10")]),
                      "at": pa.array([datetime(2024, 1, 1)], pa.timestamp("ns", "Europe/Berlin"))})  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(tmp_path / "a.parquet") == [{"id": 1, "price": Decimal("1.10"), "at": datetime(2024, 1, 1)}]


def test_names_are_taken_as_written(tmp_path: Path) -> None:
    """Brackets and stars in the name of a file, and quotes in that of a column, mean themselves."""
    write(tmp_path / "a[1]'s *.csv", [(1, "acme", 2)], ("id", "te'n\"ant", "na\"me"))
    write(tmp_path / "a1's x.csv", [(9, "acme", 9)], ("id", "te'n\"ant", "na\"me"))
    found = one(files(tmp_path / "a[1]'s *.csv", "te'n\"ant"), "acme")
    assert found.data.to_pylist() == [{"id": 1, "te'n\"ant": "acme", 'na"me': 2}]


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    """It costs the table, until it is there again."""
    path = write(tmp_path / "goods.csv", ROWS)
    found = files(path)
    version = asyncio.run(found.version())
    path.unlink()
    for call in (found.version, lambda: found.load("acme")):
        with pytest.raises(AdapterError, match=r"tables.0: there is no such file"):
            asyncio.run(call())
    write(path, ROWS)
    assert asyncio.run(found.version()) != version
    assert names(found, "acme") == ["bolt", "nail"]


def test_counting(tmp_path: Path) -> None:
    """An outline counts the rows of all tenants."""
    [table], left = files(write(tmp_path / "goods.csv", ROWS)).outline()
    assert (table.name, table.rows, table.columns, left) == ("goods", len(ROWS), COLUMNS, [])
