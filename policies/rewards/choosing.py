"""Of several answers to one prompt the one that a person is likeliest to prefer, with caution where that is a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from policies.choosing import CAUTION
from policies.rewards.axes import AXES, features
from policies.rewards.moments import Array, variances
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL, of_kept


def worth(phi: Array, posterior: Posterior, caution: float = CAUTION) -> Array:
    """The lower bound of what n answers with `axes.features` of shape (n, d) are worth, mean - caution * deviation:
    shape (n,). Sums differ in their last digits by the machine: equals stay equals."""
    found: Array = np.round(phi @ posterior.mean - caution * np.sqrt(variances(posterior.cov, phi)), 9)
    return found


def chosen(phi: Array, posterior: Posterior | None, caution: float = CAUTION) -> int:
    """The place of the best of n answers with `axes.features` of shape (n, d) by `worth`. The first of equals; the
    first where nothing is known of the person."""
    if posterior is None or not len(phi):
        return 0
    return int(np.argmax(worth(phi, posterior, caution)))


def held(taste: Mapping[str, float]) -> Posterior | None:
    """The posterior that a profile holds as floats, for everywhere, or None where there is none to be believed."""
    found = of_kept(taste)
    return None if found is NEUTRAL else found


def worths(phi: Array, taste: Mapping[str, float], caution: float = CAUTION) -> list[float]:
    """What each of n answers, of shape (n, len(AXES)), is worth to the person of these floats; nothing where they tell
    nothing."""
    posterior = held(taste)
    return [] if posterior is None else [float(each) for each in worth(phi, posterior, caution)]


def styled(
    styles: Sequence[Mapping[str, float]], taste: Mapping[str, float], caution: float = CAUTION
) -> list[float]:
    """The same for styles instead of texts, each by axis in [-1, 1], 0 where it says nothing."""
    posterior = held(taste)
    if posterior is None:
        return []
    phi = np.array([[style.get(axis, 0.0) for axis in AXES] for style in styles], float)
    return [float(each) for each in worth(phi, posterior, caution)]


def of_samples(samples: Sequence[str]) -> list[dict[str, float]]:
    """The styles of at least two sample answers to one prompt, by axis, as they differ from each other."""
    return [{axis: float(amount) for axis, amount in zip(AXES, row, strict=True) if amount}
            for row in features(samples)]  # fmt: skip
