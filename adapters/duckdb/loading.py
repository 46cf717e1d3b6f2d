"""A `Source` over any reader: in a thread, only the tenant's rows, within bounds, with errors that name the entry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from adapters.duckdb.entry import EVERYONE, Entry, Found, Opened, Owner, Reader, Room, TooLarge, chosen, key_of, links
from adapters.duckdb.library import translated
from adapters.duckdb.paths import NoTable
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, ConfigError, Timeout, Unavailable

T = TypeVar("T")
POOL = ThreadPoolExecutor(4, "rapport-loading")
"""For what reads and copies rows, so that a slow source holds up neither queries nor anything else of the process."""


class Outline(NamedTuple):
    """A table without its rows, of which there are `rows` over all tenants."""

    name: str
    rows: int
    columns: tuple[str, ...]


class EntrySource:
    """One entry of `tables`. What reads it is found when it is first needed, since it may be away at the start."""

    def __init__(self, entry: Entry, find: Callable[[], Reader]) -> None:
        self.entry = entry
        self.place = entry.place
        self._find = find
        self._found: Reader | None = None

    def serves(self, tenant: str) -> bool:
        """Whether the tenant may see any of it."""
        return EVERYONE in self.entry.tenants or tenant in self.entry.tenants

    async def version(self) -> str:
        """What changes whenever the rows do. Raises AdapterError."""
        return await self._run(lambda: self.reader().version())

    async def load(self, tenant: str) -> Sequence[Loaded]:
        """The tables with the rows of this tenant, and no other row. Raises AdapterError."""
        return await self._run(partial(self._load, tenant)) if self.serves(tenant) else ()

    def outline(self) -> tuple[list[Outline], list[str]]:
        """The tables that there are, and the names of those that are left out since nothing in them tells their owner.
        For commands: it blocks. Raises ConfigError for what was configured wrongly, AdapterError where they cannot be
        read."""
        try:
            return self._told(self._outline)
        finally:
            self._release()

    async def close(self) -> None:
        """Let go of connections, also while other sources are slow to read."""
        await asyncio.to_thread(self._release)

    def reader(self) -> Reader:
        """What reads it. Raises ConfigError, also where nothing is there."""
        if self._found is None:
            try:
                self._found = self._find()
            except NoTable as error:
                raise ConfigError(f"{self.place}.source", str(error)) from error
        return self._found

    def _load(self, tenant: str) -> list[Loaded]:
        room = Room(self.entry.room)
        owner = Owner(self.entry.owner, tenant) if self.entry.owner else None
        with self.reader().open() as opened:
            tables, _ = self._tables(opened)
            called = self._called(tables)
            return [self._one(opened, found, owner, room, called) for found in tables]

    def _one(self, opened: Opened, found: Found, owner: Owner | None, room: Room, called: Mapping[str, str]) -> Loaded:
        entry, name = self.entry, self._name(found)
        try:
            data = opened.rows(found, owner, room)
        except AdapterError as error:
            raise _as(error, f"table {name}: {error}") from error
        return Loaded(name, data, key_of(entry, found), entry.description or found.description,
                      {**found.descriptions, **entry.columns}, links(entry, found, name, called))  # fmt: skip

    def _outline(self) -> tuple[list[Outline], list[str]]:
        with self.reader().open() as opened:
            tables, left = self._tables(opened)
            return [Outline(self._name(found), opened.count(found), found.columns) for found in tables], left

    def _release(self) -> None:
        if self._found is not None:
            self._found.close()

    def _tables(self, opened: Opened) -> tuple[list[Found], list[str]]:
        """The tables that are meant, and the names of those that are left out."""
        entry = self.entry
        tables = opened.tables(entry.table)
        if not tables and entry.table is not None:
            known = ", ".join(found.at for found in opened.tables(None)) or "none"
            raise ConfigError(f"{self.place}.table", f"no table {entry.table!r}; known: {known}")
        kept = chosen(entry, tables, self._whole())
        return kept, [found.at for found in tables if found not in kept]

    def _whole(self) -> bool:
        return self.entry.table is None and self.reader().whole

    def _name(self, found: Found) -> str:
        return found.at if self._whole() else self.entry.name

    def _called(self, tables: Sequence[Found]) -> Mapping[str, str]:
        return {found.at: found.at for found in tables} if self._whole() else self.entry.called

    async def _run(self, work: Callable[[], T]) -> T:
        """What the configuration turns out to be wrong about while serving costs the tables, like a source away."""
        try:
            return await asyncio.get_running_loop().run_in_executor(POOL, self._told, work)
        except ConfigError as error:
            raise Unavailable(str(error)) from error

    def _told(self, work: Callable[[], T]) -> T:
        try:
            with translated():
                return work()
        except AdapterError as error:
            raise _as(error, f"{self.place}: {error}") from error


def _as(error: AdapterError, said: str) -> AdapterError:
    return type(error)(said) if isinstance(error, Timeout | TooLarge) else Unavailable(said)
