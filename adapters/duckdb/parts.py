"""What the sources of one tenant gave, by version: those that can be read, as far as there is room for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from adapters.duckdb.entry import TooLarge
from adapters.duckdb.library import translated
from adapters.duckdb.names import folded
from adapters.duckdb.source import Loaded, Source
from adapters.ports import AdapterError, Unavailable

log = structlog.get_logger("rapport")


@dataclass(slots=True)
class Part:
    """What one source gave at a version: `size` bytes of rows, None where they were let go of once they were copied."""

    version: str
    loaded: Sequence[Loaded] | None
    size: int


Found = dict[int, Part]
"""By the number of the source."""


class Parts:
    """The sources of one tenant, by number. All of their rows together may have `room` bytes: a source that has no room
    any more is left out like one that cannot be read; those before it in the configuration go first."""

    def __init__(self, tenant: str, sources: Mapping[int, Source], room: int) -> None:
        self.tenant = tenant
        self.sources = sources
        self.room = room
        self.away: dict[int, AdapterError] = {}
        self._held: Found = {}
        self._versions: dict[int, str | None] = {}

    @property
    def places(self) -> set[str]:
        """Where in the configuration those stand that could not be read at the last look."""
        return {self.sources[number].place for number in self.away}

    async def look(self) -> Found | None:
        """All parts by now, None where nothing is to be copied. What fails leaves what it gave before. Raises
        AdapterError where nothing was ever given."""
        before, self.away = self.away, {}
        asked = await asyncio.gather(*map(self._version, self.sources))
        versions = dict(zip(self.sources, asked, strict=True))
        changed = {number for number, version in versions.items() if version is not None and (
            number not in self._held or self._held[number].version != version)}  # fmt: skip
        # What had no room has none now, as long as nothing has changed.
        if versions == self._versions:
            full = {number: fault for number, fault in before.items() if isinstance(fault, TooLarge)}
            self.away |= full
            changed = set() if full and full == before else changed - set(full)
        self._versions = versions
        found = await self._loaded(versions, changed) if changed else None
        if self.away and not (found or self._held):
            raise next(iter(self.away.values()))
        return found

    def take(self, found: Found) -> None:
        """Remember what was copied. Of several sources the rows stay as long as they fit into the room beside their
        copy: where one source changes, the others are needed again."""
        self._held = found
        if len(self.sources) == 1 or 2 * sum(part.size for part in found.values()) > self.room:
            for part in found.values():
                part.loaded = None

    async def _version(self, number: int) -> str | None:
        try:
            with translated():
                return await self.sources[number].version()  # first: what changes meanwhile is loaded the next time
        except AdapterError as fault:
            self._failed(number, fault)
            return None

    async def _loaded(self, versions: Mapping[int, str | None], changed: set[int]) -> Found | None:
        """One after the other, so that no more is read than one of them beyond the room."""
        found: Found = {}
        for number in self.sources:
            held = self._held.get(number)
            try:
                part = await self._part(number, versions[number], number in changed)
            except AdapterError as fault:
                self._failed(number, fault)
                part = held
            if part is None:
                continue
            unfit = self._unfit(part, found)
            if unfit is not None:
                self._failed(number, unfit)
            # Where nothing can take the place of rows that there were, the copy before stays as a whole.
            if held is not None and (part.loaded is None or unfit):
                return None
            if not unfit:
                found[number] = part
        fresh = any(self._held.get(number) is not part for number, part in found.items())
        return found if fresh else None

    async def _part(self, number: int, version: str | None, changed: bool) -> Part | None:
        """What a source gives, read again only where that is needed; None where it was never read. Raises AdapterError.
        """
        held = self._held.get(number)
        if held is None and not changed:
            return None
        if held is not None and not changed and held.loaded is not None:
            return held
        with translated():
            loaded = await self.sources[number].load(self.tenant)
        return Part(version or (held.version if held else ""), loaded, sum(each.data.nbytes for each in loaded))

    def _unfit(self, part: Part, found: Found) -> AdapterError | None:
        """Why a part cannot stand beside those before it."""
        if sum(each.size for each in found.values()) + part.size > self.room:
            names, most = ", ".join(each.name for each in part.loaded or ()), self.room >> 20
            return TooLarge(f"table {names}: with the tables before it larger than sql.memory_mb, {most} MiB")
        taken = [folded(each.name) for one in (*found.values(), part) for each in one.loaded or ()]
        return Unavailable("two tables have one name") if len(set(taken)) < len(taken) else None

    def _failed(self, number: int, fault: AdapterError) -> None:
        self.away[number] = fault
        event = "tables_not_reloaded" if number in self._held else "tables_not_loaded"
        log.warning(event, place=self.sources[number].place, reason=code(fault))


def code(fault: BaseException) -> str:
    """Why, without any text: the error's type, and that of what it came from."""
    first, last = fault, fault
    while last.__cause__ is not None:
        last = last.__cause__
    names = [type(each).__name__ for each in (first, last)]
    return ":".join(dict.fromkeys(names))
