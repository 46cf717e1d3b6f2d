"""Looks after the knowledge index beside the chats: opens it, sees that it can be read, and makes it over for another
embedder. What fails costs the passages, is told by `/readyz` and the log, and is tried again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import structlog

from adapters.ports import AdapterError, Embedder, Knowledge, Library
from proxy.ingest import Writer
from proxy.remembered import Remembered

log = structlog.get_logger("rapport")

EVERY = 30.0
"""Seconds between two looks."""
COUNTED = 2.0
"""Seconds that are waited for the terms of a tenant."""
LONGEST = 600.0
"""Seconds after which an embedder that failed is asked again at the latest."""


@dataclass(slots=True)
class Tending:
    """`away` is the set of what `/readyz` tells as missing; `knowledge` is in it until the index could be read."""

    knowledge: Knowledge
    library: Library
    embedder: Embedder | None
    remembered: Remembered
    away: set[str]
    every: float = EVERY

    async def run(self) -> None:
        """For ever: look, and make over what must be."""
        self.away.add("knowledge")
        known, wait = True, self.every
        while True:
            sound = await self._sound()
            if sound:
                self.away.discard("knowledge")
                wait = min(LONGEST, 2 * wait) if not await self._renewed() else self.every
            else:
                self.away.add("knowledge")
                wait = self.every
                if known:
                    log.error("knowledge_unavailable", reason="run `rapport knowledge rebuild`")
            known = sound
            await asyncio.sleep(wait)

    async def _sound(self) -> bool:
        """Whether the index can be read, and holds something wherever something was put in."""
        try:
            await self.knowledge.ready()
            for tenant, own in (await asyncio.to_thread(self.remembered.read)).items():
                corpus = await self.knowledge.corpus(tenant, 0)
                if corpus is not None and not corpus.passages and "knowledge" in own.paths.values():
                    return False
                if own.paths:  # else there is nothing to count
                    await self._count(tenant)
        except AdapterError:
            return False
        return True

    async def _count(self, tenant: str) -> None:
        """Have the terms of a tenant read, so that not even the first request is decided without them."""
        deadline = time.monotonic() + COUNTED
        while self.knowledge.terms(tenant) is None and time.monotonic() < deadline:
            await asyncio.sleep(0.02)

    async def _renewed(self) -> bool:
        try:
            made = await Writer(self.library, self.embedder, "").renew()
        except AdapterError as error:
            log.error("knowledge_not_made_over", reason=type(error).__name__)
            return False
        if made:
            log.info("knowledge_made_over")
        return True
