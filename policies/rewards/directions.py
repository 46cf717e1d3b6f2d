"""Answers on all axes at once: those of `axes.features`, and the learnt ones, which are directions over these and over
the answers' vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from policies.rewards.axes import AXES, FACTORS, JUDGED, TEXT, features
from policies.rewards.factor_file import Learnt
from policies.rewards.moments import Array, directed

SEEN = (*TEXT, *JUDGED)
"""The axes with names, over which directions go first; the dimensions of vectors follow."""


def seen(
    texts: Sequence[str],
    judged: Sequence[Mapping[str, float]],
    learnt: Learnt | None,
    vectors: Sequence[Sequence[float]],
) -> Array:
    """Answers to one prompt on AXES: shape (n, len(AXES)), each column with mean 0. Learnt axes are in their own scale
    (see `factors.fit`), and 0 where their vectors are not there or none of the embedder's."""
    phi = features(texts, AXES, judged)
    if learnt is None or len(texts) < 2:
        return phi
    given = together(phi[:, : len(SEEN)], vectors, learnt.dimensions)
    if given is not None:
        first = AXES.index(FACTORS[0])
        phi[:, first : first + len(learnt.directions)] = given @ directed(learnt.directions, given.shape[1]).T
    return phi


def together(phi: Array, vectors: Sequence[Sequence[float]], dimensions: int) -> Array | None:
    """Named axes and vectors side by side, shape (n, len(SEEN) + dimensions), the vectors from their mean; None where
    there are no such vectors."""
    if not dimensions:
        return phi
    if len(vectors) != len(phi) or any(len(each) != dimensions for each in vectors):
        return None
    found = np.asarray(vectors, float)
    return np.concatenate([phi, found - found.mean(axis=0)], axis=1) if np.isfinite(found).all() else None
