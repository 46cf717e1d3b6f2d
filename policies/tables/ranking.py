"""The first of an order: "the 3 cheapest bikes", "which customer has the most orders", "top 5 cities by number of
users"."""

from __future__ import annotations

from collections.abc import Iterator

from policies.tables.conditions import past
from policies.tables.figures import counted, grouped, measured, of_group
from policies.tables.heads import is_plural, nouns
from policies.tables.matching import World, is_measure
from policies.tables.measures import COUNT, Readings
from policies.tables.nouns import done_by, tail
from policies.tables.reading import Group, Measure, Noun, Order, Reading
from policies.tables.settled import is_sum, said_by
from policies.tables.spelling import name_words
from policies.tables.spending import money
from policies.tables.vocabulary import (
    HIGH,
    LOW,
    PERSONS,
    SPENT,
    SUPERLATIVES,
    VERBS,
    Degree,
    phrases,
    words,
)

_SUPERLATIVES = tuple((tuple(each.split()), degrees) for each, degrees in SUPERLATIVES.items())
_TOP = phrases("top|the top")
_BOTTOM = phrases("bottom|the bottom")
_ASKED = phrases("which|what|who|which of the|which of our")
_HAS = phrases("has|have|had|with|has the|have the|had the|with the|having the|received the|got the|received|"
               "that has the|that have the|who has the|who have the|offers the|placed the|made the|that had the|"
               "has made the|has placed the|have placed the|have made the|wrote the|contains the|contain the|"
               "has received the|has had the|"
               "earns the|costs the|employs the")  # fmt: skip
_BY = phrases("by|by the|based on|based on the|ranked by|ordered by|sorted by|in terms of|according to|by their|"
              "with the|in terms of the|ranked by their|by its")  # fmt: skip
_IS = phrases("is the|is|are the|are|was the|were the|was|were")
_MEASURING = words("latest newest earliest longest shortest largest oldest")
_WAS = phrases("was|were|is|has been|have been|are")
_MOST_SPENT = phrases("the most|most|the most money|the most in total")
_MOST_OFTEN = phrases("the most|most often|the most often|most|most frequently")

_OFTEN = phrases("most often|the most often|most frequently")


def rankings(world: World, place: int) -> Readings:
    """The rows or groups that come first."""
    asked = {place, *world.text.eat(place, _ASKED)}
    for start in world.text.eat(place, (("who",),)):
        yield from _who(world, start)
    for start in asked:
        for at in past(world, start):
            yield from _superlative(world, at)
            yield from _named_first(world, at)
            yield from _ordered(world, at)
            yield from _extreme(world, at, start > place)


def _many(world: World, place: int) -> Iterator[tuple[int, int]]:
    """How many are asked for, and where that ends: one, where nothing is said."""
    yield 0, place
    number = world.text.number(place)
    if number is not None and number == int(number) and 0 < number <= 1000:
        yield int(number), place + 1


def _superlative(world: World, place: int) -> Readings:
    """ "The 3 cheapest bikes in Berlin", "cheapest three bikes"."""
    for first, at in _many(world, place):
        for degrees, begin in _degrees(world, at):
            for second, start in _many(world, begin):
                limit = first or second
                for noun, end in nouns(world, start) if not (first and second) else ():
                    if limit or not is_plural(world, end):
                        yield from _by_degree(world, noun, degrees, limit or 1, end)


def _named_first(world: World, place: int) -> Readings:
    """ "Which bike is the cheapest"."""
    for noun, at in nouns(world, place):
        for other, _, begin in tail(world, noun, at, groups=None):
            for middle in world.text.eat(begin, _IS):
                for degrees, end in _degrees(world, middle):
                    yield from _by_degree(world, other, degrees, 1, end)


def _degrees(world: World, place: int) -> Iterator[tuple[tuple[Degree, ...], int]]:
    for said, degrees in _SUPERLATIVES:
        yield from ((degrees, end) for end in world.text.eat(place, (said,)))


def _by_degree(world: World, noun: Noun, degrees: tuple[Degree, ...], limit: int, place: int) -> Readings:
    found = world.degree(noun.table, degrees)
    if found is not None:
        for other, _, end in tail(world, noun, place, groups=None):
            yield Reading(other, order=Order(found[0].name, found[1], limit)), end


def _ordered(world: World, place: int) -> Readings:
    """ "Top 5 customers by number of orders", "bottom 3 products by price"."""
    for options, down in ((_TOP, True), (_BOTTOM, False)):
        for begin in world.text.eat(place, options):
            for limit, at in _many(world, begin):
                if limit:
                    yield from _ordered_by(world, at, limit, down)


def _ordered_by(world: World, place: int, limit: int, down: bool) -> Readings:
    order = Order("", down, limit)
    for noun, at in nouns(world, place):
        for other, _, begin in tail(world, noun, at, groups=None):
            for by in world.text.eat(begin, _BY):
                for sized in {by, *world.text.eat(by, HIGH if down else LOW)}:
                    yield from measured(world, other, sized, order)
                    yield from counted(world, other, sized, order, COUNT)
                for most in world.text.eat(by, phrases("most")) if down else ():
                    yield from counted(world, other, most, order, None)
    for column, table, at in world.columns(place):
        for by in world.text.eat(at, _BY):
            yield from of_group(world, Group(table, column.name), by, order, COUNT)


def _sizes(world: World, place: int, limit: int) -> Iterator[tuple[Order, bool, int]]:
    """ "Most", "fewest", and whether a figure must be named behind it: "highest", "lowest"."""
    for options, down, named in ((phrases("most"), True, False), (phrases("fewest"), False, False),
                                 (HIGH, True, True), (LOW, False, True)):  # fmt: skip
        for end in world.text.eat(place, options):
            yield Order("", down, limit), named, end


def _extreme(world: World, place: int, asked: bool) -> Readings:
    """ "Which customer has the most orders", "the 5 products with the highest price"."""
    for limit, at in _many(world, place):
        for noun, begin in nouns(world, at):
            if limit or asked or not is_plural(world, begin):
                for other, _, end in tail(world, noun, begin, groups=None):
                    yield from _having_most(world, other, end, limit or 1)
                    yield from _done_last(world, other, end, limit or 1)
                    yield from _done_most(world, other, end, Order("", True, limit or 1))
                    yield from _spent_most(world, other, end, Order("", True, limit or 1))
        for column, table, begin in world.columns(at):
            known = not is_measure(column) or column.type == "integer"
            if known and (limit or asked or not is_plural(world, begin)):
                for has in world.text.eat(begin, _HAS):
                    for order, named, end in _sizes(world, has, limit or 1):
                        yield from of_group(world, Group(table, column.name), end, order, COUNT if named else None)


def _having_most(world: World, noun: Noun, place: int, limit: int) -> Readings:
    for has in world.text.eat(place, _HAS):
        for order, named, end in _sizes(world, has, limit):
            if named:
                yield from measured(world, noun, end, order)
            yield from counted(world, noun, end, order, COUNT if named else None)
        for degrees, end in _degrees(world, has):
            if world.text.word(end - 1) in _MEASURING:
                yield from measured(world, noun, end, Order("", degrees[0].up, limit))


def _done_last(world: World, noun: Noun, place: int, limit: int) -> Readings:
    """ "Which employee was hired most recently", "which employee earns the most"."""
    table = noun.table
    for start in {place, *world.text.eat(place, _WAS)}:
        for column, at in world.done(table, start):
            for options, down in ((phrases("most recently|last|latest"), True), (phrases("first|earliest"), False)):
                for end in world.text.eat(at, options):
                    yield Reading(noun, order=Order(column.name, down, limit)), end
        figure = world.measured(table, VERBS[world.text.word(start)]) if world.text.word(start) in VERBS else None
        for options, down in ((phrases("the most|most"), True), (phrases("the least|least"), False)):
            for end in world.text.eat(start + 1, options) if figure is not None else ():
                yield Reading(noun, order=Order(figure.name if figure else "", down, limit)), end


def _done_most(world: World, noun: Noun, place: int, order: Order) -> Readings:
    """ "Which bike was rented most often"."""
    for start in {place, *world.text.eat(place, _WAS)}:
        table = done_by(world, noun.table, start)
        options = _OFTEN if is_sum(world.text.word(start)) else _MOST_OFTEN
        for end in world.text.eat(start + 1, options) if table is not None else ():
            for other, _, after in tail(world, Noun(table or ""), end, groups=None):
                yield from grouped(world, noun, other, Measure("count", other.table), order, after)


def _who(world: World, place: int) -> Readings:
    """ "Who has the highest salary", "who was hired first"."""
    for table in world.lexicon.tables:
        if name_words(table)[-1] in PERSONS:
            yield from _done_last(world, Noun(table), place, 1)
    for has in world.text.eat(place, _HAS):
        for options, down in ((HIGH, True), (LOW, False)):
            for sized in world.text.eat(has, options):
                for column, table, at in world.columns(sized):
                    if name_words(table)[-1] in PERSONS and is_measure(column):
                        for noun, _, end in tail(world, Noun(table), at, groups=None):
                            yield Reading(noun, order=Order(column.name, down, 1)), end


def _spent_most(world: World, noun: Noun, place: int, order: Order) -> Readings:
    """ "Which customer has spent the most"."""
    measure = money(world, noun.table)
    if measure is None:
        return
    for start in {place, *world.text.eat(place, phrases("has|have|had|who|that|who have|that have"))}:
        for at in world.text.eat(start, SPENT):
            if said_by(world.table(measure.table), world.text.word(start)):
                continue
            for end in world.text.eat(at, _MOST_SPENT):
                for other, _, after in tail(world, Noun(measure.table), end, groups=None):
                    yield from grouped(world, noun, other, measure, order, after)
