"""Conditions on the columns of one table: "price over 10", "hired in 2024", "status shipped", "without a phone"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from adapters.ports import Column
from policies.tables.matching import World, is_date, is_measure, is_number, is_year
from policies.tables.naming import Ref
from policies.tables.reading import Operator, Where
from policies.tables.spelling import folds_of, name_words
from policies.tables.text import Period, periods
from policies.tables.vocabulary import (
    BE,
    COMPARATIVES,
    COMPARISONS,
    CURRENCIES,
    DETERMINERS,
    LIGHT,
    MEASURES,
    MONEY,
    VERBS,
    phrases,
)

Found = Iterator[tuple[tuple[Where, ...], int]]
_COMPARATIVES = tuple((tuple(words.split()), degrees) for words, degrees in COMPARATIVES.items())
_EQUALS = phrases("is|of|=|equal to|are|was|being|equals|called|named|set to")
_WHO = phrases("that|which|who|have|has|had|that are|who are|which are|that have|who have|which have|that were|"
               "who were|which were|"
               "are|were|is|was|have been|that have been|who have been|has been|that had been|that got|"
               "who got")  # fmt: skip
_NOT = phrases("not|not yet|never|n't|not been|not yet been|never been")
_ON = phrases("on|a|an|the|any")


def past(world: World, place: int) -> Iterator[int]:
    """This place, and that behind a determiner."""
    yield place
    yield from world.text.eat(place, DETERMINERS)


def compared(world: World, column: Column, place: int) -> Iterator[tuple[str, tuple[Decimal, ...], int]]:
    """A comparison with a number: the operator, the numbers, and the end behind a unit that fits the column."""
    for operator, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            if number is not None:
                yield from ((operator, (number,), end) for end in _units(world, column, at))
    for at in world.text.eat(place, (("between",), ("from",))):
        low, middle, high = world.text.number(at), world.text.word(at + 1), world.text.number(at + 2)
        if low is not None and high is not None and low <= high and middle in ("and", "to"):
            yield from (("between", (low, high), end) for end in _units(world, column, at + 2))


def _units(world: World, column: Column, place: int) -> Iterator[int]:
    """Past a number and its unit, where there is none or one that is the column's."""
    words = world.text.words
    if words[place][0] in CURRENCIES and not _fits(column, words[place][0]):
        world.note("other_unit")
        return
    yield place + 1
    unit = world.text.folds[place + 1] if place + 1 < len(words) else ""
    if (unit in CURRENCIES or unit in MEASURES) and _fits(column, unit):
        yield place + 2
        if world.text.word(place + 2) in ("old", "long"):
            yield place + 3


def _fits(column: Column, unit: str) -> bool:
    named = {*name_words(column.name), *folds_of(column.description)}
    if unit in CURRENCIES:
        own = {CURRENCIES[word] for word in named if word in CURRENCIES}
        own |= {CURRENCIES[sign] for sign in "$€£" if sign in column.description}
        return CURRENCIES[unit] in own if own else bool(named & set(MONEY))
    if unit == "year" and "age" in named:
        return True
    return MEASURES[unit] in {MEASURES[word] for word in named if word in MEASURES}


def _wheres(table: str, column: Column, found: tuple[str, tuple[Decimal, ...], int]) -> tuple[tuple[Where, ...], int]:
    operator, numbers, end = found
    if operator == "between":
        return (Where(table, column.name, ">=", numbers[:1]), Where(table, column.name, "<=", numbers[1:])), end
    exact: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "="}
    return (Where(table, column.name, exact[operator], numbers),), end


def period_on(world: World, table: str, column: Column, period: Period) -> tuple[Where, ...]:
    """What a time is to a date, or to the number of a year; nothing where it does not fit."""
    bounds = [(sign, day) for sign, day in ((">=", period.start), ("<", period.end)) if day is not None]
    if is_date(column):
        days: dict[str, Operator] = {">=": "day>=", "<": "day<"}
        return tuple(Where(table, column.name, days[sign], (day,)) for sign, day in bounds)
    if any((day.month, day.day) != (1, 1) for _, day in bounds):
        world.note("type_mismatch")
        return ()
    years: dict[str, Operator] = {">=": ">=", "<": "<"}
    return tuple(Where(table, column.name, years[sign], (Decimal(day.year),)) for sign, day in bounds)


def on_column(world: World, table: str, place: int) -> Found:
    """A named column and what it should be."""
    for start in past(world, place):
        for column, _, at in world.columns(start, table):
            if is_number(column) and not world.lexicon.role(table, column.name):
                for begin in {at, *world.text.eat(at, _EQUALS)}:
                    yield from (_wheres(table, column, each) for each in compared(world, column, begin))
                    number = world.text.number(begin)
                    if number is not None and begin > at:
                        yield (Where(table, column.name, "=", (number,)),), begin + 1
            if is_date(column) or is_year(column):
                for begin in {at, *world.text.eat(at, _EQUALS)}:
                    for period, end in periods(world.text, begin):
                        if wheres := period_on(world, table, column, period):
                            yield wheres, end


def on_number(world: World, table: str, place: int) -> Found:
    """A number in front of its column: "more than 300 pages", "4 credits"."""
    number = world.text.number(place)
    for column, _, end in world.columns(place + 1, table) if number is not None else ():
        if is_measure(column) and number is not None:
            yield (Where(table, column.name, "=", (number,)),), end
    for operator, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            for column, _, end in world.columns(at + 1, table) if number is not None else ():
                if is_measure(column) and number is not None:
                    yield _wheres(table, column, (operator, (number,), end))


def on_quantity(world: World, table: str, place: int) -> Found:
    """A comparative or a verb that measures: "older than 30", "that cost more than 10", "over $100"."""
    for start in {place, *world.text.eat(place, _WHO)}:
        for words, degrees in _COMPARATIVES:
            for at in world.text.eat(start, (words,)):
                number, found = world.text.number(at + 1), world.degree(table, degrees)
                if world.text.word(at) == "than" and number is not None and found is not None and is_number(found[0]):
                    operator: Operator = ">" if found[1] else "<"
                    for end in _units(world, found[0], at + 1):
                        yield (Where(table, found[0].name, operator, (number,)),), end
        if (heads := VERBS.get(world.text.word(start))) is not None:
            column = world.measured(table, heads)
            if column is not None:
                yield from (_wheres(table, column, each) for each in compared(world, column, start + 1))
        yield from _money(world, table, start)


def _money(world: World, table: str, place: int) -> Found:
    """An amount of money alone, where the table has one column of money."""
    if not any(fold in CURRENCIES or fold[0] in CURRENCIES for fold in world.text.folds[place : place + 6]):
        return
    column = world.measured(table, MONEY)
    if column is None:
        return
    for each in compared(world, column, place):
        words = world.text.words[each[2] - 1]
        if words[0] in CURRENCIES or world.text.folds[each[2] - 1] in CURRENCIES:
            yield _wheres(table, column, each)


def on_time(world: World, table: str, place: int) -> Found:
    """A time, alone or with what happened then: "in 2024", "hired after 2020", "that were returned last month"."""
    for start in {place, *world.text.eat(place, LIGHT)}:
        for period, end in periods(world.text, start):
            column = world.own_date(table)
            if column is not None and (wheres := period_on(world, table, column, period)):
                yield wheres, end
    for start in {place, *world.text.eat(place, _WHO)}:
        for column, at in world.done(table, start) if not _is_state(world, table, start) else ():
            for period, end in periods(world.text, at):
                if wheres := period_on(world, table, column, period):
                    yield wheres, end


def _is_state(world: World, table: str, place: int) -> bool:
    """Whether "were open in May" says what rows were like then, rather than what was done."""
    return not world.text.word(place).endswith("ed") and any(
        ref.table == table for refs, _ in world.values(place) for ref in refs
    )


def on_done(world: World, table: str, place: int) -> Found:
    """What has happened or not: "that have not been returned"; only of dates that may be missing."""
    for start in {place, *world.text.eat(place, _WHO)}:
        for at in {start, *world.text.eat(start, _NOT)}:
            if at == place:
                continue
            for column, end in world.done(table, at):
                stated = at == start and any(ref.table == table for refs, _ in world.values(at) for ref in refs)
                # "Are closed" is the status where there is one of that name.
                if not stated and column.nulls and is_date(column) and not any(True for _ in periods(world.text, end)):
                    yield (Where(table, column.name, "null" if at > start else "not null"),), end


def on_flag(world: World, table: str, place: int) -> Found:
    """A boolean column: "that are active", "not active", "inactive". What is not known is not false: then nothing."""
    for start in {place, *world.text.eat(place, BE)}:
        for at in {start, *world.text.eat(start, _NOT)}:
            for column, end in flags(world, table, at):
                if at == start:
                    yield (Where(table, column.name, "=", (True,)),), end
                elif not column.nulls:
                    yield (Where(table, column.name, "=", (False,)),), end
    for start in {place, *world.text.eat(place, BE)}:
        yield from _prefixed(world, table, start)


def _prefixed(world: World, table: str, place: int) -> Found:
    word = world.text.word(place)
    for prefix in ("un", "in", "non"):
        if word.startswith(prefix) and not list(world.lexicon.at(world.text.folds, place)):
            found = [ref for refs, _ in world.lexicon.at((word[len(prefix) :],), 0) for ref in refs]
            columns = [world.column(*ref[1:3]) for ref in found if ref.kind == "column" and ref.table == table]
            if len(columns) == 1 and columns[0].type == "boolean" and not columns[0].nulls:
                yield (Where(table, columns[0].name, "=", (False,)),), place + 1


def flags(world: World, table: str, place: int) -> Iterator[tuple[Column, int]]:
    """The boolean column that the words name."""
    for column, _, end in world.columns(place, table):
        if column.type == "boolean":
            yield column, end


def on_missing(world: World, table: str, place: int, missing: bool) -> Found:
    """A column that has nothing in it, or something: only where both occur."""
    for start in past(world, place):
        for column, _, end in world.columns(start, table):
            if column.type == "boolean":
                if not column.nulls or not missing:
                    yield (Where(table, column.name, "=", (not missing,)),), end
            elif column.nulls and "" not in column.values:
                yield (Where(table, column.name, "null" if missing else "not null"),), end


def refs_in(refs: tuple[Ref, ...], table: str, column: str) -> tuple[Ref, ...]:
    """Of what a value may be, that which stands in this column."""
    return tuple(ref for ref in refs if (ref.table, ref.column) == (table, column))
