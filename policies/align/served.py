"""Whom own coefficients may choose for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.ports import Person, Profile, UserStore
from policies.base import Exchange
from policies.election import unproven
from policies.house import House
from policies.rewards.places import known, serving


async def served(exchange: Exchange, users: UserStore, house: House | None = None) -> tuple[Profile | None, str]:
    """The profile, None where it must not be used, and why its coefficients do not choose; "" where they do. The
    profile's taste is then what serves where the request belongs, if tastes begin from the prior of a `house`."""
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
    profile = replace(profile, taste=taste)
    prior = await house.known(user.tenant) if house is not None else {}
    return (_under(profile, prior) if prior else profile), why


def _under(profile: Profile, prior: Mapping[str, float]) -> Profile:
    from policies.rewards.taste import Taste, floats, of_kept

    return replace(profile, taste=floats(Taste.of(profile.taste).under(of_kept(prior))))
