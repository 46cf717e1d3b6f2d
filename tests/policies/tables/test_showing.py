"""How the rows of a query are put before the model."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.ports import Block, Rows, Schema, Table, count_tokens
from policies.tables.asking import Computed
from policies.tables.showing import not_computed, shown


def computed(rows: Rows, sql: str = "SELECT 1", reads: str = "") -> Computed:
    """What a template computed."""
    return Computed("template", sql, rows, reads)


def test_small_result_is_shown_whole() -> None:
    """Columns, every kind of cell, the query, how it was read, and the number of rows."""
    rows = Rows(("name", "sum"), (("a|b\nc", Decimal("1.50")), (None, 0.1 + 0.2), (True, date(2026, 1, 2))))
    text, number = shown(computed(rows, "SELECT\n  1", "sum of x by name"), 500)
    assert number == 3
    assert "| a\\|b c | 1.50 |\n|  | 0.3 |\n| true | 2026-01-02 |" in text
    assert "SQL: SELECT\n  1" in text
    assert "read as: sum of x by name." in text
    assert "Rows: 3." in text


def test_what_is_cut_says_so() -> None:
    """Rows that have no room, and rows that the engine left out, are told, and that nothing can be added up."""
    many = Rows(("n",), tuple((number,) for number in range(200)))
    text, number = shown(computed(many), 200)
    assert 0 < number < 200
    assert f"Rows: 200, of which the first {number} are shown; do not count" in text
    assert count_tokens(Block("sources", text, "tail").render()) <= 200
    text, number = shown(computed(Rows(("n",), ((1,),), more=True)), 200)
    assert "the first 1 are shown; there are more, or" in text


def test_no_row_is_an_answer_and_no_room_is_none() -> None:
    """A query that finds nothing says so; without room for a single row nothing is shown."""
    text, number = shown(computed(Rows(("n",), ())), 200)
    assert "Rows: none fit." in text
    assert number == 0
    assert shown(computed(Rows(("n",), (("word " * 300,),))), 100) == ("", 0)
    assert shown(Computed("model_declined"), 500) == ("", 0)


def test_long_query_is_cut() -> None:
    """A very long query does not take the room of its rows."""
    text, _ = shown(computed(Rows(("n",), ((1,),)), "SELECT " + "x, " * 2000), 2000)
    assert len(text) < 2000


def test_not_computed_names_the_tables() -> None:
    """The model is told what was not computed, and that passages cannot tell it."""
    schema = Schema("1", tuple(Table(f"t{number}", ()) for number in range(9)))
    text = not_computed(schema)
    assert "t0, t1, t2, t3, t4, t5 and others" in text
    assert "passages of documents cannot answer it" in text
