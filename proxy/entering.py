"""Brings the passages of attached files into the index, a few at a time so that chats get through, and takes them out.

Whoever rebuilds the index keeps it, and reads the shelf without its lock. So whatever changes here waits for the index
first, and tells the shelf only then, with the shelf's lock in hand.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import islice

from adapters.ports import Embedder, Library, Passage, Timeout, Vectors
from adapters.ports.shelf import Attachment, Shelf
from proxy.converting import below, in_rows, source
from proxy.ingest import Writer

SMALL, LARGE = 100, 1000
"""Passages that are made ready at once: the work is Python's, and what answers chats stands still for much of it. And
those that are written at once: after each commit chats look anew at what the index holds."""
SHARE, LONGEST = 0.25, 1.0
"""Of the time that such work took, how long chats are left alone after it, and for how many seconds at most."""
ROUNDS = 3
"""How often what a rebuild took away is written again."""
PATIENCE = 10.0
"""Seconds that whoever asks waits for the shelf's lock, and then for the index."""

Made = Mapping[str, Sequence[Passage]]


class Busy(Timeout):
    """Somebody makes the index anew."""

    def __init__(self) -> None:
        super().__init__("The knowledge index is being rebuilt; try again.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Passages by source, with all that the index wants of them."""

    passages: Made
    vectors: Vectors


class Entering:
    """What attachments bring into an index, and what of them is taken out again."""

    def __init__(self, shelf: Shelf, library: Library, embedder: Embedder | None) -> None:
        self.shelf = shelf
        self.library = library
        self.embedder = embedder

    @asynccontextmanager
    async def alone(self, tenant: str) -> AsyncIterator[None]:
        """The shelf's lock. Raises Busy where somebody else has it for long: it waits for the index."""
        async with AsyncExitStack() as stack:
            async with patient():
                await stack.enter_async_context(self.shelf.alone(tenant))
            yield

    async def bring(self, tenant: str, held: Attachment, done: Attachment, made: Made) -> bool:
        """Write the passages of `held`, at least one, and keep it as `done`. False where it was changed meanwhile: what
        is written by then is in the index. Raises AdapterError."""
        writer = await self._writer(tenant)
        waiting = deque(batches(made))
        rounds = 1 if len(waiting) > 1 else ROUNDS
        while True:
            ready = await _prepared(writer, waiting.popleft())
            start = time.monotonic()
            async with self.alone(tenant):
                if await self.shelf.attachment(tenant, held.store, held.file) != held:
                    return False
                await writer.put(ready.passages, ready.vectors)
                # Looked for after the last write, with the lock in hand: a rebuild that begins now waits for it.
                if not waiting and rounds < ROUNDS:
                    waiting, rounds = deque(batches(await self._lost(tenant, made))), rounds + 1
                if not waiting:
                    await self.shelf.put(tenant, done)
                    return True
            await _pause(start)

    async def prepared(self, tenant: str, made: Made) -> Prepared:
        """Passages, ready to be written. Raises AdapterError."""
        return await _prepared(await self._writer(tenant), made)

    async def write(self, tenant: str, ready: Prepared) -> None:
        """Write all of it in one commit. Raises AdapterError, Busy where the index is being made anew."""
        async with patient():
            await Writer(self.library, self.embedder, tenant).put(ready.passages, ready.vectors)

    async def clear(self, tenant: str, held: Sequence[Attachment]) -> None:
        """Take what attachments brought out of the index, all of it in one commit. Raises AdapterError."""
        starts = tuple(below(each.store, each.file) for each in held if in_rows(each))
        await self.empty(tenant, [str(source(each)) for each in held], starts)

    async def empty(self, tenant: str, known: Iterable[str], starts: tuple[str, ...]) -> None:
        """Take sources out of the index: those that are known, whether they are there or not, and those that begin so.
        Raises AdapterError, Busy where it is being made anew; nothing has changed then."""
        async with patient():
            gone = {*known, *await self._below(tenant, starts)}
            while gone:
                await self.library.replace(tenant, {each: [] for each in gone}, {})
                # That may have waited for another index, into which more was brought.
                gone = set(await self._below(tenant, starts))

    async def _below(self, tenant: str, starts: tuple[str, ...]) -> list[str]:
        return [each for each in await self.library.sources(tenant) if each.startswith(starts)] if starts else []

    async def _lost(self, tenant: str, made: Made) -> Made:
        """What is not in the index, though it was written: the index was made anew since."""
        known = await self.library.sources(tenant)
        return {each: found for each, found in made.items() if found and each not in known}

    async def _writer(self, tenant: str) -> Writer:
        writer = Writer(self.library, self.embedder, tenant)
        await writer.renew()
        return writer


@asynccontextmanager
async def patient() -> AsyncIterator[None]:
    """Wait for others no longer than a client would. Raises Busy."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except (TimeoutError, Timeout) as error:
        raise Busy from error


def batches(made: Made) -> list[Made]:
    """Sources in batches of about `LARGE` passages; one source is never torn."""
    found: list[dict[str, Sequence[Passage]]] = []
    size = LARGE
    for each, passages in made.items():
        if size >= LARGE:
            found.append({})
            size = 0
        found[-1][each] = passages
        size += len(passages) or 1
    return list(found)


async def _prepared(writer: Writer, made: Made) -> Prepared:
    """Passages with aspects and vectors, a few at a time."""
    every = [each for found in made.values() for each in found]
    told: list[Passage] = []
    vectors: dict[str, list[Sequence[float]]] = {}
    for first in range(0, len(every), SMALL):
        start = time.monotonic()
        some = await asyncio.to_thread(list, map(writer.told, every[first : first + SMALL]))
        vectors.update(await writer.vectors(some))
        told += some
        await _pause(start)
    left = iter(told)
    return Prepared({name: list(islice(left, len(found))) for name, found in made.items()}, vectors)


async def _pause(start: float) -> None:
    await asyncio.sleep(min(LONGEST, SHARE * (time.monotonic() - start)))
