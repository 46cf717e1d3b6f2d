"""What coefficients say in words, in the claims of the same profile: one taste, two views that agree.

A coefficient whose mean is away from 0 by `BAR` standard deviations (one-sided 95 %) is a claim; what a person writes
moves coefficients the other way (`policies.rewards.claims`). This reads the floats of a profile, which a request can
afford. Sums of choices bear claims only where nothing learns coefficients.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from policies.preferences.choices import spot, tastes
from policies.rewards.places import of_place
from policies.rewards.words import BAR, MANY, NAMED, Named

STAYS = 1.0
"""Standard deviations to which a coefficient that is spoken of may fall back before it is silent."""
SPOKEN = tuple(claim for both in NAMED.values() for claim in both if claim is not None)
"""Every claim that coefficients may bear."""


def borne(taste: Mapping[str, float], known: Collection[Named] = ()) -> dict[Named, float]:
    """The claims that a profile's `taste` bears, with the chance that the coefficient has this side; `known` ones hold
    longer. Of an aspect that holds one value, the surest."""
    sure: dict[Named, float] = {}
    for axis, both in NAMED.items():
        mean = taste.get(axis, 0.0)
        claim = both[int(mean < 0)]
        variance = taste.get(f"{axis}~{axis}", 0.0)
        if claim is None or variance <= 0.0:
            continue
        away = abs(mean) / math.sqrt(variance)
        if away > (STAYS if claim in known else BAR):
            sure[claim] = max(away, sure.get(claim, 0.0))
    best = {aspect: max(away for (name, _), away in sure.items() if name == aspect) for aspect, _ in sure}
    return {(aspect, value): round(0.5 + math.erf(away / math.sqrt(2.0)) / 2.0, 3)
            for (aspect, value), away in sure.items() if aspect in MANY or away == best[aspect]}  # fmt: skip


def agreeing(
    summed: Mapping[Named, float], taste: Mapping[str, float], known: Collection[Named] = ()
) -> dict[Named, float]:
    """What coefficients bear, and what sums of choices bear as far as no coefficient says the contrary."""
    spoken = borne(taste, known)
    taken = {spot(*claim) for claim in spoken if claim[0] != "rule"}
    left = {claim: chance for claim, chance in summed.items()
            if spot(*claim) not in taken and not contrary(claim, taste)}  # fmt: skip
    return {**left, **spoken}


def borne_at(
    place: str, counts: Mapping[str, float], taste: Mapping[str, float], known: Collection[Named] = (),
    by_sums: bool = False,
) -> dict[Named, float]:  # fmt: skip
    """What the choices at a place bear, "" for everywhere, by a profile's `taste`, or where nothing learns coefficients
    by the sums in its `counts`: these take what goes with a taste for it."""
    there = of_place(taste, place)
    return agreeing(tastes(counts, known, place), there, known) if by_sums else borne(there, known)


def contrary(claim: Named, taste: Mapping[str, float]) -> bool:
    """Whether coefficients are on the side that is contrary to a claim."""
    means = [taste.get(axis, 0.0) * (-1.0 if place else 1.0)
             for axis, both in NAMED.items() for place, each in enumerate(both) if each == claim]  # fmt: skip
    return bool(means) and max(means) < 0.0
