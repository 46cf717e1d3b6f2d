"""Makes over the table that serves for another embedder, or from an earlier version, beside it and batch by batch.

A make-over that was interrupted goes on where it stopped, and ends with exactly the rows of the table that serves:
what was changed or removed there meanwhile is so in the new one too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from adapters.lancedb import rows
from adapters.lancedb.library import among
from adapters.lancedb.tables import ASIDE, Open, Tables
from adapters.lancedb.writing import Writing, merge
from adapters.ports import AdapterError, Make, Passage

BATCH = 1000
State = Mapping[str, tuple[str, ...]]
"""By key, what tells whether a row has changed."""


class Step(NamedTuple):
    """How many passages were not made over before a batch, and how many are now by it."""

    left: int
    made: int


class Renewing:
    """At most one make-over in the life of a process: two with different embedders would go on for ever."""

    def __init__(self, tables: Tables, writing: Writing) -> None:
        self._tables = tables
        self._writing = writing
        self._done = False

    async def renew(self, make: Make) -> int:
        """See `Library.renew`."""
        if self._writing.target is not None:
            return 0  # what is being filled anew has nothing of another embedder
        serving = await self._tables.serving()
        if serving is None or serving.same:
            await self._writing.tidy(serving)
            return 0
        if self._done:
            raise AdapterError("Another process uses this knowledge index with another embedder: give both the same.")
        made, before = 0, -1
        async with self._tables.alone(ASIDE):
            while (step := await self._step(make)) is not None:
                if step.left == before:
                    raise AdapterError("The knowledge index cannot be made over: run `rapport knowledge rebuild`.")
                before = step.left
                made += step.made
                await asyncio.sleep(0)
        self._done = True
        return made

    async def _step(self, make: Make) -> Step | None:
        """Make over the next batch; None where the new table serves, or nothing is to be made over."""
        async with self._tables.exclusive():
            old = await self._tables.serving()
            if old is None or old.same:
                return None
            table = await self._begun()
            missing, extra = await _compared(old, table)
            if missing:
                return Step(len(missing), await self._make_over(old, table, missing[:BATCH], make))
            for start in range(0, len(extra), BATCH):
                empty = (await table.schema()).empty_table()
                await merge(table, empty, among("key", extra[start : start + BATCH]))
            await self._writing.optimise(table)
            await self._tables.finish(table)
            return None

    async def _make_over(self, old: Open, table: Any, keys: Sequence[str], make: Make) -> int:
        found = await old.table.query().where(among("key", keys)).select(old.body).to_list()
        passages = [rows.passage(row) for row in found]
        vectors = await make(passages)
        for tenant, sources in _by_tenant(passages).items():
            await merge(table, await asyncio.to_thread(rows.build, tenant, sources, vectors, self._tables.embedder))
        await self._writing.wrote(table, len(passages))
        return len(passages)

    async def _begun(self) -> Any:
        """The new table, with all its indexes: one that was begun before, or a fresh one."""
        left = await self._tables.unfinished()
        if left is None:
            return await self._tables.create()
        table = await self._tables.open(left.name)
        await rows.create_indexes(table)
        return table


async def _compared(old: Open, table: Any) -> tuple[list[str], list[str]]:
    """The keys of rows that the new table has not, or has otherwise; and of those that only it has."""
    told = [name for name in ("digest", rows.OWNER, rows.LABELS) if name in (await old.table.schema()).names]
    before, now = await _state(old.table, told), await _state(table, told)
    return [key for key, state in before.items() if now.get(key) != state], [key for key in now if key not in before]


async def _state(table: Any, columns: Sequence[str]) -> State:
    await table.checkout_latest()
    found = await table.query().select(["key", *columns]).to_arrow()
    return dict(zip(found["key"].to_pylist(), zip(*(found[name].to_pylist() for name in columns), strict=True),
                    strict=True))  # fmt: skip


def _by_tenant(passages: Sequence[Passage]) -> dict[str, dict[str, list[Passage]]]:
    found: dict[str, dict[str, list[Passage]]] = {}
    for each in passages:
        found.setdefault(each.tenant, {}).setdefault(each.source, []).append(each)
    return found
