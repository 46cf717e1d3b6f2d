"""Questions that are answered with the figures that a person's own SQL gives, or not at all."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from adapters.ports import Column, Link, Schema, Table
from policies.tables.matching import MOST
from policies.tables.templates import readings, write
from tests.policies.tables.answered import ANSWERED
from tests.policies.tables.asking import world
from tests.policies.tables.compared import same
from tests.policies.tables.databases import LIBRARY, opened, schema_of
from tests.policies.tables.further import FURTHER, NOT_FURTHER
from tests.policies.tables.ledgers import LEDGERS, NOT_LEDGERS
from tests.policies.tables.unanswered import UNANSWERED

_TODAY = date(2024, 6, 15)
_ANSWERED = [(script, question, gold) for script, pairs in (*ANSWERED.items(), *FURTHER.items(), *LEDGERS.items())
             for question, gold in pairs]
_UNANSWERED = [(script, *pair) for given in (UNANSWERED, NOT_FURTHER, NOT_LEDGERS)
               for script, pairs in given.items() for pair in pairs]


@pytest.mark.parametrize(("script", "question", "gold"), _ANSWERED, ids=[each[1] for each in _ANSWERED])
def test_an_answer_is_right(script: str, question: str, gold: str) -> None:
    """What is answered is what a person's own SQL gives."""
    connection, schema = opened(script)
    written = write(question, schema, _TODAY)
    assert written.sql is not None, written.reason
    assert written.reason == "template" and written.reads
    assert same(connection.execute(gold).fetchall(), connection.execute(written.sql).fetchall()), written.reads


@pytest.mark.parametrize(("script", "question", "alike"), _UNANSWERED, ids=[each[1] for each in _UNANSWERED])
def test_what_is_not_fully_understood_is_not_answered(script: str, question: str, alike: str) -> None:
    """A question with a word, a unit or a meaning that no rule reads has no answer; the like of it that has none
    does."""
    connection, schema = opened(script)
    written = write(question, schema, _TODAY)
    assert written.sql is None and written.reason != "template", written.reads
    answered = write(alike, schema, _TODAY)
    assert answered.sql is not None, (alike, answered.reason)
    connection.execute(answered.sql)


def test_reasons_tell_what_was_not_understood() -> None:
    """The code says whether a word, a value, a type or the meaning stood in the way."""
    _, schema = opened(LIBRARY)
    reasons = {
        "How many overdue books are there?": "unknown_word",
        "What share of books is crime?": "changing_word",
        "": "no_question",
        "How many books " + "and books " * 30: "too_long",
        "What is the average title of books?": "type_mismatch",
        "How many loans in 2023 and in 2024?": "several_conditions",
    }
    assert {question: write(question, schema, _TODAY).reason for question in reasons} == reasons


def test_two_links_between_tables_are_not_chosen_from() -> None:
    """Where a table is tied to another one twice, nobody says which tie is meant, and nothing is answered."""
    connection = duckdb.connect()
    connection.execute("create table airports (id integer, name varchar, city varchar)")
    connection.execute("create table flights (id integer, from_id integer, to_id integer, price double)")
    connection.execute("insert into airports values (1, 'TXL', 'Berlin'), (2, 'FCO', 'Rome')")
    connection.execute("insert into flights values (1, 1, 2, 90)")
    links = (Link("flights", "from_id", "airports", "id"), Link("flights", "to_id", "airports", "id"))
    schema = schema_of(connection, {"airports": "id", "flights": "id"}, links)
    for question in ("How many flights are there per airport?", "How many flights from Berlin?", "flights by city"):
        assert write(question, schema, _TODAY).sql is None
    one = schema_of(connection, {"airports": "id", "flights": "id"}, links[:1])
    assert write("How many flights from Berlin?", one, _TODAY).sql is not None


def test_a_value_of_two_columns_is_not_chosen_from() -> None:
    """A value that stands in two columns of a table is read only where its column is named."""
    connection = duckdb.connect()
    connection.execute("create table trips (id integer, origin varchar, target varchar)")
    connection.execute("insert into trips values (1, 'Berlin', 'Rome'), (2, 'Rome', 'Berlin'), (3, 'Rome', 'Oslo')")
    schema = schema_of(connection, {"trips": "id"}, ())
    assert write("How many trips from Rome?", schema, _TODAY).sql is None
    assert write("How many Berlin trips are there?", schema, _TODAY).sql is None
    named = write("How many trips with origin Rome?", schema, _TODAY).sql
    assert named is not None and connection.execute(named).fetchall() == [(2,)]


def test_a_value_that_is_called_like_a_link_is_not_read() -> None:
    """Where staff have a manager by a link, "have a manager" is not the job of that name."""
    connection = duckdb.connect()
    connection.execute("create table staff (id integer, name varchar, job varchar, manager_id integer)")
    connection.execute("insert into staff values (1, 'Al', 'Manager', null), (2, 'Bo', 'Clerk', 1)")
    linked = schema_of(connection, {"staff": "id"}, (Link("staff", "manager_id", "staff", "id"),))
    assert write("How many staff with a manager?", linked, _TODAY).sql is None
    assert write("How many managers are there?", linked, _TODAY).sql is None
    assert write("How many clerks are there?", linked, _TODAY).sql is not None


def test_rows_without_a_key_are_counted_once_or_not_at_all() -> None:
    """Rows that nobody can tell apart are counted where each belongs to one row, and else not."""
    connection = duckdb.connect()
    connection.execute("create table people (id integer, name varchar); create table clubs (id integer, name varchar)")
    connection.execute("create table memberships (person_id integer, club_id integer, fee double)")
    connection.execute("insert into people values (1, 'Al'), (2, 'Bo'); insert into clubs values (7, 'Chess')")
    connection.execute("insert into memberships values (1, 7, 5), (1, 7, 6), (2, 7, 5)")
    links = (Link("memberships", "person_id", "people", "id"), Link("memberships", "club_id", "clubs", "id"))
    schema = schema_of(connection, {}, links)
    sql = write("Which people have more than 1 membership?", schema, _TODAY).sql
    assert sql is not None and connection.execute(sql).fetchall() == [("Al",)]
    clubs = write("How many clubs have more than 1 people?", schema, _TODAY).sql
    assert clubs is not None and connection.execute(clubs).fetchall() == [(1,)]
    assert write("How many people have more than 2 clubs?", schema, _TODAY).reason == "template"


def test_a_question_that_goes_on_and_on_is_given_up() -> None:
    """Words that could each be read in several ways are looked at a bounded number of times."""
    for said in ("are there " * 18, "in Norway " * 18, "with books " * 18, "and by Mara Olin " * 9):
        asked = world(LIBRARY, f"How many authors {said}")
        assert len(asked.text) <= 40
        list(readings(asked))
        assert asked.steps <= 40 * MOST


def test_names_and_values_are_quoted() -> None:
    """Quotes in names and values neither end them nor add anything to the statement."""
    connection = duckdb.connect()
    connection.execute("""create table "odd ""table" (id integer, "the ""kind" varchar)""")
    connection.execute("""insert into "odd ""table" values (1, 'O''Brien; drop'), (2, 'Plain')""")
    columns = (Column("id", "integer"), Column('the "kind', "text", "", ("O'Brien; drop", "Plain"), 2))
    schema = Schema("1", (Table('odd "table', columns, ("id",), "", 2),))
    written = write("How many odd tables have kind O'Brien drop?", schema, _TODAY)
    assert written.sql is not None, written.reason
    assert connection.execute(written.sql).fetchall() == [(1,)]
