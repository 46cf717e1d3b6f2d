"""Conditions on the columns of one table: "price over 10", "hired in 2024", "status shipped", "without a phone"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from adapters.ports import Column
from policies.tables.matching import World, is_date, is_measure, is_number, is_unit_price, is_year
from policies.tables.naming import Ref
from policies.tables.reading import Operator, Where
from policies.tables.text import Period, periods
from policies.tables.units import Also, amounts
from policies.tables.vocabulary import (
    COMPARATIVES,
    COMPARISONS,
    CURRENCIES,
    DETERMINERS,
    LIGHT,
    MONEY,
    VERBS,
    phrases,
    words,
)

Found = Iterator[tuple[tuple[Where, ...], int]]
_COMPARATIVES = tuple((tuple(words.split()), degrees) for words, degrees in COMPARATIVES.items())
_EQUALS = phrases("is|of|=|equal to|are|was|being|equals|called|named|set to")
WHO = phrases("that|which|who|have|has|had|that are|who are|which are|that have|who have|which have|that were|"
               "who were|which were|"
               "are|were|is|was|have been|that have been|who have been|has been|that had been|that got|"
               "who got")  # fmt: skip
_OWNED = words("a an the with have has had having whose where and of")


def past(world: World, place: int) -> Iterator[int]:
    """This place, and that behind a determiner."""
    yield place
    yield from world.text.eat(place, DETERMINERS)


Compared = tuple[str, tuple[Decimal, ...], int, Also]
"""An operator, the numbers, the end, and what the unit asks of the rows."""


def compared(world: World, table: str, column: Column, place: int) -> Iterator[Compared]:
    """A comparison with a number, up to behind a unit that fits the column."""
    for operator, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            if number is not None:
                yield from ((operator, (number,), *each) for each in amounts(world, table, column, at))
    for at in world.text.eat(place, (("between",), ("from",))):
        low, middle, high = world.text.number(at), world.text.word(at + 1), world.text.number(at + 2)
        if low is not None and high is not None and low <= high and middle in ("and", "to"):
            for begin, first in amounts(world, table, column, at):
                for end, last in amounts(world, table, column, at + 2) if begin == at + 1 else ():
                    yield "between", (low, high), end, tuple(dict.fromkeys((*first, *last)))


def _wheres(table: str, column: Column, found: Compared) -> tuple[tuple[Where, ...], int]:
    operator, numbers, end, also = found
    if operator == "between":
        bounds = Where(table, column.name, ">=", numbers[:1]), Where(table, column.name, "<=", numbers[1:])
        return (*bounds, *also), end
    exact: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "="}
    return (Where(table, column.name, exact[operator], numbers), *also), end


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
        named = () if _is_verb(world, table, start) else world.columns(start, table)
        for column, _, at in named:
            if is_number(column) and not world.lexicon.role(table, column.name):
                for begin in {at, *world.text.eat(at, _EQUALS)}:
                    yield from (_wheres(table, column, each) for each in compared(world, table, column, begin))
                    number = world.text.number(begin)
                    for end, also in amounts(world, table, column, begin) if number is not None and begin > at else ():
                        yield _wheres(table, column, ("=", (number or Decimal(0),), end, also))
            if is_date(column) or is_year(column):
                for begin in {at, *world.text.eat(at, _EQUALS)}:
                    for period, end in periods(world.text, begin):
                        if wheres := period_on(world, table, column, period):
                            yield wheres, end


def _is_verb(world: World, table: str, place: int) -> bool:
    """Whether "that cost more than 10" is a verb, and not the one column that it measures."""
    word, before = world.text.word(place), world.text.word(place - 1)
    verb = word in VERBS and before not in _OWNED
    return verb and world.measured(table, VERBS[word]) is None


def on_number(world: World, table: str, place: int) -> Found:
    """A number in front of its column: "more than 300 pages", "4 credits"."""
    number = world.text.number(place)
    for column, _, end in world.columns(place + 1, table) if number is not None else ():
        if number is not None:
            yield from _before(world, table, column, ("=", (number,), place, ()), end)
    for operator, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            for column, _, end in world.columns(at + 1, table) if number is not None else ():
                if number is not None:
                    yield from _before(world, table, column, (operator, (number,), at, ()), end)


def _before(world: World, table: str, column: Column, found: Compared, end: int) -> Found:
    """A comparison with a number at a place right before the column; its sign may be a currency's."""
    operator, numbers, place, _ = found
    for at, also in amounts(world, table, column, place) if is_measure(column) else ():
        if at == place + 1:
            yield _wheres(table, column, (operator, numbers, end, also))


def on_quantity(world: World, table: str, place: int) -> Found:
    """A comparative or a verb that measures: "older than 30", "that cost more than 10", "over $100"."""
    for start in {place, *world.text.eat(place, WHO)}:
        for said, degrees in _COMPARATIVES:
            for at in world.text.eat(start, (said,)):
                number, found = world.text.number(at + 1), world.degree(table, degrees)
                if world.text.word(at) == "than" and number is not None and found is not None and is_number(found[0]):
                    operator: Operator = ">" if found[1] else "<"
                    for end, also in amounts(world, table, found[0], at + 1):
                        yield (Where(table, found[0].name, operator, (number,)), *also), end
        if (heads := VERBS.get(world.text.word(start))) is not None:
            column = world.measured(table, heads)
            if column is not None:
                yield from (_wheres(table, column, each) for each in compared(world, table, column, start + 1))
        yield from _money(world, table, start)


def _money(world: World, table: str, place: int) -> Found:
    """An amount of money alone, where the table has one column of money."""
    if not any(fold in CURRENCIES or fold[0] in CURRENCIES for fold in world.text.folds[place : place + 6]):
        return
    column = world.measured(table, MONEY)
    if column is None or is_unit_price(world.table(table), column):
        return
    for each in compared(world, table, column, place):
        last = world.text.words[each[2] - 1]
        if last[0] in CURRENCIES or world.text.folds[each[2] - 1] in CURRENCIES:
            yield _wheres(table, column, each)


def on_time(world: World, table: str, place: int) -> Found:
    """A time, alone or with what happened then: "in 2024", "hired after 2020", "that were returned last month"."""
    for start in {place, *world.text.eat(place, LIGHT)}:
        if world.text.word(start - 1) == "logged" and world.text.word(start) in ("in", "on"):
            continue  # "users logged in today" is not when they came to be
        for period, end in periods(world.text, start):
            column = world.own_date(table)
            if column is not None and (wheres := period_on(world, table, column, period)):
                yield wheres, end
    for start in {place, *world.text.eat(place, WHO)}:
        for column, at in world.done(table, start) if not _is_state(world, table, start) else ():
            for period, end in periods(world.text, at):
                if wheres := period_on(world, table, column, period):
                    yield wheres, end


def _is_state(world: World, table: str, place: int) -> bool:
    """Whether "were open in May" says what rows were like then, rather than what was done."""
    return not world.text.word(place).endswith("ed") and any(
        ref.table == table for refs, _ in world.values(place) for ref in refs
    )


def refs_in(refs: tuple[Ref, ...], table: str, column: str) -> tuple[Ref, ...]:
    """Of what a value may be, that which stands in this column."""
    return tuple(ref for ref in refs if (ref.table, ref.column) == (table, column))
