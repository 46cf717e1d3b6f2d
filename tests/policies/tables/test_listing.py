"""Rows as they are."""

from __future__ import annotations

from policies.tables.reading import Group, Order
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def test_columns_of_rows() -> None:
    """Those that are named, in their order; a name of two columns is both."""
    assert only(LIBRARY, "List the title, genre and price of all books").columns == ("title", "genre", "price")
    assert only(BIKES, "Show the names of gold members").columns == ("first_name", "last_name")


def test_sorted_rows() -> None:
    """Sorting does not leave rows out."""
    assert only(LIBRARY, "List all books sorted by price descending").order == Order("price", True, 0)


def test_different_values() -> None:
    """ "What genres are there" are values, not rows."""
    assert only(LIBRARY, "What genres are there?").distinct


def test_a_row_by_its_name() -> None:
    """In three phrasings."""
    asked = ("What is the price of Salt?", "What is Salt's price?", "How much does Salt cost?")
    assert len({only(LIBRARY, each) for each in asked}) == 1


def test_two_groups_are_compared() -> None:
    """The figure of each, and of no other."""
    reading = only(CLINIC, "Compare the average fee of completed and cancelled appointments")
    assert reading.groups == (Group("appointments", "status"),)
    assert {each.values for each in reading.noun.wheres} == {("cancelled", "completed")}


def test_a_bare_table_is_no_question() -> None:
    """The name of a table asks for nothing; with a condition it asks for its rows."""
    assert not list(readings(world(LIBRARY, "books"))) and only(LIBRARY, "crime books").noun.wheres
