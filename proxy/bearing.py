"""What bears a taste: for each axis the choices that showed more of it or less, and what the person said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.ports import Profile, User, UserStore
from policies.preferences.choices import KINDS, choices
from policies.preferences.told import axes_of, standing
from policies.sight import Sight

if TYPE_CHECKING:
    from policies.rewards.moments import Array

NEWEST = 200
"""Choices that are read again, the newest."""
SHOWS = 0.2
"""By how much, of 1, two answers must differ on an axis for the choice between them to count for it."""


@dataclass(slots=True)
class Bearing:
    """How many choices went to the answer with `more` of an axis, how many to the one with `less`, and the claims about
    it that the person made (`said`)."""

    more: int = 0
    less: int = 0
    said: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """As JSON values."""
        return {"more": self.more, "less": self.less, "said": self.said}


async def bearing(users: UserStore, sight: Sight, user: User, profile: Profile, place: str) -> dict[str, Bearing]:
    """By axis what bears the taste at a place, "" for everywhere; the newest `NEWEST` choices count. A model is not
    asked: choices that it judged count by what their texts show. Raises AdapterError."""
    made = [each for each in choices(await users.latest(user, KINDS, NEWEST)) if each.place == place]
    seen = [await sight.features("", [each.chosen, each.rejected]) for each in made]
    return await asyncio.to_thread(_borne, seen, profile, place)


def _borne(seen: Sequence[Array], profile: Profile, place: str) -> dict[str, Bearing]:
    from policies.rewards.axes import AXES

    found = {axis: Bearing() for axis in AXES}
    for phi in seen:
        for axis, amount in zip(AXES, phi[0] - phi[1], strict=True):
            found[axis].more += int(amount >= SHOWS)
            found[axis].less += int(amount <= -SHOWS)
    for named in standing(profile, place):
        for axis in axes_of(named):
            found[axis].said.append(": ".join(named))
    return found
