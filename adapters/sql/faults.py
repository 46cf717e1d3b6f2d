"""The database's errors in our own words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from adapters.ports import AdapterError, Timeout, Unavailable

FAULTS = (SQLAlchemyError, sqlite3.Error, AdapterError, OSError, ValueError, TypeError, OverflowError)
"""What may come out of a piece of database work; the last three when a value cannot be bound."""

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_ITEM = {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}
_WORDS = {
    sqlite3.SQLITE_NOTADB: "the people's file is not a database",
    sqlite3.SQLITE_CORRUPT: "the people's file is damaged",
    sqlite3.SQLITE_FULL: "there is no room on the disk for the people's file",
    sqlite3.SQLITE_READONLY: "the people's file cannot be written to",
    sqlite3.SQLITE_CANTOPEN: "the people's file cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk failed under the people's file",
}


def translate(error: Exception) -> AdapterError:
    """Timeout for a lock, Unavailable for a file that fails, plain AdapterError where only this one item is refused."""
    if isinstance(error, AdapterError):
        return error
    origin = getattr(error, "orig", None) or error
    if isinstance(origin, OSError):
        return Unavailable(f"the people's file cannot be reached ({type(origin).__name__})")
    if not isinstance(origin, sqlite3.Error):
        return AdapterError("the people's store cannot keep a value of this kind")
    code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    name = getattr(origin, "sqlite_errorname", type(origin).__name__)
    if code in _LOCKED:
        return Timeout("the people's file is locked by another process")
    if code in _ITEM:
        return AdapterError(f"the people's store refuses this item ({name})")
    return Unavailable(f"{_WORDS.get(code, 'the people' + chr(39) + 's store failed')} ({name})")


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Raise what the block's database work raises in our own words, without the original's text."""
    try:
        yield
    except FAULTS as error:
        raise translate(error) from None
