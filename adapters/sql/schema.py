"""The tables, as SQLAlchemy Core knows them, the version of their shape, and statements compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.ports import Unavailable

insert = sqlite.insert
"""The dialect's insert, for `on_conflict_do_nothing`: PostgreSQL has the same by another import."""

VERSION = "2.4"
"""Shape of the tables, `major.minor`. A program reads every minor of its own major, and brings older ones up to it."""

_OLDER = ("1", "2.0", "2.1", "2.2", "2.3")
_ADDED = (("people", "share", "BOOLEAN NOT NULL DEFAULT 0"),
          ("candidates", "disapproval", "VARCHAR NOT NULL DEFAULT ''"),
          ("written", "disapproval", "VARCHAR NOT NULL DEFAULT ''"),
          ("evidence", "place", "VARCHAR NOT NULL DEFAULT ''"),
          ("responses", "place", "VARCHAR NOT NULL DEFAULT ''"))  # fmt: skip
"""Columns that tables of older files lack: nobody had agreed to be counted, no answer was said to be wrong, and of
nothing was it known where it belongs."""

_DIALECT = sqlite.dialect()
_BIG = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("watermark", _BIG, nullable=False),
    Column("last_seq", _BIG, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("seen", Float, nullable=False),
    Column("erased", Float),
    Column("share", Boolean, nullable=False, server_default=text("0")),
    UniqueConstraint("tenant", "user_id"),
    Index("people_share", "tenant", "seen", sqlite_where=text("share = 1")),
)
"""One row per person; after an erasure it is the tombstone (`erased` set), which holds nothing but the epoch. `share`
stands for a profile that is shared and not paused."""

evidence = Table(
    "evidence",
    metadata,
    Column("seq", _BIG, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("event", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("fresh", Boolean, nullable=False),
    Column("time", Float, nullable=False),
    Column("profile_version", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("place", String, nullable=False, server_default=""),
    UniqueConstraint("person", "event"),
    Index("evidence_digest", "person", "digest"),
    Index("evidence_seq", "person", "seq"),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    Column("body", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", _BIG, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False, unique=True),
    Column("due", Float, nullable=False),
    Column("since", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("leased", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""One open job per person. `due` is when it may be taken next, which for a leased one is the end of the lease."""

responses = Table(
    "responses",
    metadata,
    Column("seq", _BIG, primary_key=True),
    Column("id", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("person", ForeignKey("people.id")),
    Column("owner", String, nullable=False),
    Column("model", String, nullable=False),
    Column("previous", String),
    Column("created", Float, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("outputs", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("said", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("conversation", String, nullable=False),
    Column("marks", Text, nullable=False),
    Column("size", _BIG, nullable=False),
    Column("place", String, nullable=False, server_default=""),
    UniqueConstraint("tenant", "id"),
    # With the size in it, nothing that is kept is read to know how much that is.
    Index("responses_owner", "tenant", "owner", "seq", "size"),
    Index("responses_person", "person"),
    Index("responses_created", "created"),
    sqlite_autoincrement=True,
)
"""`person` is empty for those that were made for nobody known."""

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("trust", String, nullable=False),
    Column("created", Float, nullable=False),
)


class Prepared:
    """A Core statement compiled once and run by the driver: 5 microseconds where Core's own execution takes 28.

    Values go in by the names of its `bindparam`s. The connection's transaction stays that of SQLAlchemy.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=_DIALECT))
        self._sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}

    def _values(self, given: Mapping[str, Any]) -> list[Any]:
        if not self._fixed:
            return [given[name] for name in self._names]
        return [given[name] if name in given else self._fixed[name] for name in self._names]

    def run(self, connection: Connection, **values: Any) -> Any:
        """The driver's cursor after the statement. Raises the driver's errors."""
        return driver(connection).execute(self._sql, self._values(values))

    def many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run it once per row; how many rows of the table changed."""
        return int(driver(connection).executemany(self._sql, [self._values(row) for row in rows]).rowcount)


def driver(connection: Connection) -> Any:
    """The driver's own connection, for statements that are no business of SQLAlchemy's transaction."""
    return connection.connection.driver_connection


META = Prepared(select(meta.c.value).where(meta.c.name == bindparam("name")))
SET_META = Prepared(insert(meta).values(name=bindparam("new"), value=bindparam("to")).on_conflict_do_nothing())
_MOVE = Prepared(update(meta).where(meta.c.name == "schema").values(value=bindparam("to")))


def shape(connection: Connection) -> Literal["none", "older", "current"]:
    """Whether the tables are there in a shape this program reads; none in an empty file. Raises Unavailable."""
    found = inspect(connection).get_table_names()
    if not found:
        return "none"
    row = META.run(connection, name="schema").fetchone() if "meta" in found else None
    if row is None:
        raise Unavailable("the people's file is a database of another program")
    major = row[0].partition(".")[0]
    if major in _OLDER or row[0] in _OLDER:
        return "older"
    if major != VERSION.partition(".")[0]:
        raise Unavailable(f"the people's file has tables of version {row[0]}, this program reads version {VERSION}")
    return "current"


def create(connection: Connection) -> None:
    """Make the tables, or those that an older file lacks, unless another process did meanwhile.

    Call it in a transaction that holds the write lock.
    """
    found = shape(connection)
    if found == "older":
        _widen(connection)
        metadata.create_all(connection, checkfirst=True)
        _MOVE.run(connection, to=VERSION)
    elif found == "none":
        metadata.create_all(connection, checkfirst=False)
        SET_META.run(connection, new="schema", to=VERSION)


def _widen(connection: Connection) -> None:
    """Give the tables of an older file what they lack."""
    found = inspect(connection)
    there = set(found.get_table_names())
    for table, column, kind in _ADDED:
        if table in there and column not in {each["name"] for each in found.get_columns(table)}:
            driver(connection).execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for each in metadata.sorted_tables:
        for index in each.indexes if each.name in there else ():
            index.create(connection, checkfirst=True)
