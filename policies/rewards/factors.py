"""Axes without names, learnt from choices: directions in a space of style statistics and differences of embeddings.

score = own . v_named + taste . (W v), with W of shape (J, D) for everybody and, for each person, a taste of J numbers
(PReF, arXiv 2503.06358) beside coefficients of the named axes, which go on to be used: a start by singular values, then
the likeliest W and tastes under normal priors. W is then turned and scaled such that people's tastes are uncorrelated
and as wide as any coefficient before a choice: learnt axes join the named ones under one neutral prior. Directions
cannot be explained to anybody, and few choices teach them nothing but those choices: so they are only handed out where
the posterior that would be used with them foresees later choices better than it does without, and otherwise refused.
These are choices with a text that nobody's earlier ones hold: where many choose among the same texts, as in a bank of
questions, directions that know each of these by heart would foresee them, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple, TypeVar

import numpy as np

from policies.rewards.laplace import Stack
from policies.rewards.moments import Array, sigmoid
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import LEAST, Learning, learnt

_LEARNT = 0.7
"""The share of a person's choices, the first ones, that directions are learnt from; the others try them."""
_TAUGHT = 0.8
"""The share of these that the directions themselves are learnt from; the others tell how much they matter."""
_FEW = 4
"""Choices of a person under which nothing can be held out."""
_STEPS, _RATE, _SCORES = 300, 0.05, 2.0
"""Steps of Adam, its rate, and the variance of a choice's score before anything is known."""
_ROUNDS = 25
"""Of learning how wide tastes are."""
_SURE = NormalDist().inv_cdf(0.95)
T = TypeVar("T")


class Made(NamedTuple):
    """A choice that somebody made: what it answers, and what tells the texts that it was made among from others."""

    answer: Answer
    among: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What is known of choices beside W: `v` on the named axes, (n, k, named), and the variance of their coefficients.
    """

    v: Array
    variance: float


@dataclass(frozen=True, slots=True)
class Audit:
    """Mean log-likelihood per held-out choice, in nats, with the directions beside the named axes and with these alone;
    `low` is the lower 95 % bound of the difference over people."""

    choices: int
    people: int
    factors: float
    named: float
    low: float


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """`directions` of shape (J, D), a choice's `v` becoming `directions @ v`; None where they were `refused`, which
    then says why: "too_few_people" or "same_texts" (no audit), or "no_better"."""

    directions: Array | None
    audit: Audit | None
    refused: str = ""


def fit(
    people: Mapping[str, Sequence[Made]], number: int, named: int, variance: float, least: int = LEAST
) -> Factors:
    """So many directions from the choices of consenting people, each person's in the order of time.

    `v` has the shape (D,): first `named` statistics on named axes, then the rest. `variance` is that of any coefficient
    before a choice, where they are used. There must be `least` people with choices to learn from, and with later ones
    to try them on. Raises ValueError for more directions than there are dimensions, or none.
    """
    known = [list(made) for _, made in sorted(people.items()) if len(made) >= _FEW]
    if len(known) < max(1, least):
        return Factors(None, None, "too_few_people")
    wide = len(known[0][0].answer.v)
    if not 1 <= number <= wide:
        raise ValueError(f"between 1 and {wide} directions can be learnt, not {number}")
    first, later = _apart(known)
    tried = [place for place, answers in enumerate(later) if answers]
    if len(tried) < max(1, least):
        return Factors(None, None, "same_texts")
    taught, measured = _cut(first, _TAUGHT)
    axes = np.eye(named, wide)
    # How much they matter is measured by choices that they were not learnt from: those they explain too well.
    directions = _scaled(_directions(Stack.of(taught), number, named, variance), axes, measured, variance)
    both = np.concatenate([axes, directions])
    before, after = ([part[place] for place in tried] for part in (first, later))
    ours, theirs = (_foreseen(_seen(before, each), _seen(after, each), variance) for each in (both, axes))
    audit = _audit(ours, theirs)
    # Named axes may be worse than a coin where people are few: to beat those proves nothing.
    better = audit.low > 0.0 and audit.factors > -np.log(2.0)
    return Factors(directions, audit) if better else Factors(None, audit, "no_better")


def _apart(people: Sequence[list[Made]]) -> tuple[list[list[Answer]], list[list[Answer]]]:
    """What directions are learnt from, and what they are tried on: of the later choices those with a new text."""
    first, later = _cut(people, _LEARNT)
    met = frozenset(text for some in first for made in some for text in made.among)
    return ([[made.answer for made in some] for some in first],
            [[made.answer for made in some if made.among - met] for some in later])


def _cut(people: Sequence[list[T]], share: float) -> tuple[list[list[T]], list[list[T]]]:
    """The first so many of each person's, and the others."""
    cuts = [max(1, int(len(answers) * share)) for answers in people]
    return ([answers[:cut] for answers, cut in zip(people, cuts, strict=True)],
            [answers[cut:] for answers, cut in zip(people, cuts, strict=True)])


def _directions(stack: Stack, number: int, named: int, variance: float) -> Array:
    """The likeliest W for choices (n, k, D), in the units of `v`."""
    scale = np.sqrt(np.maximum((stack.v**2).sum(axis=(0, 1)) / max(1, int((stack.weight > 0).sum())), 1e-12))
    scaled = Stack(stack.v / scale, stack.value, stack.weight, stack.rated)
    own = Beside(stack.v[..., :named], variance)
    found: Array = _refined((*_started(scaled, number), np.zeros((len(stack.v), named))), scaled, own) / scale
    return found


def _scaled(w: Array, axes: Array, people: Sequence[Sequence[Answer]], variance: float) -> Array:
    """The directions, turned by what these people chose so that tastes along them are uncorrelated, the widest first,
    and in a scale in which each has this variance around 0 (around their mean it is less: what most like is part of
    it)."""
    both, named = np.concatenate([axes, w]), len(axes)
    start = Posterior.spread([variance] * named + [1.0] * len(w))
    found = learnt(_seen(people, both), start, Learning(least=1, rounds=_ROUNDS))
    centre = found.mean[named:]
    values, turned = np.linalg.eigh(found.cov[named:, named:] + np.outer(centre, centre))
    scaled: Array = (turned * np.sqrt(np.maximum(values, 0.0) / variance)).T @ w
    return scaled[::-1]


def _started(stack: Stack, number: int) -> tuple[Array, Array]:
    """W (J, D) and tastes (n, J) from the singular values of everybody's ridge regression of choices on `v`."""
    n, k, wide = stack.v.shape
    sides = stack.weight * (2.0 * stack.value - 1.0)
    # (V'V + r)^-1 V' = V' (V V' + r)^-1: k is smaller than D.
    inner = np.matmul(stack.v, stack.v.transpose(0, 2, 1)) + wide * np.eye(k)
    own = np.einsum("nkd,nk->nd", stack.v, np.linalg.solve(inner, sides[..., None])[..., 0])
    left, sizes, right = np.linalg.svd(own, full_matrices=False)
    kept = min(number, len(sizes))
    w, tastes = np.zeros((number, wide)), np.zeros((n, number))
    w[:kept], tastes[:, :kept] = right[:kept], left[:, :kept] * sizes[:kept]
    spread = np.maximum(np.sqrt((tastes**2).mean(axis=0)), 1e-6)
    # A taste is of size 1 by its prior; W then carries the size of scores.
    return w * np.sqrt(_SCORES / wide / number), tastes / spread


def _refined(start: tuple[Array, Array, Array], stack: Stack, beside: Beside) -> Array:
    """W after `_STEPS` steps of Adam (Kingma and Ba, arXiv 1412.6980) down the loss of W, tastes and own coefficients
    (n, named) together."""
    values = list(start)
    number, wide = values[0].shape
    first, second = [np.zeros_like(each) for each in values], [np.zeros_like(each) for each in values]
    for step in range(1, _STEPS + 1):
        w, tastes, own = values
        seen = stack.v @ w.T
        score = np.einsum("nkj,nj->nk", seen, tastes) + np.einsum("nkd,nd->nk", beside.v, own)
        missed = stack.weight * (sigmoid(score) - stack.value)
        falls = (
            np.einsum("nj,nd->jd", tastes, np.einsum("nk,nkd->nd", missed, stack.v)) + w * (wide * number / _SCORES),
            np.einsum("nk,nkj->nj", missed, seen) + tastes - tastes.mean(axis=0),
            np.einsum("nk,nkd->nd", missed, beside.v) + own / beside.variance,
        )
        rate = _RATE * (1.0 - step / (_STEPS + 1))
        for place, fall in enumerate(falls):
            first[place] = 0.9 * first[place] + 0.1 * fall
            second[place] = 0.999 * second[place] + 0.001 * fall**2
            size = np.sqrt(second[place] / (1.0 - 0.999**step)) + 1e-8
            pace = rate * (np.sqrt(_SCORES / wide / number) if place == 0 else 1.0)
            values[place] = values[place] - pace * first[place] / (1.0 - 0.9**step) / size
    return values[0]


def _seen(people: Sequence[Sequence[Answer]], directions: Array) -> list[list[Answer]]:
    return [[Answer(directions @ each.v, each.value, each.weight, each.rated) for each in answers]
            for answers in people]  # fmt: skip


def _foreseen(
    first: Sequence[Sequence[Answer]], later: Sequence[Sequence[Answer]], variance: float
) -> list[Array]:
    """For each person the log-likelihoods of later choices after the first ones, under the neutral prior, learnt one by
    one: as they would be foreseen if these axes were used."""
    found: list[Array] = []
    for known, answers in zip(first, later, strict=True):
        taste = Posterior.spread([variance] * len(known[0].v))
        for each in known:
            taste = taste.updated(each)
        share = np.clip(taste.chance(np.array([each.v for each in answers])), 1e-9, 1.0 - 1e-9)
        values = np.array([each.value for each in answers])
        found.append(values * np.log(share) + (1.0 - values) * np.log1p(-share))
    return found


def _audit(ours: Sequence[Array], theirs: Sequence[Array]) -> Audit:
    gains = np.array([float(np.mean(one - other)) for one, other in zip(ours, theirs, strict=True)])
    error = float(gains.std(ddof=1)) / np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    return Audit(sum(map(len, ours)), len(gains), float(np.concatenate(ours).mean()),
                 float(np.concatenate(theirs).mean()), float(gains.mean() - _SURE * error))  # fmt: skip
