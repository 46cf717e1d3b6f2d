"""LanceDB as Knowledge: passages with a full-text index, and vectors where an embedder is set.

An index that can be rebuilt, not a source of truth: LanceDB commits without fsync. Writers take turns, in this process
by a lock and between processes by a lock file; readers see another process's commit within `FRESH`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, TypeVar

import structlog

from adapters import lancedb_rows as rows
from adapters.fusion import fuse
from adapters.ports import (
    AdapterError,
    Corpus,
    Filter,
    Hit,
    Material,
    Passage,
    Status,
    Terms,
    Timeout,
    Unavailable,
)

log = structlog.get_logger("rapport")
T = TypeVar("T")

TABLE = "passages"
FRESH = timedelta(seconds=1)
KEEP_VERSIONS = timedelta(minutes=10)
OPTIMISE_AFTER = 20
ROWS_PER_CHANGE = 10
VECTOR_INDEX_FROM = 50_000
LOCK_TIMEOUT = 60.0
MAX_QUERY = 2000
_FAULTS = (RuntimeError, ValueError, OSError)


class LanceKnowledge:
    """The port `Knowledge` over a local folder, or over an object store by URI.

    `embedder_name` and `dimensions` name the vectors; an index made with others is searched by text alone, until it is
    ingested again. Import and connection happen on first use, or in `ready`. Belongs to one event loop.
    """

    def __init__(self, path: str, embedder_name: str | None = None, dimensions: int | None = None) -> None:
        # LanceDB takes a relative URI that starts with "db" for its cloud.
        self.path = path if "://" in path else str(Path(path).expanduser().absolute())
        self.embedder_name = embedder_name if dimensions else None
        self.dimensions = dimensions if embedder_name else None
        self._table: Any = None
        self._opening = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._changes = 0

    async def ready(self) -> None:
        """Import LanceDB and open the index, so that the first search need not. Raises Unavailable if it is broken."""
        table = await self._open()
        if table is not None and not await self._same(table):
            log.warning("knowledge_of_another_embedder", path=self.path, advice="run `rapport ingest` again")

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None, materials: Sequence[Material] = ("knowledge",)) -> Sequence[Hit]:
        """The best `limit` passages of the tenant, best first; BM25 over a stemmed and an exact index, fused with the
        cosine of `vector` and the nearest part where the index has vectors of this embedder. Raises Unavailable."""
        words = rows.clean(text)[:MAX_QUERY].strip()
        wanted = limit + 10 if vector is None else 3 * limit + 10

        async def find(table: Any) -> list[Hit]:
            asked = vector if await self._same(table) else None
            jobs = [rows.by_text(table, tenant, words, wanted, asked is not None)] if words else []
            if asked is not None:
                jobs.append(rows.by_vector(table, tenant, asked, wanted))
            return rows.merge([row for found in await asyncio.gather(*jobs) for row in found], asked)

        nothing: list[Hit] = []
        hits = await self._read(find, nothing)
        own = [hit for hit in hits if hit.passage.tenant == tenant]
        if len(own) < len(hits):
            log.error("knowledge_foreign_row", path=self.path)
        return fuse(own, limit)

    async def replace(
        self, tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[float]],
        parts: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ) -> int:
        """Put in the passages of each source named, instead of what it had, in one commit; returns the number of
        passages of the tenant. Raises AdapterError for bad vectors, Timeout if another process keeps writing."""
        if not passages:
            return await self._count(tenant)
        more = parts or {}
        used = {id: [whole, *more.get(id, ())] for id, whole in vectors.items()} if self.dimensions else {}
        try:
            data = await asyncio.to_thread(rows.build, tenant, passages, used, self.embedder_name, self.dimensions)
        except (ValueError, TypeError) as error:
            raise AdapterError("A vector is not made of the right number of finite floats.") from error
        async with self._exclusive(), self._mapped_errors():
            table = await self._writable()
            change = table.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
            change = change.when_not_matched_by_source_delete(rows.within(tenant, list(passages)))
            # A passage without a vector is found by text alone; the library takes null for a mistake unless told.
            await change.execute(data, on_bad_vectors="null")
            self._changes += max(1, data.num_rows // ROWS_PER_CHANGE)
            if self._changes >= OPTIMISE_AFTER:
                await self._optimise(table)
        return await self._count(tenant)

    async def sources(self, tenant: str) -> Mapping[str, str]:
        """The digest of each source of the tenant; empty where it was put in under another embedder."""

        async def find(table: Any) -> dict[str, str]:
            found = await table.query().where(rows.within(tenant)).select(["source", "digest"]).to_arrow()
            known = await asyncio.to_thread(rows.digests, found)
            return known if await self._same(table) else dict.fromkeys(known, "")

        return await self._read(find, {})

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        return None

    def terms(self, tenant: str) -> Terms | None:
        return None

    async def status(self, tenant: str) -> Status:
        return Status(await self._count(tenant), len(await self.sources(tenant)))

    async def settle(self) -> None:
        pass

    async def _count(self, tenant: str) -> int:
        async def find(table: Any) -> int:
            found = await table.query().where(rows.within(tenant)).select(["position"]).to_arrow()
            return int(found.num_rows)

        return await self._read(find, 0)

    async def close(self) -> None:
        """Compact what this process wrote, and let go of the table."""
        if self._changes and self._table is not None:
            async with self._exclusive():
                await self._optimise(self._table)
        self._table = None

    async def _read(self, query: Callable[[Any], Awaitable[T]], empty: T) -> T:
        """Run a query. A reader whose version was cleaned away meanwhile opens the table again, once."""
        table = await self._open()
        if table is None:
            return empty
        try:
            return await query(table)
        except _FAULTS as error:
            if not _missing(error):
                raise self._unreadable() from error
        self._table = None
        table = await self._open()
        if table is None:
            raise Unavailable(f"The knowledge index in {self.path} is gone: run `rapport ingest` again.")
        async with self._mapped_errors():
            return await query(table)

    async def _open(self) -> Any:
        """The table, or None where nothing was ingested yet."""
        if self._table is not None:
            return self._table
        async with self._opening:
            if self._table is None and ("://" in self.path or Path(self.path, f"{TABLE}.lance").is_dir()):
                async with self._mapped_errors():
                    connection = await self._connect()
                    try:
                        self._table = await connection.open_table(TABLE)
                    except ValueError as error:
                        if not _missing(error):
                            raise
            return self._table

    async def _connect(self) -> Any:
        lancedb = await asyncio.to_thread(rows.library)
        return await lancedb.connect_async(self.path, read_consistency_interval=FRESH, session=rows.session())

    async def _writable(self) -> Any:
        """The table, made on first use, and made anew without vectors if those it has are of another embedder."""
        table = await self._open()
        own = (self.embedder_name, self.dimensions)
        if table is not None and await self._same(table):
            return table
        data = None
        if table is not None:
            log.warning("knowledge_reembed", path=self.path)
            data = rows.blank(await table.query().select(["key", *rows.COLUMNS, rows.STEMMED_COLUMN]).to_arrow(), *own)
        connection = await self._connect()
        mode = "create" if table is None else "overwrite"
        table = await connection.create_table(TABLE, data, rows.schema(*own), mode=mode, on_bad_vectors="null")
        await rows.create_indexes(table)
        self._table = table
        return table

    async def _same(self, table: Any) -> bool:
        """Whether the vectors of the table are this embedder's: those of two are never compared."""
        return rows.embedder_of(await table.schema()) == (self.embedder_name, self.dimensions)

    async def _optimise(self, table: Any) -> None:
        """Compact, and bring the indexes up to date. A failure is loud but costs no search: only speed and disk."""
        try:
            await table.checkout_latest()
            await table.optimize(cleanup_older_than=KEEP_VERSIONS)
            names = {column for index in await table.list_indices() for column in index.columns}
            if self.dimensions and rows.VECTOR_COLUMN not in names and await table.count_rows() >= VECTOR_INDEX_FROM:
                config = rows.library().index.HnswSq(distance_type="cosine")
                await table.create_index(rows.VECTOR_COLUMN, config=config)
            self._changes = 0
        except _FAULTS as error:
            log.error("knowledge_compaction_failed", path=self.path, kind=type(error).__name__)

    @contextlib.asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[None]:
        """One writer at a time, over all processes of this machine."""
        async with self._writing:
            handle = await _lock_file(self.path)
            try:
                yield
            finally:
                if handle is not None:
                    handle.close()

    @contextlib.asynccontextmanager
    async def _mapped_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise self._unreadable() from error

    def _unreadable(self) -> Unavailable:
        return Unavailable(
            f"The knowledge index in {self.path} cannot be used: free some disk space if it is full, "
            "else delete the folder and run `rapport ingest` again."
        )


def _missing(error: Exception) -> bool:
    return "not found" in str(error).lower()


async def _lock_file(path: str) -> IO[bytes] | None:
    """An open file that holds the writers' lock; None where there are no such locks. Raises Timeout, Unavailable."""
    try:
        import fcntl
    except ImportError:
        return None
    if "://" in path:
        return None
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        handle = Path(path, "writer.lock").open("ab")  # noqa: SIM115
    except OSError as error:
        raise Unavailable(f"We cannot write to the knowledge folder {path}.") from error
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError as error:
            if time.monotonic() > deadline:
                handle.close()
                raise Timeout(f"Another process keeps writing to the knowledge index in {path}.") from error
        await asyncio.sleep(0.05)
