"""By what rows or groups are ordered: a column, a number of tied rows, an aggregate over these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters.ports import Column
from policies.tables.heads import nouns
from policies.tables.matching import World, fits, is_date, is_measure, is_year
from policies.tables.measures import Readings, aggregate_of
from policies.tables.nouns import tail
from policies.tables.reading import Group, Measure, Noun, Order, Reading
from policies.tables.spelling import name_words
from policies.tables.vocabulary import (
    AGGREGATES,
    Phrases,
    phrases,
    words,
)

_INNER = tuple((tuple(each.split()), code) for each, code in AGGREGATES.items() if code in ("avg", "sum", "median"))
_SIZES = words("largest biggest highest lowest greatest maximum max minimum min least most")


def measured(world: World, noun: Noun, place: int, order: Order) -> Readings:
    """By a column of the rows themselves, or by an aggregate over rows tied to them."""
    begins = {place, *world.text.eat(place, (("number", "of"),))}
    for column, _, at in (found for begin in begins for found in world.columns(begin, noun.table)):
        if is_measure(column) or is_date(column) or is_year(column):
            for other, _, end in tail(world, noun, at, groups=None):
                yield Reading(other, order=replace(order, column=column.name)), end
    for code, begin in _inner(world, place):
        for inner, column, at in _tied(world, begin, noun.table):
            if _is_sure(world, place, code, column) and fits(world, inner.table, column, code):
                measure = Measure(aggregate_of(code), inner.table, column.name)
                for other, _, end in tail(world, inner, at, groups=None):
                    yield from grouped(world, noun, other, measure, order, end)


def _is_sure(world: World, place: int, code: str, column: Column) -> bool:
    """Whether "the highest total amount" cannot be that of one row, in a column of that name."""
    if code == "sum" and world.text.word(place - 1) in _SIZES and name_words(column.name)[0] == "total":
        world.note("ambiguous_column")
        return False
    return True


def _inner(world: World, place: int) -> Iterator[tuple[str, int]]:
    for said, code in _INNER:
        for at in world.text.eat(place, (said,)):
            yield code, at
            yield from ((code, end) for end in world.text.eat(at, phrases("of")))


def _tied(world: World, place: int, table: str) -> Iterator[tuple[Noun, Column, int]]:
    """A column of rows that each belong to one row of a table."""
    for column, home, at in world.columns(place):
        if home != table and world.graph.up(home, table):
            yield Noun(home), column, at
            for of in world.text.eat(at, phrases("of|of their|of its|on|for")):
                yield from ((inner, column, end) for inner, end in nouns(world, of) if inner.table == home)
    for inner, at in nouns(world, place):
        if inner.table != table and world.graph.up(inner.table, table):
            yield from ((inner, column, end) for column, _, end in world.columns(at, inner.table))


def counted(world: World, noun: Noun, place: int, order: Order, said: Phrases | None) -> Readings:
    """By the number of rows tied to each."""
    for at in [place] if said is None else world.text.eat(place, said):
        for inner, begin in nouns(world, at):
            for other, _, end in tail(world, inner, begin, groups=None):
                yield from grouped(world, noun, other, Measure("count", other.table), order, end)


def grouped(world: World, noun: Noun, inner: Noun, measure: Measure, order: Order, end: int) -> Readings:
    """The rows `inner`, put together by the rows of `noun` that they are tied to. What `noun` asks of a row is asked of
    these too, which is the same since each is tied to that row."""
    if noun.table == inner.table or noun.related or not world.graph.way(inner.table, noun.table):
        return
    if any(where.far or where.table != noun.table for where in noun.wheres):
        return
    rows = inner.where(*noun.wheres) if world.graph.up(inner.table, noun.table) or not noun.wheres else None
    if rows is not None:
        yield Reading(rows, measures=(measure,), groups=(Group(noun.table),), order=order), end


def of_group(world: World, group: Group, place: int, order: Order, said: Phrases | None) -> Readings:
    """By a figure over the rows that share a value of a column."""
    for at in [place] if said is None else world.text.eat(place, said):
        for inner, begin in nouns(world, at):
            if world.graph.up(inner.table, group.table):
                for other, _, end in tail(world, inner, begin, groups=None):
                    measure = Measure("count", other.table)
                    yield Reading(other, measures=(measure,), groups=(group,), order=order), end
    for code, begin in _inner(world, place) if said is not None else ():
        for column, home, at in world.columns(begin):
            sure = world.graph.up(home, group.table) and _is_sure(world, place, code, column)
            if sure and fits(world, home, column, code):
                measure = Measure(aggregate_of(code), home, column.name)
                for other, _, end in tail(world, Noun(home), at, groups=None):
                    yield Reading(other, measures=(measure,), groups=(group,), order=order), end
