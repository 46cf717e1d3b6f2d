"""Answers on all axes at once: those of `axes.features`, and the learnt ones, which are directions over the axes that
are read off a text and over the answers' vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from policies.rewards.axes import AXES, FACTORS, JUDGED, TEXT, features
from policies.rewards.factor_file import Learnt
from policies.rewards.moments import Array, directed

SEEN = (*TEXT, *JUDGED)
"""The axes with names."""
OVER = TEXT
"""Those over which directions go first; the dimensions of vectors follow. No judged ones: a judge scores what they were
not learnt from."""
WIDEST = 10.0
"""What a learnt axis is at most, either side of 0: those of a real file are about 1. However large the numbers of a
file or of vectors are, coefficients stay numbers."""


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
    given = together(phi, vectors, learnt.dimensions)
    if given is not None:
        first = AXES.index(FACTORS[0])
        with np.errstate(over="ignore", invalid="ignore"):
            along = np.nan_to_num(given @ directed(learnt.directions, given.shape[1]).T)
        phi[:, first : first + len(learnt.directions)] = np.clip(along, -WIDEST, WIDEST)
    return phi


def together(phi: Array, vectors: Sequence[Sequence[float]], dimensions: int) -> Array | None:
    """Of answers on AXES those of OVER, and vectors side by side: shape (n, len(OVER) + dimensions), the vectors from
    their mean; None where there are no such vectors."""
    phi = phi[:, : len(OVER)]
    if not dimensions:
        return phi
    if len(vectors) != len(phi) or any(len(each) != dimensions for each in vectors):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.asarray(vectors, float)
        found = found - found.mean(axis=0)
    return np.concatenate([phi, found], axis=1) if np.isfinite(found).all() else None
