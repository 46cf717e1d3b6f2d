"""Attaches files to vector stores in the background, and takes them out at once: what is gone is not found again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from adapters.memory.kept import Bell
from adapters.ports import AdapterError, Embedder, Library, Value
from adapters.ports.shelf import Attachment, Batch, Shelf, VectorStore
from proxy.chain import contained
from proxy.converting import Unreadable, below, converted, material
from proxy.entering import LARGE, Entering

log = structlog.get_logger("rapport")

POLL, SWEEP = 5.0, 600.0
"""Seconds between two looks at what another process may have left, and at what has expired."""
TRIES = 3
"""A file with which the process died so often is not tried again."""
DIED = "The server ended each time while it converted this file."
AGAIN = (5.0, 30.0, 120.0, *[300.0] * 30)
"""Seconds after which a file is tried again that index, embedder or disk did not let in."""
AWAY = "The index could not take it in; attach it again."
Key = tuple[str, str, str]


class Attaching:
    """What is done with attachments. One file at a time is converted, in a thread, by one process."""

    def __init__(self, shelf: Shelf, library: Library, embedder: Embedder | None) -> None:
        self.shelf = shelf
        self.entering = Entering(shelf, library, embedder)
        self._bell = Bell()
        self._later: dict[Key, tuple[int, float]] = {}
        self._swept = -SWEEP

    async def run(self) -> None:
        """Convert what waits, for ever; also what waited when a process died."""
        while True:
            fault = await contained(self.turn())
            if fault:
                log.error("attaching_failed", reason=fault)
            await self._bell.wait(POLL)

    async def turn(self) -> None:
        """Convert what waits now, and let go of what has expired. Raises AdapterError."""
        async with self.shelf.leading() as leading:
            waiting = await self.shelf.waiting() if leading else ()
            self._later = {key: self._later[key] for key in waiting if key in self._later}
            for key in waiting:
                if self._later.get(key, (0, 0.0))[1] <= time.monotonic():
                    await self._convert(key)
            if leading and time.monotonic() - self._swept > SWEEP:
                self._swept = time.monotonic()
                await self._sweep()

    async def attach(self, tenant: str, wanted: Iterable[Attachment]) -> None:
        """Attach files; one that is attached already is done again, as it is wanted now. Raises ShelfFault, Busy."""
        for each in wanted:
            if await self.shelf.attachment(tenant, each.store, each.file) is None:
                await self.shelf.put(tenant, each)
            else:
                async with self.entering.alone(tenant):
                    await self.shelf.put(tenant, self._again(tenant, each))
        self._bell.ring()

    async def change(self, tenant: str, held: Attachment, attributes: Mapping[str, Value]) -> Attachment | None:
        """Give an attachment other attributes: searches know them when this returns, unless it is `in_progress` then.
        None where it is gone by now. Raises AdapterError, and Unreadable where the file cannot be read any more."""
        home = await self.shelf.store(tenant, held.store)
        ready = None
        if home is not None and held.status == "completed":
            made = await converted(self.shelf, tenant, replace(held, attributes=attributes), material(home))
            if sum(map(len, made.values())) <= LARGE:
                ready = await self.entering.prepared(tenant, made)
        async with self.entering.alone(tenant):
            now = await self.shelf.attachment(tenant, held.store, held.file)
            if now is None or await self.shelf.store(tenant, held.store) is None:
                return None
            changed = replace(now, attributes=attributes)
            if ready is not None and now == held:
                await self.entering.write(tenant, ready)
            elif now.status == "completed":
                changed = self._again(tenant, changed)
            await self.shelf.put(tenant, changed)
        self._bell.ring()
        return changed

    async def detach(self, tenant: str, held: Attachment) -> None:
        """Take a file out of a vector store. Raises AdapterError; nothing has changed then, or only the index."""
        async with self.entering.alone(tenant):
            await self._take_out(tenant, [held])

    async def drop_store(self, tenant: str, store: VectorStore) -> None:
        """Forget a vector store, with all that it brought into the index. Raises AdapterError."""
        async with self.entering.alone(tenant):
            start = below(store.id)
            held = await self.shelf.attachments(tenant, store.id)
            await self.entering.empty(tenant, [start] if held else [], (start,))
            if await self.shelf.store(tenant, store.id):
                await self.shelf.drop(tenant, store)

    async def drop_file(self, tenant: str, file: str) -> None:
        """Forget a file, wherever it is attached. Raises AdapterError."""
        async with self.entering.alone(tenant):
            stores = await self.shelf.stores(tenant)
            found = [await self.shelf.attachment(tenant, store.id, file) for store in stores]
            await self._take_out(tenant, [each for each in found if each is not None])
            await self.shelf.discard(tenant, file)

    async def cancel(self, tenant: str, batch: Batch) -> Batch:
        """Let be what of a batch is not done yet. Raises AdapterError."""
        async with self.entering.alone(tenant):
            own = [each for each in await self.shelf.attachments(tenant, batch.store) if each.batch == batch.id]
            undone = [each for each in own if each.status == "in_progress"]
            # They may have been attached before, and be in the index from then.
            await self.entering.clear(tenant, undone)
            for each in undone:
                await self.shelf.put(tenant, replace(each, status="cancelled"))
            batch = replace(batch, cancelled=batch.cancelled or bool(undone))
            await self.shelf.put(tenant, batch)
        return batch

    async def update(self, tenant: str, store: VectorStore, before: VectorStore) -> None:
        """Keep a changed vector store; where its passages are taken for something else now, they are made again.
        Raises ShelfFault, Busy."""
        async with self.entering.alone(tenant):
            await self.shelf.put(tenant, store)
            if material(store) != material(before):
                for held in await self.shelf.attachments(tenant, store.id):
                    if held.status in ("in_progress", "completed"):
                        await self.shelf.put(tenant, self._again(tenant, held))
        self._bell.ring()

    def _again(self, tenant: str, held: Attachment) -> Attachment:
        """An attachment that is to be done from the beginning, and now."""
        self._later.pop((tenant, held.store, held.file), None)
        return replace(held, status="in_progress", tries=0)

    async def _convert(self, key: Key) -> None:
        """Convert one file, and note how that went. What has been changed meanwhile is left for the next turn."""
        begun: list[Attachment] = []
        failed: list[AdapterError] = []

        async def work() -> None:
            try:
                if (held := await self._begun(key)) is not None:
                    begun.append(held)
                    await self._index(key[0], held)
            except AdapterError as error:
                failed.append(error)

        fault = await contained(work()) or (f"error:{type(failed[0]).__name__}" if failed else None)
        if fault:
            log.error("attaching_failed", reason=fault)
            await contained(self._put_off(key, begun, bool(failed)))

    async def _put_off(self, key: Key, begun: Sequence[Attachment], temporary: bool) -> None:
        """Try a file again later, after others; or never, where that has been done often or would not help."""
        times = self._later.get(key, (0, 0.0))[0]
        again = temporary and times < len(AGAIN)
        if again:
            self._later[key] = times + 1, time.monotonic() + AGAIN[times]
        for held in begun:
            if again:
                # Tries are counted against files that end the process, and this one did not.
                await self._end(key[0], held, replace(held, tries=held.tries - 1))
            else:
                await self._fail(key[0], held, "server_error", AWAY)

    async def _begun(self, key: Key) -> Attachment | None:
        """The attachment with one more try; None where there is nothing to do."""
        async with self.entering.alone(key[0]):
            held = await self.shelf.attachment(*key)
            if held is None:
                return None
            if held.status == "in_progress" and held.tries < TRIES:
                held = replace(held, tries=held.tries + 1)
                await self.shelf.put(key[0], held)
                return held
            if held.status == "in_progress":
                held = replace(held, status="failed", fault=("server_error", DIED))
            await self.shelf.put(key[0], held)
            return None

    async def _index(self, tenant: str, held: Attachment) -> None:
        """The passages and their vectors are made before anybody has to wait, and only then written."""
        home = await self.shelf.store(tenant, held.store)
        if home is None:
            return
        try:
            made = await converted(self.shelf, tenant, held, material(home))
        except Unreadable as error:
            await self._fail(tenant, held, error.code, str(error))
            log.info("attached", status="failed", reason=error.code)
            return
        usage = sum(len(each.text.encode("utf-8", "replace")) for found in made.values() for each in found)
        if await self.entering.bring(tenant, held, replace(held, status="completed", tries=0, usage=usage), made):
            log.info("attached", status="completed", reason=None)

    async def _fail(self, tenant: str, held: Attachment, code: str, why: str) -> None:
        await self._end(tenant, held, replace(held, status="failed", fault=(code, why)))

    async def _end(self, tenant: str, held: Attachment, ended: Attachment) -> None:
        """Keep how an attachment ended, unless somebody changed it meanwhile."""
        async with self.entering.alone(tenant):
            if await self.shelf.attachment(tenant, held.store, held.file) == held:
                await self.shelf.put(tenant, ended)

    async def _take_out(self, tenant: str, held: Sequence[Attachment]) -> None:
        """First out of the index: if that fails, whoever asked can ask again."""
        await self.entering.clear(tenant, held)
        for each in held:
            await self.shelf.drop(tenant, each)

    async def _sweep(self) -> None:
        """Let go of files and vector stores whose time is over, and of what was cut off on its way in."""
        now = time.time()
        for tenant in await self.shelf.tenants():
            for file in await self.shelf.files(tenant):
                if file.gone(now):
                    await self.drop_file(tenant, file.id)
            for store in await self.shelf.stores(tenant):
                if store.gone(now):
                    await self._expire(tenant, store)
        await self.shelf.tidy()

    async def _expire(self, tenant: str, store: VectorStore) -> None:
        async with self.entering.alone(tenant):
            await self._take_out(tenant, await self.shelf.attachments(tenant, store.id))
