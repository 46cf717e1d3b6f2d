"""Choices as answers about coefficients (`policies.rewards`): a pick is one answer about the sum of all axes; an edit
answers axis by axis, because the person could have left each of them alone. What a model makes of it is one answer of
that edit: nobody changes warmth but by words that count already. Learnt axes are made of the others: of these an edit
answers through those alone.

It imports numpy: to be imported where it is used, in the background.
"""

from __future__ import annotations

import math

from policies.preferences.choices import Choice
from policies.rewards.axes import AXES, JUDGED, TEXT, features
from policies.rewards.moments import Array, directed
from policies.rewards.posterior import Answer, Posterior


def directions(choice: Choice, phi: Array | None = None) -> Array:
    """What a choice answers, shape (k, d): how the chosen text differs on AXES, by `phi`, the features of the two of
    shape (2, d), or those that can be read off them; an edit on those with names. Of a choice without texts its pair
    is taken as it is."""
    if choice.chosen or choice.rejected:
        chosen, rejected = features([choice.chosen, choice.rejected]) if phi is None else phi
        row = [float(amount) for amount in chosen - rejected]
    else:
        row = [choice.pair.differing.get(axis, 0.0) for axis in AXES]
    if not choice.edited:
        return directed([row] if any(row) else [], len(AXES))
    parts = [{axis} for axis in TEXT] + [{*JUDGED}]
    rows = [[amount if axis in part else 0.0 for axis, amount in zip(AXES, row, strict=True)] for part in parts]
    return directed([each for each in rows if any(each)], len(AXES))


def answers(choice: Choice, v: Array) -> list[Answer]:
    """A choice as answers about its directions; one that prefers neither text is half for each."""
    return [Answer(row, 0.5 if choice.even else 1.0, choice.weight) for row in v]


def likely(taste: Posterior, v: Array) -> float:
    """The log-probability of a choice's answers under a taste, in nats: log .5 each where nothing is known."""
    return sum(math.log(max(1e-9, float(each))) for each in taste.chance(v))


def coin(v: Array) -> float:
    """The same under no taste at all."""
    return math.log(0.5) * len(v)


def likeness(one: Posterior, other: Posterior) -> float:
    """The cosine of two tastes, in [-1, 1]; 0 where either is not known."""
    length = math.sqrt(float(one.mean @ one.mean) * float(other.mean @ other.mean))
    return float(one.mean @ other.mean) / length if length else 0.0
