"""Tastes of places, apart: begun from the one for everywhere, and never mixed with it or with each other."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.apart import Tastes
from policies.rewards.axes import AXES
from policies.rewards.places import CHOSEN, of_place
from policies.rewards.posterior import HALF_LIFE, Answer
from policies.rewards.taste import NEUTRAL, WEEK, Taste, of_kept

LENGTH, LISTS = AXES.index("length"), AXES.index("lists")
MORE = [Answer(np.eye(len(AXES))[LENGTH])]
LESS = [Answer(-np.eye(len(AXES))[LENGTH])]
KNOWN = Tastes(Taste().after(LESS * 6))


def mean(tastes: Tastes, place: str = "") -> float:
    return float(tastes.of_place(place).serves.mean[LENGTH])


def test_a_place_begins_where_the_person_stands() -> None:
    """Less sure by a half-life; until then what holds everywhere serves."""
    assert KNOWN.of_place("work") is KNOWN.everywhere
    begun = KNOWN.after("work", [])
    there, everywhere = begun.of_place("work").serves, KNOWN.everywhere.serves
    assert np.allclose(there.mean, everywhere.mean)
    assert np.allclose(there.cov, everywhere.inflated(HALF_LIFE, NEUTRAL).cov)
    assert there.deviations[LENGTH] > everywhere.deviations[LENGTH]


def test_the_next_choice_is_added_to_what_begins() -> None:
    """Of a place with choices to its own taste, as sure as it is then."""
    begun, there = KNOWN.next("work", 5.0), KNOWN.after("work", MORE, 5.0)
    assert begun.serves.deviations[LENGTH] > KNOWN.everywhere.serves.deviations[LENGTH]
    assert there.of_place("work").serves.mean[LENGTH] == begun.after(MORE).serves.mean[LENGTH]
    assert there.next("work", 5.0).serves is there.of_place("work").serves
    later = there.next("work", 5.0 + 30 * WEEK).serves
    assert later.deviations[LENGTH] > there.of_place("work").serves.deviations[LENGTH]


def test_neither_knows_of_the_others_choices() -> None:
    """Terse at work and chatty at home is both; what comes later for everywhere does not reach a place that began."""
    tastes = KNOWN
    for _ in range(12):
        tastes = tastes.after("home", MORE).after("work", LESS)
    assert tastes.everywhere is KNOWN.everywhere
    assert mean(tastes, "home") > 0.5 > -0.5 > mean(tastes, "work")
    later = tastes.after("", MORE * 20)
    assert mean(later) > 0 and mean(later, "work") == mean(tastes, "work")


def test_a_profile_holds_them() -> None:
    """And gives them back, each with its time; a place without choices is none."""
    tastes = KNOWN.after("work", MORE, 5.0).after("home", LESS, 7.0)
    again = Tastes.of(tastes.floats(), {"": 3.0, "work": 5.0})
    assert again.places.keys() == {"work"} and (again.everywhere.last, again.of_place("work").last) == (3.0, 5.0)
    assert np.allclose(again.of_place("work").serves.cov, tastes.of_place("work").serves.cov, atol=1e-5)
    assert np.allclose(again.of_place("home").serves.mean, KNOWN.everywhere.serves.mean, atol=1e-5)
    assert Tastes.of({}, {"": 0.0, "work": 1.0}).places == {} and Tastes().floats() == {}


def test_only_the_place_ages() -> None:
    """At which something happens; the other ones are as they were."""
    year = 52 * WEEK
    tastes = KNOWN.after("work", LESS * 9, 1e9).at("work", 1e9 + year)
    assert tastes.everywhere is KNOWN.everywhere and tastes.of_place("work").last == 1e9 + year
    fresh = KNOWN.after("work", LESS * 9, 1e9)
    assert tastes.of_place("work").serves.deviations[LENGTH] > fresh.of_place("work").serves.deviations[LENGTH]
    assert KNOWN.at("home", 5.0) is KNOWN and KNOWN.at("", 5.0).everywhere.last == 5.0


def test_what_was_only_said_of_a_place() -> None:
    """It is put upon whatever is known for everywhere, and what choices told is kept beside it once there are some."""
    said = Tastes(KNOWN.everywhere, words={"work": [("length", "long")], "home": []})
    assert mean(said, "work") > 1.5 and said.of_place("home") is said.everywhere
    lists = said.after("", [Answer(np.eye(len(AXES))[LISTS])] * 9)
    assert lists.of_place("work").serves.mean[LISTS] == pytest.approx(lists.everywhere.serves.mean[LISTS])
    kept = lists.after("work", MORE).floats()
    assert of_kept(of_place(of_place(kept, "work"), CHOSEN)).mean[LENGTH] < 0
    assert {name.partition("/")[0] for name in said.floats() if "/" in name} == {"work"}


def test_under_a_prior() -> None:
    """A house's comes in where the taste is used, at places as everywhere."""
    house = of_kept({"lists": 1.0, "lists~": 0.5})
    tastes = KNOWN.after("work", MORE)
    assert tastes.serves("work", house).mean[LISTS] > 0 == tastes.of_place("work").serves.mean[LISTS]
    assert tastes.serves("work", NEUTRAL) is tastes.of_place("work").serves
