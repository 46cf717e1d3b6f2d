"""A taste as a profile keeps it: read again, of earlier versions too, apart from what words moved; under a house."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.axes import AXES
from policies.rewards.claims import told
from policies.rewards.places import CHOSEN
from policies.rewards.posterior import HALF_LIFE, Answer, Posterior
from policies.rewards.taste import NEUTRAL, WEEK, Taste, of_kept

LENGTH, LISTS = AXES.index("length"), AXES.index("lists")
HOUSE = Posterior(NEUTRAL.mean - 0.5, NEUTRAL.cov * 0.5 + 0.2)


def answer(**amounts: float) -> Answer:
    return Answer(np.array([amounts.get(axis, 0.0) for axis in AXES]))


def alike(one: Posterior, other: Posterior) -> bool:
    return np.allclose(one.mean, other.mean, atol=1e-4) and np.allclose(one.cov, other.cov, atol=1e-4)


def test_earlier_versions_are_read() -> None:
    """Those held variances alone, of fewer axes; nobody is less sure than where nothing is known."""
    old = of_kept({"length": -1.0, "length~": 0.25, "lists": 0.1, "lists~": 3.0})
    assert (old.mean[LENGTH], old.deviations[LENGTH]) == (-1.0, 0.5)
    assert old.deviations[LISTS] == NEUTRAL.deviations[LISTS]
    assert of_kept({}) is NEUTRAL and np.allclose(of_kept({"warmth": 1.0}).cov, NEUTRAL.cov)


def test_a_taste_is_kept_and_read_again() -> None:
    """Without the axes of which nothing is known; under a house's prior it is as if it had begun there."""
    taste = Taste().after([answer(length=-1, lists=1)]).at(9e8)
    held = taste.floats()
    again = Taste.of(held, 9e8)
    assert alike(again.serves, taste.serves) and not again.moved
    assert {name for name in held if "~" not in name} == {"length", "lists"}
    began = HOUSE.updated(answer(length=-1, lists=1))
    assert np.allclose(taste.under(HOUSE).mean, began.mean, atol=0.15)
    assert taste.under(NEUTRAL) is taste.serves


def test_what_words_moved_is_kept_apart() -> None:
    """Choices go on to teach both; also where there were none before the words."""
    for first in ([], [answer(lists=1)]):
        before = Taste().after(first)
        said = Taste(told(before.serves, [("length", "short")], AXES, NEUTRAL), before.chosen)
        taste = said.after([answer(length=1, lists=1)])
        again = Taste.of(taste.floats())
        assert again.moved and alike(again.serves, taste.serves) and alike(again.chosen, taste.chosen)
        assert taste.serves.mean[LENGTH] < 0 < taste.chosen.mean[LENGTH]
        assert Taste.of(said.floats()).moved
    assert any(name.startswith(f"{CHOSEN}/") for name in taste.floats())


def test_tastes_drift() -> None:
    """Half of what was heard is open again after the half-life; a time that is not known changes nothing."""
    kept = of_kept({"length": -1.0, "length~": 0.2})
    sure = Taste(kept, kept, 1e9)
    later = sure.at(1e9 + HALF_LIFE * WEEK)
    assert later.serves.deviations[LENGTH] ** 2 == pytest.approx((0.2 + 2.0) / 2)
    assert later.serves.mean[LENGTH] == -1.0 and later.chosen is later.serves
    assert sure.at(0.0).serves is sure.serves and Taste().at(1e9).last == 1e9
