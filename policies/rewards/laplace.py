"""Posteriors from answers that are all at hand, of many people at once: the mode, and the curvature there.

Laplace's approximation (Bishop, PRML, 4.5.1). A step of Newton's method that does not lower a person's loss is halved:
undamped steps run away where somebody's answers can be told apart without error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.rewards.moments import Array, sigmoid
from policies.rewards.posterior import Answer, Posterior

_STEPS, _HALVINGS, _CLOSE = 50, 30, 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The answers of n people, padded to k each: `v` (n, k, d), `value`, `weight` (0 where padded), `rated` (n, k)."""

    v: Array
    value: Array
    weight: Array
    rated: NDArray[np.bool_]

    @classmethod
    def of(cls, people: Sequence[Sequence[Answer]]) -> Stack:
        """Stack them. Raises ValueError where nobody answered anything."""
        most = max((len(answers) for answers in people), default=0)
        if not most:
            raise ValueError("there are no answers to stack")
        wide = next(len(answers[0].v) for answers in people if answers)
        shape = (len(people), most)
        stack = cls(np.zeros((*shape, wide)), np.zeros(shape), np.zeros(shape), np.zeros(shape, bool))
        for row, answers in enumerate(people):
            for column, answer in enumerate(answers):
                stack.v[row, column], stack.value[row, column] = answer.v, answer.value
                stack.weight[row, column], stack.rated[row, column] = answer.weight, answer.rated
        return stack


def fitted(prior: Posterior, answers: Sequence[Answer]) -> Posterior:
    """The posterior of one person after all these answers; their order does not count."""
    if not answers:
        return prior
    means, covs = together(prior, Stack.of([answers]))
    return Posterior(means[0], covs[0])


def together(prior: Posterior, stack: Stack) -> tuple[Array, Array]:
    """The modes (n, d) and covariances (n, d, d) of n people under one prior."""
    precision = np.linalg.inv(prior.cov)
    at = np.repeat(prior.mean[None], len(stack.v), axis=0)
    best = _loss(at, prior.mean, precision, stack)
    for _ in range(_STEPS):
        fall, bend = _slopes(at, prior.mean, precision, stack)
        step = np.linalg.solve(bend, fall[..., None])[..., 0]
        if float(np.abs(step).max()) < _CLOSE:
            break
        for _ in range(_HALVINGS):
            worse = _loss(at - step, prior.mean, precision, stack) > best + 1e-12
            if not worse.any():
                break
            step[worse] /= 2.0
        at = at - step
        best = _loss(at, prior.mean, precision, stack)
    return at, np.linalg.inv(_slopes(at, prior.mean, precision, stack)[1])


def _loss(at: Array, centre: Array, precision: Array, stack: Stack) -> Array:
    score = np.einsum("nkd,nd->nk", stack.v, at)
    choice = np.logaddexp(0.0, score) - stack.value * score
    each = stack.weight * np.where(stack.rated, (score - stack.value) ** 2 / 2.0, choice)
    off = at - centre
    total: Array = each.sum(axis=1) + ((off @ precision) * off).sum(axis=1) / 2.0
    return total


def _slopes(at: Array, centre: Array, precision: Array, stack: Stack) -> tuple[Array, Array]:
    """Gradient (n, d) and Hessian (n, d, d) of the loss."""
    score = np.einsum("nkd,nd->nk", stack.v, at)
    share = sigmoid(score)
    missed = stack.weight * (np.where(stack.rated, score, share) - stack.value)
    certain = stack.weight * np.where(stack.rated, 1.0, share * (1.0 - share))
    fall = np.einsum("nkd,nk->nd", stack.v, missed) + (at - centre) @ precision
    return fall, np.matmul((stack.v * certain[..., None]).transpose(0, 2, 1), stack.v) + precision
