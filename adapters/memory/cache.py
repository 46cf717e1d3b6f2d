"""A cache in this process: bounded in bytes, the least recently used goes first, with a time to live."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar

OVERHEAD = 200
"""Bytes that an entry costs beside its key and value."""
BEGAN: ContextVar[float] = ContextVar("BEGAN", default=float("inf"))
"""When the work that goes on here began, by the clock of the cache: a request, or a job. It may have read what was
dropped since, so it keeps nothing under what was. Work of which nobody said begins now."""
LONGEST = 7200.0
"""Seconds after which no work goes on that had begun before a drop."""


class MemoryCache:
    """The port `Cache` in memory, at most `max_bytes` in all; a value larger than that is not kept.

    `clock` gives seconds that only rise. For one event loop: no call waits, so none is cut in two.
    """

    def __init__(self, max_bytes: int = 64 << 20, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._clock = clock
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._dropped: dict[str, float] = {}

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None where there are none or they are too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[1] <= self._clock():
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry[0]

    async def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """Keep the bytes for `ttl` seconds, or until there is no room; nothing of work that began before the key was
        dropped."""
        if self._dropped and self._outlived(key):
            return
        if key in self._entries:
            self._remove(key)
        size = _size(key, value)
        if size > self.max_bytes:
            return
        self._entries[key] = (value, float("inf") if ttl is None else self._clock() + ttl)
        self.bytes += size
        while self.bytes > self.max_bytes:
            self._remove(next(iter(self._entries)))

    async def drop(self, prefix: str) -> None:
        """Remove every key that starts with `prefix`."""
        now = self._clock()
        self._dropped = {each: at for each, at in self._dropped.items() if at > now - LONGEST} | {prefix: now}
        for key in [key for key in self._entries if key.startswith(prefix)]:
            self._remove(key)

    def __len__(self) -> int:
        return len(self._entries)

    def _outlived(self, key: str) -> bool:
        began = BEGAN.get()
        return any(at >= began and key.startswith(prefix) for prefix, at in self._dropped.items())

    def _remove(self, key: str) -> None:
        value, _ = self._entries.pop(key)
        self.bytes -= _size(key, value)


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
