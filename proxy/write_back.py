"""Works on answers that may join the corpus, beside the chats, and keeps the index in line with the ledger of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.ports import AdapterError, Embedder, Knowledge, Library
from adapters.ports.ledger import Ledger, Mixing, Waiting
from policies.base import Adapters, PolicyConfig
from policies.write_back import Working, WriteBackConfig
from policies.write_back.life import fallen
from proxy.chain import contained
from proxy.ingest import Writer

log = structlog.get_logger("rapport")

EVERY = 60.0
"""Seconds between two looks at what is to be promoted, withdrawn or expires. What does not hold any more is not shown
in between: a search looks by itself."""
ALL = 1800.0
"""Seconds between two comparisons of the whole index with the ledger, and its embedder with ours."""
BACKOFF = 5.0
OPENED = 2.0
"""Seconds that are waited for an index to be read."""


def mixing(policies: Iterable[PolicyConfig]) -> Mixing:
    """How retrieval treats what models wrote: without the policy nothing of it is shown."""
    return next((policy.mixing for policy in policies if isinstance(policy, WriteBackConfig)), Mixing())


def writes_back(policies: Iterable[PolicyConfig]) -> bool:
    """Whether answers may join what is found."""
    return any(isinstance(policy, WriteBackConfig) for policy in policies)


def write_backs(policies: Iterable[PolicyConfig], adapters: Adapters, library: Library, written: Library,
                indexer: Embedder | None) -> list[Callable[[], Coroutine[Any, Any, None]]]:  # fmt: skip
    """The work in the background that the policy needs, where there is one."""
    return [
        WriteBacks(policy.working(adapters, policy.verifier(adapters)), library, written, indexer,
                   policy.verify_seconds).run
        for policy in policies if isinstance(policy, WriteBackConfig)
    ][:1]  # fmt: skip


@dataclass(slots=True)
class WriteBacks:
    """One task per process. `library` has what people wrote, `written` what models did; `seconds` is how long the check
    of one answer may take."""

    working: Working
    library: Library
    written: Library
    indexer: Embedder | None
    seconds: float
    every: float = EVERY
    stale: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """For ever: check what waits, look after what was accepted. What is away costs waiting."""
        looked = compared = float("-inf")
        while True:
            try:
                checked = await self.work()
                now = time.monotonic()
                whole = now - compared >= ALL
                if now - looked >= self.every:
                    looked = now
                    await self.look()
                    self.stale |= await self.tenants() if whole else set()
                await self.align()
                if whole:
                    await self.renew()
                    compared = now
                if not checked:
                    await self.working.candidates.wait(min(self.every, BACKOFF))
            except AdapterError as error:
                log.warning("write_back_waits", reason=type(error).__name__)
                await asyncio.sleep(BACKOFF)

    async def work(self) -> int:
        """Check the answers that are due; how many there were. Raises AdapterError."""
        due = await self.working.due()
        for waiting in due:
            fault = await contained(self._checked(waiting))
            if fault:
                log.warning("write_back_failed", reason=fault)
                await self.working.failed(waiting, time.time())
        return len(due)

    async def _checked(self, waiting: Waiting) -> None:
        async with asyncio.timeout(self.seconds):
            if await self.working.check(waiting, time.time()):
                self.stale.add(waiting.tenant)

    async def look(self) -> None:
        """Promote, withdraw and expire what is to be. Raises AdapterError."""
        self.stale |= await self.working.look(time.time())

    async def tenants(self) -> set[str]:
        """Of whom there may be what models wrote. Raises AdapterError."""
        return set(await self.working.ledger.tenants()) | set(await self.written.tenants())

    async def align(self) -> None:
        """Bring the index in line for the tenants of whom something changed. Raises AdapterError."""
        for tenant in sorted(self.stale):
            token = (await self.working.ledger.owed()).get(tenant)
            await align(self.working.ledger, self.library, self.written, self.indexer, tenant)
            self.stale.discard(tenant)
            if token is not None:
                await self.working.ledger.paid(tenant, token)

    async def renew(self) -> None:
        """Make the index over where its vectors are of another embedder. Raises AdapterError."""
        await Writer(self.written, self.indexer, "").renew()


async def align(
    ledger: Ledger, library: Library, written: Library, indexer: Embedder | None, tenant: str
) -> None:
    """Make the index `written` have what of the tenant's ledger is active and holds by `library`, and nothing else.
    Raises AdapterError."""
    for _ in range(2):  # once more: somebody may have been erased while their passage was written
        sources = await library.sources(tenant)
        active = await ledger.entries(tenant, ("active",))
        wanted = {each.source: each.passage() for each in active if each.holds(sources)}
        there = set(await written.sources(tenant))
        changes = {source: [wanted[source]] for source in wanted if source not in there}
        gone = there - set(wanted)
        if gone:
            await written.replace(tenant, {source: [] for source in gone}, {})
        if not changes:
            return
        writer = Writer(written, indexer, tenant)
        await writer.add(changes)
        await writer.flush()


async def aligned(
    ledger: Ledger | None, library: Library, written: Library, indexer: Embedder | None, tenant: str
) -> int:
    """After sources changed: withdraw what rested on them, also from the index; how many. Raises AdapterError."""
    living = await ledger.entries(tenant, ("quarantine", "active")) if ledger is not None else ()
    if ledger is None or not living:
        return 0
    sources = await library.sources(tenant)
    moves = [move for each in living if (move := fallen(each, sources))]
    await ledger.move(moves)
    active = {each.source for each in living if each.state == "active"}
    if moves or (active and not active <= set(await written.sources(tenant))):
        await align(ledger, library, written, indexer, tenant)
    return len(moves)


async def restore(ledger: Ledger | None, library: Library, written: Library, indexer: Embedder | None) -> None:
    """Make the index `written` anew from the ledger, and withdraw what does not hold by `library`; nothing where there
    is and was nothing. Raises AdapterError."""
    tenants = set(await ledger.tenants()) if ledger is not None else set[str]()
    if ledger is None or not (tenants or await _anything(written)):
        return
    async with written.rebuild() as fresh:
        for tenant in sorted(tenants):
            await aligned(ledger, library, fresh, indexer, tenant)


async def _anything(written: Library) -> bool:
    try:
        return bool(await written.tenants())
    except AdapterError:  # what cannot be read is made anew
        return True


async def opened(written: Knowledge | None, tenant: str) -> None:
    """Have it known whether models wrote anything for a tenant, for who asks but once. Raises AdapterError."""
    if written is None:
        return
    whole = await written.corpus(tenant, 0)
    deadline = time.monotonic() + OPENED
    while not (whole and not whole.passages) and not written.terms(tenant) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
