"""Coefficients: learnt from choices, cautious with few, comparable."""

from __future__ import annotations

import math
import random

import pytest

from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.coefficients import answers, coin, learnt, likely, likeness


def choice(edited: bool = False, weight: float = 1.0, **differing: float) -> Choice:
    return Choice("e", "", "", Pair(differing, frozenset(), frozenset()), weight, edited)


def test_nothing_known_is_a_coin() -> None:
    """Per answer: a pick is one, an edit one for each axis, a choice without a known axis none."""
    assert likely({}, choice(length=1, lists=-1)) == coin(choice(length=1, lists=-1)) == pytest.approx(math.log(0.5))
    assert likely({}, choice(True, length=1, lists=-1)) == pytest.approx(2 * math.log(0.5))
    assert coin(choice(**{"in.German": 1.0})) == 0.0
    assert len(list(answers(choice(True, length=1, lists=-1)))) == 2


def test_choices_move_means_and_shrink_variances() -> None:
    """Towards what was chosen, by less the surer; a light choice moves less; contrary ones move back."""
    once = learnt({}, choice(length=-1))
    twice = learnt(once, choice(length=-1))
    assert 0 > once["length"] > twice["length"]
    assert once["length"] > twice["length"] - once["length"] - 1
    assert abs(twice["length"] - once["length"]) < abs(once["length"])
    assert twice["length~"] < once["length~"] < 2.0
    assert abs(learnt({}, choice(weight=0.2, length=-1))["length"]) < abs(once["length"])
    assert learnt(once, choice(length=1))["length"] > once["length"]


def test_a_planted_taste_is_found() -> None:
    """From 60 noisy picks (seed 1): the signs are right, and unseen picks are predicted."""
    rng, taste = random.Random(1), {"length": -1.5, "lists": 1.5, "emoji": 0.0}
    found: dict[str, float] = {}

    def picked() -> Choice:
        differing = {axis: rng.choice((-1.0, 1.0)) for axis in taste}
        liked = sum(taste[axis] * side for axis, side in differing.items())
        side = 1.0 if rng.random() < 1 / (1 + math.exp(-liked)) else -1.0
        return choice(**{axis: side * amount for axis, amount in differing.items()})

    for _ in range(60):
        found = learnt(found, picked())
    assert found["length"] < -0.5
    assert found["lists"] > 0.5
    later = [picked() for _ in range(200)]
    assert sum(likely(found, each) for each in later) > sum(coin(each) for each in later) + 10


def test_tastes_are_compared_by_direction() -> None:
    """1 for the same, -1 for the opposite, 0 where one is not known."""
    assert likeness({"length": 2.0}, {"length": 0.5, "length~": 3.0}) == pytest.approx(1.0)
    assert likeness({"length": 2.0}, {"length": -0.5}) == pytest.approx(-1.0)
    assert likeness({}, {"length": 1.0}) == 0.0
