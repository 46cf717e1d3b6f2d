"""Makes the knowledge index anew from what it was made of, while the old one serves."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import get_args

from adapters.ports import AdapterError, ConfigError, Library, Material
from adapters.shelf import FolderShelf
from proxy.app import Rapport
from proxy.converting import ROOT, restore
from proxy.ingest import Progress, Report, ingest
from proxy.material import stamped
from proxy.patterns import file_of
from proxy.remembered import Paths, Remembered
from proxy.write_back import restore as write_again

VECTOR_STORES = "vector stores"


async def rebuild(rapport: Rapport, progress: Callable[[Progress], None]) -> dict[str, Report]:
    """Fill a new index from every path that was ingested and every file of a vector store, and switch to it when it is
    whole. What the old one holds beside them is ingested again by its file. Returns by tenant what was done, under
    `VECTOR_STORES` what of theirs was; a path that is no longer there is told as failed. Raises ConfigError where
    nothing is known to be in the index."""
    remembered = Remembered(rapport.settings.knowledge.files)
    shelf = FolderShelf(rapport.settings.knowledge.files)
    async with rapport.library.rebuild() as fresh:
        lost = await _recall(rapport.library, remembered)
        known = remembered.read()
        stores = [store for tenant in await shelf.tenants() for store in await shelf.stores(tenant)]
        if not stores and not lost and not any(own.paths for own in known.values()):
            raise ConfigError("knowledge", "no path is known that was ingested: run `rapport ingest PATH` instead")
        done = {tenant: await _fill(fresh, rapport, tenant, own, progress) for tenant, own in known.items()}
        for tenant, file in lost:
            done.setdefault(tenant, Report()).failed[file] = "there is no such file or folder"
        done |= {VECTOR_STORES: await restore(shelf, fresh, rapport.indexer, progress)} if stores else {}
        await write_again(rapport.adapters.ledger, fresh, rapport.written, rapport.indexer)
        return done


async def _recall(library: Library, remembered: Remembered) -> list[tuple[str, str]]:
    """Remember the files in the index of which nobody knows how they came there, since the list was deleted or comes
    from a backup. Returns those that are gone, with their tenants. An index that cannot be read tells nothing."""
    try:
        found = {tenant: await library.sources(tenant) for tenant in await library.tenants()}
    except AdapterError:
        return []
    known, gone = remembered.read(), []
    for tenant, sources in found.items():
        own = known.get(tenant, Paths())
        files = {file_of(source): stamped(digest) for source, digest in sources.items() if not _told(source, own)}
        gone += [(tenant, file) for file in files if not os.path.lexists(file)]
        for material in get_args(Material):
            there = [file for file, of in files.items() if of == material and os.path.lexists(file)]
            if there:
                remembered.add(tenant, there, material)
    return gone


def _told(source: str, own: Paths) -> bool:
    return source.startswith(f"{ROOT}/") or own.holds(source) or own.out(source)


async def _fill(
    fresh: Library, rapport: Rapport, tenant: str, own: Paths, progress: Callable[[Progress], None]
) -> Report:
    total = Report()
    for path, material in own.paths.items():
        try:
            report = await ingest([path], fresh, rapport.indexer, tenant, progress, material)
        except ConfigError as error:
            total.failed[path] = str(error)
            continue
        total.added += report.added
        total.passages = report.passages
        total.failed |= report.failed
    gone = [source for source in await fresh.sources(tenant) if own.out(source)]
    if gone:
        total.passages = await fresh.replace(tenant, {source: [] for source in gone}, {})
        total.added -= len(gone)
    return total
