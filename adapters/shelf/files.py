"""Uploaded files in a folder: the bytes as they came, and beside them what is known of them as JSON."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from adapters.ports.shelf import StoredFile, new_id
from adapters.shelf.disk import create, faults, make, read, remove, settle, write
from adapters.shelf.tenants import Tenants

FILE = re.compile(r"file-[0-9a-f]{28}")
PIECE = 256 << 10
"""Bytes that are written, and read, at once."""
STALE = 86_400.0
"""Seconds after which what never became a file is swept away."""


class FolderDraft:
    """A file on its way into `folder`; the port `Draft`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = 0
        self._path = folder / f".{secrets.token_hex(8)}.upload"
        self._waiting: list[bytes] = []
        self._held = 0
        self._handle = -1

    async def write(self, data: bytes) -> None:
        """Take the next bytes; few are kept back, so that small pieces cost no turn of a thread each."""
        self._waiting.append(data)
        self._held += len(data)
        self.size += len(data)
        if self._held >= PIECE:
            await asyncio.to_thread(self._flush)

    async def keep(self, name: str, purpose: str, seconds: int | None) -> StoredFile:
        """Keep it under a new id. It is there once its JSON is."""
        now = time.time()
        expires = None if seconds is None else int(now) + seconds
        file = StoredFile(new_id("file-", now, secrets.token_hex(8)), name, self.size, purpose, int(now), expires)
        await asyncio.to_thread(self._keep, file)
        return file

    def drop(self) -> None:
        """Forget what was not kept."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        # Why it was not kept is told already; what is left is swept.
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        with faults("file cannot be kept"):
            if self._handle < 0:
                make(self.folder)
                self._handle = create(self._path)
            rest = memoryview(b"".join(self._waiting))
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            self._waiting, self._held = [], 0

    def _keep(self, file: StoredFile) -> None:
        self._flush()
        with faults("file cannot be kept"):
            settle(self._path, self.folder / file.id)
            write(self.folder / f"{file.id}.json", file)


class Files(Tenants):
    """The port `FileShelf` over a folder of each tenant."""

    @asynccontextmanager
    async def draft(self, tenant: str) -> AsyncIterator[FolderDraft]:
        """A new file."""
        await asyncio.to_thread(self.settle, tenant)
        draft = FolderDraft(self._files(tenant))
        try:
            yield draft
        finally:
            draft.drop()

    async def file(self, tenant: str, id: str) -> StoredFile | None:
        """A file, None where there is none, or its time is over."""
        if not FILE.fullmatch(id):
            return None
        with faults("files cannot be read"):
            found = await asyncio.to_thread(read, self._files(tenant) / f"{id}.json", StoredFile)
        return None if found is None or found.gone(time.time()) else found

    async def files(self, tenant: str) -> Sequence[StoredFile]:
        """All files, the oldest first, also those whose time is over."""
        return await asyncio.to_thread(_all, self._files(tenant))

    async def content(self, tenant: str, id: str) -> AsyncIterator[bytes]:
        """The bytes of a file, piece by piece; of one that goes meanwhile, all the same."""
        with faults("file cannot be read"):
            file = await asyncio.to_thread(open, self._files(tenant) / id, "rb")
            with file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece

    async def discard(self, tenant: str, id: str) -> None:
        """Forget a file."""
        if FILE.fullmatch(id):
            with faults("file cannot be removed"):
                for name in (f"{id}.json", id):
                    await asyncio.to_thread(remove, self._files(tenant) / name)

    def _files(self, tenant: str) -> Path:
        return self.folder(tenant) / "files"


def _all(folder: Path) -> list[StoredFile]:
    with faults("files cannot be read"):
        found = (read(path, StoredFile) for path in sorted(folder.glob("file-*.json")))
        return [file for file in found if file is not None]


def sweep(folder: Path, now: float) -> None:
    """Remove what an upload left that was cut off. Raises OSError."""
    for path in folder.iterdir() if folder.is_dir() else ():
        left = path.suffix in (".upload", ".tmp") or not (path.suffix or path.with_suffix(".json").exists())
        if left and now - path.stat().st_mtime > STALE:
            path.unlink(missing_ok=True)
