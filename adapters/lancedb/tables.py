"""Which table serves: one per way of making vectors, made aside and switched to when it is whole.

A table is named after its embedder and numbered. It serves once it has its last index, that of `LAST`; until then the
one before it does, by its words alone if its vectors are another embedder's. So neither a new embedder nor a rebuild is
an outage, and vectors of two embedders never meet. (A tag would keep its version from being cleaned away.)
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from adapters.lancedb import rows
from adapters.lancedb.library import FAULTS, library, missing, session
from adapters.lancedb.locks import lock
from adapters.ports import Unavailable

log = structlog.get_logger("rapport")

PREFIX, LAST = "passages", rows.OWNER
FRESH = timedelta(seconds=1)
REBUILD, ASIDE, WRITER = "rebuild.lock", "aside.lock", "writer.lock"
"""Locks, in the order in which they are taken."""
MOST_TABLES = 1000


def within(path: str, name: str) -> str:
    """Where an index of its own has its place inside the folder or URI of another one, which takes it for no table."""
    if "://" not in path:
        return str(Path(path, name))
    base, mark, query = path.partition("?")
    return f"{base}{'' if base.endswith('/') else '/'}{name}{mark}{query}"


class Named(NamedTuple):
    """A table by its name: whether it has the vectors of this embedder, and its number."""

    own: bool
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Open:
    """A table that serves: `same` where its vectors are of this embedder, and the columns that its rows have."""

    table: Any
    name: str
    same: bool
    columns: Sequence[str]

    @property
    def body(self) -> list[str]:
        """The columns that make a passage, without those that tell how near it is."""
        return [name for name in self.columns if name != rows.PARTS]

    async def version(self) -> str:
        """What tells one state of the index from another."""
        return f"{self.name}@{await self.table.version()}"


class Tables:
    """The tables of an index in a folder, or in an object store by URI. Belongs to one event loop."""

    def __init__(self, path: str, embedder: rows.Embedder) -> None:
        # LanceDB takes a relative URI that starts with "db" for its cloud.
        self.path = path if "://" in path else str(Path(path).expanduser().absolute())
        self.embedder = embedder
        named = repr((rows.SHAPE, embedder)).encode("utf-8", "replace")
        self.family = f"{PREFIX}_{hashlib.sha256(named).hexdigest()[:8]}"
        self._writing = asyncio.Lock()

    async def serving(self) -> Open | None:
        """The table that serves, None where nothing was ingested yet. Raises Unavailable."""
        async with self.mapped_errors():
            for each in await self.found():
                if (opened := await self._ready(each)) is not None:
                    return opened
        return None

    async def found(self) -> list[Named]:
        """All tables, the best first: those of this embedder, and of several the newest."""
        folder = Path(self.path)
        if "://" not in self.path:
            names = [each.name.removesuffix(".lance") for each in folder.glob(f"{PREFIX}*.lance")]
        else:
            names = await (await self._connect()).table_names(limit=MOST_TABLES)
        return sorted(map(self._named, names), reverse=True)

    async def unfinished(self) -> Named | None:
        """A table of this embedder that was begun and is not whole; a damaged one is none."""
        for each in await self.found():
            with contextlib.suppress(*FAULTS):
                if each.own and await self._ready(each) is None:
                    return each
        return None

    async def create(self) -> Any:
        """A new table, empty, with its indexes; not yet ready."""
        number = max((each.number for each in await self.found()), default=0) + 1
        name = f"{self.family}_{number:06d}"
        table = await (await self._connect()).create_table(name, schema=rows.schema(self.embedder))
        await rows.create_indexes(table)
        return table

    async def open(self, name: str) -> Any:
        """The table of this name."""
        return await (await self._connect()).open_table(name)

    async def finish(self, table: Any) -> None:
        """Let a table serve, and remove all others."""
        await table.create_index(LAST, config=library().index.Bitmap())
        for each in await self.found():
            if each.name != table.name:
                await self.drop(each.name)

    async def drop(self, name: str) -> None:
        """Remove a table, also a damaged one."""
        with contextlib.suppress(*FAULTS):
            await (await self._connect()).drop_table(name)
        if "://" not in self.path:
            await asyncio.to_thread(shutil.rmtree, Path(self.path, f"{name}.lance"), True)

    @contextlib.asynccontextmanager
    async def exclusive(self, *waits: str) -> AsyncIterator[None]:
        """One writer at a time, over all processes of this machine. `waits` names what must not go on meanwhile:
        `ASIDE`, the making of a table in the place of the one that serves, for what is put in there would be lost;
        `REBUILD`, the making of one from the sources. Raises Timeout, Unavailable."""
        async with self._writing, self._locked(waits, shared=True), self._locked([WRITER]), self.mapped_errors():
            yield

    @contextlib.asynccontextmanager
    async def alone(self, *names: str) -> AsyncIterator[None]:
        """Do what is named, `REBUILD` before `ASIDE`. Raises Timeout where others do so, or keep writing."""
        async with self._locked(names):
            yield

    @contextlib.asynccontextmanager
    async def _locked(self, names: Sequence[str], shared: bool = False) -> AsyncIterator[None]:
        with contextlib.ExitStack() as stack:
            for name in names:
                handle = await lock(self.path, name, shared)
                if handle is not None:
                    stack.enter_context(handle)
            yield

    @contextlib.asynccontextmanager
    async def mapped_errors(self) -> AsyncIterator[None]:
        """The library's faults as ours."""
        try:
            yield
        except FAULTS as error:
            raise self.unreadable() from error

    def unreadable(self) -> Unavailable:
        """What to say of an index that cannot be read or written."""
        return Unavailable(
            f"The knowledge index in {self.path} cannot be used: free some disk space if it is full, "
            "else run `rapport knowledge rebuild`."
        )

    def size(self) -> int:
        """Bytes on disk; 0 where that is not a folder."""
        folder = Path(self.path)
        sizes = (each.stat().st_size for each in folder.rglob("*") if each.is_file()) if folder.is_dir() else iter(())
        with contextlib.suppress(OSError):  # files come and go
            return sum(sizes)
        return 0

    async def _connect(self) -> Any:
        lancedb = await asyncio.to_thread(library)
        return await lancedb.connect_async(self.path, read_consistency_interval=FRESH, session=session())

    async def _ready(self, each: Named) -> Open | None:
        """A table opened, if it is whole. Those of versions that had but one table always were."""
        try:
            table = await self.open(each.name)
            indexed = {column for index in await table.list_indices() for column in index.columns}
            if "_" in each.name and LAST not in indexed:
                return None
        except ValueError as error:
            if missing(error):  # dropped a moment ago
                return None
            raise
        stored = await table.schema()
        same = each.own and rows.embedder_of(stored) == self.embedder
        return Open(table, each.name, same, rows.columns(stored.names, same and self.embedder is not None))

    def _named(self, name: str) -> Named:
        number = name.rpartition("_")[2]
        return Named(name.startswith(f"{self.family}_"), int(number) if number.isdecimal() else 0, name)
