"""DuckDB as Tables: one locked copy in memory per tenant and version, made beside the one that serves."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from adapters.duckdb.engine import Engine
from adapters.duckdb.library import demand
from adapters.duckdb.limits import Limits
from adapters.duckdb.process import Process, demand_processes
from adapters.duckdb.snapshot import Copy, Snapshot, background
from adapters.duckdb.source import Loaded, Source
from adapters.ports import AdapterError, Rows, Schema, Unavailable

log = structlog.get_logger("rapport")

THREADS = 6


@dataclass(slots=True)
class _Part:
    """What one source gave, by the version that it had before."""

    version: str
    loaded: Sequence[Loaded]


@dataclass(slots=True)
class _Tenant:
    """What is held for one tenant: `parts` by the numbers of their sources, and when, and how, the last look at the
    sources ended."""

    parts: dict[int, _Part] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    looked: float | None = None
    fault: AdapterError | None = None
    look: asyncio.Task[None] | None = None


class DuckTables:
    """See `Tables`. Belongs to one event loop. At most `limits.tenants` tenants have a copy at one time: the one that
    was asked for longest ago is let go, and loaded again when asked for. Raises ConfigError where DuckDB is not
    installed, or this system cannot hold a process in limits.

    A source that fails when rows are loaded again leaves the copy before in its place. Only where there is none yet
    does `ready` raise AdapterError; the next look at the source is after `limits.refresh` seconds, then, too."""

    def __init__(self, sources: Sequence[Source], limits: Limits | None = None) -> None:
        demand()
        self._sources = tuple(sources)
        self._limits = limits or Limits()
        if self._limits.isolation == "process":
            demand_processes()
        self._held: OrderedDict[str, _Tenant] = OrderedDict()
        self._pool = ThreadPoolExecutor(THREADS, "rapport-tables")
        self._retired: list[Snapshot] = []
        self._closed = False

    def schema(self, tenant: str) -> Schema | None:
        """See `Tables.schema`."""
        held = self._held.get(tenant)
        return held.snapshot.schema if held and held.snapshot else None

    async def ready(self, tenant: str) -> Schema | None:
        """See `Tables.ready`. Who gives up waiting stops nothing: what is being loaded is there the next time."""
        sources = {number: each for number, each in enumerate(self._sources) if each.serves(tenant)}
        if not sources or self._closed:
            return None
        held = self._of(tenant)
        if held.look is None and (held.looked is None or time.monotonic() - held.looked >= self._limits.refresh):
            held.look = background(self._look(held, tenant, sources))
        if held.look is not None:
            await asyncio.shield(held.look)
        if held.fault is not None and held.snapshot is None:
            raise held.fault.with_traceback(None)  # which would grow with every raise
        return held.snapshot.schema if held.snapshot else None

    async def query(self, tenant: str, sql: str) -> Rows:
        """See `Tables.query`."""
        return await self._serving(tenant).query(sql)

    async def plan(self, tenant: str, sql: str) -> str:
        """See `Tables.plan`."""
        return await self._serving(tenant).plan(sql)

    async def close(self) -> None:
        """See `Tables.close`. Waits for the queries that run, as long as they may take."""
        self._closed = True
        looks = [held.look for held in self._held.values() if held.look is not None]
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        for tenant in list(self._held):
            self._let_go(tenant)
        await asyncio.gather(*(each.closed() for each in self._retired))
        await asyncio.gather(*(each.close() for each in self._sources))
        self._pool.shutdown(wait=False)

    def _serving(self, tenant: str) -> Snapshot:
        held = self._held.get(tenant)
        if held is None or held.snapshot is None:
            raise Unavailable("no tables are loaded")
        self._held.move_to_end(tenant)
        return held.snapshot

    def _of(self, tenant: str) -> _Tenant:
        held = self._held.setdefault(tenant, _Tenant())
        self._held.move_to_end(tenant)
        idle = [name for name, each in self._held.items() if each.look is None and name != tenant]
        for name in idle[: max(0, len(self._held) - self._limits.tenants)]:
            self._let_go(name)
        return held

    def _let_go(self, tenant: str) -> None:
        held = self._held.pop(tenant)
        if held.snapshot is not None:
            self._retire(held.snapshot)

    def _retire(self, snapshot: Snapshot) -> None:
        snapshot.retire()
        self._retired = [each for each in self._retired if not each.gone] + [snapshot]

    async def _look(self, held: _Tenant, tenant: str, sources: Mapping[int, Source]) -> None:
        """Ask the sources, and load what has changed."""
        try:
            held.fault = None
            parts = await self._parts(held, tenant, sources)
            if held.snapshot is None or any(held.parts.get(number) is not part for number, part in parts.items()):
                await self._switch(held, parts)
        except AdapterError as fault:
            held.fault = fault
            log.warning("tables_not_loaded", error=str(fault))
        finally:
            held.looked, held.look = time.monotonic(), None

    async def _parts(self, held: _Tenant, tenant: str, sources: Mapping[int, Source]) -> dict[int, _Part]:
        """What the sources give by now; of one that fails, what it gave before. Raises AdapterError where that is
        nothing."""
        looks = (self._part(held.parts.get(number), tenant, source) for number, source in sources.items())
        found = await asyncio.gather(*looks)
        return dict(zip(sources, found, strict=True))

    async def _part(self, before: _Part | None, tenant: str, source: Source) -> _Part:
        try:
            version = await source.version()  # first: what changes meanwhile is loaded the next time
            if before is not None and before.version == version:
                return before
            return _Part(version, await source.load(tenant))
        except AdapterError as fault:
            if before is None:
                raise
            log.warning("tables_not_reloaded", place=source.place, error=str(fault))
            return before

    async def _switch(self, held: _Tenant, parts: dict[int, _Part]) -> None:
        loaded = [each for part in parts.values() for each in part.loaded]
        version = hashlib.blake2b(repr([(number, part.version) for number, part in parts.items()]).encode()).hexdigest()
        made = await self._made(loaded, version[:32]) if loaded else None
        held.snapshot, before, held.parts = made, held.snapshot, parts
        if len(parts) == 1:  # where one part changes, the others are needed again
            next(iter(parts.values())).loaded = ()
        if before is not None:
            self._retire(before)

    async def _made(self, loaded: Sequence[Loaded], version: str) -> Snapshot:
        make = Process if self._limits.isolation == "process" else Engine
        making: Future[Copy] = self._pool.submit(make, loaded, self._limits)
        try:
            copy = await asyncio.shield(asyncio.wrap_future(making))
        except asyncio.CancelledError:
            making.add_done_callback(_unused)
            raise
        names = {each.name for each in copy.tables}
        links = tuple(link for each in loaded for link in each.links if {link.table, link.to_table} <= names)
        return Snapshot(copy, Schema(version, copy.tables, links), self._limits, self._pool)


def _unused(making: Future[Copy]) -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()
