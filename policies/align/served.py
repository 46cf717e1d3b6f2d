"""Whom own coefficients may choose for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.ports import Person, Profile, UserStore
from policies.base import Exchange
from policies.election import unproven
from policies.house import House
from policies.rewards.places import LEARNT, LEARNT_AT, known, serving

FRESH = 7 * 86_400.0
"""Seconds after the newest choice in which nobody's taste wanders by anything to speak of."""


async def served(exchange: Exchange, users: UserStore, house: House | None = None) -> tuple[Profile | None, str]:
    """The profile, None where it must not be used, and why its coefficients do not choose; "" where they do. The
    profile's taste is then what serves where the request belongs, as sure as it is now, if tastes begin from the prior
    of a `house`."""
    user = exchange.user
    if user is None:
        return None, "no_identity"
    person: Person = user.known or await users.load(user)
    profile = person.profile
    why = unproven(profile)
    if profile.paused or profile.election.guarded:
        return None, why
    taste = serving(profile.taste, exchange.caller.place)
    if not known(taste):
        return profile, "nothing_known"
    prior = await house.known(user.tenant) if house is not None else {}
    place = exchange.caller.place if taste is not profile.taste else ""
    # Where somebody only said something of a place, the choices behind it are those made elsewhere.
    last = profile.counts.get(LEARNT_AT[place], profile.counts.get(LEARNT, 0.0))
    if prior or 0.0 < last < exchange.came - FRESH:
        taste = _now(taste, last, exchange.came, prior)
    return replace(profile, taste=taste), why


def _now(taste: Mapping[str, float], last: float, time: float, prior: Mapping[str, float]) -> Mapping[str, float]:
    """A taste as sure as it is at a time, where tastes begin from this prior."""
    from policies.rewards.taste import Taste, floats

    return floats(Taste.of(taste, last).now(time, prior))
