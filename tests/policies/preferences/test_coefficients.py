"""Choices as answers about coefficients: learnt from, cautious with few, comparable."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.coefficients import answers, coin, directions, likely, likeness
from policies.rewards.axes import AXES
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL, Taste, of_kept

LENGTH, LISTS = AXES.index("length"), AXES.index("lists")


def choice(edited: bool = False, weight: float = 1.0, even: bool = False, **differing: float) -> Choice:
    return Choice("e", "", "", Pair(differing, frozenset(), frozenset()), weight, edited, even=even)


def after(taste: Posterior, made: Choice) -> Posterior:
    return Taste(taste, taste).after(answers(made, directions(made))).serves


def test_nothing_known_is_a_coin() -> None:
    """Per answer: a pick is one, an edit one for each axis, a choice without a known axis none."""
    pick, edit = directions(choice(length=1, lists=-1)), directions(choice(True, length=1, lists=-1))
    assert likely(NEUTRAL, pick) == coin(pick) == pytest.approx(math.log(0.5))
    assert likely(NEUTRAL, edit) == pytest.approx(2 * math.log(0.5))
    nothing = directions(choice(**{"in.German": 1.0}))
    assert nothing.shape == (0, len(AXES)) and coin(nothing) == 0.0


def test_texts_are_read_on_all_axes() -> None:
    """The chosen one less the other; also on such as claims of sums do not speak of."""
    short, long = "Yes.", "Perhaps. " * 3 + "It might be that you could sometimes do it, and possibly you should. " * 4
    (row,) = directions(Choice("e", short, long, Pair.of(short, long), 1.0))
    assert row[LENGTH] < -0.5 and row[AXES.index("hedging")] < 0
    assert len(directions(Choice("e", short, short + " ", Pair.of(short, short), 1.0))) == 0


def test_what_is_seen_of_an_edit_in_several_ways_counts_once() -> None:
    """Each axis of the text answers alone, what a model makes of it once, and learnt axes, which are made of the
    others, not at all; a pick answers about the sum of all."""
    phi = np.zeros((2, len(AXES)))
    places = [LENGTH, LISTS, *(AXES.index(axis) for axis in ("warmth", "humour", "factor1"))]
    phi[0, places] = -0.5, 0.25, 0.5, 0.75, 3.0
    rows = directions(Choice("e", "a", "b", Pair.of("a", "b"), 1.0, edited=True), phi)
    assert [[float(each) for each in row[places]] for row in rows] == [
        [-0.5, 0, 0, 0, 0], [0, 0.25, 0, 0, 0], [0, 0, 0.5, 0.75, 0]]  # fmt: skip
    (row,) = directions(Choice("e", "a", "b", Pair.of("a", "b"), 1.0), phi)
    assert row[AXES.index("factor1")] == 3.0


def test_choices_move_means_and_shrink_variances() -> None:
    """Towards what was chosen, by less the surer; a light choice moves less; contrary ones move back; a tie only
    shrinks."""
    once = after(NEUTRAL, choice(length=-1))
    twice = after(once, choice(length=-1))
    assert 0 > once.mean[LENGTH] > twice.mean[LENGTH]
    assert abs(twice.mean[LENGTH] - once.mean[LENGTH]) < abs(once.mean[LENGTH])
    assert twice.deviations[LENGTH] < once.deviations[LENGTH] < NEUTRAL.deviations[LENGTH]
    assert abs(after(NEUTRAL, choice(weight=0.2, length=-1)).mean[LENGTH]) < abs(once.mean[LENGTH])
    assert after(once, choice(length=1)).mean[LENGTH] > once.mean[LENGTH]
    tie = after(NEUTRAL, choice(even=True, length=-1))
    assert tie.mean[LENGTH] == pytest.approx(0.0) and tie.deviations[LENGTH] < NEUTRAL.deviations[LENGTH]


def test_what_goes_together_is_told_apart() -> None:
    """After picks that differ on two axes at once neither is sure, their sum is; one that parts them tells of both."""
    taste = NEUTRAL
    for _ in range(6):
        taste = after(taste, choice(length=-1, lists=1))
    assert taste.cov[LENGTH, LISTS] > 0.3
    assert after(taste, choice(length=-1)).mean[LISTS] != pytest.approx(taste.mean[LISTS])


def test_a_planted_taste_is_found() -> None:
    """From 60 noisy picks (seed 1): the signs are right, and unseen picks are predicted."""
    rng, planted, taste = random.Random(1), {"length": -1.5, "lists": 1.5, "emoji": 0.0}, NEUTRAL

    def picked() -> Choice:
        differing = {axis: rng.choice((-1.0, 1.0)) for axis in planted}
        liked = sum(planted[axis] * side for axis, side in differing.items())
        side = 1.0 if rng.random() < 1 / (1 + math.exp(-liked)) else -1.0
        return choice(**{axis: side * amount for axis, amount in differing.items()})

    for _ in range(60):
        taste = after(taste, picked())
    assert taste.mean[LENGTH] < -0.5 and taste.mean[LISTS] > 0.5
    later = [directions(picked()) for _ in range(200)]
    assert sum(likely(taste, each) for each in later) > sum(map(coin, later)) + 10


def test_tastes_are_compared_by_direction() -> None:
    """1 for the same, -1 for the opposite, 0 where one is not known."""
    one, same, other = (of_kept({"length": mean, "length~": 0.5}) for mean in (2.0, 0.5, -0.5))
    assert likeness(one, same) == pytest.approx(1.0)
    assert likeness(one, other) == pytest.approx(-1.0)
    assert likeness(NEUTRAL, one) == 0.0
