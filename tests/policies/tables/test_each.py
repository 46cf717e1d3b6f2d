"""The number of tied rows of each row."""

from __future__ import annotations

from policies.tables.each import with_none
from policies.tables.index import lexicon
from policies.tables.reading import Measure, Noun
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import opened
from tests.policies.tables.desks import SHOP


def test_those_without_any_have_none() -> None:
    """A number per row of a table is one for each of its rows, as far as conditions are of what is counted."""
    known = lexicon(opened(SHOP)[1])
    reading = only(SHOP, "How many delivered orders does each customer have?")
    turned = with_none(reading, known, known.graph)
    assert turned.noun == Noun("customers") and turned.tied == reading.noun
    by_city = only(SHOP, "How many customers are from each city?")
    assert with_none(by_city, known, known.graph) == by_city


def test_averages_are_over_all_rows() -> None:
    """ "Per customer", "a customer ... on average" and "the average customer" say the same; a plain number does not."""
    asked = ("average number of orders per customer", "How many orders does a customer have on average?",
             "How many orders does the average customer have?")  # fmt: skip
    assert {only(SHOP, each).measures for each in asked} == {(Measure("avg", "orders"),)}
    assert not list(readings(world(SHOP, "How many orders does a customer have?")))
