"""Rows as they are: "list the names of employees in Berlin", "what is the price of the Trek Domane"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policies.tables.conditions import past, refs_in
from policies.tables.heads import nouns, persons
from policies.tables.matching import World, fits, is_date, is_measure, is_number
from policies.tables.measures import COUNT, Readings, aggregate_of
from policies.tables.nouns import tail
from policies.tables.ranking import rankings
from policies.tables.reading import Group, Measure, Noun, Order, Reading
from policies.tables.vocabulary import AGGREGATES, VERBS, phrases

_ASKED = phrases("which|what|list|show|show me|give me|display|find|get|return|list all|show all|who are|what are|"
                 "which are|name|name all|what 's|fetch|give us|tell me|show us")  # fmt: skip
_DISTINCT = phrases("different|distinct|unique|the different|the distinct|the unique|all the different|all distinct|"
                    "all different|all unique|the various|various|all the distinct|all the unique")  # fmt: skip
_AND = phrases("and|,|, and|and the|, the|and their|as well as|along with|and its|with their|with its")
_OF = phrases("of|for|from|of the|for the|of all|for all|of each|for each")
_ARE = phrases("are|are there|is|do we have|are in the database|exist|have we")
_SORTED = phrases("sorted by|ordered by|order by|sort by|in order of|arranged by")
_DOWN = phrases("descending|desc|in descending order|from highest to lowest|high to low|highest first|largest first|"
                "newest first|from high to low")  # fmt: skip
_UP = phrases("ascending|asc|in ascending order|from lowest to highest|low to high|lowest first|oldest first|"
              "alphabetically")  # fmt: skip
_OWN = phrases("have|has|have left|have in stock")
_PAIR = phrases("and|vs|versus|with|to|or|against|and the|and in|with that of|to that of|and of|and for|and that of")


def listings(world: World, place: int, asked: bool) -> Readings:
    """Rows, or columns of rows, or the different values of a column."""
    begins = set(world.text.eat(place, _ASKED)) | ({place} if asked else set())
    if not begins:
        found = (*_rows(world, place), *(each for start in past(world, place) for each in _columns_of(world, start)))
        yield from (each for each in found if each[0].order is not None or each[0].noun != Noun(each[0].noun.table))
    for begin in begins:
        for start in past(world, begin):
            yield from _rows(world, start)
            yield from _columns_of(world, start)
            yield from _whose(world, start)
            for at in {*world.text.eat(start, _DISTINCT)}:
                yield from _different(world, at)


def _rows(world: World, place: int) -> Readings:
    for noun, at in nouns(world, place):
        for other, _, end in tail(world, noun, at, groups=None):
            yield Reading(other), end
            yield from _sorted(world, Reading(other), end)


def _sorted(world: World, reading: Reading, place: int) -> Readings:
    for at in world.text.eat(place, _SORTED):
        for column, _, end in world.columns(at, reading.noun.table):
            yield replace(reading, order=Order(column.name, False, 0)), end
            yield from ((replace(reading, order=Order(column.name, True, 0)), z) for z in world.text.eat(end, _DOWN))
            yield from ((replace(reading, order=Order(column.name, False, 0)), z) for z in world.text.eat(end, _UP))


def _several(world: World, place: int, table: str = "") -> Iterator[tuple[list[tuple[int, int]], int]]:
    """Where the phrases of one or several columns stand."""
    for end in {end for _, end in world.lexicon.at(world.text.folds, place)}:
        yield [(place, end)], end
        for more in world.text.eat(end, _AND):
            yield from (([(place, end), *others], at) for others, at in _several(world, more))


def _columns_of(world: World, place: int) -> Readings:
    """ "The names and salaries of employees in Berlin"; of the first of an order, too."""
    for spots, at in _several(world, place):
        for of in world.text.eat(at, _OF):
            for noun, begin in (*nouns(world, of), *_named(world, of)):
                names = _names(world, spots, noun.table)
                one = _is_one(world, noun)
                if names and (one or world.text.word(place) not in AGGREGATES):
                    for other, _, end in tail(world, noun, begin, groups=None):
                        yield Reading(other, columns=names), end
                        yield from _sorted(world, Reading(other, columns=names), end)
            for reading, end in rankings(world, of):
                names = _names(world, spots, reading.noun.table)
                if names and not reading.measures:
                    yield replace(reading, columns=names), end


def _is_one(world: World, noun: Noun) -> bool:
    """Whether rows are told by their name."""
    names = world.lexicon.names[noun.table]
    return bool(names) and {where.column for where in noun.wheres if where.table == noun.table} >= set(names)


def _names(world: World, spots: list[tuple[int, int]], table: str) -> tuple[str, ...]:
    """The columns of a table that these phrases name; () where one of them names none."""
    names: list[str] = []
    for place, end in spots:
        found = [column.name for column, _, at in world.columns(place, table) if at == end]
        if not found and world.text.folds[place:end] in (("name",), ("full", "name")):
            names += world.lexicon.names[table]
            continue
        if len(found) != 1:
            return ()
        names += found
    return tuple(names)


def _named(world: World, place: int) -> Iterator[tuple[Noun, int]]:
    """A row by its name alone: "the Trek Domane"."""
    for start in past(world, place):
        yield from persons(world, start)
        for refs, end in world.values(start):
            tables = {ref.table for ref in refs if ref.column == world.lexicon.labels[ref.table]}
            if len({ref.table for ref in refs}) == 1 and len(tables) == 1:
                table = next(iter(tables))
                own = refs_in(refs, table, world.lexicon.labels[table])
                where = world.condition(own, table, world.lexicon.labels[table])
                if where is not None:
                    yield Noun(table).where(where), end


def _whose(world: World, place: int) -> Readings:
    """ "Anna Smith's email"."""
    for noun, at in (*_named(world, place), *nouns(world, place)):
        if world.text.word(at) == "'s" and noun.wheres:
            for spots, end in _several(world, at + 1):
                if names := _names(world, spots, noun.table):
                    yield Reading(noun, columns=names), end


def lookups(world: World, place: int) -> Readings:
    """ "How many pages does Maps have", "how much does the Desk cost", "when was Anna Smith hired"."""
    for at in world.text.eat(place, phrases("how many")):
        yield from _number_of(world, at)
    for at in world.text.eat(place, phrases("how much does|how much do|how much did")):
        for noun, end in single(world, at):
            column = world.measured(noun.table, VERBS.get(world.text.word(end), ()))
            if column is not None:
                yield Reading(noun, columns=(column.name,)), end + 1
    for at in world.text.eat(place, phrases("when was|when did|when were|when is")):
        for noun, end in single(world, at):
            yield from ((Reading(noun, columns=(done.name,)), z) for done, z in world.done(noun.table, end))


def _number_of(world: World, place: int) -> Readings:
    for column, table, middle in world.columns(place):
        for begin in world.text.eat(middle, phrases("does|do|did|has|have")) if is_measure(column) else ():
            for noun, end in single(world, begin):
                if noun.table == table:
                    yield from ((Reading(noun, columns=(column.name,)), z) for z in world.text.eat(end, _OWN))


def single(world: World, place: int) -> Iterator[tuple[Noun, int]]:
    for noun, end in (*_named(world, place), *nouns(world, place)):
        if _is_one(world, noun):
            yield noun, end


def _different(world: World, place: int) -> Readings:
    for column, table, at in world.columns(place):
        if is_measure(column) and column.type == "number":
            continue
        yield Reading(Noun(table), columns=(column.name,), distinct=True), at
        for end in world.text.eat(at, _ARE):
            yield Reading(Noun(table), columns=(column.name,), distinct=True), end
        for of in world.text.eat(at, phrases("of|in|for|among")):
            for noun, begin in nouns(world, of):
                if noun.table == table:
                    for other, _, end in tail(world, noun, begin, groups=None):
                        yield Reading(other, columns=(column.name,), distinct=True), end


def kinds(world: World, place: int) -> Readings:
    """ "Which cities are there": the different values of a column that only a few rows have for their own."""
    for at in world.text.eat(place, phrases("which|what")):
        for column, table, begin in world.columns(at):
            if is_number(column) or is_date(column) or column.name == world.lexicon.labels[table]:
                continue
            if any(end >= begin for _, end in world.tables(at)):
                continue
            for end in world.text.eat(begin, phrases("are there|do we have|exist|are in the database|are available")):
                yield Reading(Noun(table), columns=(column.name,), distinct=True), end


def comparisons(world: World, place: int) -> Readings:
    """A figure of two groups: "compare the average price of electric and city bikes"."""
    for at in world.text.eat(place, phrases("compare|compare the")):
        for start in past(world, at):
            for words, code in AGGREGATES.items():
                for begin in world.text.eat(start, (tuple(words.split()),)):
                    for column, table, end in world.columns(begin):
                        if fits(world, table, column, code):
                            measure = Measure(aggregate_of(code), table, column.name)
                            yield from _two(world, table, measure, end)
            for begin in world.text.eat(start, COUNT):
                for noun, end in nouns(world, begin):
                    if not noun.wheres:
                        yield from _two(world, noun.table, Measure("count", noun.table), end)


def _two(world: World, table: str, measure: Measure, place: int) -> Readings:
    """The two values that a figure is compared of; the table may stand before or behind them."""
    starts = set(world.text.eat(place, phrases("of|for|between|in|from|of the|for the|in the|among|across")))
    for at in list(starts):
        for noun, begin in nouns(world, at):
            if noun == Noun(table):
                starts |= set(world.text.eat(begin, phrases("in|from|of|for|between|that are|with|located in")))
    for at in starts:
        for refs, middle in world.values(at):
            first = world.attach(refs, table)
            for begin in world.text.eat(middle, _PAIR) if first is not None else ():
                for others, end in world.values(begin):
                    yield from _pair(world, table, measure, [first, world.attach(others, table)], end)


def _pair(world: World, table: str, measure: Measure, wheres: list, end: int) -> Readings:  # type: ignore[type-arg]
    first, second = wheres
    if first is None or second is None or first.far or (first.table, first.column) != (second.table, second.column):
        return
    if first.values == second.values:
        return
    both = replace(first, values=tuple(sorted({*first.values, *second.values})))
    group = (Group(first.table, first.column),)
    reading = Reading(Noun(table).where(both), measures=(measure,), groups=group)
    yield reading, end
    for found, at in nouns(world, end):
        if found == Noun(table):
            yield reading, at
