"""Conditions without a value: what is true of rows, what has happened to them, what they lack."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.ports import Column
from policies.tables.conditions import WHO, Found, past
from policies.tables.matching import World, is_date, is_measure
from policies.tables.reading import Where
from policies.tables.spelling import name_words
from policies.tables.text import periods
from policies.tables.vocabulary import BE, NONE, phrases, words

_NOT = phrases("not|not yet|never|n't|not been|not yet been|never been")
_LATER = words("returned refunded shipped delivered resolved closed paid approved rejected fixed")
_PLANNED = words("start begin end expiri expiry expiration due finish")


def on_done(world: World, table: str, place: int) -> Found:
    """What has happened or not: "that have not been returned"; only of dates that may be missing."""
    for start in {place, *world.text.eat(place, WHO)}:
        for at in {start, *world.text.eat(start, _NOT)}:
            if at == place:
                continue
            for column, end in world.done(table, at):
                stated = at == start and any(ref.table == table for refs, _ in world.values(at) for ref in refs)
                # "Are closed" is the status where there is one of that name.
                planned = column.type == "date" and _PLANNED & set(name_words(column.name))
                if planned:
                    continue  # a day that is set may lie ahead
                if not stated and column.nulls and is_date(column) and not any(True for _ in periods(world.text, end)):
                    yield (Where(table, column.name, "null" if at > start else "not null"),), end


def on_flag(world: World, table: str, place: int) -> Found:
    """A boolean column: "that are active", "not active", "inactive". What is not known is not false: then nothing."""
    for start in {place, *world.text.eat(place, BE)}:
        for at in {start, *world.text.eat(start, _NOT)}:
            for column, end in flags(world, table, at):
                if is_later(world, at, end) and any(True for _ in periods(world.text, end)):
                    continue
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


def is_later(world: World, start: int, end: int) -> bool:
    """Whether "were returned" (in May) happened at a time of its own, later than the rows came to be."""
    went = world.text.word(start - 1) in ("were", "was", "been")
    return went and end == start + 1 and world.text.word(start) in _LATER


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
            elif is_measure(column):
                world.note("may_be_none")  # no bonus may be 0, a bonus of 0 may be none
            elif column.nulls and not NONE & {value.strip().lower() for value in column.values}:
                yield (Where(table, column.name, "null" if missing else "not null"),), end
