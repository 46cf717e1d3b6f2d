"""Values and times by how many rows have them."""

from __future__ import annotations

from decimal import Decimal

from policies.tables.reading import Group, Order
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.desks import DESK, SHOP


def test_the_most_common_value() -> None:
    """The value that most rows have, of all rows or of those that are told."""
    reading = only(DESK, "What is the most common reason for closed tickets?")
    assert reading.groups == (Group("tickets", "reason"),) and reading.order == Order("", True, 1)
    assert {where.column for where in reading.noun.wheres} == {"status"}
    assert only(SHOP, "What are the 2 most common cities?").order == Order("", True, 2)
    assert not list(readings(world(SHOP, "What are the most common cities?")))


def test_values_that_many_rows_have() -> None:
    """ "More than 2" is of the rows of each value; "fewer" would leave out values that none of these rows has."""
    assert only(SHOP, "Which cities have more than 2 orders?").having == (">", Decimal(2))
    assert not list(readings(world(SHOP, "Which cities have fewer than 2 orders?")))


def test_the_busiest_month() -> None:
    """A month is one of a year."""
    assert only(SHOP, "Which month had the most orders?").groups == (Group("orders", "order_date", "month"),)
