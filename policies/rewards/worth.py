"""What the answer to a question is worth before it is given: to decisions at hand, each the features of its candidates,
of shape (c, d) with c at least 2, the best of which will be taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from policies.rewards.moments import Array, after, chance, variances
from policies.rewards.posterior import Posterior

DIGITS = 9
"""What is worth is compared to so many: sums differ in their last digits by the machine."""
_TINY = 1e-12


def outcomes(posterior: Posterior, v: Array) -> list[tuple[Array, Array]]:
    """For each of two answers to questions of shape (m, d): its chance, shape (m,), and the means after it (m, d)."""
    mean, spread = v @ posterior.mean, variances(posterior.cov, v)
    reach = v @ posterior.cov / np.maximum(spread, _TINY)[:, None]
    first = chance(mean, spread)
    found: list[tuple[Array, Array]] = []
    for value, share in ((1.0, first), (0.0, 1.0 - first)):
        at, _ = after(mean, spread, np.full(len(v), value), np.ones(len(v)))
        found.append((share, posterior.mean + reach * (at - mean)[:, None]))
    return found


def better(posterior: Posterior, v: Array, decisions: Sequence[Array]) -> Array:
    """By how much the best candidates are expected to be worth more for knowing a question's answer: shape (m,)."""
    found = np.zeros(len(v))
    for share, means in outcomes(posterior, v):
        for phi in decisions:
            found += share * ((means @ phi.T).max(axis=1) - float((phi @ posterior.mean).max()))
    return found


def beside(posterior: Posterior, v: Array, decisions: Sequence[Array], spread: Array) -> Array | float:
    """The variance that questions' scores would keep if it were known how the candidates of the decisions differ in
    worth; 0 without decisions."""
    if not decisions:
        return 0.0
    targets = np.concatenate([phi[1:] - phi[0] for phi in decisions])
    together = targets @ posterior.cov @ v.T
    among = targets @ posterior.cov @ targets.T
    solved = np.linalg.pinv(among, rcond=1e-9, hermitian=True) @ together
    found: Array = np.clip(spread - (together * solved).sum(axis=0), 0.0, spread)
    return found


def flips(posterior: Posterior, v: Array, decisions: Sequence[Array]) -> Array:
    """For questions of shape (m, d) and decisions of shapes (c, d): the chance that a question's answer changes which
    candidate is the best one, shape (m, len(decisions))."""
    found = np.zeros((len(v), len(decisions)))
    for share, means in outcomes(posterior, v):
        for place, phi in enumerate(decisions):
            before = np.argmax(np.round(phi @ posterior.mean, DIGITS))
            found[:, place] += share * (np.argmax(np.round(means @ phi.T, DIGITS), axis=1) != before)
    return found


def removed(posterior: Posterior, v: Array, noise: Array, targets: Array) -> Array:
    """For ratings along `v`, shape (m, d), with noise of variances (m,): the variance that each takes off the values
    along `targets`, shape (t, d), summed: shape (m,). The same before and after the answer, as ratings are normal."""
    together = targets @ posterior.cov @ v.T
    found: Array = (together**2).sum(axis=0) / (variances(posterior.cov, v) + noise)
    return found
