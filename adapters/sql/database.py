"""The owner of the file's connections: a reader on the event loop's thread, a writer, and snapshots for long reads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection

from adapters.memory.kept import Bell
from adapters.ports import AdapterError, Timeout
from adapters.sql.erasure import owed, scrub
from adapters.sql.faults import FAULTS, mapped_errors, translate
from adapters.sql.file import Identity, engine_of, identity, make, path_of, take
from adapters.sql.recent import Remembered
from adapters.sql.schema import Prepared, create, driver, shape
from adapters.sql.writer import Mode, Writer

T = TypeVar("T")

_READER_PATIENCE = 50
"""Milliseconds that a read on the event loop waits for a lock; in WAL mode only recovery after a crash takes one."""


class Database:
    """One SQLite file, shared by the classes of this package; other processes may use the same file at the same time.

    `url` is `sqlite:///PATH` (anything else: ConfigError at `users.url`). Nothing is opened before the first use, so
    fork before that. `timeout` is how long a write waits in the queue and then for a lock, in seconds, each;
    `backlog` how many writes may queue. The file is opened again by itself after a fault, or when it was replaced.
    """

    def __init__(self, url: str, timeout: float = 2.0, backlog: int = 2000) -> None:
        self._path = path_of(url)
        self._timeout = timeout
        self._engine = engine_of(self._path, timeout)
        self._writer = Writer(self._open, self._has_moved, timeout, backlog)
        self._reader: Connection | None = None
        self._opened: Identity | None = None
        self._stale = False
        self.remembered = Remembered()
        self.appended = Bell()

    async def ready(self) -> None:
        """Open what is not open. Call it before `fetch`; it costs nothing when all is open. Raises AdapterError."""
        if self._reader is None or self._stale:
            await self._writer.run(_nothing, "bare")
            self._drop_reader()  # another call may have opened one meanwhile
            with mapped_errors():
                self._reader = self._engine.connect().execution_options(rapport_begin="")
                driver(self._reader).execute(f"PRAGMA busy_timeout={_READER_PATIENCE}")
            self._stale = False

    @property
    def opening(self) -> object:
        """Stands for the file as it is open now: another object where it was opened again."""
        return self._reader

    def fetch(self, query: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a short read, here and now: a point read costs less than the way to another thread."""
        with self.reading() as reader:
            rows: list[tuple[Any, ...]] = query.run(reader, **values).fetchall()
            return rows

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The reader, for reads on the event loop's thread; its errors are translated and make it open again."""
        assert self._reader is not None, "ready() comes first"
        try:
            yield self._reader
        except FAULTS as error:
            self._drop_reader()
            raise translate(error) from None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """The reader, with all reads of the block at one moment of the database."""
        with self.reading() as reader:
            driver(reader).execute("BEGIN")
            try:
                yield reader
            finally:
                driver(reader).execute("COMMIT")

    async def write(self, work: Callable[[Connection], T], mode: Mode = "batch") -> T:
        """Do the work on the writing thread; see Writer.run. Raises AdapterError."""
        return await self._writer.run(work, mode)

    async def query(self, work: Callable[[Connection], T]) -> T:
        """A long read, of one moment of the database, in a thread of its own. Raises AdapterError."""
        await self.ready()
        return await asyncio.to_thread(self._query, work)

    def _query(self, work: Callable[[Connection], T]) -> T:
        with mapped_errors(), self._engine.connect() as connection:
            connection.execution_options(rapport_begin="DEFERRED")
            with connection.begin():
                return work(connection)

    async def close(self) -> None:
        """Write what is queued and let go of the file; later calls raise Unavailable."""
        await asyncio.to_thread(self._writer.stop)
        self._drop_reader()

    def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            with suppress(*FAULTS):
                reader.close()

    def _has_moved(self) -> bool:
        """Whether another file, or none, lies where ours was: writing on would be writing to nowhere."""
        moved = identity(self._path) != self._opened
        self._stale = self._stale or moved
        return moved

    def _open(self) -> Connection:
        """A connection for the writing thread, the tables made where they were missing."""
        until = time.monotonic() + self._timeout
        while True:
            try:
                return self._connect()
            except Timeout:  # two processes that turn a new file to WAL do not wait for each other
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def _connect(self) -> Connection:
        with mapped_errors():
            make(self._path)
            connection = self._engine.connect()
            try:
                self._prepare(connection)
            except FAULTS:
                connection.close()
                raise
            return connection

    def _prepare(self, connection: Connection) -> None:
        connection.execution_options(rapport_begin="DEFERRED")
        with connection.begin():
            known = shape(connection) == "current"
        take(self._path, connection)
        connection.execution_options(rapport_begin="IMMEDIATE")
        if not known:
            with connection.begin():
                create(connection)
        self._opened = identity(self._path)
        if owed(connection):
            with suppress(AdapterError):  # another process may be at it, or read the file: it stays owed
                scrub(connection)


def _nothing(_: Connection) -> None:
    """Work that only needs the file to be open."""
