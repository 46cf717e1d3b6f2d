"""Readings as SQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb

from adapters.ports import Column, Schema, Table, quoted
from policies.tables.compose import sql_of
from policies.tables.sql import literal
from policies.tables.templates import write
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY, opened


def _rows(script: str, question: str) -> list[tuple[object, ...]]:
    known = world(script, "x").lexicon
    sql = sql_of(only(script, question), known, known.graph)
    return list(opened(script)[0].execute(sql).fetchall())


def test_names_and_values_stand_quoted() -> None:
    """Quotes are doubled, numbers are plain."""
    assert quoted('a"b') == '"a""b"' and literal("a'b") == "'a''b'"
    assert literal(Decimal("1E+3")) == "1000" and literal(True) == "TRUE"
    assert literal(date(2024, 1, 2)) == "DATE '2024-01-02'"


def test_a_row_is_counted_once() -> None:
    """A patient with several appointments is one patient; a bike of several members' rentals is one bike each."""
    assert _rows(CLINIC, "How many patients have completed appointments?") == [(4,)]
    assert _rows(BIKES, "Which member has the most bikes?") == [(1, "Ada", "Lund", 4)]


def test_ties_are_all_given() -> None:
    """Every row that ties with the last one is there, in a fixed order."""
    assert _rows(CLINIC, "Which 2 doctors have the lowest salary?") == [
        ("Bruno Kern", 7000), ("David Lind", 7500), ("Eva Stein", 7500),
    ]  # fmt: skip


def test_rows_without_a_figure_come_nowhere() -> None:
    """NULL is neither the highest nor the lowest."""
    assert _rows(LIBRARY, "Which loan has the lowest fine?")[0][-1] == 0.0
    assert all(row[-1] is not None for row in _rows(BIKES, "the 6 longest rentals"))


def test_a_text_of_blanks_is_empty() -> None:
    """Where the values of a text are too many to be known, those of nothing but blanks are missing like NULL."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("create table people (id integer, phone varchar)")
    connection.execute("insert into people values (1, '55'), (2, ''), (3, ' '), (4, null)")
    phone = Column("phone", "text", "", (), 3, 1)
    schema = Schema("1", (Table("people", (Column("id", "integer", "", (), 4), phone), ("id",), "", 4),))
    for question, wanted in (("How many people have no phone?", 3), ("How many people have a phone?", 1)):
        sql = write(question, schema, date(2024, 6, 15)).sql
        assert sql is not None and connection.execute(sql).fetchall() == [(wanted,)]
