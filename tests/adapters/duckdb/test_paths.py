"""Which files are a table, and whether they have changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.duckdb.paths import NoTable, files_of, fingerprint, format_of, kind_of, stem_of
from adapters.ports import Unavailable


def touch(*paths: Path) -> list[Path]:
    """Files with something in them, made long ago."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a\n1\n")
        os.utime(path, ns=(10**18, 10**18))
    return list(paths)


@pytest.mark.parametrize(("name", "format"), [
    ("a.csv", "csv"), ("A.CSV", "csv"), ("a.tsv.gz", "csv"), ("a.b.jsonl", "json"), ("a.ndjson.gz", "json"),
    ("a.pq", "parquet"),
])  # fmt: skip
def test_formats(name: str, format: str) -> None:
    """The end of a name tells what reads the file."""
    assert format_of(Path(name)) == format


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.gz", "a.parquet.gz", "csv"])
def test_unknown_formats(name: str, tmp_path: Path) -> None:
    """What is not known is refused with what is."""
    [path] = touch(tmp_path / name)
    with pytest.raises(NoTable, match=rf"the type of {name} is not known; known: \.csv, \.tsv"):
        kind_of(str(path))


def test_kinds(tmp_path: Path) -> None:
    """A database is known by its name or by how it begins, a LanceDB folder by what is in it."""
    with closing(sqlite3.connect(tmp_path / "shop.data")) as connection:
        connection.execute("CREATE TABLE a (b)")
    (tmp_path / "lance" / "a.lance").mkdir(parents=True)
    touch(tmp_path / "shop.sqlite3", tmp_path / "files" / "a.csv")
    kinds = [kind_of(str(tmp_path / name)) for name in ("shop.data", "shop.sqlite3", "lance", "files", "files/*.csv")]
    assert kinds == ["sqlite", "sqlite", "lancedb", "files", "files"]


def test_files_of_a_table(tmp_path: Path) -> None:
    """All of a folder but hidden ones and what is of no known type; all that fits a pattern."""
    one, two, *_ = touch(tmp_path / "a.csv", tmp_path / "b" / "c.csv", tmp_path / ".d.csv", tmp_path / "_e" / "f.csv",
                         tmp_path / "notes.txt")  # fmt: skip
    assert files_of(str(tmp_path)) == [one, two]
    assert files_of(str(tmp_path / "*.csv")) == [one]
    assert files_of(str(tmp_path / "**" / "*.csv")) == sorted([one, two, tmp_path / "_e" / "f.csv"])


def test_no_files(tmp_path: Path) -> None:
    """Nothing there, an empty folder, and files of several kinds are no table."""
    for name in ("nothing.csv", "*.csv", "nothing/"):
        with pytest.raises(NoTable, match="there is no such file or folder: "):
            files_of(str(tmp_path / name))
    with pytest.raises(NoTable, match=r"there is no table at .*; known: .csv"):
        files_of(str(tmp_path))
    touch(tmp_path / "a.csv", tmp_path / "a.parquet")
    with pytest.raises(NoTable, match="files of several kinds cannot be one table: csv, parquet; use a pattern"):
        files_of(str(tmp_path))


@pytest.mark.parametrize(("source", "name"), [
    ("data/orders.csv", "orders"), ("data/orders.v2.csv.gz", "orders.v2"), ("data/orders/*.csv", "orders"),
    ("data/orders/**/part-*.parquet", "orders"), ("shop.db", "shop"), ("data/orders", "orders"),
])  # fmt: skip
def test_names(source: str, name: str) -> None:
    """A table is called as its file or folder is."""
    assert stem_of(source) == name


def test_fingerprints(tmp_path: Path) -> None:
    """Size, time and the file itself count; what was not touched is the same."""
    paths = touch(tmp_path / "a.csv", tmp_path / "b.csv")
    before = fingerprint(paths)
    assert fingerprint(paths) == before
    assert fingerprint(paths[:1]) != before
    os.utime(paths[0], ns=(10**18, 10**18 + 1))
    assert fingerprint(paths) != before
    os.utime(paths[0], ns=(10**18, 10**18))
    assert fingerprint(paths) == before
    [other] = touch(tmp_path / "other.csv")
    other.replace(paths[0])
    assert fingerprint(paths) != before
    paths[1].unlink()
    with pytest.raises(Unavailable, match="a file is away"):
        fingerprint(paths)


def test_what_changed_a_moment_ago(tmp_path: Path) -> None:
    """A file that may change again within the same tick of the clock is told as changed once more."""
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    os.utime(path)
    assert fingerprint([path]) != fingerprint([path])
