"""What tastes are like before a person has answered anything: the shipped neutral prior, or one learnt from people.

The learnt one is the normal distribution that makes the answers of consenting people likeliest: expectation
maximisation over their posteriors (empirical Bayes; Pep, arXiv 2602.15012, learns its model of people offline in the
same spirit), which come from expectation propagation (Minka, UAI 2001): with modes and curvatures in its place the
variance between people comes out too small, and every interval after it. The result is drawn towards the neutral prior
by as many invented people as `STRENGTH` says, so that a few people's oddities do not become everybody's start. Those
people's tastes are weaker than neutral ones (`WEAKER`): a hundred people's few answers can mostly be told apart without
error, and make tastes look stronger than they are. Both were chosen on made-up people, by whether intervals hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policies.rewards.laplace import Stack
from policies.rewards.moments import Array, after
from policies.rewards.posterior import Answer, Posterior

LEAST = 20
"""People who answered anything, under which nothing is learnt of them: a prior of few would tell of each."""
STRENGTH, WEAKER = 5.0, 0.25
VARIANCE = 1.0
"""Of a neutral coefficient: a whole difference on one axis decides about seven of ten choices."""
_ROUNDS, _CLOSE = 100, 1e-3
_TINY = 1e-9
_HEARD = 1e-4
"""Precision along a direction below which nothing was heard of it."""


def neutral(axes: Sequence[str]) -> Posterior:
    """The shipped prior: nothing is known, and no axis says anything of another."""
    return Posterior.spread([VARIANCE] * len(axes))


@dataclass(frozen=True, slots=True)
class Learning:
    """`least` people below which nothing is learnt, how many invented people the start counts as, and the share of its
    covariance that they have."""

    least: int = LEAST
    strength: float = STRENGTH
    weaker: float = WEAKER
    rounds: int = _ROUNDS


def learnt(people: Sequence[Sequence[Answer]], start: Posterior, how: Learning | None = None) -> Posterior:
    """The prior of the answers of people, who all agreed to this; `start` where fewer than `how.least` answered."""
    how = how or Learning()
    answering = [answers for answers in people if answers]
    if len(answering) < max(1, how.least):
        return start
    sites, prior = Sites.of(Stack.of(answering)), start
    invented = Posterior(start.mean, how.weaker * start.cov)
    for _ in range(how.rounds):
        found = _renewed(*sites.swept(prior), invented, how.strength)
        moved = max(np.abs(found.mean - prior.mean).max(), np.abs(found.cov - prior.cov).max())
        prior = found
        if moved < _CLOSE:
            break
    return prior


def heard(posterior: Posterior, start: Posterior) -> list[Answer]:
    """What somebody's answers told, as ratings: with these, `start` becomes `posterior` (one along each direction in
    which anything was heard). So a prior can be learnt of people whose answers themselves are not at hand."""
    sure, old = np.linalg.inv(posterior.cov), np.linalg.inv(start.cov)
    values, axes = np.linalg.eigh(sure - old)
    pulls = (sure @ posterior.mean - old @ start.mean) @ axes
    return [Answer(axes[:, place], float(pulls[place] / value), float(value), rated=True)
            for place, value in enumerate(values) if value > _HEARD]  # fmt: skip


def _renewed(means: Array, covs: Array, invented: Posterior, strength: float) -> Posterior:
    """The prior under which posteriors with means (n, d) and covariances (n, d, d) are likeliest."""
    number = len(means) + strength
    centre = (means.sum(axis=0) + strength * invented.mean) / number
    off, away = means - centre, invented.mean - centre
    scatter = covs.sum(axis=0) + off.T @ off + strength * (invented.cov + np.outer(away, away))
    return Posterior(centre, scatter / number)


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """What each answer tells of taste . v as a normal factor: its precision and precision times mean, both (n, k)."""

    stack: Stack
    precision: Array
    pull: Array

    @classmethod
    def of(cls, stack: Stack) -> Sites:
        """Sites that know the ratings, and of choices nothing yet."""
        precision = np.where(stack.rated, stack.weight, 0.0)
        return cls(stack, precision, precision * stack.value)

    def swept(self, prior: Posterior) -> tuple[Array, Array]:
        """Renew every choice's site once under a prior; the posteriors' means (n, d) and covariances (n, d, d)."""
        v, inverse = self.stack.v, np.linalg.inv(prior.cov)
        covs = np.linalg.inv(np.matmul((v * self.precision[..., None]).transpose(0, 2, 1), v) + inverse)
        sums = np.einsum("nkd,nk->nd", v, self.pull) + inverse @ prior.mean
        means = np.einsum("nde,ne->nd", covs, sums)
        for place in range(v.shape[1]):
            if (~self.stack.rated[:, place] & (self.stack.weight[:, place] > 0.0)).any():
                means, covs = self._renew(place, means, covs)
        return means, covs

    def _renew(self, place: int, means: Array, covs: Array) -> tuple[Array, Array]:
        stack, v = self.stack, self.stack.v[:, place]
        reach = np.einsum("nde,ne->nd", covs, v)
        spread, mean = np.maximum((v * reach).sum(axis=1), _TINY), (v * means).sum(axis=1)
        # The answer's own word is taken out before it is heard again.
        rest = np.maximum(1.0 / spread - self.precision[:, place], _TINY)
        centre = (mean / spread - self.pull[:, place]) / rest
        at, left = after(centre, 1.0 / rest, stack.value[:, place], stack.weight[:, place])
        heard = (stack.weight[:, place] > 0.0) & ~stack.rated[:, place]
        more = np.where(heard, np.maximum(1.0 / left - rest, 0.0) - self.precision[:, place], 0.0)
        pull = np.where(heard, at / left - centre * rest - self.pull[:, place], 0.0)
        self.precision[:, place] += more
        self.pull[:, place] += pull
        grown = 1.0 + more * spread
        means = means + reach * ((pull - more * mean) / grown)[:, None]
        return means, covs - (more / grown)[:, None, None] * reach[:, :, None] * reach[:, None, :]
