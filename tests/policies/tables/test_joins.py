"""Ways between tables."""

from __future__ import annotations

from adapters.ports import Link
from policies.tables.joins import Graph

_SHOP = (
    Link("orders", "customer_id", "customers", "id"), Link("items", "order_id", "orders", "id"),
    Link("items", "product_id", "products", "id"),
)  # fmt: skip


def test_a_way_up_leads_to_one_row() -> None:
    """From the many to the one there is one row, back there may be several."""
    graph = Graph(_SHOP)
    assert graph.up("items", "customers") and not graph.up("customers", "items")
    assert [step.to_table for step in graph.way("orders", "products") or ()] == ["items", "products"]
    assert graph.way("orders", "orders") == ()


def test_two_links_are_two_ways() -> None:
    """Of two links that each name a role none is taken; one that bears the name of its target is."""
    roles = Graph((Link("flights", "from_id", "airports", "id"), Link("flights", "to_id", "airports", "id")))
    assert roles.way("flights", "airports") is None and roles.several("flights", "airports")
    named = Graph((Link("staff", "team_id", "teams", "id"), Link("teams", "lead_id", "staff", "id")))
    way = named.way("staff", "teams")
    assert way is not None and way[0].column == "team_id"


def test_a_role_beside_a_longer_way_is_unclear() -> None:
    """A ride is tied to a station by where it began, and by its bike: neither is taken."""
    links = (Link("rides", "begin_id", "stations", "id"), Link("rides", "bike_id", "bikes", "id"),
             Link("bikes", "station_id", "stations", "id"))  # fmt: skip
    assert Graph(links).several("rides", "stations")


def test_a_column_that_does_not_tell_rows_apart_is_no_way() -> None:
    """A join to it would multiply rows: neither way is taken, and not another one instead."""
    graph = Graph(_SHOP, {("customers", "id")})
    assert graph.way("orders", "customers") is None and graph.way("customers", "orders") is None
    assert graph.loose("items", "customers") and not graph.up("items", "customers")
    assert not graph.several("orders", "customers") and graph.up("items", "orders")


def test_a_table_is_not_tied_to_itself() -> None:
    """A link into the same table is no way."""
    assert Graph((Link("staff", "boss_id", "staff", "id"),)).way("staff", "other") is None
