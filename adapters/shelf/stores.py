"""Vector stores in a folder each: one small JSON for the store, for each attachment and for each batch."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from adapters.ports.shelf import Attachment, Batch, VectorStore
from adapters.shelf.disk import create, faults, held, make, read, remove, write
from adapters.shelf.files import FILE
from adapters.shelf.tenants import Tenants

STORE, BATCH = re.compile(r"vs_[0-9a-f]{28}"), re.compile(r"vsfb_[0-9a-f]{28}")
UNMADE = 60.0
"""Seconds after which a mark without an attachment is one that never came to be."""


class Stores(Tenants):
    """The port `StoreShelf` over a folder of each tenant. A mark in `waiting` tells of each attachment in progress."""

    async def stores(self, tenant: str) -> Sequence[VectorStore]:
        """All vector stores, the oldest first."""
        return await asyncio.to_thread(self._all, tenant)

    async def store(self, tenant: str, id: str) -> VectorStore | None:
        """A vector store, None where there is none."""
        return await asyncio.to_thread(self._store, tenant, id) if STORE.fullmatch(id) else None

    async def put(self, tenant: str, what: VectorStore | Attachment | Batch) -> None:
        """Keep a new or changed thing."""
        await asyncio.to_thread(self._put, tenant, what)

    async def drop(self, tenant: str, what: VectorStore | Attachment) -> None:
        """Forget a vector store with all in it, or an attachment."""
        with faults("vector store cannot be changed"):
            await asyncio.to_thread(self._drop, tenant, what)

    async def touch(self, tenant: str, store: str) -> None:
        """A vector store is in use: a file's time tells, so that nothing is written over."""
        with faults("vector store cannot be changed"), suppress(FileNotFoundError):
            (self._folder(tenant, store) / "active").touch(0o600)

    async def attachments(self, tenant: str, store: str) -> Sequence[Attachment]:
        """All attachments of a vector store, in the order in which their files came."""
        return await asyncio.to_thread(self._attachments, self._folder(tenant, store))

    async def attachment(self, tenant: str, store: str, file: str) -> Attachment | None:
        """One attachment, None where there is none."""
        if not (STORE.fullmatch(store) and FILE.fullmatch(file)):
            return None
        with faults("vector store cannot be read"):
            return await asyncio.to_thread(read, self._folder(tenant, store) / f"{file}.json", Attachment)

    async def batch(self, tenant: str, store: str, id: str) -> Batch | None:
        """A batch, None where there is none."""
        if not (STORE.fullmatch(store) and BATCH.fullmatch(id)):
            return None
        with faults("vector store cannot be read"):
            return await asyncio.to_thread(read, self._folder(tenant, store) / f"{id}.json", Batch)

    @asynccontextmanager
    async def alone(self, tenant: str) -> AsyncIterator[None]:
        """Nobody else changes the tenant's attachments and their passages until the block ends."""
        folder = await asyncio.to_thread(self.settle, tenant)
        async with held(folder / "index.lock"):
            yield

    async def waiting(self) -> Sequence[tuple[str, str, str]]:
        """Tenant, vector store and file of what is to be converted, the oldest first."""
        return await asyncio.to_thread(self._waiting)

    def _folder(self, tenant: str, store: str) -> Path:
        return self.folder(tenant) / "stores" / store

    def _all(self, tenant: str) -> list[VectorStore]:
        folder = self.folder(tenant) / "stores"
        with faults("vector stores cannot be read"):
            names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        found = (self._store(tenant, name) for name in names if STORE.fullmatch(name))
        return [store for store in found if store is not None]

    def _store(self, tenant: str, id: str) -> VectorStore | None:
        folder = self._folder(tenant, id)
        with faults("vector store cannot be read"):
            store = read(folder / "store.json", VectorStore)
            with suppress(FileNotFoundError):
                active = int((folder / "active").stat().st_mtime)
                return replace(store, active=active) if store else None
        return store

    def _attachments(self, folder: Path) -> list[Attachment]:
        with faults("vector store cannot be read"):
            found = (read(path, Attachment) for path in sorted(folder.glob("file-*.json")))
            return [each for each in found if each is not None]

    def _put(self, tenant: str, what: VectorStore | Attachment | Batch) -> None:
        with faults("vector store cannot be kept"), suppress(FileNotFoundError):
            if isinstance(what, VectorStore):
                folder = self.settle(tenant) / "stores" / what.id
                make(folder)
                write(folder / "store.json", what)
            elif isinstance(what, Batch):
                write(self._folder(tenant, what.store) / f"{what.id}.json", what)
            else:
                self._put_attachment(tenant, what)

    def _put_attachment(self, tenant: str, held: Attachment) -> None:
        path, mark = self._folder(tenant, held.store) / f"{held.file}.json", self._mark(tenant, held.store, held.file)
        # The mark comes before what it tells of, and goes after: a death between the two costs one look.
        if held.status == "in_progress" and path.parent.is_dir():
            _set(mark)
        write(path, held)
        if held.status != "in_progress":
            remove(mark)

    def _drop(self, tenant: str, what: VectorStore | Attachment) -> None:
        if isinstance(what, Attachment):
            remove(self._folder(tenant, what.store) / f"{what.file}.json")
            remove(self._mark(tenant, what.store, what.file))
            return
        gone = self.folder(tenant) / "gone"
        make(gone)
        # At once for whoever looks, whatever becomes of the rest.
        self._folder(tenant, what.id).rename(gone / what.id)
        shutil.rmtree(gone, ignore_errors=True)

    def _mark(self, tenant: str, store: str, file: str) -> Path:
        return self.root / "waiting" / f"{self.folder(tenant).name}.{store}.{file}"

    def _waiting(self) -> list[tuple[str, str, str]]:
        folder = self.root / "waiting"
        with faults("files cannot be read"):
            marks = sorted(folder.iterdir(), key=_age) if folder.is_dir() else []
            names = {self.folder(tenant).name: tenant for tenant in self._tenants()} if marks else {}
            found = []
            for mark in marks:
                owner, store, file = mark.name.split(".")
                if (self.root / owner / "stores" / store / f"{file}.json").exists() and owner in names:
                    found.append((names[owner], store, file))
                elif time.time() - _age(mark) > UNMADE:
                    remove(mark)
            return found


def _set(mark: Path) -> None:
    make(mark.parent)
    with suppress(FileExistsError):
        open(create(mark), "wb").close()


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
