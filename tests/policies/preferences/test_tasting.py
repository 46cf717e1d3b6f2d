"""Coefficients while choices are taken in: foreseen by what was known before, then learnt."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from adapters.ports import Election, Profile
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.tasting import Tasting, doubted
from policies.rewards.axes import AXES
from policies.rewards.taste import NEUTRAL, WEEK, floats, of_kept

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
    assert tasting.tastes.everywhere.serves.deviations[AXES.index("length")] < NEUTRAL.deviations[AXES.index("length")]


def test_a_place_learns_alone() -> None:
    """What serves there foresees a choice; the taste for everywhere, and other places, stay as they are."""
    tasting = Tasting.of(Profile(taste=floats(HOUSE), counts={"taste.last": 1e9}), [], [], None, NEUTRAL)
    there = replace(pick(2e9, length=1), place="work")
    first = tasting.met(Election(), there).tastes
    tasting.met(Election(), there)
    assert first["own"] < first["none"] < tasting.met(Election(), there).tastes["own"]
    kept = tasting.kept(counts := {})
    assert kept["length"] == -1.0 and kept["work/length"] > 0 and "home/length" not in kept
    assert counts == {"taste.last": 1e9, "taste.last.work": 2e9}
    again = Tasting.of(Profile(taste=kept, counts=counts), [], [], None, NEUTRAL)
    assert again.kept({}) == pytest.approx(kept)


def test_a_new_place_is_no_change_of_hands() -> None:
    """The first choices there may well be unlike those before; later ones speak for or against the person again."""
    def guards(*places: str) -> list[str]:
        tasting, election = Tasting(), Election()
        found = []
        for number, place in enumerate(places):
            away = number >= 12
            choice = replace(pick(length=1 if away else -1), place=place)
            election = tasting.met(replace(election, choices=number), choice)
            found.append(election.guarded)
        return found

    assert "drifted" in guards(*[""] * 20)
    assert set(guards(*["work"] * 12, *["home"] * 12)) == {""}
    assert "drifted" in guards(*["work"] * 24)


def test_which_past_choices_are_watched() -> None:
    """As many of a place as came behind the first ones there; ties never."""
    past = [replace(pick(length=at), place="work" if at % 2 else "") for at in range(1, 9)]
    found = doubted([*past, pick(even=True, length=9)], {"choices.work": 10.0})
    assert [each.pair.differing["length"] for each in found] == [2, 4, 5, 6, 7, 8][-5:]


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
