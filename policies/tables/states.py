"""States that a table does not spell out: "unassigned", "without an agent", "out of stock"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from policies.tables.conditions import Compared, Found, compared
from policies.tables.matching import World
from policies.tables.reading import Where
from policies.tables.spelling import name_words
from policies.tables.vocabulary import BE, HAVE, HAVE_NO, PERSONS, phrases, words

STOCK = ("stock", "in stock", "stock quantity", "stock level", "stock count", "units in stock", "quantity in stock",
         "on hand", "quantity on hand", "inventori", "stock on hand")  # fmt: skip
"""What a column may be called that holds how much of something there is."""
_STAFF = words("agent employee staff worker technician team doctor physician nurs driver courier teacher operator")
_NOT_TIED = phrases("not belong to a|not belong to any|not belong to an|do not belong to a|do not belong to any|"
                    "don't belong to a|don't belong to any|don't belong to an|that do not belong to a|"
                    "are not assigned to a|are not assigned to an|are not assigned to any|not assigned to a|"
                    "not assigned to an|not assigned to any|that are not assigned to a|that are not assigned to an|"
                    "is not assigned to an|are not in a|are not in any|are not linked to a|are not linked to any|"
                    "were not assigned to an|were not assigned to a|not yet assigned to an|do not belong to an|"
                    "who do not belong to a|who don't belong to a|are not part of a|are not part of any")
_UNASSIGNED = phrases("unassigned|not assigned|not yet assigned|not assigned to anyone|not assigned to anybody|"
                      "assigned to nobody|assigned to no one|not assigned yet|still unassigned")  # fmt: skip
_OUT = phrases("out of stock|sold out")
_IN = phrases("in stock")


def untied(world: World, table: str, place: int) -> Found:
    """Rows that could lead to a row of another table and do not: "without an agent"."""
    for at in {*world.text.eat(place, HAVE_NO), *world.text.eat(place, _NOT_TIED)}:
        for other, end in world.tables(at):
            way = world.graph.way(table, other)
            if way is not None and len(way) == 1 and way[0].up and world.column(table, way[0].column).nulls:
                yield (Where(table, way[0].column, "null"),), end


def unassigned(world: World, table: str, place: int) -> Iterator[tuple[Where, int]]:
    """Rows that nobody was given: by the column that says who, or the one link to those who work."""
    for end in world.text.eat(place, _UNASSIGNED):
        columns = [each for each in world.table(table).columns if each.nulls]
        told = [each for each in columns if any(word.startswith("assign") for word in name_words(each.name))]
        found = told or [each for each in columns if _is_staff(world, table, each.name)]
        if not told and name_words(table)[-1] in PERSONS:
            continue  # people are not handed to people
        if len(found) == 1:
            yield Where(table, found[0].name, "null"), end


def _is_staff(world: World, table: str, column: str) -> bool:
    links = [link for link in world.lexicon.schema.links if (link.table, link.column) == (table, column)]
    return len(links) == 1 and name_words(links[0].to_table)[-1] in _STAFF


def on_state(world: World, table: str, place: int) -> Found:
    """What rows are like, behind their name: "that are unassigned", "are out of stock", "with under 10 in stock"."""
    for start in {place, *world.text.eat(place, BE)}:
        yield from (((where,), end) for where, end in unassigned(world, table, start))
        yield from _stocked(world, table, start)
    for start in {place, *world.text.eat(place, HAVE)}:
        for sign, numbers, at, _ in _compared(world, table, start):
            column = world.measured(table, STOCK)
            for end in world.text.eat(at, phrases("in stock|left in stock|units in stock|left")) if column else ():
                if column is not None and sign in ("<", "<=", ">", ">="):
                    yield (Where(table, column.name, sign, numbers),), end  # type: ignore[arg-type]


def _compared(world: World, table: str, place: int) -> Iterator[Compared]:
    column = world.measured(table, STOCK)
    if column is not None:
        yield from compared(world, table, column, place)


def _stocked(world: World, table: str, place: int) -> Found:
    begins = [(end, True) for end in world.text.eat(place, _OUT)] + [(end, False) for end in world.text.eat(place, _IN)]
    for end, none in begins:
        column = world.measured(table, STOCK)
        if column is not None:
            yield (Where(table, column.name, "=" if none else ">", (Decimal(0),)),), end
