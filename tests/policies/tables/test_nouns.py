"""Rows with the conditions behind their name."""

from __future__ import annotations

from policies.tables.nouns import belonging, done_by, tail
from policies.tables.reading import Noun, Where
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def test_rows_that_belong_to_rows() -> None:
    """A condition on the one row that each leads to is a condition on the row."""
    asked, where = world(CLINIC, "x"), Where("doctors", "gender", "in", ("F",))
    assert belonging(asked, Noun("appointments"), Noun("doctors").where(where)) == Noun("appointments").where(where)
    assert belonging(asked, Noun("doctors"), Noun("appointments").where(where)) is None
    assert belonging(asked, Noun("appointments"), Noun("doctors")) is None


def test_rows_with_a_number_of_rows() -> None:
    """Conditions behind the inner rows are theirs."""
    noun = only(CLINIC, "How many patients have more than 1 completed appointments in 2024?").noun
    (related,) = noun.related
    assert not noun.wheres and related.operator == ">" and len(related.noun.wheres) == 3


def test_what_was_done_with_a_row() -> None:
    """ "Rented" is a rental of the bike; a verb that no table has a noun of is nothing."""
    asked = world(BIKES, "rented washed")
    assert done_by(asked, "bikes", 0) == "rentals" and done_by(asked, "bikes", 1) is None


def test_words_without_a_place_end_it() -> None:
    """What cannot be read stays behind the end."""
    asked = world(LIBRARY, "in Norway with love")
    assert max(end for _, _, end in tail(asked, Noun("authors"), 0)) == 2
