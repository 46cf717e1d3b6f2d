"""Tables of a PostgreSQL schema, read with psycopg 3 in transactions that can only read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg

from adapters.duckdb.columns import Column, Rung, ladder, table
from adapters.duckdb.entry import Found, Owner, Reference, Room
from adapters.ports import Timeout, Unavailable

CONNECT, ASK, READ = 5, 5, 60
"""Seconds: to connect, to tell the version, and for a statement that reads rows."""
_CONNECTION: Mapping[str, Any] = {
    "application_name": "rapport", "connect_timeout": CONNECT, "tcp_user_timeout": 10_000, "keepalives_idle": 30,
    "keepalives_interval": 5, "keepalives_count": 3,
}
"""A server that has gone away without a word is noticed by these, not by `statement_timeout`, which is its own."""
BATCH = 4096
WIDEST = 38
"""Digits of the widest exact number."""
_PLAIN = {"int2": "integer", "int4": "integer", "int8": "integer", "float4": "number", "float8": "number",
          "bool": "boolean", "time": "time"}  # fmt: skip
EVERY = " WHERE %s"
"""True is bound to it. A statement without parameters keeps `%%` as it is, one with some reads it as `%`, which names
of columns may hold: so there are always some."""
_TEXTS = ("text", "varchar")
_LEFT = ("bytea", "vector", "halfvec", "sparsevec", "tsvector", "tsquery")

# What a domain stands for counts as the type; of a domain over a domain only the text.
_COLUMNS = """
SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class'), a.attname, b.typname,
       CASE WHEN b.typcategory = 'A' OR b.typtype = 'c' THEN 'nested' ELSE b.typtype::text END,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, col_description(c.oid, a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
  AND has_column_privilege(c.oid, a.attnum, 'SELECT')
  AND CASE WHEN %(only)s::text IS NULL THEN c.relkind IN ('r', 'p') AND NOT c.relispartition
      ELSE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = %(only)s END
ORDER BY c.relname, a.attnum
"""
_CONSTRAINTS = """
SELECT k.conrelid, k.contype, f.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n(num, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.num ORDER BY n.place),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS n(num, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.num ORDER BY n.place)
FROM pg_constraint k LEFT JOIN pg_class f ON f.oid = k.confrelid AND f.relnamespace = k.connamespace
WHERE k.connamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
  AND k.contype IN ('p', 'f') AND k.conparentid = 0
ORDER BY k.conname
"""
# An empty search path, so that no function or operator of somebody else's is called; times are told in UTC.
_SESSION = "SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; SET LOCAL statement_timeout = "


class PostgresSchema:
    """A schema of a PostgreSQL server. `url` is asked for at each connecting, so that a password may change."""

    whole = True

    def __init__(self, url: Callable[[], str], schema: str) -> None:
        self.schema = schema
        self._url = url
        self._connection: Any = None
        self._lock = threading.Lock()

    def version(self) -> str:
        """The newest state that a transaction can see: each commit that changes something moves it, and reading does
        not (https://www.postgresql.org/docs/current/functions-info.html, pg_current_snapshot; from PostgreSQL 13 on).
        It is that of the whole server: what others write there makes the tables be read again. Raises AdapterError."""
        with self._transaction(ASK) as connection:
            asked = "SELECT current_database(), pg_current_snapshot()::text, pg_postmaster_start_time()::text"
            return "/".join(connection.execute(asked).fetchone())

    @contextmanager
    def open(self) -> Iterator[_Opened]:
        """One state of the schema. Raises Timeout, Unavailable."""
        with self._transaction(READ) as connection:
            yield _Opened(connection, self.schema)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    @contextmanager
    def _transaction(self, seconds: int) -> Iterator[Any]:
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    connection.execute(f"{_SESSION}{seconds * 1000}")
                    yield connection
            except psycopg.Error as error:
                self._drop()
                raise _told(error) from error
            except ValueError as error:
                raise Unavailable(f"it cannot be read ({type(error).__name__})") from error

    def _connected(self) -> Any:
        if self._connection is None or self._connection.closed:
            try:
                url = self._url()
            except ValueError as error:  # which names the variable or the file
                raise Unavailable(str(error)) from error
            self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=None, **_CONNECTION)
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


class _Asked(NamedTuple):
    """A column as it is asked for, and what comes of it."""

    sql: str
    rungs: Sequence[Rung]


class _Opened:
    def __init__(self, connection: Any, schema: str) -> None:
        self.connection = connection
        self.schema = schema

    def tables(self, only: str | None) -> list[Found]:
        """The tables whose columns may be read; by name also views and foreign tables."""
        bound = {"schema": self.schema, "only": only}
        listed = self.connection.execute(_COLUMNS, bound).fetchall()
        keys = self.connection.execute(_CONSTRAINTS, bound).fetchall()
        tables: dict[int, list[Any]] = {}
        for oid, *row in listed:
            tables.setdefault(oid, []).append(row)
        return [_found(rows, [key[1:] for key in keys if key[0] == oid]) for oid, rows in tables.items()]

    def count(self, found: Found) -> int:
        """How many rows it has."""
        counted = self.connection.execute(f"SELECT count(*) FROM {self._at(found)}{EVERY}", [True])
        return int(counted.fetchone()[0])

    def rows(self, found: Found, owner: Owner | None, room: Room) -> Any:
        """Its rows, through a cursor of the server's. The owner is compared byte by byte, whatever collation the
        column has; beside it as it is where it is text, so that an index can be used."""
        where, bound = _owned(found, owner) if owner is not None else (EVERY, [True])
        asked = self._asked(found, where, bound)
        columns = [Column(each.rungs) for each in asked]
        with self.connection.cursor(name="rapport") as cursor:
            listed = ", ".join(each.sql for each in asked)
            cursor.execute(f"SELECT {listed} FROM {self._at(found)}{where}", bound)
            while batch := cursor.fetchmany(BATCH):
                for column, values in zip(columns, zip(*batch, strict=True), strict=True):
                    room.take(column.add(values))
        return table(found.columns, columns)

    def _asked(self, found: Found, where: str, bound: Sequence[Any]) -> list[_Asked]:
        open_ended = [name for name, kind in found.types.items() if kind == "numeric"]
        scales = self._scales(found, open_ended, where, bound) if open_ended else {}
        return [_asked(_quoted(name), kind, scales.get(name)) for name, kind in found.types.items()]

    def _scales(self, found: Found, names: Sequence[str], where: str, bound: Sequence[Any]) -> Mapping[str, int | None]:
        """Digits after the point of numbers that were declared without; None where they are too long to be exact."""
        asked = ", ".join(f"coalesce(max(scale({_finite(_quoted(name))})), 0), "
                          f"coalesce(max(length(trunc(abs({_finite(_quoted(name))}))::text)), 0)" for name in names)
        [row] = self.connection.execute(f"SELECT {asked} FROM {self._at(found)}{where}", bound).fetchall()
        pairs = zip(row[::2], row[1::2], strict=True)
        return {name: scale if scale + whole <= WIDEST else None
                for name, (scale, whole) in zip(names, pairs, strict=True)}  # fmt: skip

    def _at(self, found: Found) -> str:
        return f"{_quoted(self.schema)}.{_quoted(found.at)}"


def _found(rows: Sequence[Any], keys: Sequence[Any]) -> Found:
    """A table from its columns (name, its description, column, type, kind, modifier, description) and its keys."""
    kept = [row for row in rows if row[3] not in _LEFT]
    types = {column: _kind(kind, sort, modifier) for _, _, column, kind, sort, modifier, _ in kept}
    said = {row[2]: row[6] for row in kept if row[6]}
    primary = next((tuple(own) for kind, _, own, _ in keys if kind == "p" and set(own) <= set(types)), ())
    foreign = [(other, own, to) for kind, other, own, to in keys if kind == "f" and other]
    references = tuple(Reference(tuple(own), other, tuple(to)) for other, own, to in foreign)
    return Found(rows[0][0], types, primary, rows[0][1] or "", said, references)


def _owned(found: Found, owner: Owner) -> tuple[str, list[Any]]:
    column = _quoted(owner.column)
    where = f' WHERE ({column}::text) COLLATE "C" = %s'
    if found.types[owner.column] in _TEXTS:
        return f"{where} AND {column} = %s", [owner.tenant] * 2
    return where, [owner.tenant]


def _kind(name: str, sort: str, modifier: int) -> str:
    """A type in one word: `numeric(2)` are numbers with two digits after the point, `numeric` any."""
    if sort == "nested":
        return "nested"
    if name != "numeric" or modifier < 4:
        return name
    digits, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    return f"numeric({scale})" if scale <= digits <= WIDEST else "numeric"


def _asked(column: str, kind: str, scale: int | None) -> _Asked:
    if kind in _PLAIN:
        return _Asked(column, ladder(_PLAIN[kind]))
    if kind == "numeric" and scale is None:
        return _Asked(f"({_finite(column)})::float8", ladder("number"))
    if kind.startswith("numeric"):
        return _Asked(_finite(column), ladder("decimal", scale if scale is not None else int(kind[8:-1])))
    if kind == "money":
        return _Asked(f"{column}::numeric", ladder("decimal", 2))
    if kind in ("date", "timestamp", "timestamptz"):
        # Python has no date before the year 1, after 9999, or in infinity.
        plain = f"({column} AT TIME ZONE 'UTC')" if kind == "timestamptz" else column
        years = f"{plain} >= '0001-01-01' AND {plain} < '9999-12-31'"
        return _Asked(f"CASE WHEN {years} THEN {plain} END", ladder("date" if kind == "date" else "timestamp"))
    return _Asked(f"to_json({column})::text" if kind == "nested" else f"{column}::text", ladder("text"))


def _finite(column: str) -> str:
    """A number, NULL where it is none (NaN) or infinite: both are greater than all others."""
    return f"CASE WHEN abs({column}) < 'NaN' AND abs({column})::text <> 'Infinity' THEN {column} END"


def _told(error: psycopg.Error) -> Timeout | Unavailable:
    """The server's faults by their code: its words name addresses, people and rows."""
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return Timeout("the PostgreSQL server did not answer in time")
    if error.sqlstate is None:
        return Unavailable("the PostgreSQL server cannot be reached")
    return Unavailable(f"the PostgreSQL server refuses it (SQLSTATE {error.sqlstate})")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
