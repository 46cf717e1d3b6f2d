"""The arithmetic of logistic answers under a normal distribution, for any number of them at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
_BOUND = 30.0
_NODES, _SHARES = np.polynomial.hermite_e.hermegauss(32)
_SHARES = _SHARES / _SHARES.sum()


def sigmoid(score: Any) -> Any:
    """1 / (1 + e^-score), without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(score, -_BOUND, _BOUND)))


def chance(mean: Any, spread: Any) -> Any:
    """The mean of sigmoid(z) for z of these means and variances, by the probit approximation."""
    return sigmoid(mean / np.sqrt(1.0 + math.pi * spread / 8.0))


def variances(cov: Array, v: Array) -> Array:
    """The variance of taste . v for directions of shape (..., d): shape (...,)."""
    found: Array = ((v @ cov) * v).sum(axis=-1)
    return np.maximum(found, 0.0)


def after(mean: Any, spread: Any, value: Any, weight: Any) -> tuple[Array, Array]:
    """Mean and variance of z after a choice with share `value` and that weight, for z normal with `mean` and variance
    `spread` before it; all of one shape. By quadrature with 32 nodes (Gauss-Hermite)."""
    mean, spread = np.asarray(mean, float)[..., None], np.asarray(spread, float)[..., None]
    value, weight = np.asarray(value, float)[..., None], np.asarray(weight, float)[..., None]
    score = mean + np.sqrt(spread) * _NODES
    told = weight * (value * score - np.logaddexp(0.0, score))
    shares = np.exp(told - told.max(axis=-1, keepdims=True)) * _SHARES
    shares /= shares.sum(axis=-1, keepdims=True)
    centre = (shares * score).sum(axis=-1)
    return centre, (shares * (score - centre[..., None]) ** 2).sum(axis=-1)


def entropy(share: Any) -> Any:
    """Of a choice with this chance, in nats."""
    share = np.clip(share, 1e-12, 1.0 - 1e-12)
    return -(share * np.log(share) + (1.0 - share) * np.log1p(-share))


def gain(mean: Any, spread: Any, beside: Any = 0.0) -> Any:
    """How many nats the answer to a choice tells, where its log-odds have this mean and variance: the entropy of the
    answer less what would be left of it if what is asked for were known. That is the taste as a whole (BALD, Houlsby
    et al., arXiv 1112.5745), or only a part of it that leaves the log-odds the variance `beside` (as in EPIG, Bickford
    Smith et al., arXiv 2304.08151)."""
    beside = np.asarray(beside)
    score = np.asarray(mean)[..., None] + np.sqrt(np.asarray(spread) - beside)[..., None] * _NODES[8:24]
    shares = _SHARES[8:24] / _SHARES[8:24].sum()
    return entropy(chance(mean, spread)) - entropy(chance(score, beside[..., None])) @ shares


def directed(rows: Sequence[Sequence[float]], wide: int) -> Array:
    """Directions as an array of shape (len(rows), wide)."""
    found: Array = np.asarray(rows, float).reshape(len(rows), wide)
    return found
