"""Rows by the one row that they lead to."""

from __future__ import annotations

from policies.tables.reading import Noun, Reading
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.desks import DESK, SHOP


def test_names_beside_rows() -> None:
    """The name of the row that each leads to; rows of which there may be several are not put beside it."""
    assert only(DESK, "List agents with their team") == Reading(Noun("agents"), named=("teams",))
    assert not list(readings(world(SHOP, "List customers with their orders")))
