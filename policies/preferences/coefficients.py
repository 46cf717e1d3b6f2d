"""A person's taste in numbers, learnt from their choices: one distribution of coefficients over all axes of answers.

The distribution and its arithmetic are those of `policies.rewards.posterior`. Here choices become answers of it: a pick
is one answer about the sum of all axes; an edit answers axis by axis, because the person could have left each of them
alone. A taste begins from the prior of the house and can be moved to another one, because what the person's own choices
told is kept apart from it. It imports numpy: to be imported where it is used, in the background.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import policies.rewards.posterior as posteriors
from policies.preferences.choices import Choice
from policies.preferences.voiced import APART, own
from policies.rewards.axes import AXES, features
from policies.rewards.moments import Array, directed
from policies.rewards.posterior import Answer, Posterior

_VARIANCE = 2.0
"""Of a coefficient before any choice: a whole difference decides 76 % of the choices for the typical person. Wider than
`policies.rewards.prior` has it for questions: a wrong id shows sooner that way."""
NEUTRAL = Posterior.spread([_VARIANCE] * len(AXES))
WEEK = 7 * 86_400.0
_DIGITS = 6


def directions(choice: Choice) -> Array:
    """What a choice answers, shape (k, d): how the chosen text differs on AXES, by `features` of the two. Of a choice
    without texts its pair is taken as it is."""
    if choice.chosen or choice.rejected:
        chosen, rejected = features([choice.chosen, choice.rejected])
        row = [float(amount) for amount in chosen - rejected]
    else:
        row = [choice.pair.differing.get(axis, 0.0) for axis in AXES]
    if not any(row):
        return directed([], len(AXES))
    if not choice.edited:
        return directed([row], len(AXES))
    return directed([[amount if at == place else 0.0 for at in range(len(row))]
                     for place, amount in enumerate(row) if amount], len(AXES))  # fmt: skip


def likely(taste: Posterior, v: Array) -> float:
    """The log-probability of a choice's answers under a taste, in nats: log .5 each where nothing is known."""
    return sum(math.log(max(1e-9, float(each))) for each in taste.chance(v))


def coin(v: Array) -> float:
    """The same under no taste at all."""
    return math.log(0.5) * len(v)


def learnt(taste: Posterior, v: Array, weight: float = 1.0, value: float = 1.0) -> Posterior:
    """The taste after a choice; with a value of .5 neither text was preferred."""
    for row in v:
        taste = taste.updated(Answer(row, value, weight))
    return taste


def likeness(one: Posterior, other: Posterior) -> float:
    """The cosine of two tastes, in [-1, 1]; 0 where either is not known."""
    length = math.sqrt(float(one.mean @ one.mean) * float(other.mean @ other.mean))
    return float(one.mean @ other.mean) / length if length else 0.0


def of_kept(kept: Mapping[str, float], context: str = "") -> Posterior:
    """The posterior that a profile's `taste` holds, of today or of versions that knew variances alone (`axis~`); the
    neutral one where it holds none."""
    if not kept:
        return NEUTRAL
    old = {axis: kept[f"{axis}~"] for axis in AXES if f"{axis}~" in kept}
    if old and not context:
        # Those began from a wider prior: nobody is less sure now than where nothing is known.
        widest = dict(zip(AXES, NEUTRAL.deviations**2, strict=True))
        kept = {axis: kept.get(axis, 0.0) for axis in old} | {
            f"{axis}~{axis}": min(float(widest[axis]), variance) for axis, variance in old.items()
        }
    return posteriors.of_floats(kept, AXES, NEUTRAL, context)


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """A taste as it serves, the prior that it began from, and when the newest choice came that is in it (0: unknown).
    """

    serves: Posterior = NEUTRAL
    prior: Posterior = NEUTRAL
    last: float = 0.0

    @classmethod
    def of(cls, kept: Mapping[str, float], prior: Posterior = NEUTRAL, last: float = 0.0) -> Taste:
        """The taste that a profile holds, under a prior."""
        return cls(of_kept(own(kept)).under(NEUTRAL, prior), prior, last)

    def at(self, time: float) -> Taste:
        """The taste as sure as it is at a later time: it may have drifted since the newest choice."""
        if not 0.0 < self.last < time:
            return replace(self, last=max(self.last, time))
        return replace(self, serves=self.serves.inflated((time - self.last) / WEEK, self.prior), last=time)

    def after(self, choice: Choice, v: Array) -> Taste:
        """The taste after a choice."""
        return replace(self, serves=learnt(self.serves, v, choice.weight, 0.5 if choice.even else 1.0))

    def floats(self) -> dict[str, float]:
        """The taste for a profile."""
        found = self.serves.floats(AXES, begun=NEUTRAL)
        if self.prior is not NEUTRAL:
            found |= self.serves.under(self.prior, NEUTRAL).floats(AXES, APART, NEUTRAL)
        return {name: round(value, _DIGITS) for name, value in found.items()}
