"""Figures that are asked for."""

from __future__ import annotations

import pytest

from policies.tables.measures import money
from policies.tables.reading import Group, Measure
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def test_several_aggregates() -> None:
    """ "Minimum and maximum" are two figures of the same column."""
    reading = only(CLINIC, "What is the minimum and maximum salary?")
    assert reading.measures == (Measure("min", "doctors", "salary"), Measure("max", "doctors", "salary"))


def test_counts_of_each() -> None:
    """ "Does each author have" puts together by author."""
    assert only(LIBRARY, "How many books does each author have?").groups == (Group("authors"),)


@pytest.mark.parametrize("said", ["average name of patients", "sum of patient ids", "total year of books"])
def test_types_that_do_not_fit(said: str) -> None:
    """Text has no average, and identifiers and years have no sum."""
    assert not list(readings(world(LIBRARY if "books" in said else CLINIC, f"What is the {said}?")))


def test_money_of_a_person() -> None:
    """What someone spent is the one sum of money of the rows that belong to them."""
    assert money(world(BIKES, "x"), "members") == Measure("sum", "rentals", "cost_eur")
    assert money(world(BIKES, "x"), "bikes") is None
