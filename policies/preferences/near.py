"""The near-miss guard: whether a profile still fits its person, and can be told from a neighbour's.

A profile that is nearly right is worse than none (PRIME, arXiv 2507.04607: what a profile gains falls as it is moved to
less similar people, and is lowest at the most similar ones). Two things show it, both on the person's own choices: the
last few are better explained by other people's tastes or by a coin than by this one (a shared device, a wrong id), or
over many of them the own taste does no better than that of the nearest person whose summary says something else. Then
only what the person said is injected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from adapters.ports import Election, Guarded
from policies.preferences.coefficients import coin, likely, likeness
from policies.rewards.moments import Array
from policies.rewards.posterior import Posterior

WINDOW = 5
"""Choices that show a change of hands."""
ALARM, CLEAR = 1.65, 0.7
"""Nats over the window by which another explanation must be ahead, and the own one to be trusted again."""
LEAST = 8
"""Choices before a taste is known well enough to be doubted."""
ALIKE = 0.5
"""Likeness of two tastes from which on the one says nothing against the other."""
_MEMORY = 0.95
_RARE, _ODD = math.log(0.02), math.log(0.15)
"""The least that one choice, and one answer of it, may count for: anybody picks against their taste now and then."""


def watched(
    election: Election, taste: Posterior, recent: Sequence[Array],
    others: Sequence[Posterior], nearest: Posterior | None,
) -> Election:  # fmt: skip
    """The election after one more choice, the last of `recent` (their directions), which `taste` does not hold yet.

    `others` are the tastes of other people, of whom those count that are unlike this one: where a house has one taste,
    everybody's explains everybody's choices. `nearest` is that of the most similar one whose summary says the contrary,
    None where there is nobody. Nothing of theirs is kept but how much better or worse they predict.
    """
    choice, last = recent[-1], recent[-WINDOW:]
    own = _foreseen(taste, choice)
    window = (*election.window, (own, coin(choice)))[-len(last) :]
    foreign = [[_foreseen(other, each) for each in last[-len(window) :]]
               for other in others if likeness(taste, other) < ALIKE]  # fmt: skip
    aheads = [_ahead(window[start:], [each[start:] for each in foreign]) for start in range(len(window))]
    margin = election.margin * _MEMORY + (own - _foreseen(nearest, choice) if nearest is not None else 0.0)
    guarded: Guarded = "indistinct" if nearest is not None and election.choices >= LEAST and margin <= 0.0 else ""
    # Any last part of the window may give the alarm; all of it must be better than a coin to be trusted again.
    unclear = sum(chance - mine for mine, chance in window) > -CLEAR
    known = election.choices > LEAST
    if known and (max(aheads) >= ALARM or (election.guarded == "drifted" and unclear)):
        guarded = "drifted"
    return replace(election, window=window, margin=margin, guarded=guarded)


def _foreseen(taste: Posterior, choice: Array) -> float:
    """The log-probability of a choice, as low as one may count."""
    return max(_RARE, _ODD * len(choice), likely(taste, choice))


def _ahead(window: Sequence[tuple[float, float]], foreign: Sequence[Sequence[float]]) -> float:
    """By how much the better of other people and a coin explains some last choices, in nats."""
    others = _mean([sum(each) for each in foreign])
    return max(others, sum(chance for _, chance in window)) - sum(own for own, _ in window)


def _mean(logs: Sequence[float]) -> float:
    """The logarithm of the mean of what these are the logarithms of: one of many people fits by luck."""
    most = max(logs, default=-math.inf)
    return most + math.log(sum(math.exp(each - most) for each in logs) / len(logs)) if logs else most
