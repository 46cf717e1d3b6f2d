"""DuckDB as Tables: one locked copy in memory per tenant and version, made beside the one that serves."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from adapters.duckdb.engine import Engine
from adapters.duckdb.library import demand, translated
from adapters.duckdb.limits import Limits
from adapters.duckdb.loading import POOL
from adapters.duckdb.parts import Found, Parts, code
from adapters.duckdb.process import Process, demand_processes
from adapters.duckdb.snapshot import Copy, Share, Snapshot, background
from adapters.duckdb.source import Loaded, Source
from adapters.ports import AdapterError, Rows, Schema, Unavailable

log = structlog.get_logger("rapport")

THREADS = 6
"""For queries; half of them for one tenant."""


@dataclass(slots=True)
class _Tenant:
    """What is held for one tenant; when, and how, the last look at the sources ended."""

    parts: Parts
    share: Share
    snapshot: Snapshot | None = None
    looked: float | None = None
    fault: AdapterError | None = None
    look: asyncio.Task[None] | None = None


class DuckTables:
    """See `Tables`. Belongs to one event loop. At most `limits.tenants` tenants have a copy at one time: the one that
    was asked for longest ago is let go, and loaded again when asked for. Raises ConfigError where DuckDB is not
    installed, or this system cannot hold a process in limits.

    A source that fails leaves the others, and what it gave before, in their place. Only where nothing was ever loaded
    does `ready` raise AdapterError; the next look at a source is after `limits.refresh` seconds, then, too."""

    def __init__(self, sources: Sequence[Source], limits: Limits | None = None) -> None:
        demand()
        self._sources = tuple(sources)
        self._limits = limits or Limits()
        if self._limits.isolation == "process":
            demand_processes()
        self._held: OrderedDict[str, _Tenant] = OrderedDict()
        self._pool = ThreadPoolExecutor(THREADS, "rapport-tables")
        self._retired: list[Snapshot] = []
        self._away: frozenset[str] = frozenset()
        self._closed = False

    def schema(self, tenant: str) -> Schema | None:
        """See `Tables.schema`."""
        held = self._held.get(tenant)
        return held.snapshot.schema if held and held.snapshot else None

    @property
    def away(self) -> frozenset[str]:
        """See `Tables.away`."""
        return self._away

    async def ready(self, tenant: str) -> Schema | None:
        """See `Tables.ready`. Who gives up waiting stops nothing: what is being loaded is there the next time."""
        if self._closed or not any(each.serves(tenant) for each in self._sources):
            return None
        held = self._of(tenant)
        if held.look is None and (held.looked is None or time.monotonic() - held.looked >= self._limits.refresh):
            held.look = background(self._look(held))
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
        held = self._held.get(tenant)
        if held is None:
            sources = {number: each for number, each in enumerate(self._sources) if each.serves(tenant)}
            parts = Parts(tenant, sources, self._limits.memory_mb << 20)
            held = self._held[tenant] = _Tenant(parts, Share(self._pool, THREADS // 2))
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

    async def _look(self, held: _Tenant) -> None:
        """Ask the sources, and load what has changed."""
        try:
            held.fault = None
            found = await held.parts.look()
            if found is not None:
                await self._switch(held, found)
        except AdapterError as fault:
            held.fault = fault
        finally:
            seen = {each.place for each in held.parts.sources.values()} | {"tables"}
            self._away = self._away - seen | (held.parts.places or ({"tables"} if held.fault else set()))
            held.looked, held.look = time.monotonic(), None

    async def _switch(self, held: _Tenant, found: Found) -> None:
        loaded = [each for part in found.values() for each in part.loaded or ()]
        version = hashlib.blake2b(repr([(number, part.version) for number, part in found.items()]).encode()).hexdigest()
        try:
            made = await self._made(held, loaded, version[:32]) if loaded else None
        except AdapterError as fault:
            log.warning("tables_not_copied", reason=code(fault))
            raise
        held.snapshot, before = made, held.snapshot
        held.parts.take(found)
        if before is not None:
            self._retire(before)

    async def _made(self, held: _Tenant, loaded: Sequence[Loaded], version: str) -> Snapshot:
        making: Future[Copy] = POOL.submit(_copy, loaded, self._limits)
        try:
            copy = await asyncio.shield(asyncio.wrap_future(making))
        except asyncio.CancelledError:
            making.add_done_callback(_unused)
            raise
        names = {each.name for each in copy.tables}
        links = tuple(link for each in loaded for link in each.links if {link.table, link.to_table} <= names)
        return Snapshot(copy, Schema(version, copy.tables, links), self._limits, held.share)


def _copy(loaded: Sequence[Loaded], limits: Limits) -> Copy:
    make = Process if limits.isolation == "process" else Engine
    with translated():
        return make(loaded, limits)


def _unused(making: Future[Copy]) -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()
