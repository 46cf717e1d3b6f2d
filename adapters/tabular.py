"""Tables as documents: one per row of a file of CSV, TSV or JSON lines, with the standard library alone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, Any

from adapters.ports import AdapterError, Document

TABLES = {".csv": ",", ".tsv": "\t", ".jsonl": "", ".ndjson": ""}
"""Files that hold one document per row, and what separates the fields."""
MAX_TEXT, MAX_LINE, MAX_TITLE = 5 << 20, 16 << 20, 200
"""Bytes of the text of a row and of a line, and characters of a title; a file may be of any size."""
_PLAIN = {"type": "text/plain"}
_TEXT_FIELDS, _TITLE_FIELDS, _ID_FIELDS = ("text", "content", "body"), ("title", "name"), ("id", "key", "slug")


def rows(path: PurePath, separator: str, data: bytes | None = None) -> Iterator[Document]:
    """The rows of a table as documents. The file is read twice, row by row: first to see that every row can be read and
    which field holds the text, so that it need not fit into memory. `source` is the path with `#` and the row's id or
    number; `data` are the bytes of a file that is not on disk. Raises AdapterError with a reason that names it."""
    fields = _Fields()
    for row in _table(path, separator, data):
        fields.see(row)
    field = fields.text()
    if fields.rows and field is None:
        raise AdapterError(f"{path}: no field with text")
    seen: set[str] = set()
    for number, row in enumerate(_table(path, separator, data), 1):
        text = row.get(field) if field else None
        if not isinstance(text, str) or not text.strip():
            continue
        if len(text) > MAX_TEXT:
            raise AdapterError(f"{path}: row {number} has more than {MAX_TEXT >> 20} MB of text")
        name = _free(_first(row, _ID_FIELDS) or str(number), number, seen)
        seen.add(name)
        # Without a title, another short field stands in: the question of an answer, the code of an error.
        title = _first(row, _TITLE_FIELDS) or _first(row, [each for each in row if each not in (field, *_ID_FIELDS)])
        made = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
        yield Document(f"{path}#{name}", (title or f"{path.stem} {name}")[:MAX_TITLE], text, made, _PLAIN)


def _free(name: str, number: int, seen: Set[str]) -> str:
    """The name of a row that no row before it has."""
    free = name
    while free in seen:
        free, number = f"{name}-{number}", number + 1
    return free


def _table(path: PurePath, separator: str, data: bytes | None) -> Iterator[dict[str, Any]]:
    try:
        with _opened(path, data) as lines:
            if not separator:
                yield from _lines(path, lines)
                return
            csv.field_size_limit(MAX_TEXT)
            yield from csv.DictReader(lines, delimiter=separator, strict=True)
    except csv.Error as error:
        raise AdapterError(f"{path}: a row cannot be read") from error
    except OSError as error:
        raise AdapterError(f"{path}: cannot be read ({type(error).__name__})") from error


def _opened(path: PurePath, data: bytes | None) -> IO[str]:
    if data is not None:
        return io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    file = Path(path)
    if not file.is_file():  # a pipe would block for ever
        raise AdapterError(f"{path}: there is no such file")
    return file.open(encoding="utf-8-sig", errors="replace", newline="")


def _lines(path: PurePath, lines: IO[str]) -> Iterator[dict[str, Any]]:
    number = 0
    while line := lines.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise AdapterError(f"{path}: line {number} is longer than {MAX_LINE >> 20} MB")
        if line.strip():
            yield _line(path, number, line)


def _line(path: PurePath, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AdapterError(f"{path}: line {number} is no JSON") from error
    if not isinstance(row, dict):
        raise AdapterError(f"{path}: line {number} is no JSON object")
    return row


@dataclass(slots=True)
class _Fields:
    """How much text each field of a table holds over all rows."""

    sizes: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def see(self, row: Mapping[str, Any]) -> None:
        self.rows += 1
        for name, value in row.items():
            if isinstance(name, str) and isinstance(value, str):
                self.sizes[name] = self.sizes.get(name, 0) + len(value)

    def text(self) -> str | None:
        """`text`, `content` or `body`, else the field that holds most text."""
        for name in _TEXT_FIELDS:
            if name in self.sizes:
                return name
        others = {name: size for name, size in self.sizes.items() if name not in (*_TITLE_FIELDS, *_ID_FIELDS)}
        sizes = others or self.sizes
        return max(sizes, key=lambda name: sizes[name], default=None)


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    values = (row.get(name) for name in names)
    texts = (str(value).encode("utf-8", "replace").decode().strip() for value in values if isinstance(value, str | int))
    return next((text for text in texts if text), "")
