"""What someone spent."""

from __future__ import annotations

from policies.tables.reading import Measure
from policies.tables.spending import money
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES


def test_money_of_a_person() -> None:
    """What someone spent is the one sum of money of the rows that belong to them."""
    assert money(world(BIKES, "x"), "members") == Measure("sum", "rentals", "cost_eur")
    assert money(world(BIKES, "x"), "bikes") is None
