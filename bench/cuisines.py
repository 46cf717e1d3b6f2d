"""Ratings of cuisines by real people: of eight that somebody did not tell about, which do they like better?

The product's own inference with ratings in the place of choices: a coefficient per cuisine, the prior (means, and
covariances of a low rank beside a deviation of each cuisine's own) learnt on the people of the fold `fit`. Adaptive
questions are those that take most variance off the differences between the eight cuisines that are to be put in order,
which are the decisions at hand; random ones are drawn from the same. Rank, noise and the strength of the start are
chosen by five-fold cross-validation on `fit`, by adaptive questions; the fold `test` is looked at once.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np

from policies.rewards.moments import Array
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import Learning, learnt
from policies.rewards.worth import removed

FILE = "cuisine_ratings/users.jsonl"
LOOKS = (0, 3, 5, 10)
FOLDS, DRAWS, ROUNDS = 5, 3, 30
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """What is chosen from."""

    ranks: Sequence[int] = (1, 2, 3, 4, 6, 40)
    noises: Sequence[float] = (0.2, 0.4)
    strengths: Sequence[float] = (10.0, 20.0, 40.0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is believed of somebody before they told anything; `noise` are the variances of ratings, shape (d,)."""

    items: Sequence[str]
    prior: Posterior
    noise: Array

    @classmethod
    def fit(cls, rows: Sequence[Row], items: Sequence[str], noise: float, strength: float) -> Model:
        """The model of full rank for people's ratings."""
        every = np.eye(len(items))
        places = {name: place for place, name in enumerate(items)}
        people = [[Answer(every[places[name]], given, 1.0 / noise, rated=True)
                   for name, given in row["ratings"].items()] for row in rows]  # fmt: skip
        stars = np.array([value for row in rows for value in row["ratings"].values()], float)
        start = Posterior(np.full(len(items), stars.mean()), np.eye(len(items)) * stars.var() / 2.0)
        found = learnt(people, start, Learning(strength=strength, weaker=1.0, rounds=ROUNDS))
        return cls(items, found, np.full(len(items), noise))

    def of_rank(self, rank: int) -> Model:
        """The same with so many base functions; what they leave of a cuisine's variance is noise of its own."""
        if rank >= len(self.items):
            return self
        sizes, vectors = np.linalg.eigh(self.prior.cov)
        bases = vectors[:, -rank:] * np.sqrt(sizes[-rank:])
        shared = bases @ bases.T
        rest = np.maximum(np.diagonal(self.prior.cov - shared), 1e-6)
        return Model(self.items, Posterior(self.prior.mean, shared), self.noise + rest)


def looked(model: Model, row: Row, held: Sequence[str], rng: np.random.Generator | None) -> list[float]:
    """The shares of pairs of the `held` cuisines in the right order after LOOKS answers; questions at random where
    there is `rng`. A pair of equal ratings is none; nan where there is no other. Who rated few is asked fewer."""
    every, places = np.eye(len(model.items)), {name: place for place, name in enumerate(model.items)}
    left = sorted(places[name] for name in row["ratings"] if name not in held)
    pairs = list(combinations(held, 2))
    targets = np.array([every[places[one]] - every[places[other]] for one, other in pairs])
    truth = np.array([row["ratings"][one] - row["ratings"][other] for one, other in pairs])
    posterior, found = model.prior, []
    for number in range(LOOKS[-1] + 1):
        if number in LOOKS:
            right = (targets @ posterior.mean * truth > 1e-9)[truth != 0]
            found.append(float(right.mean()) if len(right) else float("nan"))
        if not left:
            continue
        if rng is not None:
            place = left[int(rng.integers(len(left)))]
        else:
            worth = removed(posterior, every[left], model.noise[left], targets)
            place = left[int(np.argmax(np.round(worth, 9)))]
        left.remove(place)
        stars = row["ratings"][model.items[place]]
        posterior = posterior.updated(Answer(every[place], stars, 1.0 / model.noise[place], rated=True))
    return found


def chosen(rows: Sequence[Row], items: Sequence[str], grid: Grid) -> tuple[int, float, float]:
    """Rank, noise and strength by cross-validation on the people of `fit`, with cuisines held out at random."""
    rng = np.random.default_rng(0)
    held = [[list(rng.permutation(sorted(row["ratings"]))[:8]) for _ in range(DRAWS)] for row in rows]
    scores: dict[tuple[int, float, float], list[float]] = {}
    for noise, strength, fold in product(grid.noises, grid.strengths, range(FOLDS)):
        full = Model.fit([row for place, row in enumerate(rows) if place % FOLDS != fold], items, noise, strength)
        for rank in grid.ranks:
            model = full.of_rank(rank)
            scores.setdefault((rank, noise, strength), []).extend(
                statistics.fmean(looked(model, rows[place], names, None)[1:])
                for place in range(fold, len(rows), FOLDS) for names in held[place]
            )  # fmt: skip
    return max(scores, key=lambda each: float(np.nanmean(scores[each])))


def figures(data: Path, seeds: Sequence[int] = range(5), grid: Grid | None = None) -> dict[str, float]:
    """The metrics on the fold `test`; none where the set is absent. Intervals are over people, paired."""
    path = data / FILE
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    fit, test = ([row for row in rows if row["fold"] == fold] for fold in ("fit", "test"))
    items = sorted({name for row in rows for name in row["ratings"]})
    rank, noise, strength = chosen(fit, items, grid or Grid())
    model = Model.fit(fit, items, noise, strength).of_rank(rank)
    picked = np.array([looked(model, row, row["eval_items"], None) for row in test])
    drawn = np.mean([[looked(model, row, row["eval_items"], np.random.default_rng((seed, place)))
                      for place, row in enumerate(test)] for seed in seeds], axis=0)  # fmt: skip
    found = {"cuisine_ratings/rank": float(rank), "cuisine_ratings/noise": noise, "cuisine_ratings/strength": strength}
    for place, look in enumerate(LOOKS):
        found[f"cuisine_ratings/pair_acc@{look}"] = float(np.nanmean(picked[:, place]))
        found[f"cuisine_ratings/pair_acc@{look}_random"] = float(np.nanmean(drawn[:, place]))
        gains = (picked - drawn)[:, place]
        gains = gains[~np.isnan(gains)]
        reach = 1.96 * float(gains.std(ddof=1)) / len(gains) ** 0.5
        found[f"cuisine_ratings/gain@{look}"] = float(gains.mean())
        found[f"cuisine_ratings/gain@{look}_low"] = float(gains.mean()) - reach
        found[f"cuisine_ratings/gain@{look}_high"] = float(gains.mean()) + reach
    return found
