"""Whose folder is whose: a tenant's name may be anything, so its folder is called by a digest of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from adapters.shelf.disk import faults, make, read, write


class Tenants:
    """The folders below `root`; none is made before something is kept there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, tenant: str) -> Path:
        """The folder of a tenant, there or not."""
        return self.root / hashlib.sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def settle(self, tenant: str) -> Path:
        """The folder of a tenant, made, and with its name in it. Raises ShelfFault."""
        folder = self.folder(tenant)
        with faults("files cannot be kept"):
            if not (folder / "tenant.json").exists():
                make(folder)
                write(folder / "tenant.json", {"tenant": tenant})
        return folder

    async def tenants(self) -> Sequence[str]:
        """All tenants that have a folder."""
        return await asyncio.to_thread(self._tenants)

    def _tenants(self) -> list[str]:
        with faults("files cannot be read"):
            named = (read(path, dict[str, str]) for path in sorted(self.root.glob("*/tenant.json")))
            return [found["tenant"] for found in named if found and "tenant" in found]
