"""Coefficients: learnt from choices, cautious with few, comparable, kept, and moved to another prior."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.coefficients import (
    NEUTRAL,
    WEEK,
    Taste,
    coin,
    directions,
    learnt,
    likely,
    likeness,
    of_kept,
)  # fmt: skip
from policies.rewards.axes import AXES
from policies.rewards.posterior import HALF_LIFE, Posterior

LENGTH, LISTS = AXES.index("length"), AXES.index("lists")
HOUSE = Posterior(NEUTRAL.mean - 0.5, NEUTRAL.cov * 0.5 + 0.2)


def choice(edited: bool = False, weight: float = 1.0, even: bool = False, **differing: float) -> Choice:
    return Choice("e", "", "", Pair(differing, frozenset(), frozenset()), weight, edited, even=even)


def after(taste: Posterior, made: Choice) -> Posterior:
    return learnt(taste, directions(made), made.weight)


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
    tie = Taste().after(choice(even=True, length=-1), directions(choice(length=-1))).serves
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


def test_earlier_versions_are_read() -> None:
    """Those held variances alone, of fewer axes; nobody is less sure than where nothing is known."""
    old = of_kept({"length": -1.0, "length~": 0.25, "lists": 0.1, "lists~": 3.0})
    assert (old.mean[LENGTH], old.deviations[LENGTH]) == (-1.0, 0.5)
    assert old.deviations[LISTS] == NEUTRAL.deviations[LISTS]
    assert of_kept({}) is NEUTRAL and np.allclose(of_kept({"warmth": 1.0}).cov, NEUTRAL.cov)


@pytest.mark.parametrize("prior", [NEUTRAL, HOUSE])
def test_a_taste_is_kept_and_read_again(prior: Posterior) -> None:
    """As it serves under its prior, and as it would be under any other."""
    made = choice(length=-1, lists=1)
    taste = Taste(prior, prior).after(made, directions(made)).at(9e8)
    held = taste.floats()
    again = Taste.of(held, prior, 9e8)
    assert np.allclose(again.serves.mean, taste.serves.mean, atol=1e-4)
    assert np.allclose(again.serves.cov, taste.serves.cov, atol=1e-4)
    assert np.allclose(of_kept(held).mean, taste.serves.mean, atol=1e-4)
    assert Taste.of(held, NEUTRAL).serves.mean[LENGTH] < 0


def test_tastes_drift() -> None:
    """Half of what was heard is open again after the half-life; a time that is not known changes nothing."""
    sure = Taste(of_kept({"length": -1.0, "length~": 0.2}), NEUTRAL, 1e9)
    later = sure.at(1e9 + HALF_LIFE * WEEK)
    assert later.serves.deviations[LENGTH] ** 2 == pytest.approx((0.2 + 2.0) / 2)
    assert later.serves.mean[LENGTH] == -1.0
    assert sure.at(0.0).serves is sure.serves and Taste().at(1e9).last == 1e9
