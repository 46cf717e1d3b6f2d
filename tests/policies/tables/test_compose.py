"""The statement of a reading over two sets of rows."""

from __future__ import annotations

from policies.tables.compose import sql_of
from policies.tables.each import with_none
from policies.tables.index import lexicon
from tests.policies.tables.asking import only
from tests.policies.tables.databases import opened
from tests.policies.tables.desks import DESK


def _rows(question: str) -> list[tuple[object, ...]]:
    connection, schema = opened(DESK)
    known = lexicon(schema)
    reading = with_none(only(DESK, question), known, known.graph)
    found: list[tuple[object, ...]] = connection.execute(sql_of(reading, known, known.graph)).fetchall()
    return found


def test_rows_with_none_are_counted_as_none() -> None:
    """Each row has a number, 0 where nothing is tied to it; an average is over all of these."""
    assert _rows("How many agents does each team have?") == [("Billing", 2), ("Field", 0), ("Network", 1)]
    assert _rows("What is the average number of agents per team?") == [(1.0,)]


def test_a_percentage_is_of_the_rows_before_the_verb() -> None:
    """What the whole is stands before the verb; of no rows there is no percentage."""
    assert _rows("What percentage of open tickets are unassigned?") == [(50.0,)]
    assert _rows("What percentage of tickets opened in 2019 are unassigned?") == [(None,)]
