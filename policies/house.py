"""The taste of a house: the prior of people of whom nothing is known, learnt from those who let themselves be counted.

It is the normal distribution that makes what people's choices told likeliest (`policies.rewards.prior`), over at least
`LEAST` people whose choices told anything: a mean and a covariance, drawn towards the neutral prior, that hold nobody's
own taste. Who withdraws, pauses or is erased drops it (see `policies.sessions.of_house`); else it is made anew after an
hour at most, in the background. It lies in this process' memory alone, and comes into no profile.

Whoever can read it before and after a person came in or chose something can tell much of that person's taste from the
difference. So it is made only where the operator wants it (`preferences.house_prior`), for tenants whose people trust
one another so far.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from adapters.ports import AdapterError, Cache, Peers, Profile
from policies.sessions import of_house
from policies.sight import named

FRESH = 3600.0
"""Seconds for which a prior is used."""
PEOPLE = 500
"""People who are counted, those last seen."""


@dataclass(frozen=True, slots=True)
class House:
    """The priors of tenants."""

    peers: Peers
    sessions: Cache
    wanted: bool = False

    async def prior(self, tenant: str) -> dict[str, float]:
        """The prior as `Posterior.floats`, {} for the neutral one: it is not `wanted`, too few people share, or they
        cannot be read."""
        if not self.wanted:
            return {}
        key = of_house(tenant) + "taste"
        kept = await self.sessions.get(key)
        if kept is not None:
            return msgspec.json.decode(kept, type=dict[str, float])
        mark, token = of_house(tenant) + "tasting", secrets.token_bytes(8)
        # Dropped by whoever withdraws while it is made: what is made then is not kept.
        await self.sessions.set(mark, token, FRESH)
        try:
            people = await self.peers.sharing(tenant, PEOPLE)
        except AdapterError:
            return {}
        found = await asyncio.to_thread(pooled, people)
        if await self.sessions.get(mark) == token:
            await self.sessions.set(key, msgspec.json.encode(found), FRESH)
        return found

    async def known(self, tenant: str) -> dict[str, float]:
        """The same without making it: for requests, which do not wait for it."""
        kept = await self.sessions.get(of_house(tenant) + "taste") if self.wanted else None
        return {} if kept is None else msgspec.json.decode(kept, type=dict[str, float])


def pooled(people: Sequence[Profile]) -> dict[str, float]:
    """The prior of these people's tastes, {} where too few of them chose anything."""
    # Learnt axes may have been others when one of them chose.
    tastes = [taste for profile in people if (taste := named(profile.taste))]
    if len(tastes) < 2:
        return {}
    from policies.rewards.prior import LEAST, heard, learnt
    from policies.rewards.taste import NEUTRAL, floats, of_kept

    told = [heard(of_kept(taste), NEUTRAL) for taste in tastes]
    if sum(map(bool, told)) < LEAST:
        return {}
    return floats(learnt(told, NEUTRAL))
