"""The terms of a tenant's passages, kept in memory and read anew in the background whenever the index has changed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from array import array
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.lancedb.library import among
from adapters.lancedb.rows import OWNER, TERMS, owners
from adapters.ports import AdapterError, Terms
from adapters.ports.terms import KIND

EVERY = 1.0
"""Seconds after which it is seen whether the index has changed."""
RARER = 10.0
"""How much longer than a reading takes is waited until the next one: an ingest changes the index all the time."""
FORGET = 3600.0
"""Seconds after which the terms of a tenant whom nobody asks for are let go."""
TENANTS = 64
"""Tenants whose terms are kept; about a megabyte for one of 100,000 passages."""
BATCH = 8192


class Counting:
    """Terms by tenant, never of an index that has changed since but for `EVERY` seconds: what one does not know is no
    harm, what one knows wrongly is. `version` tells one state of the index from another, `read` gives the terms."""

    def __init__(self, version: Callable[[], Awaitable[str]], read: Callable[[str], Awaitable[Terms | None]]) -> None:
        self._version = version
        self._read = read
        self._seen = ""
        self._kept: dict[str, Terms | None] = {}
        self._asked: dict[str, float] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def terms(self, tenant: str) -> Terms | None:
        """What is known now; begins to read what is not."""
        new = tenant not in self._asked
        self._asked[tenant] = time.monotonic()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._follow())
        elif new:
            self._changed.set()
        return self._kept.get(tenant)

    def changed(self) -> None:
        """The index was changed from here: what was known of it is void."""
        self._kept.clear()
        self._seen = ""
        self._changed.set()

    async def close(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        """Read what is asked for, whenever the index has changed, until nobody asks any more."""
        rest = 0.0
        while self._asked:
            self._changed.clear()
            try:
                seen = await self._version()
                if seen != self._seen:
                    self._kept.clear()
                    self._seen = seen
                for tenant in [each for each in self._asked if each not in self._kept and time.monotonic() >= rest]:
                    rest = await self._count(tenant, seen)
            except (AdapterError, TimeoutError):
                # Whoever searches is told; until it can be read again nothing is known of it.
                self._kept.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):  # `wait_for` can lose a cancellation that comes with the event
                    await self._changed.wait()
            self._let_go()

    async def _count(self, tenant: str, seen: str) -> float:
        """Read the terms of a tenant; returns when the next reading may begin."""
        began = time.monotonic()
        terms = await self._read(tenant)
        if seen == self._seen:
            self._kept[tenant] = terms
        took = time.monotonic() - began
        return time.monotonic() + RARER * took if took > EVERY / RARER else 0.0

    def _let_go(self) -> None:
        oldest = sorted(self._asked, key=lambda tenant: self._asked[tenant])
        for place, tenant in enumerate(oldest):
            if place < len(oldest) - TENANTS or self._asked[tenant] < time.monotonic() - FORGET:
                del self._asked[tenant]
                self._kept.pop(tenant, None)


async def count(table: Any, tenant: str) -> Terms:
    """The terms of a tenant, from what every row has kept of its own."""
    import numpy as np

    found = table.query().where(among(OWNER, owners(tenant))).select([TERMS])
    numbers, counts, passages = np.zeros(0, "<u4"), np.zeros(0, np.int64), 0
    async for batch in await found.to_batches(max_batch_length=BATCH):
        own = [np.frombuffer(each or b"", "<u4") for each in batch.column(TERMS).to_pylist()]
        passages += len(own)
        # A reading of a large corpus must not keep the chats of this process waiting.
        numbers, counts = await asyncio.to_thread(_sum, numbers, counts, own)
    return Terms(passages, array(KIND, numbers.astype(np.uint32).tobytes()),
                 array(KIND, counts.astype(np.uint32).tobytes()))  # fmt: skip


def _sum(numbers: Any, counts: Any, own: list[Any]) -> tuple[Any, Any]:
    import numpy as np

    more, times = np.unique(np.concatenate(own), return_counts=True) if own else (numbers[:0], counts[:0])
    both, place = np.unique(np.concatenate([numbers, more]), return_inverse=True)
    return both, np.bincount(place, np.concatenate([counts, times]), len(both)).astype(np.int64)
