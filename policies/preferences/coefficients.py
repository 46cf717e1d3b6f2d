"""A person's taste in numbers: one coefficient per axis, learnt from their choices, each with its variance.

Bradley-Terry over named axes (PReF, arXiv 2503.06358: P(a over b) = sigmoid(taste . difference)) with independent
normal posteriors, brought up to date one choice at a time by assumed-density filtering with the probit approximation of
the logistic (Bishop, PRML, 4.5.2). A pick is one answer about the sum of all axes; an edit answers axis by axis,
because the person could have left each of them alone. The names of means are those of axes, those of variances end
with "~".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from policies.preferences.choices import AXES, Choice

_VARIANCE = 2.0
"""Of a coefficient before any choice: a whole difference decides 76 % of the choices for the typical person."""
_BOUND = 30.0


def likely(taste: Mapping[str, float], choice: Choice) -> float:
    """The log-probability of a choice under a taste, in nats: log .5 per answer where nothing is known."""
    return sum(math.log(_chance(taste, answer)) for answer in answers(choice))


def coin(choice: Choice) -> float:
    """The same under no taste at all."""
    return math.log(0.5) * sum(1 for _ in answers(choice))


def learnt(taste: Mapping[str, float], choice: Choice) -> dict[str, float]:
    """The taste after a choice."""
    found = dict(taste)
    for answer in answers(choice):
        missed = choice.weight * (1.0 - _chance(found, answer))
        spread = _spread(found, answer)
        certainty = choice.weight * _chance(found, answer) * (1.0 - _chance(found, answer))
        for axis, amount in answer.items():
            variance = found.get(f"{axis}~", _VARIANCE)
            found[axis] = found.get(axis, 0.0) + variance * amount * missed / (1.0 + certainty * spread)
            found[f"{axis}~"] = variance / (1.0 + certainty * variance * amount * amount)
    return found


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two tastes, in [-1, 1]; 0 where either is not known."""
    length = math.sqrt(_dot(one, one) * _dot(other, other))
    return _dot(one, other) / length if length else 0.0


def answers(choice: Choice) -> Iterator[Mapping[str, float]]:
    """The independent answers in a choice, each as differences by axis."""
    differing = {axis: amount for axis, amount in choice.pair.differing.items() if axis in AXES}
    if choice.edited:
        yield from ({axis: amount} for axis, amount in differing.items())
    elif differing:
        yield differing


def _chance(taste: Mapping[str, float], answer: Mapping[str, float]) -> float:
    mean = sum(taste.get(axis, 0.0) * amount for axis, amount in answer.items())
    score = mean / math.sqrt(1.0 + math.pi * _spread(taste, answer) / 8.0)
    return 1.0 / (1.0 + math.exp(-max(-_BOUND, min(_BOUND, score))))


def _spread(taste: Mapping[str, float], answer: Mapping[str, float]) -> float:
    return sum(taste.get(f"{axis}~", _VARIANCE) * amount * amount for axis, amount in answer.items())


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(one.get(axis, 0.0) * other.get(axis, 0.0) for axis in AXES)
