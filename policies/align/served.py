"""Whom own coefficients may choose for."""

from __future__ import annotations

from adapters.ports import Person, Profile, UserStore
from policies.base import Exchange
from policies.election import unproven


async def served(exchange: Exchange, users: UserStore) -> tuple[Profile | None, str]:
    """The profile, None where it must not be used, and why its coefficients do not choose; "" where they do."""
    user = exchange.user
    if user is None:
        return None, "no_identity"
    person: Person = user.known or await users.load(user)
    profile = person.profile
    why = unproven(profile)
    if profile.paused or profile.election.guarded:
        return None, why
    return profile, why if any(map(_variance, profile.taste)) else "nothing_known"


def _variance(name: str) -> bool:
    """Whether this is the variance of an axis, in the names of `rewards.posterior.Posterior.floats`."""
    axis, _, other = name.partition("~")
    return bool(axis) and axis == other
