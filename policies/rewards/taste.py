"""A taste as a profile keeps it: what serves, and beside it what the choices alone told, where words moved the other.

Both begin from one neutral prior, so that what is kept tells of nobody else. Where tastes begin from the prior of a
house (`policies.house`), that comes in when a taste is used (`Taste.under`), and goes as soon as the house's does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policies.rewards.axes import AXES
from policies.rewards.places import CHOSEN, behind, of_place
from policies.rewards.posterior import Answer, Posterior, of_floats

_VARIANCE = 2.0
"""Of a coefficient before any choice: a whole difference decides 76 % of the choices for the typical person. Wider than
`policies.rewards.prior` has it for questions: a wrong id shows sooner that way."""
NEUTRAL = Posterior.spread([_VARIANCE] * len(AXES))
WEEK = 7 * 86_400.0
_DIGITS = 6


def of_kept(kept: Mapping[str, float]) -> Posterior:
    """The posterior that a profile's `taste` holds, of today or of versions that knew variances alone (`axis~`); the
    neutral one where it holds none."""
    if not kept:
        return NEUTRAL
    old = {axis: kept[f"{axis}~"] for axis in AXES if f"{axis}~" in kept}
    if old:
        # Those began from a wider prior: nobody is less sure now than where nothing is known.
        widest = dict(zip(AXES, NEUTRAL.deviations**2, strict=True))
        kept = {axis: kept.get(axis, 0.0) for axis in old} | {
            f"{axis}~{axis}": min(float(widest[axis]), variance) for axis, variance in old.items()
        }
    return of_floats(kept, AXES, NEUTRAL)


def floats(posterior: Posterior) -> dict[str, float]:
    """A posterior for a profile, which `of_kept` reads again."""
    return {name: round(value, _DIGITS) for name, value in posterior.floats(AXES, NEUTRAL).items()}


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """What `serves`; what the choices alone told, the same object where nobody said anything by word or by hand; and
    when the newest choice came that is in it (0: unknown)."""

    serves: Posterior = NEUTRAL
    chosen: Posterior = NEUTRAL
    last: float = 0.0

    @classmethod
    def of(cls, kept: Mapping[str, float], last: float = 0.0) -> Taste:
        """The taste that a profile holds."""
        serves, chosen = of_kept(kept), of_kept(of_place(kept, CHOSEN))
        apart = chosen is not NEUTRAL or f"{CHOSEN}/" in kept
        return cls(serves, chosen if apart else serves, last)

    @property
    def moved(self) -> bool:
        """Whether words moved what serves."""
        return self.serves is not self.chosen

    def at(self, time: float) -> Taste:
        """The taste as sure as it is at a later time: it may have drifted since the newest choice."""
        if not 0.0 < self.last < time:
            return replace(self, last=max(self.last, time))
        weeks = (time - self.last) / WEEK
        serves = self.serves.inflated(weeks, NEUTRAL)
        return Taste(serves, self.chosen.inflated(weeks, NEUTRAL) if self.moved else serves, time)

    def after(self, answers: Sequence[Answer]) -> Taste:
        """The taste after answers to one question."""
        serves, chosen = self.serves, self.chosen
        for answer in answers:
            serves = serves.updated(answer)
            chosen = chosen.updated(answer) if self.moved else serves
        return replace(self, serves=serves, chosen=chosen)

    def under(self, prior: Posterior) -> Posterior:
        """What serves where tastes begin from this prior."""
        return self.serves.under(NEUTRAL, prior)

    def now(self, time: float, prior: Mapping[str, float]) -> Posterior:
        """The same at a time, for a `prior` as it is kept, {} for the neutral one."""
        return self.at(time).under(of_kept(prior))

    def floats(self) -> dict[str, float]:
        """The taste for a profile."""
        if not self.moved:
            return floats(self.serves)
        # Of choices that told nothing there are no numbers: that they are kept apart is said all the same.
        return floats(self.serves) | behind(CHOSEN, floats(self.chosen) or {"": 0.0})
