"""Values and times by how many rows have them: "the most common reason", "cities with more than 2 customers", "the
busiest month"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from policies.tables.conditions import past
from policies.tables.grouping import PARTS
from policies.tables.heads import is_plural, nouns
from policies.tables.matching import World, is_date, is_measure
from policies.tables.measures import Readings
from policies.tables.nouns import OPERATORS, tail
from policies.tables.reading import Group, Measure, Noun, Operator, Order, Reading
from policies.tables.vocabulary import COMPARISONS, HAVE, phrases

_COMMON = phrases("most common|most frequent|commonest|most frequently used|most commonly used|most used")
_RARE = phrases("least common|least frequent|rarest")
_AMONG = phrases("of|for|among|in|of all|among all|for all|of the|for the|among the|by|of our|among our")
_ASKED = phrases("which|what|list|list the|show|show the|find|list all|in which|name the|find the")
_IN = phrases("with|have|has|had|having|that have|which have|occur in|appear in|are used in|were used in|used in|"
              "are home to|have had|with a total of")  # fmt: skip
_MOST_OFTEN = phrases("is used most often|is the most common|occurs most often|was used most often|"
                      "is used most frequently|is most common|occurs most frequently|was the most common|"
                      "is the most frequent")  # fmt: skip
_BUSIEST = phrases("busiest|the busiest")
_MOST = phrases("had the most|has the most|saw the most|with the most|did we have the most|did we get the most|"
                "were there the most|did we receive the most")  # fmt: skip
_FOR = phrases("for|in terms of|by number of|for our")


def commonest(world: World, place: int) -> Readings:
    """ "The most common reason for visits", "which payment method is used most often"."""
    for start in past(world, place):
        number = world.text.number(start)
        limit = int(number) if number is not None and number == int(number) and 0 < number <= 1000 else 0
        for options, down in ((_COMMON, True), (_RARE, False)):
            for at in world.text.eat(start + bool(limit), options):
                for group, end in _valued(world, at):
                    if limit or not is_plural(world, end):
                        yield from _rows_of(world, group, end, Order("", down, limit or 1))
    for start in world.text.eat(place, _ASKED):
        for group, at in _valued(world, start):
            for end in world.text.eat(at, _MOST_OFTEN):
                yield from _rows_of(world, group, end, Order("", True, 1))


def _valued(world: World, place: int) -> Iterator[tuple[Group, int]]:
    """A column whose values come more than once, alone or behind the name of its table."""
    tables = {end for _, end in world.tables(place)}
    found = [(column, table, end) for column, table, end in world.columns(place) if end not in tables]
    for table, middle in world.tables(place):
        found += [(column, table, end) for column, _, end in world.columns(middle, table)]
    for column, table, end in found:
        if (not is_measure(column) or column.type == "integer") and not is_date(column):
            yield Group(table, column.name), end


def _rows_of(world: World, group: Group, place: int, order: Order) -> Readings:
    begins = [(Noun(group.table), place)]
    for at in world.text.eat(place, _AMONG):
        begins += [(noun, end) for noun, end in nouns(world, at) if world.graph.up(noun.table, group.table)]
    for noun, begin in begins:
        for other, _, end in tail(world, noun, begin, groups=None):
            yield Reading(other, measures=(Measure("count", other.table),), groups=(group,), order=order), end


def having(world: World, place: int) -> Readings:
    """ "Which cities have more than 2 customers"."""
    for start in {place, *world.text.eat(place, _ASKED)}:
        for group, at in _valued(world, start):
            for has in {*world.text.eat(at, _IN), *world.text.eat(at, HAVE)}:
                for operator, number, begin in _compared(world, has):
                    yield from _having(world, group, begin, operator, number)


def _compared(world: World, place: int) -> Iterator[tuple[Operator, Decimal, int]]:
    for sign, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            if number is not None and number == int(number) and number > 0:
                yield OPERATORS[sign], number, at + 1


def _having(world: World, group: Group, place: int, operator: Operator, number: Decimal) -> Readings:
    for noun, begin in nouns(world, place):
        if not world.graph.up(noun.table, group.table):
            continue
        for other, _, end in tail(world, noun, begin, groups=None):
            if operator in ("<", "<=") and other != Noun(group.table):
                continue  # values with none of these rows would be left out, and are asked for
            measures = (Measure("count", other.table),)
            yield Reading(other, measures=measures, groups=(group,), having=(operator, number)), end


def busiest(world: World, place: int) -> Readings:
    """ "Which month had the most orders", "the busiest day for visits": a month of a year, a day of a month."""
    for start in {place, *world.text.eat(place, _ASKED), *past(world, place)}:
        part = PARTS.get(world.text.word(start))
        for at in world.text.eat(start + 1, _MOST) if part in ("month", "year", "day") else ():
            yield from _when(world, world.text.word(start), at)
        for at in world.text.eat(start, _BUSIEST):
            for begin in world.text.eat(at + 1, _FOR) if world.text.word(at) in PARTS else ():
                yield from _when(world, world.text.word(at), begin)


def _when(world: World, said: str, place: int) -> Readings:
    for noun, begin in nouns(world, place):
        column = world.own_date(noun.table)
        if column is not None and is_date(column):
            group = Group(noun.table, column.name, PARTS[said])
            for other, _, end in tail(world, noun, begin, groups=None):
                measures = (Measure("count", other.table),)
                yield Reading(other, measures=measures, groups=(group,), order=Order("", True, 1)), end
