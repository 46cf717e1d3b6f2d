"""What the shelf asks of a disk: whole files or none, for this account alone, and locks that other processes see."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from adapters.ports.shelf import ShelfFault

log = structlog.get_logger("rapport")
T = TypeVar("T")

PAUSE, PATIENCE = 0.02, 120.0
"""Seconds between two looks at a lock, and after which it is given up."""


@contextmanager
def faults(what: str) -> Iterator[None]:
    """Turns what the disk says into a ShelfFault that tells no path."""
    try:
        yield
    except OSError as error:
        raise ShelfFault(f"The {what} ({error.strerror or type(error).__name__}).") from error


def make(folder: Path) -> None:
    """Make a folder for its owner alone (0700), and those above it. Raises OSError."""
    for each in (*reversed(folder.parents), folder):
        # `parents=True` would make those above with the mode that the umask leaves.
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def create(path: Path) -> int:
    """A new file for its owner alone (0600), open for writing. Raises OSError, also where it is there."""
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)


def write(path: Path, value: object) -> None:
    """Keep a value as JSON: all of it or what was there before, also after a loss of power. Raises OSError."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(create(temporary), "wb") as file:
            file.write(msgspec.json.encode(value))
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def settle(temporary: Path, path: Path) -> None:
    """Give a written file its name, for good. Raises OSError."""
    _flush(temporary)
    temporary.replace(path)
    _flush(path.parent)


def read(path: Path, kind: type[T]) -> T | None:
    """A value, None where there is none, or none that can be read. Raises OSError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        log.error("shelf_damaged")
        return None


def remove(path: Path) -> None:
    """Remove a file, for good; none there is as well. Raises OSError."""
    with suppress(FileNotFoundError):
        path.unlink()
        _flush(path.parent)


@asynccontextmanager
async def held(path: Path, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Have a lock to oneself. Raises ShelfFault where somebody else keeps it for `patience` seconds.

    Never waited for in a thread: who holds it may need the last one that is free to go on.
    """
    end = time.monotonic() + patience
    while (lock := taken(path)) is None:
        if time.monotonic() > end:
            raise ShelfFault("Something else is being done to these files; try again.")
        await asyncio.sleep(PAUSE)
    try:
        yield
    finally:
        os.close(lock)


def taken(path: Path) -> int | None:
    """The descriptor of a lock that nobody had; None where somebody has it. Raises ShelfFault."""
    with faults("files cannot be locked"):
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            _flock(lock)
        except BlockingIOError:
            os.close(lock)
            return None
        except OSError:
            os.close(lock)
            raise
        return lock


def _flock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        return  # there are no such locks
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _flush(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return  # only there can a folder be flushed
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
