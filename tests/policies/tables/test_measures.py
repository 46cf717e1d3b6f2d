"""Figures that are asked for."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from adapters.ports import Link
from policies.tables.reading import Group, Measure
from policies.tables.templates import readings, write
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import CLINIC, LIBRARY, schema_of


def test_several_aggregates() -> None:
    """ "Minimum and maximum" are two figures of the same column."""
    reading = only(CLINIC, "What is the minimum and maximum salary?")
    assert reading.measures == (Measure("min", "doctors", "salary"), Measure("max", "doctors", "salary"))


def test_counts_of_each() -> None:
    """ "Does each author have" puts together by author."""
    assert only(LIBRARY, "How many books does each author have?").groups == (Group("authors"),)


@pytest.mark.parametrize("said", ["average name of patients", "sum of patient ids", "total year of books"])
def test_types_that_do_not_fit(said: str) -> None:
    """Text has no average, and identifiers and years have no sum."""
    assert not list(readings(world(LIBRARY if "books" in said else CLINIC, f"What is the {said}?")))


def test_a_figure_that_the_rows_have_themselves() -> None:
    """ "The total amount of open invoices" is not that of their payments, unless payments are named."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("create table invoices (id integer, net_amount double, tax_amount double, status varchar)")
    connection.execute("create table payments (id integer, invoice_id integer, amount double)")
    connection.execute("insert into invoices values (1, 5, 1, 'open'); insert into payments values (1, 1, 3)")
    links = (Link("payments", "invoice_id", "invoices", "id"),)
    schema = schema_of(connection, {"invoices": "id", "payments": "id"}, links)
    today = date(2024, 6, 15)
    assert write("What is the total amount of open invoices?", schema, today).sql is None
    assert write("What is the total net amount of open invoices?", schema, today).sql is not None
    assert write("What is the total amount of payments of open invoices?", schema, today).sql is not None
