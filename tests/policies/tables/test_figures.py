"""By what rows and groups are ordered."""

from __future__ import annotations

from policies.tables.reading import Group, Measure, Noun, Order
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC


def test_a_number_of_tied_rows() -> None:
    """Conditions on the rows and on those tied to them are both kept."""
    reading = only(BIKES, "Which electric bike has the most rentals in 2024?")
    assert reading.groups == (Group("bikes"),) and reading.measures == (Measure("count", "rentals"),)
    assert {where.column for where in reading.noun.wheres} == {"bike_type", "rental_date"}


def test_an_aggregate_of_tied_rows() -> None:
    """Their average, put together by the row that each leads to."""
    reading = only(CLINIC, "Which department has the lowest average salary?")
    assert reading.noun == Noun("doctors") and reading.order == Order("", False, 1)


def test_an_aggregate_is_needed_across_tables() -> None:
    """The highest salary of a department may be a sum, an average or one doctor's."""
    assert not list(readings(world(CLINIC, "Which department has the highest salary?")))
