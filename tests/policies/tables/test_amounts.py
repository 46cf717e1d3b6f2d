"""Figures that a column already holds."""

from __future__ import annotations

from datetime import date

import duckdb

from policies.tables.reading import Measure
from policies.tables.templates import readings, write
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import schema_of
from tests.policies.tables.desks import HOSPITAL, SHOP


def test_what_is_left_is_the_stock_of_one_row() -> None:
    """ "How much is left" is the column of stock, of the row that is named."""
    assert only(SHOP, "How many units of the Kettle are in stock?").columns == ("stock",)
    assert not list(readings(world(SHOP, "How many units of the products are in stock?")))


def test_on_average() -> None:
    """A verb that measures tells the column, "on average" what is made of it."""
    reading = only(HOSPITAL, "How long does a visit take on average?")
    assert reading.measures == (Measure("avg", "visits", "duration_minutes"),)


def test_a_part_of_the_cost_is_not_the_cost() -> None:
    """What an order costs is not what its shipping costs."""
    connection = duckdb.connect()
    connection.execute("create table orders (id integer, shipping_cost double); insert into orders values (1, 4.5)")
    schema = schema_of(connection, {"orders": "id"}, ())
    assert write("How much does an order cost on average?", schema, date(2024, 6, 15)).sql is None
    assert write("What is the average shipping cost?", schema, date(2024, 6, 15)).sql is not None


def test_numbers_that_are_stored_are_added_up() -> None:
    """ "How many beds are there" is the sum of the column that holds their number."""
    assert only(HOSPITAL, "How many beds are there?").measures == (Measure("sum", "wards", "beds"),)
