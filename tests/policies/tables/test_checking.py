"""Readings that may not be answered."""

from __future__ import annotations

from datetime import date

from policies.tables.checking import consistent, covers
from policies.tables.reading import Noun, Where
from policies.tables.templates import write
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES, LIBRARY, opened


def test_groups_that_may_have_no_rows() -> None:
    """Where some row has nothing tied to it, a number per row could be meant with or without zeros."""
    asked = world(LIBRARY, "x")
    assert covers(Noun("books"), "authors", asked.lexicon, asked.graph)
    assert not covers(Noun("loans"), "books", asked.lexicon, asked.graph)
    assert write("How many loans per book?", opened(LIBRARY)[1], date(2024, 1, 1)).reason == "may_be_none"


def test_a_sum_is_not_multiplied() -> None:
    """A figure of rows that each belong to several groups is not put together by them."""
    schema = opened(BIKES)[1]
    assert write("Total capacity of stations per member", schema, date(2024, 1, 1)).reason == "fan_out"


def test_two_conditions_on_a_column() -> None:
    """A lower and an upper bound go together, two values do not."""
    low, high = Where("t", "a", ">", (1,)), Where("t", "a", "<", (2,))
    assert consistent(Noun("t").where(low, high)) and not consistent(Noun("t").where(low, Where("t", "a", "<", (0,))))
    assert not consistent(Noun("t").where(Where("t", "b", "in", ("x",)), Where("t", "b", "in", ("y",))))
