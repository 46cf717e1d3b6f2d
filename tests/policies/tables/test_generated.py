"""Random tables, and questions put into words from what they should compute: an answer is right, or there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pytest

from adapters.ports import Link, Schema
from policies.tables.templates import write
from tests.policies.tables.compared import same
from tests.policies.tables.databases import schema_of

_TODAY = date(2024, 6, 15)
_PARENTS = ("customers", "stores", "teams", "suppliers", "schools", "drivers")
_CHILDREN = ("orders", "tickets", "deliveries", "visits", "invoices", "trips")
_TEXTS = {
    "city": ("Berlin", "Paris", "New York", "Rio"), "status": ("open", "closed", "on hold", "Berlin"),
    "category": ("Toys", "Garden Tools", "Food", "open"), "color": ("red", "blue", "light blue", "red wine"),
    "region": ("North", "South", "North East", "Paris"),
}  # fmt: skip
_NUMBERS = ("price", "amount", "weight", "distance", "rating", "total_amount", "unit_price", "quantity", "score", "age")
_LESS = (("over", ">"), ("above", ">"), ("of at least", ">="), ("under", "<"), ("below", "<"), ("of at most", "<="))


@dataclass
class World:
    """Two tables, the second of which belongs to the first."""

    connection: Any
    schema: Schema
    parent: str
    child: str
    texts: dict[str, list[str]]
    numbers: dict[str, list[str]]
    values: dict[str, tuple[str, ...]]
    dated: str


def world(random: Random) -> World:
    """Tables with random names, columns and rows; some values and names stand in both."""
    parent, child = random.choice(_PARENTS), random.choice(_CHILDREN)
    texts = {table: random.sample(sorted(_TEXTS), 2) for table in (parent, child)}
    numbers = {table: random.sample(_NUMBERS, 2) for table in (parent, child)}
    dated = random.choice(("date", f"{child[:-1]}_date", "created_at"))
    connection = duckdb.connect(config={"threads": 1})
    for table, extra in ((parent, "name varchar"), (child, f'parent_id integer, "{dated}" date')):
        columns = [f'"{name}" varchar' for name in texts[table]] + [f'"{name}" double' for name in numbers[table]]
        connection.execute(f'create table "{table}" (id integer, {extra}, {", ".join(columns)})')
    for at in range(12):
        _insert(connection, parent, [at, f"Name {at}", *_row(random, texts[parent])])
    for at in range(60):
        day = date(2023, 1, 1) + timedelta(random.randrange(700))
        _insert(connection, child, [at, random.choice((None, *range(10))), day, *_row(random, texts[child])])
    link = Link(child, "parent_id", parent, "id")
    schema = schema_of(connection, {parent: "id", child: "id"}, (link,))
    return World(connection, schema, parent, child, texts, numbers, _TEXTS, dated)


def _row(random: Random, texts: list[str]) -> list[Any]:
    picked = [random.choice((*_TEXTS[name], _TEXTS[name][0])) for name in texts]
    return [*picked, *(random.choice((None, *range(1, 9), 4.5)) for _ in range(2))]


def _insert(connection: Any, table: str, row: list[Any]) -> None:
    connection.execute(f'insert into "{table}" values ({", ".join("?" * len(row))})', row)


def questions(random: Random, made: World) -> list[tuple[str, str]]:
    """Questions, each with the SQL of what it was made from."""
    parent, child = made.parent, made.child
    table = random.choice((parent, child))
    one = {"deliveries": "delivery"}.get(table, table[:-1])
    child_one = {"deliveries": "delivery"}.get(child, child[:-1])
    own_text = random.choice(made.texts[child])
    inner = random.choice(_TEXTS[own_text])
    text, number = random.choice(made.texts[table]), random.choice(made.numbers[table])
    said, value = number.replace("_", " "), random.choice(_TEXTS[text])
    other = random.choice(made.texts[parent])
    word, sign = random.choice(_LESS)
    limit, year, count = random.randrange(1, 9), random.choice((2023, 2024)), random.randrange(1, 6)
    of = f"from {child} c join {parent} p on p.id = c.parent_id"
    where = f"{text} = '{value}'"
    aggregate, code = random.choice((("average", "avg"), ("total", "sum"), ("highest", "max"), ("lowest", "min")))
    group = "select p.name, {} " + of + " group by p.id, p.name"
    own = random.choice(made.numbers[parent])
    return [
        (f"How many {table} are there?", f"select count(*) from {table}"),
        (f"How many {table} have {text} {value}?", f"select count(*) from {table} where {where}"),
        (f"How many {value} {table} are there?", f"select count(*) from {table} where {where}"),
        (f"Number of {table} in {value}", f"select count(*) from {table} where {where}"),
        (f"What is the {aggregate} {said} of {table}?", f"select {code}({number}) from {table}"),
        (f"{aggregate} {one} {said} by {text}", f"select {text}, {code}({number}) from {table} group by {text}"),
        (f"What is the {aggregate} {said} of {value} {table}?", f"select {code}({number}) from {table} where {where}"),
        (f"What's the {aggregate} {said} of {table} per {text}?",
         f"select {text}, {code}({number}) from {table} group by {text}"),
        (f"How many {table} have a {said} {word} {limit}?",
        f"select count(*) from {table} where {number} {sign} {limit}"),
        (f"List the {table} with {text} {value} and a {said} {word} {limit}",
         f"select id from {table} where {where} and {number} {sign} {limit}" if table == child else
         f"select name from {table} where {where} and {number} {sign} {limit}"),
        (f"How many {child} were there in {year}?",
        f'select count(*) from {child} where year("{made.dated}") = {year}'),
        (f"How many {child} per month?", f"""select strftime("{made.dated}", '%Y-%m'), count(*) from {child} group by
        1"""),
        (f"Which {parent[:-1]} has the most {child}?",
         group.format("count(*)") + " qualify rank() over (order by count(*) desc) = 1"),
        (f"Which {one} has the highest {said}?",
         f"select id, {number} from {table} where {number} is not null qualify rank() over (order by {number} desc) = 1"
         if table == child else
         f"select name from {table} where {number} is not null qualify rank() over (order by {number} desc) = 1"),
        (f"Show the top {count} {parent} by {own.replace('_', ' ')}",
         f"select name from {parent} where {own} is not null qualify rank() over (order by {own} desc) <= {count}"),
        (f"How many {parent} have no {child}?",
         f"select count(*) from {parent} where id not in (select parent_id from {child} where parent_id is not null)"),
        (f"Which {parent} have more than {count} {child}?",
         group.format("count(*)").replace(", count(*)", "") + f" having count(*) > {count}"),
        (f"How many {child} of {parent} with {other} {_TEXTS[other][0]} are there?",
         f"select count(*) {of} where p.{other} = '{_TEXTS[other][0]}'"),
        (f"Number of {child} by {parent[:-1]} {other}", f"select p.{other}, count(*) {of} group by 1"),
        (f"How many different {text} are there in {table}?", f"select count(distinct {text}) from {table}"),
        (f"How many {table} are {value} or {_TEXTS[text][1]}?",
         f"select count(*) from {table} where {text} in ('{value}', '{_TEXTS[text][1]}')"),
        (f"How many {child} does each {parent[:-1]} have?",
         f"select p.name, count(c.id) from {parent} p left join {child} c on p.id = c.parent_id group by 1"),
        (f"How many {inner} {child} does each {parent[:-1]} have?",
         f"select p.name, (select count(*) from {child} c where c.parent_id = p.id and c.{own_text} = '{inner}')"
         f" from {parent} p"),
        (f"What is the average number of {child} per {parent[:-1]}?",
         f"select (select count(parent_id) from {child}) / (select count(*) from {parent})"),
        (f"Which {text} has more than {count} {table}?",
         f"select {text} from {table} group by 1 having count(*) > {count}"),
        (f"Which {other} have at least {count} {child}?",
         f"select p.{other} {of} group by 1 having count(*) >= {count}"),
        (f"What is the most common {text} of {table}?",
         f"select {text} from {table} group by 1 qualify rank() over (order by count(*) desc) = 1"),
        (f"What percentage of {table} have {text} {value}?",
         f"select 100.0 * count(*) filter ({where}) / count(*) from {table}"),
        (f"Are there any {table} with {text} {value}?", f"select count(*) > 0 from {table} where {where}"),
        (f"When was the first {child_one} in {year}?",
         f'select min("{made.dated}") from {child} where year("{made.dated}") = {year}'),
        (f"How many {child} have no {parent[:-1]}?", f"select count(*) from {child} where parent_id is null"),
        (f"List the {child} with their {parent[:-1]}",
         f"select c.id, p.name from {child} c left join {parent} p on p.id = c.parent_id"),
        (f"How many {child} were there in the last {limit * 20} days?",
         f"""select count(*) from {child} where "{made.dated}" > date '2024-06-14' - {limit * 20}
         and "{made.dated}" < '2024-06-16'"""),
        (f"Which month had the most {child}?", f"""select strftime("{made.dated}", '%Y-%m') from {child} group by 1
         qualify rank() over (order by count(*) desc) = 1"""),
        (f"How many {child} does Name 3 have?", f"select count(*) {of} where p.name = 'Name 3'"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_an_answer_to_a_made_question_is_right(seed: int) -> None:
    """Over random tables, with values and names that clash, each answer is what the question was made from."""
    random = Random(seed)
    answered = asked = 0
    for _ in range(3):
        made = world(random)
        for question, gold in questions(random, made):
            asked += 1
            written = write(question, made.schema, _TODAY)
            if written.sql is not None:
                answered += 1
                given = made.connection.execute(written.sql).fetchall()
                wanted = made.connection.execute(gold).fetchall()
                assert same(wanted, given), (question, written.reads, made.texts, made.numbers)
    assert answered > asked * 0.4
