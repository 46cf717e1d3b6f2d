"""Answers with one small fault are turned away, and most of those that say the same in other words are not."""

import asyncio
from collections import Counter

from bench.edits import FAMILIES, RIGHT, edits, measure


def test_sets() -> None:
    """Enough of each family, each answer once, and none of a family that nobody knows."""
    families = Counter(each.family for each in edits())
    assert set(families) == {RIGHT, *FAMILIES} and families[RIGHT] == 40 and sum(families.values()) == 160
    assert all(families[each] >= 5 for each in FAMILIES)
    assert len({(each.title, each.answer) for each in edits()}) == 160


def test_shares() -> None:
    """At most one in twenty of the wrong ones passes, and at least two in three of the right ones."""
    found = asyncio.run(measure())
    assert found["write_back/edits/accepted"] <= 0.05, found
    assert found["write_back/edits/right"] >= 0.65, found
    assert {f"write_back/edits/accepted@{each}" for each in FAMILIES} <= set(found)
