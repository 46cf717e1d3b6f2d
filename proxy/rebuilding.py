"""Makes the knowledge index anew from what it was made of, while the old one serves."""

from __future__ import annotations

from collections.abc import Callable

from adapters.ports import ConfigError, Library
from adapters.shelf import FolderShelf
from proxy.app import Rapport
from proxy.converting import restore
from proxy.ingest import Progress, Report, ingest
from proxy.remembered import Paths, Remembered

VECTOR_STORES = "vector stores"


async def rebuild(rapport: Rapport, progress: Callable[[Progress], None]) -> dict[str, Report]:
    """Fill a new index from every path that was ingested and every file of a vector store, and switch to it when it is
    whole. Returns by tenant what was done, under `VECTOR_STORES` what of theirs was; a path that is no longer there is
    told as failed. Raises ConfigError where nothing is known to be in the index."""
    known = Remembered(rapport.settings.knowledge.files).read()
    shelf = FolderShelf(rapport.settings.knowledge.files)
    stores = [store for tenant in await shelf.tenants() for store in await shelf.stores(tenant)]
    if not stores and not any(own.paths for own in known.values()):
        raise ConfigError("knowledge", "no path is known that was ingested: run `rapport ingest PATH` instead")
    async with rapport.library.rebuild() as fresh:
        done = {tenant: await _fill(fresh, rapport, tenant, own, progress) for tenant, own in known.items()}
        return done | ({VECTOR_STORES: await restore(shelf, fresh, rapport.indexer, progress)} if stores else {})


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
    gone = [source for source in await fresh.sources(tenant) if source in own.removed]
    if gone:
        total.passages = await fresh.replace(tenant, {source: [] for source in gone}, {})
        total.added -= len(gone)
    return total
