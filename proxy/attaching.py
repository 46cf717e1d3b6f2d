"""Attaches files to vector stores in the background, and takes them out at once: what is gone is not found again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

import structlog

from adapters.memory.kept import Bell
from adapters.ports import Embedder, Library, Passage, Value
from adapters.ports.shelf import Attachment, Batch, Shelf, VectorStore
from proxy.chain import contained
from proxy.converting import Unreadable, below, converted, in_rows, material, source
from proxy.ingest import Writer

log = structlog.get_logger("rapport")

POLL, SWEEP = 5.0, 600.0
"""Seconds between two looks at what another process may have left, and at what has expired."""
TRIES = 3
"""A file with which the process died so often is not tried again."""
DIED = "The server ended each time while it converted this file."
AWAY = "The index could not take it in; attach it again."


class Attaching:
    """What is done with attachments. One file at a time is converted, in a thread, by one process."""

    def __init__(self, shelf: Shelf, library: Library, embedder: Embedder | None) -> None:
        self.shelf = shelf
        self.library = library
        self.embedder = embedder
        self._bell = Bell()
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
            for tenant, store, file in await self.shelf.waiting() if leading else ():
                await self._convert(tenant, store, file)
            if leading and time.monotonic() - self._swept > SWEEP:
                self._swept = time.monotonic()
                await self._sweep()

    async def attach(self, tenant: str, wanted: Iterable[Attachment]) -> None:
        """Attach files; one that is attached already is done again, as it is wanted now. Raises ShelfFault."""
        for each in wanted:
            if await self.shelf.attachment(tenant, each.store, each.file) is None:
                await self.shelf.put(tenant, each)
            else:
                async with self.shelf.alone(tenant):
                    await self.shelf.put(tenant, each)
        self._bell.ring()

    async def change(self, tenant: str, held: Attachment, attributes: Mapping[str, Value]) -> Attachment | None:
        """Give an attachment other attributes: searches know them when this returns. None where it is gone by now.
        Raises AdapterError, and Unreadable where the file cannot be read any more."""
        async with self.shelf.alone(tenant):
            now = await self.shelf.attachment(tenant, held.store, held.file)
            home = await self.shelf.store(tenant, held.store)
            if now is None or home is None:
                return None
            now = replace(now, attributes=attributes)
            if now.status == "completed":
                await self._write(tenant, now, home)
            await self.shelf.put(tenant, now)
            return now

    async def detach(self, tenant: str, held: Attachment) -> None:
        """Take a file out of a vector store. Raises AdapterError; nothing has changed then, or only the index."""
        async with self.shelf.alone(tenant):
            await self._take_out(tenant, held)

    async def drop_store(self, tenant: str, store: VectorStore) -> None:
        """Forget a vector store, with all that it brought into the index. Raises AdapterError."""
        async with self.shelf.alone(tenant):
            await self._empty(tenant, below(store.id))
            if await self.shelf.store(tenant, store.id):
                await self.shelf.drop(tenant, store)

    async def drop_file(self, tenant: str, file: str) -> None:
        """Forget a file, wherever it is attached. Raises AdapterError."""
        async with self.shelf.alone(tenant):
            for store in await self.shelf.stores(tenant):
                held = await self.shelf.attachment(tenant, store.id, file)
                if held is not None:
                    await self._take_out(tenant, held)
            await self.shelf.discard(tenant, file)

    async def cancel(self, tenant: str, batch: Batch) -> Batch:
        """Let be what of a batch is not done yet. Raises AdapterError."""
        async with self.shelf.alone(tenant):
            for held in await self.shelf.attachments(tenant, batch.store):
                if held.batch == batch.id and held.status == "in_progress":
                    batch = replace(batch, cancelled=True)
                    # It may have been attached before, and be in the index from then.
                    await self._clear(tenant, held)
                    await self.shelf.put(tenant, replace(held, status="cancelled"))
            await self.shelf.put(tenant, batch)
        return batch

    async def update(self, tenant: str, store: VectorStore, before: VectorStore) -> None:
        """Keep a changed vector store; where its passages are taken for something else now, they are made again.
        Raises ShelfFault."""
        async with self.shelf.alone(tenant):
            await self.shelf.put(tenant, store)
            if material(store) != material(before):
                for held in await self.shelf.attachments(tenant, store.id):
                    if held.status in ("in_progress", "completed"):
                        await self.shelf.put(tenant, replace(held, status="in_progress", tries=0))
        self._bell.ring()

    async def _convert(self, tenant: str, store: str, file: str) -> None:
        """Convert one file, and note how that went. What has been changed meanwhile is left for the next turn."""
        held = await self._begun(tenant, store, file)
        if held is None:
            return
        outcome: list[Attachment] = []

        async def work() -> None:
            outcome.append(await self._indexed(tenant, held))

        fault = await contained(work())
        if fault:
            log.error("attaching_failed", reason=fault)
            async with self.shelf.alone(tenant):
                if await self.shelf.attachment(tenant, store, file) == held:
                    await self.shelf.put(tenant, replace(held, status="failed", fault=("server_error", AWAY)))
        elif outcome and outcome[0] != held:
            log.info("attached", status=outcome[0].status, reason=(outcome[0].fault or (None,))[0])

    async def _begun(self, tenant: str, store: str, file: str) -> Attachment | None:
        """The attachment with one more try; None where there is nothing to do."""
        async with self.shelf.alone(tenant):
            held = await self.shelf.attachment(tenant, store, file)
            if held is None:
                return None
            if held.status == "in_progress" and held.tries < TRIES:
                held = replace(held, tries=held.tries + 1)
                await self.shelf.put(tenant, held)
                return held
            if held.status == "in_progress":
                held = replace(held, status="failed", fault=("server_error", DIED))
            await self.shelf.put(tenant, held)
            return None

    async def _indexed(self, tenant: str, held: Attachment) -> Attachment:
        """The attachment as it ends. The passages are made before anybody has to wait, and only then written."""
        home = await self.shelf.store(tenant, held.store)
        if home is None:
            return held
        try:
            made = await converted(self.shelf, tenant, held, material(home))
            done = replace(held, status="completed", tries=0, usage=sum(
                len(each.text.encode("utf-8", "replace")) for found in made.values() for each in found))
        except Unreadable as error:
            made, done = {}, replace(held, status="failed", fault=(error.code, str(error)))
        async with self.shelf.alone(tenant):
            if await self.shelf.attachment(tenant, held.store, held.file) != held:
                return held
            if made:
                await self._put_in(tenant, made)
            await self.shelf.put(tenant, done)
        return done

    async def _write(self, tenant: str, held: Attachment, home: VectorStore) -> None:
        await self._put_in(tenant, await converted(self.shelf, tenant, held, material(home)))

    async def _put_in(self, tenant: str, made: Mapping[str, list[Passage]]) -> None:
        writer = Writer(self.library, self.embedder, tenant)
        await writer.add(made)
        await writer.flush()

    async def _take_out(self, tenant: str, held: Attachment) -> None:
        """First out of the index: if that fails, whoever asked can ask again."""
        await self._clear(tenant, held)
        await self.shelf.drop(tenant, held)

    async def _clear(self, tenant: str, held: Attachment) -> None:
        if in_rows(held):
            await self._empty(tenant, below(held.store, held.file))
        else:
            await self.library.replace(tenant, {str(source(held)): []}, {})

    async def _empty(self, tenant: str, start: str) -> None:
        gone = [each for each in await self.library.sources(tenant) if each.startswith(start)]
        if gone:
            await self.library.replace(tenant, {each: [] for each in gone}, {})

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
        held = await self.shelf.attachments(tenant, store.id)
        async with self.shelf.alone(tenant):
            for each in held:
                await self._take_out(tenant, each)
