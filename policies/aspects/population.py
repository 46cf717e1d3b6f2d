"""What people care for on the whole, for somebody of whom nothing is known: counts only, over those who agreed.

An aspect counts if at least `least` distinct people of a tenant have it who let themselves be counted (k-anonymity,
Sweeney 2002), so a single person is never looked up, nor anybody like the one who asks. The counts lie in this
process' memory alone. They are used for `STALE` seconds at most, so who withdraws or is erased is out of them by then,
in the process that did it at once.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from adapters.ports import AdapterError, Cache, Peers, Profile
from policies.aspects.person import shared
from policies.sessions import of_house

LEAST = 5
PEOPLE = 500
"""People who are counted, those last seen: what a computation costs is bounded."""
MOST = 1000
"""Aspects that are kept, those of most people."""
FRESH, STALE = 60.0, 300.0
"""Seconds from which on a request has the counts made anew, and after which they are gone."""
_BUSY = 30.0


class Counts(msgspec.Struct, array_like=True):
    """When the counts were made (seconds that only rise), and how many people have an aspect, by stem."""

    made: float
    people: dict[str, int]


def counts_of(profiles: Iterable[Profile], least: int) -> dict[str, int]:
    """How many people have an aspect, of those aspects alone that at least `least` have."""
    found: Counter[str] = Counter()
    for profile in profiles:
        found.update(shared(profile))
    return {stem: number for stem, number in found.most_common(MOST) if number >= least}


@dataclass(frozen=True, slots=True)
class Population:
    """The counts of each tenant, made in the background. `least` is never below `LEAST`."""

    peers: Peers
    sessions: Cache
    least: int = LEAST
    clock: Callable[[], float] = time.monotonic
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def known(self, tenant: str) -> Mapping[str, int]:
        """How many people have an aspect, as far as that is known now; nothing where too few agreed, or at first.

        Does not wait: what is missing or old is counted beside the request.
        """
        kept = await self.sessions.get(_key(tenant))
        counts = msgspec.msgpack.decode(kept, type=Counts) if kept else None
        if (counts is None or self.clock() - counts.made > FRESH) and await self.sessions.get(_busy(tenant)) is None:
            await self._begin(tenant)
        return counts.people if counts else {}

    async def _begin(self, tenant: str) -> None:
        mark = secrets.token_bytes(8)
        await self.sessions.set(_busy(tenant), mark, _BUSY)
        task = asyncio.create_task(self._count(tenant, mark))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count(self, tenant: str, mark: bytes) -> None:
        """Count, and keep it, unless somebody withdrew meanwhile, which drops the mark. A store that fails is asked
        again in `_BUSY` seconds."""
        made = self.clock()
        try:
            profiles = await self.peers.sharing(tenant, PEOPLE)
        except AdapterError:
            return
        found = await asyncio.to_thread(partial(counts_of, profiles, max(LEAST, self.least)))
        if await self.sessions.get(_busy(tenant)) == mark:
            await self.sessions.set(_key(tenant), msgspec.msgpack.encode(Counts(made, found)),
                                    STALE - (self.clock() - made))
            await self.sessions.drop(_busy(tenant))


def _key(tenant: str) -> str:
    return of_house(tenant) + "aspects"


def _busy(tenant: str) -> str:
    return of_house(tenant) + "busy"
