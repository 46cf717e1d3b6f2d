"""The terms of a tenant's passages, kept in memory and read anew in the background when the index has changed."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from adapters.lancedb.library import among
from adapters.lancedb.rows import TERMS
from adapters.ports import AdapterError, Terms
from adapters.ports.terms import KIND

EVERY = 5.0
"""Seconds after which it is seen whether the index has changed."""
RARER = 5.0
"""How much longer than reading takes is waited at least until the next reading."""
TENANTS = 64
"""Tenants whose terms are kept; about a megabyte for one of 100,000 passages."""
BATCH = 8192


@dataclass(slots=True)
class _Kept:
    terms: Terms
    version: str
    next: float


class Counting:
    """`read` gives the terms of a tenant and the version that they are of, None where that is the version given."""

    def __init__(self, read: Callable[[str, str], Awaitable[tuple[Terms, str] | None]]) -> None:
        self._read = read
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._rest = 0.0

    def terms(self, tenant: str) -> Terms | None:
        """What is known now; begins to read what is not."""
        kept = self._kept.get(tenant)
        due = kept.next if kept else self._rest
        if time.monotonic() >= due and tenant not in self._running:
            task = asyncio.get_running_loop().create_task(self._load(tenant, kept))
            self._running[tenant] = task
        return kept.terms if kept else None

    def changed(self) -> None:
        """The index was changed from here: what is kept is read anew when it is next asked for."""
        for kept in self._kept.values():
            kept.next = 0.0

    async def close(self) -> None:
        """Stop reading."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _load(self, tenant: str, kept: _Kept | None) -> None:
        began = time.monotonic()
        try:
            found = await self._read(tenant, kept.version if kept else "")
        except (AdapterError, TimeoutError):
            # Whoever searches is told; until it can be read again nothing is known of it.
            self._kept.pop(tenant, None)
            self._rest = time.monotonic() + EVERY
            return
        finally:
            self._running.pop(tenant, None)
        wait = max(EVERY, RARER * (time.monotonic() - began))
        if found is not None:
            self._kept[tenant] = _Kept(*found, time.monotonic() + wait)
            self._kept.move_to_end(tenant)
            if len(self._kept) > TENANTS:
                self._kept.popitem(last=False)
        elif kept is not None:
            kept.next = time.monotonic() + EVERY


async def count(table: Any, tenant: str) -> Terms:
    """The terms of a tenant, from what every row has kept of its own."""
    import numpy as np

    found = table.query().where(among("tenant", [tenant])).select([TERMS])
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
