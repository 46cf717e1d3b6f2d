"""When the first or the last of rows was."""

from __future__ import annotations

import pytest

from policies.tables.reading import Measure
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import CLINIC
from tests.policies.tables.desks import DESK, SHOP


def test_first_and_last() -> None:
    """The row's own date, or that of what is said to have been done."""
    assert only(SHOP, "When was the first order placed?").measures == (Measure("min", "orders", "order_date"),)
    assert only(DESK, "When was the last ticket closed?").measures == (Measure("max", "tickets", "closed_at"),)


@pytest.mark.parametrize("said", ["the last product discontinued", "the first order cancelled"])
def test_what_has_no_date_was_at_no_time(said: str) -> None:
    """A state whose time nobody recorded is not taken for that of the row."""
    assert not list(readings(world(SHOP, f"When was {said}?")))


def test_what_may_lie_ahead_was_not_last() -> None:
    """Where rows may be scheduled, the greatest date is not when the last of them was."""
    assert not list(readings(world(CLINIC, "When was the last appointment?")))
    assert only(CLINIC, "When was the first appointment?").measures[0].aggregate == "min"
