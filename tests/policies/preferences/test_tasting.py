"""Coefficients while choices are taken in: foreseen by what was known before, then learnt."""

from __future__ import annotations

import math

import pytest

from adapters.ports import Election, Profile
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.tasting import Tasting
from policies.rewards.axes import AXES
from policies.rewards.taste import NEUTRAL, WEEK, of_kept

HOUSE = of_kept({"length": -1.0, "length~": 0.5})
COIN = math.log(0.5)


def pick(time: float = 0.0, even: bool = False, **differing: float) -> Choice:
    return Choice("e", "", "", Pair(differing, frozenset(), frozenset()), 0.8, time=time, even=even)


def test_each_choice_is_foreseen_before_it_is_learnt() -> None:
    """The first one by the prior alone; later ones better than by it, times their weight."""
    tasting = Tasting.of(Profile(), [], [], None, HOUSE)
    first = tasting.met(Election(), pick(length=-1))
    assert first.tastes["own"] == first.tastes["house"] > first.tastes["none"] == pytest.approx(0.8 * COIN)
    election = first
    for _ in range(5):
        election = tasting.met(election, pick(length=-1))
    assert election.tastes["own"] > election.tastes["house"] > election.tastes["none"] == pytest.approx(4.8 * COIN)
    assert len(election.window) == 5


def test_a_tie_is_learnt_and_not_scored() -> None:
    """There is nothing to foresee in it."""
    tasting = Tasting()
    assert tasting.met(Election(), pick(even=True, length=-1)) == Election()
    assert tasting.taste.serves.deviations[AXES.index("length")] < NEUTRAL.deviations[AXES.index("length")]


def test_time_between_choices_lets_the_taste_drift() -> None:
    """What was sure a year ago is less so now; the time of the newest choice is kept."""
    def sure(time: float) -> tuple[float, dict[str, float]]:
        tasting, counts = Tasting(), {}  # type: ignore[var-annotated]
        for at in (1e9, time):
            tasting.met(Election(), pick(at, length=-1))
        kept = tasting.kept(counts)
        return kept["length~length"], counts

    assert sure(1e9 + 52 * WEEK)[0] > sure(1e9)[0]
    assert sure(1e9 + 60.0)[1] == {"taste.last": 1e9 + 60.0}
