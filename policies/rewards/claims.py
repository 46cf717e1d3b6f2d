"""One taste, two faces: what is said of answers in words, as evidence on coefficients. The other way, what coefficients
bear in words, is `policies.preferences.voiced`.

A claim is an answer about its axis that stands above all choices before it, and later choices are weighed against it:
so what a person writes moves the coefficients, and what the coefficients then say is what the person wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from policies.rewards.posterior import Posterior
from policies.rewards.words import NAMED, Named, sides

_STRONG, _BLUR = 1.5, 0.3
"""What a claim says of its axis, and how exactly: in standard deviations of the prior."""
_SWEEPS = 8
"""Putting one coefficient in its place moves those that go with it; after so many rounds all are there."""


def meant(aspect: str, value: str, axes: Sequence[str]) -> dict[str, float]:
    """The sides of axes that a claim is about: 1 for more, -1 for less, less where it says so by the way only."""
    named = {axis: side for axis, both in NAMED.items() for side, each in zip((1.0, -1.0), both, strict=True)
             if each == (aspect, value)}  # fmt: skip
    return {axis: side for axis, side in {**sides(aspect, value), **named}.items() if axis in axes}


def told(
    posterior: Posterior, claims: Iterable[Named], axes: Sequence[str], prior: Posterior, ended: Iterable[Named] = ()
) -> Posterior:
    """The posterior after a person wrote claims (aspect, value) that were not there, or took back those `ended`.

    A claim puts its axis where `_STRONG` and `_BLUR` say, whatever was known of it; one that was taken back leaves the
    axis at 0, as open as in the prior. Other axes follow as far as they go with it (Jeffrey's rule: only the marginal
    is replaced). An axis of which the same is known more surely stays; a claim about no axis here changes nothing.
    """
    wanted = {axis: side for claim in claims for axis, side in meant(*claim, axes).items()}
    neither = dict.fromkeys((axis for claim in ended for axis in meant(*claim, axes) if axis not in wanted), 0.0)
    goals = [(axes.index(axis), _goal(posterior, prior, axes.index(axis), side))
             for axis, side in {**wanted, **neither}.items()]  # fmt: skip
    for _ in range(_SWEEPS if len(goals) > 1 else 1):
        for place, (mean, variance) in goals:
            posterior = _placed(posterior, place, mean, variance)
    return posterior


def restored(posterior: Posterior, source: Posterior, axes: Sequence[str], which: Iterable[str]) -> Posterior:
    """The posterior with these axes as `source` has them; others follow as far as they go with them."""
    places = sorted(axes.index(axis) for axis in which)
    for _ in range(_SWEEPS if len(places) > 1 else 1):
        for place in places:
            posterior = _placed(posterior, place, float(source.mean[place]), float(source.cov[place, place]))
    return posterior


def _goal(posterior: Posterior, prior: Posterior, place: int, side: float) -> tuple[float, float]:
    """Where a coefficient is to lie, and with what variance."""
    scale, mean = float(prior.cov[place, place]), float(posterior.mean[place])
    variance = float(posterior.cov[place, place])
    if not side:
        return 0.0, scale
    if side * mean > 0 and abs(mean) >= _STRONG / _BLUR * variance**0.5:
        return mean, variance
    return side * _STRONG * scale**0.5, _BLUR**2 * scale


def _placed(posterior: Posterior, place: int, mean: float, variance: float) -> Posterior:
    """The same but for one coefficient's mean and variance, and what follows from them."""
    before = posterior.cov[place, place]
    follow = posterior.cov[:, place] / before
    cov = posterior.cov + np.outer(follow, follow) * (variance - before)
    return Posterior(posterior.mean + follow * (mean - posterior.mean[place]), (cov + cov.T) / 2.0)
