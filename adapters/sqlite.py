"""Tables of a SQLite file, read with the standard library, also while others write to it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from adapters.duckdb.columns import Rung, ladder, read, table
from adapters.duckdb.entry import Found, Owner, Reference, Room
from adapters.duckdb.paths import fingerprint
from adapters.ports import Timeout, Unavailable, quoted

BATCH = 4096
WAIT = 5.0
"""Seconds that another process's lock is waited for."""
_SCALE = re.compile(r"\(\s*\d+\s*,\s*(\d+)\s*\)")
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SqliteFile:
    """A SQLite file, opened to be read only. Nothing is ever written to it."""

    whole = True

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def version(self) -> str:
        """Size and time of the file and of its write-ahead log, where that holds anything. Raises Unavailable."""
        return fingerprint([self.path, *self._log()])

    @contextmanager
    def open(self) -> Iterator[_Opened]:
        """One state of the file. Raises Timeout where it is locked, Unavailable where it cannot be read."""
        try:
            connection = self._connect()
            try:
                connection.execute("BEGIN")
                yield _Opened(connection)
            finally:
                connection.close()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _LOCKED:
                raise Timeout("it is locked by another process") from error
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise Unavailable(f"it cannot be read ({name})") from error
        except (ValueError, OSError) as error:
            raise Unavailable(f"it cannot be read ({type(error).__name__})") from error

    def close(self) -> None:
        """There is nothing to let go of."""

    def _connect(self) -> sqlite3.Connection:
        """A log cannot be looked for in a folder that is closed to writing, and where there is none nobody writes."""
        try:
            return self._opened("mode=ro")
        except sqlite3.OperationalError:
            if self._log() or not self.path.is_file():
                raise
            return self._opened("mode=ro&immutable=1")

    def _opened(self, how: str) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.path.absolute()))}?{how}"
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)
        try:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except BaseException:
            connection.close()
            raise
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        return connection

    def _log(self) -> list[Path]:
        log = self.path.with_name(f"{self.path.name}-wal")
        try:
            return [log] if log.stat().st_size else []
        except OSError:
            return []


class _Opened:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def tables(self, only: str | None) -> list[Found]:
        """All tables but those of SQLite itself and of its extensions; by name also views and virtual tables."""
        listed = self._all("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
        if only is not None:
            names = [name for name, _ in listed if name.casefold() == only.casefold()]
        else:
            names = sorted(name for name, kind in listed if kind == "table" and not name.startswith("sqlite_"))
        return [self._found(name) for name in names]

    def count(self, found: Found) -> int:
        """How many rows it has."""
        [(count,)] = self._all(f"SELECT count(*) FROM {quoted(found.at)}")
        return int(count)

    def rows(self, found: Found, owner: Owner | None, room: Room) -> Any:
        """Its rows, read batch by batch. The owner is compared byte by byte, whatever collation the column has."""
        names = ", ".join(map(quoted, found.columns))
        sql = f"SELECT {names} FROM {quoted(found.at)}"
        if owner is not None:
            sql += f" WHERE CAST({quoted(owner.column)} AS TEXT) = ? COLLATE BINARY"

        def batches() -> Iterator[list[Any]]:
            cursor = self.connection.execute(sql, (owner.tenant,) if owner else ())
            while batch := cursor.fetchmany(BATCH):
                yield batch

        return table(found.columns, read(batches, [*map(rungs, found.types.values())], room))

    def _found(self, name: str) -> Found:
        listed = self._all("SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1", name)
        types = {column: kind for column, kind, _ in listed if "BLOB" not in kind.upper()}
        return Found(name, types, self._key(listed), references=tuple(self._references(name)))

    def _references(self, name: str) -> Iterator[Reference]:
        keys: dict[int, list[tuple[str, str, str | None]]] = {}
        asked = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq'
        for number, *pair in self._all(asked, name):
            keys.setdefault(number, []).append((pair[0], pair[1], pair[2]))
        for pairs in keys.values():
            other = pairs[0][0]
            listed = self._all("SELECT name, type, pk FROM pragma_table_xinfo(?)", other)
            # A reference without a column means the other table's key.
            to = tuple(named for _, _, named in pairs if named) or self._key(listed)
            [(other,)] = self._all("SELECT coalesce(max(name), ?) FROM pragma_table_list WHERE schema = 'main' "
                                   "AND name = ? COLLATE NOCASE", other, other)  # fmt: skip
            yield Reference(tuple(own for _, own, _ in pairs), other, to)

    def _key(self, listed: list[Any]) -> tuple[str, ...]:
        return tuple(column for column, _, place in sorted(listed, key=lambda row: row[2]) if place)

    def _all(self, sql: str, *bound: str) -> list[Any]:
        return self.connection.execute(sql, bound).fetchall()


def rungs(declared: str) -> tuple[Rung, ...]:
    """What a declared type may hold (https://sqlite.org/datatype3.html, 3.1, with names that others give a meaning)."""
    kind = declared.upper()
    scale = _SCALE.search(kind)
    for word, name in (("BOOL", "boolean"), ("TIMESTAMP", "timestamp"), ("DATETIME", "timestamp"), ("DATE", "date")):
        if word in kind:
            return ladder(name)
    if kind.split("(")[0].strip() == "TIME":
        return ladder("time")
    if "INT" in kind:
        return ladder("integer")
    if any(word in kind for word in ("CHAR", "CLOB", "TEXT", "JSON", "UUID")):
        return ladder("text")
    if any(word in kind for word in ("REAL", "FLOA", "DOUB")):
        return ladder("number")
    return ladder("decimal", int(scale[1])) if scale and int(scale[1]) else ladder("integer")
