"""Passages by their names, and digests of sources, to see whether they are still there: read once for each version of
the index."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from adapters.lancedb import queries
from adapters.lancedb.library import among
from adapters.lancedb.rows import BODY, clean, key_of, passage
from adapters.lancedb.tables import Open
from adapters.ports import Passage

MOST = 4096
"""Passages that are remembered, or known to be gone."""
Name = tuple[str, str, str]


class Recalling:
    """What was read of the version seen last, by tenant, source and id."""

    def __init__(self) -> None:
        self._version = ""
        self._found: dict[Name, Passage | None] = {}
        self._digests: dict[tuple[str, str], str | None] = {}

    async def of(self, opened: Open, tenant: str, named: Collection[tuple[str, str]]) -> list[Passage]:
        """Of the passages named by source and id those that are there."""
        await self._seen(opened)
        known = self._found
        missing = [each for each in named if (tenant, *each) not in known]
        if missing:
            read = {(each.source, each.id): each for each in await _read(opened, tenant, missing)}
            # A change that comes meanwhile is seen by its version the next time.
            known.update({(tenant, *each): read.get((clean(each[0]), clean(each[1]))) for each in missing})
        return [found for each in named if (found := known[tenant, *each]) is not None]


    async def digests(self, opened: Open, tenant: str, sources: Collection[str]) -> Mapping[str, str]:
        """The digests of those of these sources that are there."""
        await self._seen(opened)
        known = self._digests
        missing = [each for each in sources if (tenant, each) not in known]
        if missing:
            read = await _read_digests(opened, tenant, missing)
            known.update({(tenant, each): read.get(clean(each)) for each in missing})
        return {each: found for each in sources if (found := known[tenant, each]) is not None}

    async def _seen(self, opened: Open) -> None:
        """Forget what was read of an earlier version, or is too much."""
        version = await opened.version()
        if version != self._version or max(len(self._found), len(self._digests)) > MOST:
            self._version, self._found, self._digests = version, {}, {}


async def _read_digests(opened: Open, tenant: str, sources: Collection[str]) -> dict[str, str]:
    where = queries.of_tenant(opened.columns, tenant) & among("source", sorted({clean(each) for each in sources}))
    found = await opened.table.query().where(where).select(["source", "digest"]).to_arrow()
    return dict(zip(found["source"].to_pylist(), found["digest"].to_pylist(), strict=True))


async def _read(opened: Open, tenant: str, named: Collection[tuple[str, str]]) -> list[Passage]:
    by_key = BODY in opened.columns
    wanted = {key_of(tenant, *each) for each in named} if by_key else {clean(source) for source, _ in named}
    where = queries.of_tenant(opened.columns, tenant) & among("key" if by_key else "source", sorted(wanted))
    query = opened.table.query().where(where).select(opened.body)
    return [passage(row) for row in (await query.to_arrow()).to_pylist()]
