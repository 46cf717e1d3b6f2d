"""Which files a table is read from, of what kind they are, and whether they have changed."""

from __future__ import annotations

import glob
import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from adapters.ports import Unavailable

FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".jsonl": "json", ".ndjson": "json"}
"""Files that hold one table, and what reads them; text also compressed (`.csv.gz`)."""
DATABASES = (".db", ".db3", ".sqlite", ".sqlite3")
MAGIC = b"SQLite format 3\0"
KNOWN = (f"{', '.join(FORMATS)} (text also with .gz), folders and patterns of them, {', '.join(DATABASES)}, "
         "and LanceDB folders")  # fmt: skip
RACY = 50_000_000
"""Nanoseconds within which two changes of a file can have the same time."""

Kind = Literal["files", "sqlite", "lancedb"]


class NoTable(Exception):
    """What is configured cannot be a table; the message says what could."""


class Away(NoTable):
    """Nothing is there, or nothing that could be read by now; it may come."""


def kind_of(source: str) -> Kind:
    """What reads a source. Raises NoTable where nothing is there, or nothing that is known."""
    path = Path(source)
    if path.is_dir():
        return "lancedb" if any(path.glob("*.lance")) else _files(source)
    if not path.is_file():
        return _files(source)
    if path.suffix.lower() in DATABASES or _head(path) == MAGIC:
        return "sqlite"
    return _files(source)


def files_of(source: str) -> list[Path]:
    """The files of a table, in order: one, those in and below a folder, or what fits a pattern. Raises NoTable."""
    found = list(_found(source))
    if not found:
        raise Away(f"there is no table at {source}; known: {KNOWN}" if Path(source).exists() else
                      f"there is no such file or folder: {source}")  # fmt: skip
    formats = {format_of(path) for path in found}
    if len(formats) > 1:
        raise NoTable(f"files of several kinds cannot be one table: {', '.join(sorted(formats))}; use a pattern")
    return found


def format_of(path: Path) -> str:
    """What reads a file: csv, json or parquet. Raises NoTable."""
    name = path.name.lower()
    kind = FORMATS.get(Path(name.removesuffix(".gz")).suffix)
    if kind is None or (kind == "parquet" and name.endswith(".gz")):
        raise NoTable(f"the type of {path.name} is not known; known: {KNOWN}")
    return kind


def is_file(source: str) -> bool:
    """Whether a name is that of a file of one table, wherever it is."""
    return _known(Path(source))


def stem_of(source: str) -> str:
    """What a table is called that was given no name: by its file or folder; of a pattern by the folder before it."""
    path = Path(source)
    while glob.has_magic(path.name) and not path.exists():
        path = path.parent
    name = path.name
    for suffix in (".gz", *FORMATS, *DATABASES):
        if name.lower().endswith(suffix) and not path.is_dir():
            name = name[: -len(suffix)]
    return name or "table"


def fingerprint(paths: Iterable[Path]) -> str:
    """What changes whenever one of these does: size, time and number of each. One that changed a moment ago may change
    again within the same tick of the clock, so it is told as new once more (as git does with its index, "racy git").
    Raises Unavailable where one cannot be seen."""
    told = hashlib.sha256()
    newest = 0
    for path in paths:
        try:
            found = path.stat()
        except OSError as error:
            raise Unavailable(f"a file is away ({type(error).__name__})") from error
        newest = max(newest, found.st_mtime_ns)
        told.update(repr((str(path), found.st_size, found.st_mtime_ns, found.st_ino)).encode("utf-8", "replace"))
    now = time.time_ns()
    if now - newest < RACY:
        told.update(str(now).encode())
    return told.hexdigest()[:32]


def _files(source: str) -> Literal["files"]:
    for path in files_of(source):
        format_of(path)
    return "files"


def _found(source: str) -> Iterator[Path]:
    path = Path(source)
    if path.is_file():
        yield path
    elif path.is_dir():
        for each in sorted(path.rglob("*")):
            inner = each.relative_to(path).parts
            if each.is_file() and not any(part.startswith((".", "_")) for part in inner) and _known(each):
                yield each
    else:
        yield from sorted(Path(name) for name in glob.glob(source, recursive=True) if Path(name).is_file())


def _known(path: Path) -> bool:
    try:
        return bool(format_of(path))
    except NoTable:
        return False


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC))
    except OSError as error:
        raise Away(f"{path} cannot be read ({error.strerror})") from error
