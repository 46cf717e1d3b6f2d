"""The ports over tables of LanceDB.

An index that can be rebuilt, not a source of truth: LanceDB commits without fsync. Writers take turns, in this process
by a lock and between processes by a lock file; readers see another process's commit within a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import structlog

from adapters.fusion import fuse
from adapters.lancedb import queries, rows
from adapters.lancedb.counting import Counting, count
from adapters.lancedb.library import FAULTS, missing
from adapters.lancedb.recalling import Recalling
from adapters.lancedb.renewing import Renewing
from adapters.lancedb.tables import Open, Tables
from adapters.lancedb.writing import Writing
from adapters.ports import Corpus, Filter, Hit, Library, Make, Material, Passage, Status, Terms, Unavailable

log = structlog.get_logger("rapport")
T = TypeVar("T")

MAX_QUERY = 2000
TRIES = 4
AGAIN = 5.0
"""Seconds after which it is seen whether a better table than the one that serves has become ready."""


class LanceKnowledge:
    """The ports `Knowledge` and `Library` over a local folder, or over an object store by URI.

    `embedder_name` and `dimensions` name the vectors; an index made with others is searched by its words alone, until
    `renew` has made it over. Import and connection happen on first use, or in `ready`. Belongs to one event loop.
    """

    def __init__(self, path: str, embedder_name: str | None = None, dimensions: int | None = None) -> None:
        self.tables = Tables(path, (embedder_name, dimensions) if embedder_name and dimensions else None)
        self.path = self.tables.path
        self._writing = Writing(self.tables)
        self._renewing = Renewing(self.tables, self._writing)
        self._counting = Counting(self._version, self._count_terms)
        self._recalling = Recalling()
        self._opened: Open | None = None
        self._next = 0.0
        self._warned = False
        self._opening = asyncio.Lock()
        self._labels: dict[str, tuple[str, list[str]]] = {}
        self._corpora: dict[str, tuple[str, int, Corpus | None]] = {}

    async def ready(self) -> None:
        """Import LanceDB, open the index and read of it. Raises Unavailable if it is broken."""

        async def look(opened: Open) -> bool:
            where = queries.wanted(opened.columns, "", ("knowledge",), None)
            await queries.by_text(opened.table, where, "word", 1)
            await opened.table.query().select(["text"]).limit(1).to_arrow()
            return opened.same

        if not await self._read(look, True) and not self._warned:
            self._warned = True
            log.warning("knowledge_of_another_embedder", reason="words alone serve until it is made over")

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None, materials: Sequence[Material] = ("knowledge",)) -> Sequence[Hit]:
        """The best `limit` passages of the tenant, best first; BM25 over a stemmed and an exact index, fused with the
        cosine of `vector` and the nearest part where the index has vectors of this embedder. Raises Unavailable."""
        words = rows.clean(text)[:MAX_QUERY].strip()
        most = limit + 15

        async def find(opened: Open) -> list[Hit]:
            table, columns = opened.table, opened.columns
            fitting = queries.fitting(await self._known_labels(opened, tenant), filter) if filter else None
            where = queries.wanted(columns, tenant, materials, fitting)
            asked = vector if opened.same and rows.PARTS in columns else None
            if where is None:
                return []
            hits: list[Hit] = []
            for _ in range(TRIES):
                version = await table.version()
                texts, cosines = await asyncio.gather(
                    queries.by_text(table, where, words, most) if words else queries.nothing(),
                    queries.by_vector(table, where, asked, most) if asked is not None else queries.nothing(),
                )
                hits = await queries.hits(table, columns, texts, cosines, limit, asked)
                # The ids of rows are those of one version: where another was committed meanwhile, all is asked again.
                if await table.version() == version:
                    break
            return hits

        hits = await self._read(find, list[Hit]())
        own = [hit for hit in hits if queries.meant(hit.passage, tenant, filter, materials)]
        if len(own) < len(hits):
            log.error("knowledge_foreign_row", path=self.path)
        return fuse(own, limit)

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        """All passages of material `knowledge`, None where their texts have more than `most` characters; not read
        again before the index changes. Raises Unavailable."""

        async def find(opened: Open) -> Corpus | None:
            version = await opened.version()
            known = self._corpora.get(tenant)
            if known is None or known[0] != version or (known[2] is None and known[1] < most):
                whole = await queries.whole(opened.table, opened.body, tenant, most)
                self._corpora[tenant] = known = (version, most, whole)
            found = known[2]
            return found if found and sum(len(each.text) for each in found.passages) <= most else None

        return await self._read(find, Corpus("", ()))

    async def passages(self, tenant: str, named: Collection[tuple[str, str]]) -> Sequence[Passage]:
        """Of the passages named by source and id those that are still there. Raises Unavailable."""
        return await self._read(lambda opened: self._recalling.of(opened, tenant, named), list[Passage]())

    async def digests(self, tenant: str, sources: Collection[str]) -> Mapping[str, str]:
        """The digest of each of these sources that is in the index. Raises Unavailable."""
        return await self._read(lambda opened: self._recalling.digests(opened, tenant, sources), dict[str, str]())

    def terms(self, tenant: str) -> Terms | None:
        """None also where the tenant has none: a search costs nothing then, and finds what was put in just now."""
        found = self._counting.terms(tenant)
        return found if found is not None and found.passages else None

    async def replace(
        self, tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[float]],
        parts: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ) -> int:
        """Put in the passages of each source named, instead of what it had, in one commit; returns the number of
        passages of the tenant. To remove alone needs no make-over. Raises AdapterError for bad vectors and for an index
        that must be renewed first, Timeout if another process keeps writing."""
        if passages:
            if any(passages.values()):
                used = {id: [whole, *(parts or {}).get(id, ())] for id, whole in vectors.items()}
                await self._writing.replace(tenant, passages, used)
            else:
                await self._writing.remove(tenant, list(passages))
            self._counting.changed()
            self._opened = None  # a table that is open shows what was written up to a second later
        return await self._count(tenant)

    async def sources(self, tenant: str) -> Mapping[str, str]:
        """The digest of each source of the tenant."""

        async def find(opened: Open) -> dict[str, str]:
            query = opened.table.query().where(queries.of_tenant(opened.columns, tenant))
            found = await query.select(["source", "digest"]).to_arrow()
            return dict(zip(found["source"].to_pylist(), found["digest"].to_pylist(), strict=True))

        return await self._read(find, {})

    async def tenants(self) -> Sequence[str]:
        """Whose passages are in the index. Raises Unavailable."""

        async def find(opened: Open) -> list[str]:
            column = rows.OWNER if rows.BODY in opened.columns else "tenant"
            found = (await opened.table.query().select([column]).to_arrow())[column].unique().to_pylist()
            return sorted({each.partition("/")[2] if column == rows.OWNER else each for each in found})

        return await self._read(find, [])

    async def status(self, tenant: str) -> Status:
        """How the tenant's part stands. Raises Unavailable."""

        async def find(opened: Open) -> Status:
            query = opened.table.query().where(queries.of_tenant(opened.columns, tenant))
            own = await query.select(["source"]).to_arrow()
            waiting = await self._writing.waiting(opened.table)
            number = own.num_rows
            return Status(number, len(own["source"].unique()), waiting if opened.same else number,
                          await asyncio.to_thread(self.tables.size), self.tables.embedder and self.tables.embedder[0])

        return await self._read(find, Status())

    async def renew(self, make: Make) -> int:
        """Make over what an index of another embedder, or of an earlier version, holds; it serves until that is whole.
        What was made before an interruption is not made again. Returns how many passages were. Raises AdapterError."""
        made = await self._renewing.renew(make)
        self._opened = None
        return made

    def rebuild(self) -> AbstractAsyncContextManager[Library]:
        """An index to fill anew, which takes the place of this one when the block ends well, and else vanishes."""
        return self._writing.rebuild(lambda: LanceKnowledge(self.path, *(self.tables.embedder or ())))

    async def close(self) -> None:
        """Compact what this process wrote, and let go of the table."""
        await self._counting.close()
        await self._writing.close()
        self._opened = None

    async def _read(self, query: Callable[[Open], Awaitable[T]], empty: T) -> T:
        """Run a query. A reader whose version or table was removed meanwhile opens it again, once."""
        opened = await self._open()
        if opened is None:
            return empty
        try:
            return await query(opened)
        except FAULTS as error:
            if not missing(error):
                raise self.tables.unreadable() from error
        self._opened, self._next = None, 0.0
        opened = await self._open()
        if opened is None:
            raise Unavailable(f"The knowledge index in {self.path} is gone: run `rapport knowledge rebuild`.")
        async with self.tables.mapped_errors():
            return await query(opened)

    async def _open(self) -> Open | None:
        """The table that serves. While that is not the best there could be, it is looked for again now and then."""
        own = self._writing.target
        if own is not None:
            return own
        if self._opened is not None and (self._opened.same or time.monotonic() < self._next):
            return self._opened
        async with self._opening:
            if self._opened is None or (not self._opened.same and time.monotonic() >= self._next):
                self._next = time.monotonic() + AGAIN
                self._opened = await self.tables.serving()
            return self._opened

    async def _known_labels(self, opened: Open, tenant: str) -> list[str]:
        """The distinct `labels` of a tenant's passages."""
        version = await opened.version()
        known = self._labels.get(tenant)
        if known is None or known[0] != version:
            self._labels[tenant] = known = (version, await queries.labels_of(opened.table, opened.columns, tenant))
        return known[1]

    async def _count(self, tenant: str) -> int:
        async def find(opened: Open) -> int:
            query = opened.table.query().where(queries.of_tenant(opened.columns, tenant)).select(["key"])
            return int((await query.to_arrow()).num_rows)

        return await self._read(find, 0)

    async def _version(self) -> str:
        return await self._read(Open.version, "nothing")

    async def _count_terms(self, tenant: str) -> Terms | None:
        async def find(opened: Open) -> Terms | None:
            return await count(opened.table, tenant) if rows.BODY in opened.columns else None

        return await self._read(find, None)
