"""The one axis of which somebody is best asked in a chat, or why of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from adapters.ports import Profile
from policies.rewards.axes import AXES
from policies.rewards.deck import PATIENCE, Deck, shipped
from policies.rewards.moments import Array
from policies.rewards.places import LEARNT
from policies.rewards.questions import Asked, Pool, following
from policies.rewards.taste import Taste

SIZE = 2.0
"""How far apart two texts can be on an axis. Whoever is asked in words sees as much of a difference, and no other."""


@cache
def decisions() -> Sequence[Array]:
    """The decisions that are to come, as the bank that comes along has them: the features of each prompt's answers."""
    return Deck.of(shipped()).decisions


def inquired(
    profile: Profile, axes: Sequence[str], now: float, prior: Mapping[str, float]
) -> tuple[str | None, str]:
    """The axis of these whose question is worth most to a person at a time (in seconds since 1970), where tastes begin
    from a house's `prior`; or None and why, as `questions.following` says it with the patience of the bank's
    questions."""
    taste = Taste.of(profile.taste, profile.counts.get(LEARNT, 0.0)).now(now, prior)
    v = SIZE * np.eye(len(AXES))[[AXES.index(axis) for axis in axes]]
    best, why = following(taste, Pool(v, axes), Asked(), decisions(), PATIENCE)
    return (axes[best.pair], "") if best else (None, why)
