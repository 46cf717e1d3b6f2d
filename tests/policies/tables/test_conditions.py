"""Conditions on columns."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policies.tables.conditions import on_column, on_number, on_quantity, on_time
from policies.tables.reading import Where
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def test_a_named_column_is_compared() -> None:
    """A word of comparison, a number and a unit that is the column's."""
    asked = world(BIKES, "a distance of at least 10 km")
    assert ((Where("rentals", "distance_km", ">=", (Decimal(10),)),), 7) in list(on_column(asked, "rentals", 0))
    ranged = world(BIKES, "age between 20 and 30")
    wheres = {each.operator for found, _ in on_column(ranged, "members", 0) for each in found}
    assert wheres == {">=", "<="}


@pytest.mark.parametrize("said", ["longer than 10 minutes", "longer than 10 miles", "cost more than $8"])
def test_another_unit_is_not_read(said: str) -> None:
    """A unit that is not the column's is not passed over."""
    asked = world(BIKES, said)
    assert all(end < len(asked.text) for _, end in on_quantity(asked, "rentals", 0))


def test_a_number_before_its_column() -> None:
    """ "More than 300 pages"."""
    asked = world(LIBRARY, "more than 300 pages")
    assert list(on_number(asked, "books", 0)) == [((Where("books", "pages", ">", (Decimal(300),)),), 4)]


def test_a_participle_names_its_date() -> None:
    """ "Hired in 2019" is no condition on another date."""
    found = list(on_time(world(CLINIC, "hired in 2019"), "doctors", 0))
    assert len(found) == 1 and {each.column for each in found[0][0]} == {"hire_date"}
    assert not list(on_time(world(CLINIC, "fired in 2019"), "doctors", 0))
