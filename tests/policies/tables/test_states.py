"""States that a table does not spell out."""

from __future__ import annotations

from decimal import Decimal

from policies.tables.reading import Where
from policies.tables.states import on_state, unassigned, untied
from tests.policies.tables.asking import world
from tests.policies.tables.desks import DESK, SHOP


def test_unassigned_rows() -> None:
    """By the one link to those who work, if rows may lack it; clients have none, and staff is not handed to teams."""
    asked = world(DESK, "unassigned")
    assert list(unassigned(asked, "tickets", 0)) == [(Where("tickets", "agent_id", "null"), 1)]
    assert not list(unassigned(asked, "clients", 0)) and not list(unassigned(asked, "agents", 0))


def test_rows_that_lead_nowhere() -> None:
    """ "Without an agent" asks for rows whose link is empty, where some are."""
    assert list(untied(world(DESK, "without an agent"), "tickets", 0)) == [((Where("tickets", "agent_id", "null"),), 3)]
    assert not list(untied(world(DESK, "without a client"), "tickets", 0))


def test_stock() -> None:
    """Nothing left, something left, little left; only where a column says how much."""
    none, some = ((Where("products", "stock", sign, (Decimal(0),)),) for sign in ("=", ">"))
    assert (none, 3) in on_state(world(SHOP, "out of stock"), "products", 0)
    assert (some, 3) in on_state(world(SHOP, "are in stock"), "products", 0)
    assert not list(on_state(world(SHOP, "in stock"), "orders", 0))
