"""The SQLite file: where it lies, who may read it, and how a connection to it is set up."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.ports import ConfigError
from adapters.sql.schema import driver

Identity = tuple[int, int]

_PRAGMAS = (
    "synchronous=NORMAL",  # survives the death of the process; what must survive a power cut asks for FULL
    "secure_delete=ON",
    "foreign_keys=ON",
    "temp_store=MEMORY",  # a statement journal in a temporary folder would hold people's texts
)


def path_of(url: str) -> Path:
    """The file that a URL names. Raises ConfigError at `users.url` for anything but `sqlite:///PATH`."""
    wanted = "sqlite:///PATH is what works (three slashes, then a relative or an absolute path)"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("users.url", f"this is no database URL; {wanted}") from None
    if parsed.drivername != "sqlite" or parsed.host or parsed.query:
        raise ConfigError("users.url", wanted)
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ConfigError("users.url", f"people are kept in a file; {wanted}")
    return Path(parsed.database).absolute()


def make(path: Path) -> None:
    """Make the file, for its owner alone (0600), and its folder (0700) where there is none. Raises OSError.

    A folder that is there keeps its mode: it may be shared, as /tmp is. An existing file is never opened here, since
    closing it would drop the locks that SQLite holds on it in this process (POSIX).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def take(path: Path, connection: Connection) -> None:
    """Turn a file that is ours to WAL, and close it to others. Not before it is known to be ours: both last."""
    driver(connection).execute("PRAGMA journal_mode=WAL").fetchall()
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError, PermissionError):
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                file.chmod(0o600)


def identity(path: Path) -> Identity | None:
    """Which file lies at the path now, or None. SQLite goes on writing to one that was deleted or replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_version() -> None:
    if sqlite3.sqlite_version_info < (3, 35):
        raise ConfigError("users.url", f"SQLite 3.35 or newer is needed (RETURNING), this is {sqlite3.sqlite_version}")


def engine_of(path: Path, timeout: float) -> Engine:
    """An engine whose connections are set up for this file; locks are waited for `timeout` seconds.

    A transaction takes the write lock at once (a read that becomes a write can fail without waiting), unless the
    connection's option `rapport_begin` says DEFERRED, for a snapshot, or "" for none at all.
    """
    _check_version()
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": timeout},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("rapport_begin", "IMMEDIATE")
    if kind:
        connection.exec_driver_sql(f"BEGIN {kind}")
