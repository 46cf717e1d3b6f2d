"""Fits a vector for every token so that the sum over a text points where the teacher's vector of the text points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
BATCH, PASSES, RATE = 256, 6, 0.003
DAMPING = (0.9, 0.999)
SEED = 7
TRUST = 60
"""Occurrences of a token from which on what it is fitted to outweighs what it started from."""
KNOWN, HEAVIEST = 5, 200
"""Occurrences from which on a row tells of the other tokens, and above which it tells no more than others."""


def flat(bags: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Token ids of all texts in a row, and where each text starts; no text may be empty."""
    starts = np.cumsum([0, *map(len, bags[:-1])])
    return np.concatenate([np.asarray(bag, np.int32) for bag in bags]), starts


def encode(rows: Array, bags: Sequence[Sequence[int]]) -> Array:
    """The vectors of texts, of length 1."""
    ids, starts = flat(bags)
    summed = np.add.reduceat(rows[ids], starts, axis=0)
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)


def fit(
    rows: Array, bags: Sequence[Sequence[int]], targets: Array, said: Callable[[str], None], passes: int = PASSES
) -> Array:
    """Rows after `passes` over the texts, shuffled anew each time: Adam (Kingma and Ba, arXiv 1412.6980) on one minus
    the cosine, its rate falling to nothing. The rarer a token, the less its row moves: else it would learn its few
    texts by heart. Rows of tokens that no text holds stay as they were given."""
    rows, draw = rows.astype(np.float32), np.random.default_rng(SEED)
    first, second, step = np.zeros_like(rows), np.zeros_like(rows), 0
    counts = occurrences(bags, len(rows))
    pace = (RATE * counts / (counts + TRUST)).astype(np.float32)[:, None]
    steps = passes * -(-len(bags) // BATCH)
    for number in range(passes):
        order, missed = draw.permutation(len(bags)), 0.0
        for start in range(0, len(bags), BATCH):
            places = order[start : start + BATCH]
            tokens, slope, loss = _gradient(rows, [bags[place] for place in places], targets[places])
            step, missed = step + 1, missed + loss
            first[tokens] = DAMPING[0] * first[tokens] + (1 - DAMPING[0]) * slope
            second[tokens] = DAMPING[1] * second[tokens] + (1 - DAMPING[1]) * slope * slope
            mean, spread = first[tokens] / (1 - DAMPING[0] ** step), second[tokens] / (1 - DAMPING[1] ** step)
            rows[tokens] -= pace[tokens] * (1 - step / steps) * mean / (np.sqrt(spread) + 1e-8)
        said(f"pass {number + 1} of {passes}: mean cosine {1 - missed / len(bags):.4f}")
    return rows


def carry_over(features: Array, rows: Array, counts: Array) -> Array:
    """Rows for all tokens by the linear map from features to rows that fits those seen `KNOWN` times or more (ridge
    regression), so that what was learnt of frequent tokens serves the rare and the unseen ones."""
    known = counts >= KNOWN
    weights = np.sqrt(np.minimum(counts[known], HEAVIEST))[:, None]
    features = np.hstack([features, np.ones((len(features), 1))]).astype(np.float64)
    left, right = features[known] * weights, rows[known] * weights
    ridge = float(weights.mean()) ** 2 * np.eye(features.shape[1])
    return np.asarray(features @ np.linalg.solve(left.T @ left + ridge, left.T @ right), np.float32)


def occurrences(bags: Sequence[Sequence[int]], size: int) -> Array:
    """How often each token occurs."""
    return np.bincount(flat(bags)[0], minlength=size)


def _gradient(rows: Array, bags: Sequence[Sequence[int]], targets: Array) -> tuple[Array, Array, float]:
    """The tokens of a batch, the slope of the loss at their rows, and the loss: one minus the cosine, summed."""
    ids, starts = flat(bags)
    summed = np.add.reduceat(rows[ids], starts, axis=0)
    length = np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)
    made = summed / length
    cosine = (made * targets).sum(1, keepdims=True)
    slope = (cosine * made - targets) / length
    order = np.argsort(ids, kind="stable")
    sorted_ids = ids[order]
    firsts = np.flatnonzero(np.r_[True, sorted_ids[1:] != sorted_ids[:-1]])
    texts = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
    return sorted_ids[firsts], np.add.reduceat(slope[texts[order]], firsts, axis=0), float(np.sum(1 - cosine))
