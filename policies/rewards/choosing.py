"""Of several answers to one prompt the one that a person is likeliest to prefer, with caution where that is a guess."""

from __future__ import annotations

import numpy as np

from policies.rewards.moments import Array, variances
from policies.rewards.posterior import Posterior

CAUTION = 0.25
"""Standard deviations that are taken off what an answer is thought to be worth."""


def chosen(phi: Array, posterior: Posterior | None, caution: float = CAUTION) -> int:
    """The place of the best of n answers with `axes.features` of shape (n, d): by the lower bound of what it is worth,
    mean - caution * deviation. The first of equals; the first where nothing is known of the person."""
    if posterior is None or not len(phi):
        return 0
    worth = phi @ posterior.mean - caution * np.sqrt(variances(posterior.cov, phi))
    # Sums differ in their last digits by the machine: equals stay equals.
    return int(np.argmax(np.round(worth, 9)))
