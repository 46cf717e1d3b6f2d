"""diskcache as Cache: bytes on disk that can be computed again, never pickled, and never awaited on the event loop."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog

log = structlog.get_logger("rapport")
T = TypeVar("T")

LOCK_TIMEOUT, CALL_TIMEOUT = 0.2, 1.0
"""Seconds to wait for another process's lock, and for a call in all; then it is a miss. The library waits 60."""
REST = 5.0
"""Seconds between two tries to open a folder that cannot be opened."""
THREADS = 4
_FAULTS = (sqlite3.Error, OSError, ValueError, TypeError, RuntimeError)


class DiskCache:
    """The port `Cache` over a folder of this machine, at most `size_limit` bytes; the least recently stored goes first.

    Every fault (a full or read-only disk, a lock, a broken file) is a miss: a cache may lose, so it never raises. The
    last process that opens a folder decides its size for all. The folder is made for this account alone (0700).
    """

    def __init__(self, path: str, size_limit: int = 1 << 30) -> None:
        self.path = Path(path).expanduser().absolute()
        self.size_limit = size_limit
        self._cache: Any = None
        self._opening = threading.Lock()
        self._rests_until = 0.0
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="diskcache")
        self._healthy = True

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None where there are none, they are too old, or the disk fails."""
        return await self._run(lambda cache: _bytes(cache.get(key)), None)

    async def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """Keep the bytes for `ttl` seconds, or until there is no room."""
        await self._run(lambda cache: cache.set(key, value, expire=ttl), None)

    async def drop(self, prefix: str) -> None:
        """Remove every key that starts with `prefix`."""
        await self._run(lambda cache: _drop(cache, prefix), None)

    async def close(self) -> None:
        """Let go of files and threads."""
        cache, self._cache = self._cache, None
        if cache is not None:
            await asyncio.get_running_loop().run_in_executor(self._threads, cache.close)
        self._threads.shutdown(wait=False)

    async def _run(self, use: Callable[[Any], T], fallback: T) -> T:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                result = await asyncio.get_running_loop().run_in_executor(self._threads, self._work, use)
        except _FAULTS as error:
            # Once per outage, so that a dead disk does not fill the log.
            if self._healthy:
                log.warning("cache_degraded", path=str(self.path), kind=type(error).__name__)
            self._healthy = False
            return fallback
        self._healthy = True
        return result

    def _work(self, use: Callable[[Any], T]) -> T:
        import diskcache

        try:
            return use(self._opened())
        except diskcache.Timeout as error:
            raise TimeoutError("the cache is locked") from error

    def _opened(self) -> Any:
        with self._opening:
            if self._cache is None:
                if time.monotonic() < self._rests_until:
                    raise OSError("the cache could not be opened")
                self._rests_until = time.monotonic() + REST
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path.chmod(0o700)
                self._cache = _open(str(self.path), self.size_limit)
            return self._cache


def _open(path: str, size_limit: int) -> Any:
    import diskcache

    return diskcache.Cache(path, timeout=LOCK_TIMEOUT, disk=_bytes_only(), size_limit=size_limit)


def _bytes(value: Any) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _drop(cache: Any, prefix: str) -> None:
    for key in list(cache.iterkeys()):
        if isinstance(key, str) and key.startswith(prefix):
            cache.delete(key)


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError("the cache keeps bytes only, under strings")
    return value


def _inside(folder: str, filename: str) -> Path:
    root = Path(folder).resolve()
    path = (root / filename).resolve()
    if not path.is_relative_to(root):
        raise ValueError("a file of the cache lies outside its folder")
    return path


@functools.cache
def _bytes_only() -> Any:
    """A disk that neither writes nor reads pickles, and leaves files outside its folder alone.

    The library's own would run what somebody planted in a row of its database (CVE-2025-69872; it has no fixed
    release, and its JSONDisk does not help).
    """
    import diskcache
    from diskcache.core import MODE_BINARY, MODE_RAW

    class BytesOnly(diskcache.Disk):  # type: ignore[misc]
        def put(self, key: Any) -> tuple[str, bool]:
            return _checked(key, str), True

        def get(self, key: Any, raw: bool) -> str | None:
            return key if raw and isinstance(key, str) else None

        def store(self, value: Any, read: bool, key: Any = None) -> Any:
            return super().store(_checked(value, bytes), False, key)

        def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> bytes:
            if mode == MODE_BINARY and filename is not None:
                return _inside(self._directory, filename).read_bytes()
            if mode != MODE_RAW:
                raise ValueError("a row of the cache holds no bytes")
            return bytes(_checked(value, bytes))

        def remove(self, file_path: str) -> None:
            _inside(self._directory, file_path)
            super().remove(file_path)

    return BytesOnly
