"""Whom somebody may be taken for."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Profile
from policies.preferences.neighbours import nearest
from tests.policies.preferences.test_elect import ANN, BEN, CLEO, House


def test_the_neighbour_says_something_else() -> None:
    """The nearest is the most similar of whom the contrary was inferred; with the same, or nothing, nobody is."""
    house = House()
    house.says(ANN, "I love hiking and tea. I hate golf.")
    mine = house.picks(ANN, 1.0, 6)
    stated = house.says(CLEO, "I love hiking and tea.")
    assert nearest(mine, [mine, Profile(), stated]) is None
    far = house.picks(CLEO, 0.0, 6)
    assert nearest(mine, [stated, mine, far]) is far
    house.says(BEN, "I love opera.")
    assert nearest(mine, [house.picks(BEN, 0.0, 6), far]) is far
    there = replace(far, claims=tuple(replace(claim, context="work") for claim in far.claims))
    assert nearest(mine, [there]) is None, "who is so at work alone says nothing to the contrary"
