"""Which of two answers do you prefer? The pair that tells most of a person, and when it is better to ask nothing.

A pair is worth what its answer is expected to tell of the taste as a whole (`moments.gain`), not how far apart its
texts are. Where there are decisions at hand, it is worth by how much they are expected to be better made for the answer
(the knowledge gradient: Frazier, Powell and Dayanik 2008), and a little what it tells of how their candidates differ,
as often no single answer changes anything. Asking ends when no decision would turn out otherwise, when no pair tells
enough, or after ten questions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from policies.rewards.moments import Array, gain, variances
from policies.rewards.posterior import Posterior
from policies.rewards.worth import DIGITS, beside, better, flips

_TRIED = 32
"""Pairs, the best ones, whose answers are thought through before nothing is asked."""
_TOLD = 0.1
"""What a nat about the candidates is worth beside a better decision, in log-odds."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The n pairs that may be asked: differences `v` of shape (n, d), and the prompt that each pair belongs to."""

    v: Array
    prompts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The pairs that a person was asked before, as places in the pool, and the prompt of the last question."""

    pairs: Collection[int] = ()
    prompt: str | None = None


class Question(NamedTuple):
    """A pair of the pool by its place, what it is worth asking, and how many nats its answer is expected to tell."""

    pair: int
    worth: float
    gain: float


@dataclass(frozen=True, slots=True)
class Patience:
    """When to stop: after `most` questions, below `gain` nats, where no decision at hand changes with a chance of at
    least `flips`, or where decisions are expected to be better by less than `least` each, in log-odds of being the
    preferred one."""

    most: int = 10
    gain: float = 0.02
    flips: float = 0.05
    least: float = 0.0


def ranked(
    posterior: Posterior, pool: Pool, asked: Asked | None = None, decisions: Sequence[Array] = ()
) -> list[Question]:
    """The pairs that are worth most to ask now, best first, equals in the pool's order: none twice, and none of the
    last question's prompt. `decisions` are those at hand, each the features of its candidates, of shape (c, d)."""
    asked, decisions = asked or Asked(), _open(decisions)
    if not len(pool.v):
        return []
    mean, spread = pool.v @ posterior.mean, variances(posterior.cov, pool.v)
    told = gain(mean, spread, beside(posterior, pool.v, decisions, spread))
    worth = np.round(better(posterior, pool.v, decisions) + _TOLD * told if decisions else told, DIGITS)
    if asked.pairs:
        worth[list(asked.pairs)] = -np.inf
    if asked.prompt is not None:
        worth[[prompt == asked.prompt for prompt in pool.prompts]] = -np.inf
    order = np.argsort(-worth, kind="stable")[:_TRIED]
    best = [place for place in map(int, order) if np.isfinite(worth[place])]
    return [Question(place, float(worth[place]), float(told[place])) for place in best]


def following(
    posterior: Posterior,
    pool: Pool,
    asked: Asked | None = None,
    decisions: Sequence[Array] | None = None,
    patience: Patience | None = None,
) -> tuple[Question | None, str]:
    """The next question, or None and why: "enough", "nothing_left", "tells_little", "changes_nothing".

    `decisions` are as for `ranked`: None where they are not known, [] where there are none to make.
    """
    asked, patience = asked or Asked(), patience or Patience()
    if len(asked.pairs) >= patience.most:
        return None, "enough"
    best = ranked(posterior, pool, asked, decisions or ())
    if not best:
        return None, "nothing_left"
    if max(each.gain for each in best) < patience.gain:
        return None, "tells_little"
    if decisions and best[0].worth < patience.least * len(decisions):
        return None, "tells_little"
    if decisions is not None:
        turned = flips(posterior, pool.v[[each.pair for each in best]], _open(decisions))
        if turned.max(initial=0.0) < patience.flips:
            return None, "changes_nothing"
    return best[0], ""


def _open(decisions: Sequence[Array]) -> list[Array]:
    """Those with anything to decide."""
    return [phi for phi in decisions if len(phi) > 1]
