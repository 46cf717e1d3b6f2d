"""A person's taste as a normal distribution over the coefficients of named axes, brought up to date answer by answer.

An answer is about a direction `v` in the space of axes, shape (d,): the difference of two texts for a choice, with
P(the first is preferred) = sigmoid(taste . v) (Bradley-Terry over reward features, PReF, arXiv 2503.06358), or what is
rated, with value = taste . v + noise. Ratings are taken in exactly, choices by the mean and variance that taste . v has
after them (assumed-density filtering; Minka, UAI 2001). On simulated people that orders unseen pairs better than the
mode and curvature of Laplace's approximation, and its intervals hold what they say; a fit of all answers at once by
Laplace's approximation is in `laplace`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from policies.rewards.moments import Array, after, chance, variances

HALF_LIFE = 26.0
"""Weeks without an answer after which half of what answers had taken off the prior's variance is back."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One answer about a direction `v`, shape (d,): `value` is the share of preference for the first text (1, 0, or .5
    for a tie) and `weight` how much it counts; with `rated` a number on a scale, and `weight` its precision."""

    v: Array
    value: float = 1.0
    weight: float = 1.0
    rated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """A normal distribution of coefficients: `mean` of shape (d,), `cov` of shape (d, d), positive definite."""

    mean: Array
    cov: Array

    @classmethod
    def spread(cls, variances: Sequence[float]) -> Posterior:
        """Independent coefficients around 0."""
        return cls(np.zeros(len(variances)), np.diag(np.asarray(variances, float)))

    @property
    def deviations(self) -> Array:
        """The standard deviation of each coefficient, shape (d,)."""
        return np.sqrt(np.diagonal(self.cov))

    def updated(self, answer: Answer) -> Posterior:
        """The posterior after one more answer; the same where the answer says nothing."""
        reach = self.cov @ answer.v
        spread, mean = float(answer.v @ reach), float(answer.v @ self.mean)
        if spread <= 0.0 or answer.weight <= 0.0:
            return self
        if answer.rated:
            left = spread / (1.0 + spread * answer.weight)
            at = mean + left * answer.weight * (answer.value - mean)
        else:
            at, left = map(float, after(mean, spread, answer.value, answer.weight))
        cov = self.cov - np.outer(reach, reach) * ((1.0 - left / spread) / spread)
        return Posterior(self.mean + reach * ((at - mean) / spread), (cov + cov.T) / 2.0)

    def inflated(self, weeks: float, prior: Posterior) -> Posterior:
        """The posterior after so many weeks in which a taste may drift: as sure as before at 0, as the prior in the
        end. The mean stays: we know less of the person, not that they became like most."""
        kept = 0.5 ** (max(0.0, weeks) / HALF_LIFE)
        return Posterior(self.mean, kept * self.cov + (1.0 - kept) * prior.cov)

    def under(self, before: Posterior, prior: Posterior) -> Posterior:
        """The posterior as it would be, had it begun from `prior` and not from `before`: what was heard since, as a
        normal factor, times the other prior (as expectation propagation changes a prior: Minka, UAI 2001)."""
        if before is prior:
            return self
        sure, old, new = (np.linalg.inv(each.cov) for each in (self, before, prior))
        values, axes = np.linalg.eigh(sure - old)
        # Nothing that was heard makes less sure; a correction may, by a little, along other axes.
        heard = (axes * np.maximum(values, 0.0)) @ axes.T
        cov = np.linalg.inv(heard + new)
        cov = (cov + cov.T) / 2.0
        return Posterior(cov @ (sure @ self.mean - old @ before.mean + new @ prior.mean), cov)

    def chance(self, v: Array) -> Array:
        """The chance that the first text is preferred for directions of shape (..., d): shape (...,). By the probit
        approximation (Bishop, PRML, 4.153)."""
        found: Array = chance(v @ self.mean, variances(self.cov, v))
        return found

    def intervals(self, share: float = 0.8) -> Array:
        """For each axis the credible interval that holds so much of its coefficient: shape (d, 2)."""
        reach = NormalDist().inv_cdf(0.5 + share / 2.0) * self.deviations
        return np.stack([self.mean - reach, self.mean + reach], axis=1)

    def floats(self, axes: Sequence[str], begun: Posterior | None = None) -> dict[str, float]:
        """The posterior as plain numbers, for a profile: means under the names of axes, covariances under two of them
        joined by "~" (those of a pair once). Axes that are as in `begun`, the prior that is there when the numbers are
        read, are left out."""
        told = [place for place in range(len(axes)) if begun is None or self._told(place, begun)]
        found = {axes[place]: float(self.mean[place]) for place in told}
        for at, place in enumerate(told):
            for other in told[at:]:
                found[f"{axes[place]}~{axes[other]}"] = float(self.cov[place, other])
        return found

    def _told(self, place: int, begun: Posterior) -> bool:
        """Whether anything is known of an axis beyond an independent one of another distribution."""
        alone = np.count_nonzero(self.cov[place]) == 1 and np.count_nonzero(begun.cov[place]) == 1
        same = self.mean[place] == begun.mean[place] and self.cov[place, place] == begun.cov[place, place]
        return not (alone and same)


def of_floats(held: Mapping[str, float], axes: Sequence[str], prior: Posterior) -> Posterior:
    """The posterior from `Posterior.floats`, or the prior where they hold nothing of these axes.

    An axis that was not there when the numbers were written has the prior's mean and variance; numbers that make no
    distribution are not believed.
    """
    known = [place for place, axis in enumerate(axes) if f"{axis}~{axis}" in held]
    if not known:
        return prior
    mean, cov = prior.mean.copy(), np.diag(np.diagonal(prior.cov)).astype(float)
    for place in known:
        mean[place] = held.get(axes[place], mean[place])
        for other in known:
            names = axes[place], axes[other]
            pairs = ("~".join(names), "~".join(reversed(names)))
            cov[place, other] = next((held[name] for name in pairs if name in held), 0.0)
    sound = bool(np.isfinite(mean).all() and np.isfinite(cov).all()) and np.linalg.eigvalsh(cov)[0] > 0.0
    return Posterior(mean, cov) if sound else prior
