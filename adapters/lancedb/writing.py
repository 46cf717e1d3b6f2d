"""What writes: one writer at a time, in large commits, and what compacts what was written."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import structlog

from adapters.lancedb import queries, rows
from adapters.lancedb.library import FAULTS, among, library
from adapters.lancedb.tables import ASIDE, REBUILD, Open, Tables
from adapters.ports import AdapterError, Library

log = structlog.get_logger("rapport")

KEEP_VERSIONS = timedelta(minutes=10)
COMMITS, ROWS, SHARE = 20, 5000, 0.25
"""After so many commits, or so many rows and this share of the table, what was written is compacted and indexed: small
commits wear a table out, and rows outside the indexes are searched one by one."""
VECTOR_INDEX_FROM, CELL = 20_000, 800
"""Rows from which on vectors are indexed, and of one cell of that index."""
TIDY = 600.0
"""Seconds after which a process that goes on compacts what was written meanwhile."""


class _Rebuilt(Library, Protocol):
    _writing: Writing

    async def close(self) -> None: ...


class Writing:
    """The writer of an index. `target` is a table that is being filled aside and does not serve yet."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._changed: dict[str, tuple[int, int]] = {}
        self._grown: dict[str, int] = {}
        self._next = time.monotonic() + TIDY
        self._tidied = ""
        self.target: Open | None = None

    async def replace(self, tenant: str, passages: Mapping[str, Sequence[Any]],
                      vectors: Mapping[str, Sequence[Sequence[float]]]) -> None:  # fmt: skip
        """Put in the passages of each source named, instead of what it had, in one commit. Raises AdapterError."""
        try:
            data = await asyncio.to_thread(rows.build, tenant, passages, vectors, self._tables.embedder)
        except (ValueError, TypeError) as error:
            raise AdapterError("A vector is not made of the right number of finite floats.") from error
        waits = () if self.target else (REBUILD, ASIDE)
        async with self._tables.exclusive(*waits):
            table = await self._writable()
            gone = among(rows.OWNER, rows.owners(tenant)) & among("source", [rows.clean(source) for source in passages])
            await merge(table, data, gone)
            await self.wrote(table, data.num_rows)

    async def remove(self, tenant: str, sources: Sequence[str]) -> None:
        """Take sources out of every table: the one that serves, of whatever embedder, and one that is being made."""
        async with self._tables.exclusive(*(() if self.target else (REBUILD,))):
            names = [self.target.name] if self.target else [each.name for each in await self._tables.found()]
            for name in names:
                table = await self._tables.open(name)
                stored = await table.schema()
                own = rows.columns(stored.names, False)
                gone = queries.of_tenant(own, tenant) & among("source", [rows.clean(source) for source in sources])
                await merge(table, stored.empty_table(), gone)
                await self.wrote(table, len(sources))

    @contextlib.asynccontextmanager
    async def rebuild(self, new: Callable[[], _Rebuilt]) -> AsyncIterator[Library]:
        """See `LanceKnowledge.rebuild`."""
        fresh = new()
        async with self._tables.alone(REBUILD, ASIDE), self._filled(fresh):
            yield fresh

    @contextlib.asynccontextmanager
    async def _filled(self, fresh: _Rebuilt) -> AsyncIterator[None]:
        async with self._tables.exclusive():
            table = await self._anew()
        columns = rows.columns(rows.schema(self._tables.embedder).names, self._tables.embedder is not None)
        fresh._writing.target = Open(table, table.name, True, columns)
        serves = False
        try:
            yield
            async with self._tables.exclusive():
                await self.optimise(table)
                serves = True
                await self._tables.finish(table)
        except BaseException:
            if not serves:
                await asyncio.shield(self._tables.drop(table.name))
            raise
        finally:
            fresh._writing._changed.clear()
            await fresh.close()

    async def waiting(self, table: Any) -> int:
        """How many passages of a table are not yet in one of its full-text indexes."""
        found = [await table.index_stats(each.name) for each in await table.list_indices() if "FTS" in each.index_type]
        return max((each.num_unindexed_rows for each in found if each is not None), default=0)

    async def close(self) -> None:
        """Compact what this process wrote."""
        changed = {name for name, (commits, _) in self._changed.items() if commits}
        if changed:
            async with self._tables.exclusive():
                for each in await self._tables.found():
                    if each.name in changed:
                        await self.optimise(await self._tables.open(each.name))

    async def _writable(self) -> Any:
        """The table to write to, made where there is none."""
        if self.target is not None:
            return self.target.table
        serving = await self._tables.serving()
        if serving is None:
            table = await self._anew()
            await self._tables.finish(table)
            return table
        if not serving.same:
            raise AdapterError("The knowledge index is of another embedder: it must be made over before it is changed.")
        return serving.table

    async def _anew(self) -> Any:
        """A new table. What was begun and left is of no use to it."""
        while (left := await self._tables.unfinished()) is not None:
            await self._tables.drop(left.name)
        return await self._tables.create()

    async def tidy(self, serving: Open | None) -> None:
        """Compact what other processes wrote, and remove versions that nobody reads any more, now and then."""
        if serving is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TIDY
        async with self._tables.exclusive():
            newest = replace(serving, table=await self._tables.open(serving.name))
            if await newest.version() != self._tidied:
                await self.optimise(newest.table)
                self._tidied = await newest.version()

    async def wrote(self, table: Any, number: int) -> None:
        """So many rows of a table were changed: compact it where that is due."""
        commits, changed = self._changed.get(table.name, (0, 0))
        commits, changed = commits + 1, changed + number
        self._changed[table.name] = commits, changed
        self._grown[table.name] = self._grown.get(table.name, 0) + number
        if commits >= COMMITS or changed >= max(ROWS, SHARE * await table.count_rows()):
            await self.optimise(table)

    async def optimise(self, table: Any) -> None:
        """Compact, and bring the indexes up to date. A failure is loud but costs no search: only speed and disk."""
        try:
            await table.checkout_latest()
            await table.optimize(cleanup_older_than=KEEP_VERSIONS)
            await self._near(table)
            self._changed[table.name] = 0, 0
        except FAULTS as error:
            log.error("knowledge_compaction_failed", path=self._tables.path, kind=type(error).__name__)

    async def _near(self, table: Any) -> None:
        """Index the vectors of a large table, anew where it has grown by half since, since cells do not multiply."""
        number = await table.count_rows()
        names = {column for index in await table.list_indices() for column in index.columns}
        grown = rows.VECTOR not in names or self._grown.get(table.name, 0) > number // 2
        if self._tables.embedder is not None and number >= VECTOR_INDEX_FROM and grown:
            # Of 100,000 passages it finds .88 of the nearest in 2.5 ms and is made in 5 s, a graph (HNSW) .66 in 145 s.
            config = library().index.IvfSq(distance_type="cosine", num_partitions=number // CELL)
            await table.create_index(rows.VECTOR, config=config, replace=True)
            self._grown[table.name] = 0


async def merge(table: Any, data: Any, gone: Any = None) -> None:
    """Put rows in, instead of those that have their keys, in one commit; and take out the others that fulfil `gone`."""
    change = table.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
    if gone is not None:
        change = change.when_not_matched_by_source_delete(gone)
    # A passage without a vector is found by text alone; the library takes null for a mistake unless told.
    await change.execute(data, on_bad_vectors="null")
