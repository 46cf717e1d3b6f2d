"""Files of CSV, JSON lines and Parquet, read with DuckDB's own readers in a connection that lives as long as a reading.

The dialect of CSV is not guessed: the first line names the columns and tells the delimiter, fields are quoted with `"`,
and a row that has more or fewer fields is an error, since a reader that guesses makes one column of all.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from adapters.duckdb.entry import Found, Owner, Room, TooLarge
from adapters.duckdb.paths import NoTable, files_of, fingerprint, format_of
from adapters.duckdb.ragged import ragged
from adapters.ports import Unavailable, quoted

FAULTS = (duckdb.Error, OSError, ValueError, pa.ArrowException)
DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER, MAX_OBJECT = 1 << 20, 16 << 20
BATCH = 16_384
LEAST = 512
"""MiB for a reading: a row group of Parquet has to fit."""
KEPT = {"VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "FLOAT", "DOUBLE", "DATE", "TIME", "TIMESTAMP"}  # fmt: skip
_VECTOR = re.compile(r"\[\d+\]$|^(FLOAT|DOUBLE)\[\]$")
"""Also lists of fractions: a vector looks so in JSON, and to DuckDB in Parquet."""
# JSON are values of several types: a text among them comes without quotes.
_CASTS = (
    (r"^(STRUCT|MAP|UNION|VARIANT)\b|\[\]$", "CAST(to_json({0}) AS VARCHAR)"),
    (r"^JSON$", "json_extract_string({0}, '$')"),
    (r"^TIMESTAMP WITH TIME ZONE|^TIMESTAMPTZ", "CAST({0} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"),
    (r"^TIMESTAMP_", "CAST({0} AS TIMESTAMP)"),
    (r"^TIME_", "CAST({0} AS TIME)"),
    (r"HUGEINT$", "TRY_CAST({0} AS DECIMAL(38, 0))"),
)
_LINE = re.compile(r"(?:CSV Error on Line: |in line )(\d+)")


class Files:
    """The files of one table; `owner` is the column that tells whose a row is, and is read as it is written."""

    whole = False

    def __init__(self, source: str, owner: str | None, room: int) -> None:
        self.source = source
        self.owner = owner
        self.memory = max(LEAST, 2 * (room >> 20))

    def version(self) -> str:
        """Sizes and times of the files. Raises Unavailable."""
        return fingerprint(self._paths())

    @contextmanager
    def open(self) -> Iterator[_Opened]:
        """A connection for one reading. Raises Unavailable."""
        paths = self._paths()
        with _mapped(paths, self.memory), _connect(self.memory) as connection:
            yield _Opened(connection, Path(self.source).name, paths, self.owner)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _paths(self) -> list[Path]:
        try:
            return files_of(self.source)
        except NoTable as error:
            raise Unavailable(str(error)) from error


class _Opened:
    def __init__(self, connection: Any, at: str, paths: Sequence[Path], owner: str | None) -> None:
        self.connection = connection
        self.at = at
        self.files = [_literal(path) for path in paths]
        self.scan = f"{_scan(paths)})"
        self.types = self._describe()
        if owner in self.types:
            self.scan = self._exact(format_of(paths[0]), owner)
            self.types = self._describe()

    def tables(self, only: str | None) -> list[Found]:
        """The one table of these files."""
        plain = {name: kind for name, kind in self.types.items() if _plain(name, kind)}
        return [Found(self.at, plain)]

    def count(self, found: Found) -> int:
        """How many rows they have."""
        [(count,)] = self.connection.execute(f"SELECT count(*) FROM {self.scan}", [self.files]).fetchall()
        return int(count)

    def rows(self, found: Found, owner: Owner | None, room: Room) -> Any:
        """The rows, read batch by batch."""
        columns = ", ".join(f"{_plain(name, kind)} AS {quoted(name)}" for name, kind in found.types.items())
        sql, bound = f"SELECT {columns} FROM {self.scan}", [self.files, *([owner.tenant] if owner else [])]
        if owner is not None:
            sql += f" WHERE CAST({quoted(owner.column)} AS VARCHAR) = ?"
        reader = self.connection.sql(sql, params=bound).to_arrow_reader(BATCH)
        batches = []
        for batch in reader:
            room.take(batch.nbytes)
            batches.append(batch)
        return pa.Table.from_batches(batches, reader.schema)

    def _describe(self) -> dict[str, str]:
        found = self.connection.execute(f"DESCRIBE SELECT * FROM {self.scan}", [self.files]).fetchall()
        return {name: kind for name, kind, *_ in found}

    def _exact(self, kind: str, owner: str) -> str:
        """The scan with the owner's column as text: '007' is another tenant than 7."""
        if kind == "csv":
            return f"{self.scan[:-1]}, types = {{{_text(owner)}: 'VARCHAR'}})"
        if kind == "json":
            every = {**self.types, owner: "VARCHAR"}
            shape = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in every.items())
            return f"{self.scan[:-1]}, columns = {{{shape}}})"
        return self.scan


@contextmanager
def _connect(memory: int) -> Iterator[Any]:
    connection = duckdb.connect(":memory:", config={
        "threads": 1, "memory_limit": f"{memory}MiB", "temp_directory": "", "autoinstall_known_extensions": False,
        "autoload_known_extensions": False, "allow_community_extensions": False, "python_enable_replacements": False,
    })  # fmt: skip
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def _mapped(paths: Sequence[Path], memory: int) -> Iterator[None]:
    """The engine's faults as ours: its own words quote rows, so only the number of the line is told."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise TooLarge(f"reading it takes more than {memory} MiB, twice sql.memory_mb") from error
    except FAULTS as error:
        line = _LINE.search(str(error))
        where = f", line {line[1]}" if line else _ragged(paths) if isinstance(error, duckdb.Error) else ""
        raise Unavailable(f"it cannot be read ({type(error).__name__}{where})") from error


def _ragged(paths: Sequence[Path]) -> str:
    """Where a file of CSV has a row with too many fields or too few."""
    for path in paths if format_of(paths[0]) == "csv" else ():
        if line := ragged(path, _delimiter(path)):
            return f", line {line}" if len(paths) == 1 else f", line {line} of {path.name}"
    return ""


def _scan(paths: Sequence[Path]) -> str:
    """The call of a reader, without its end; the paths are bound."""
    kind = format_of(paths[0])
    several = ", union_by_name = true" if len(paths) > 1 else ""
    if kind == "csv":
        delimiter = _text(_delimiter(paths[0]))
        return (f"read_csv(?, header = true, delim = {delimiter}, quote = '\"', escape = '\"', comment = '', skip = 0, "
                f"sample_size = -1, strict_mode = true{several}")  # fmt: skip
    if kind == "json":
        return (f"read_json(?, format = 'newline_delimited', sample_size = -1, maximum_object_size = {MAX_OBJECT}"
                f"{several}")  # fmt: skip
    return f"read_parquet(?{several}"


def _delimiter(path: Path) -> str:
    """What separates the names of the first line. Raises ValueError where there are none."""
    if ".tsv" in path.suffixes[-2:]:
        return "\t"
    with (gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")) as file:
        header = file.readline(MAX_HEADER).decode("utf-8-sig", "replace")
    if not header.strip():
        raise Unavailable("its first line, which names the columns, is empty")
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)


def _plain(name: str, kind: str) -> str | None:
    """A column as what can be asked about, None where it is bytes or a vector."""
    if kind == "BLOB" or _VECTOR.search(kind):
        return None
    how = "{0}" if kind in KEPT or kind.startswith("DECIMAL(") else next(
        (how for pattern, how in _CASTS if re.search(pattern, kind)), "CAST({0} AS VARCHAR)"
    )
    return how.format(quoted(name))


def _literal(path: Path) -> str:
    """A path that DuckDB takes as written: it reads patterns of its own into brackets and stars."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
