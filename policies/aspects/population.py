"""What people care for on the whole, for somebody of whom nothing is known: counts only, over those who agreed.

An aspect counts if enough distinct people of a tenant have it who let themselves be counted (k-anonymity, Sweeney
2002), so a single person is never looked up, nor anybody like the one who asks. How many are enough lies between
`least` and twice that, is another number for each aspect, and follows from a secret: with accounts of one's own that
all say the same, nobody can tell by whether it counts if the last one needed is somebody else (deterministic thresholds
of the kind in Diffix, Francis et al. 2017, which answer alike however often they are asked). Who sees an order change
while they change nothing learns that somebody came or went; against that no threshold helps.

The counts lie in this process' memory alone. They are used for `STALE` seconds at most, so who withdraws or is erased
is out of them by then, in the process that did it at once.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from adapters.ports import AdapterError, Cache, Keys, Peers, Person, Profile
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


@dataclass(frozen=True, slots=True)
class Enough:
    """How many people must have an aspect before it counts: at least `least`, and up to as many again by a secret of
    the tenant's own (`key`). Who counts has said so much themselves (`said`, events): empty accounts cost nothing."""

    least: int
    key: bytes
    said: int = 0

    def of(self, stem: str) -> int:
        """The number for an aspect, always the same one."""
        drawn = hmac.digest(self.key, stem.encode("utf-8", "replace"), "sha256")
        return self.least + int.from_bytes(drawn[:8]) % (self.least + 1)


def counts_of(profiles: Iterable[Profile], enough: Enough) -> dict[str, int]:
    """How many people have an aspect, of those aspects alone that enough have."""
    found: Counter[str] = Counter()
    for profile in profiles:
        if Person(profile).said >= enough.said:
            found.update(shared(profile))
    return {stem: number for stem, number in found.most_common(MOST) if number >= enough.of(stem)}


@dataclass(frozen=True, slots=True)
class Population:
    """The counts of each tenant, made in the background, with thresholds by the secret of `keys`. `least` is never
    below `LEAST`; who counts has said something in `said` events."""

    peers: Peers
    sessions: Cache
    keys: Keys
    least: int = LEAST
    said: int = 0
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
            secret = await self.keys.secret()
        except AdapterError:
            return
        key = hmac.digest(secret, f"aspects\0{tenant}".encode("utf-8", "replace"), "sha256")
        enough = Enough(max(LEAST, self.least), key, self.said)
        found = await asyncio.to_thread(partial(counts_of, profiles, enough))
        if await self.sessions.get(_busy(tenant)) == mark:
            await self.sessions.set(_key(tenant), msgspec.msgpack.encode(Counts(made, found)),
                                    STALE - (self.clock() - made))
            await self.sessions.drop(_busy(tenant))


def _key(tenant: str) -> str:
    return of_house(tenant) + "aspects"


def _busy(tenant: str) -> str:
    return of_house(tenant) + "busy"
