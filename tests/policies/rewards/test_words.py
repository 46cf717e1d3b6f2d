"""What tastes are called."""

from __future__ import annotations

import pytest

from policies.preferences.aspects import DEFAULT
from policies.rewards.axes import JUDGED, TEXT
from policies.rewards.words import CALLED, NAMED, sides


def test_every_axis_has_words() -> None:
    """In aspects of answers, on every axis that has a name, and no axis more than there are."""
    assert {*NAMED} == {*TEXT, *JUDGED}
    for claim in (each for both in NAMED.values() for each in both if each is not None):
        assert DEFAULT[claim[0]].about == "answers"


@pytest.mark.parametrize("axis", CALLED)
def test_words_mean_their_own_axis(axis: str) -> None:
    """What more of an axis is called speaks for more of it, and what less is called for less."""
    more, less = CALLED[axis]
    assert sides(*more)[axis] > 0
    assert less is None or sides(*less)[axis] < 0


def test_other_claims() -> None:
    """Languages and bounds are understood; a hobby says nothing."""
    assert sides("language", "German") == {"in.German": 1.0}
    assert sides("length", "at most three sentences") == {"length": -1.0}
    assert sides("likes", "hiking") == {}
