"""Percentages, and whether there are any rows."""

from __future__ import annotations

from policies.tables.reading import Noun
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.desks import SHOP


def test_the_whole_and_its_part() -> None:
    """The rows before the verb are the whole; where no verb parts them, nobody knows of what the part is."""
    reading = only(SHOP, "What percentage of orders were cancelled?")
    assert reading.among == Noun("orders") and len(reading.noun.wheres) == 1
    assert not list(readings(world(SHOP, "What percentage of orders with status shipped?")))


def test_whether_there_are_any() -> None:
    """The number, and whether it is more than none; "all" is another question."""
    measures = only(SHOP, "Are there any cancelled orders?").measures
    assert [each.aggregate for each in measures] == ["count", "any"]
    assert not list(readings(world(SHOP, "Are all products in stock?")))
