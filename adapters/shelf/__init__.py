"""The shelf: uploaded files and vector stores in a folder of this machine, written so that a crash leaves no half."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.shelf.disk import faults, taken
from adapters.shelf.files import Files, sweep
from adapters.shelf.stores import Stores

__all__ = ["FolderShelf"]


class FolderShelf(Files, Stores):
    """The port `Shelf` over a folder; several processes may share it. Nothing is made before something is kept."""

    def __init__(self, path: str) -> None:
        super().__init__(Path(path).expanduser().absolute())

    @asynccontextmanager
    async def leading(self) -> AsyncIterator[bool]:
        """Whether this is the one process that does the work, until the block ends."""
        lock = taken(self.root / "leader.lock") if self.root.is_dir() else None
        try:
            yield lock is not None
        finally:
            if lock is not None:
                os.close(lock)

    async def tidy(self) -> None:
        """Remove what was cut off on its way in. Raises ShelfFault."""
        for tenant in await self.tenants():
            with faults("files cannot be removed"):
                await asyncio.to_thread(sweep, self.folder(tenant) / "files", time.time())
