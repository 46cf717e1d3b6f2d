"""When the first or the last of rows was: "when was the first order placed", "when did the last customer sign up"."""

from __future__ import annotations

from adapters.ports import Column
from policies.tables.heads import nouns
from policies.tables.matching import World, is_date
from policies.tables.measures import Readings
from policies.tables.nouns import tail
from policies.tables.reading import Measure, Noun, Reading
from policies.tables.spelling import folds_of, name_words
from policies.tables.vocabulary import JOINED, LIGHT, PERSONS, phrases, words

_WHEN = phrases("when was|when were|when did|what was the date of|what is the date of|date of|on what date was|"
                "on which date was|on what day was|what day was|when is")  # fmt: skip
_FIRST = phrases("the first|the earliest|our first|our earliest|the very first")
_LAST = phrases("the last|the latest|the most recent|our last|our latest|our most recent|the newest")
_COMING = words("scheduled planned upcoming booked reserved future confirm confirmed")


def moments(world: World, place: int) -> Readings:
    """The first or the last date of rows."""
    for at in world.text.eat(place, _WHEN):
        for options, code in ((_FIRST, "min"), (_LAST, "max")):
            for start in world.text.eat(at, options):
                for noun, begin in nouns(world, start):
                    for other, _, end in tail(world, noun, begin, groups=None):
                        if _is_told(noun, other) and (code == "min" or not _may_come(world, other.table)):
                            yield from _at(world, other, code == "min", end)


def _is_told(noun: Noun, other: Noun) -> bool:
    """Whether what follows the noun tells which rows, and not what became of them: "the last product discontinued"."""
    more = other.wheres - noun.wheres
    return all(each.operator not in ("null", "not null") and not isinstance(each.values[0], bool) for each in more)


def _may_come(world: World, table: str) -> bool:
    """Whether rows may lie ahead, so that the last date is not when the last of them was."""
    coming = any(_COMING & set(folds_of(value)) for each in world.table(table).columns for value in each.values[:50])
    if coming:
        world.note("unclear_date")
    return coming


def _at(world: World, noun: Noun, first: bool, place: int) -> Readings:
    joined = JOINED if name_words(noun.table)[-1] in PERSONS else frozenset[str]()
    own = world.own_date(noun.table, joined)
    if own is not None and is_date(own):
        yield from ((_of(noun, own, first), end) for end in {place, *world.text.eat(place, LIGHT)})
    for column, end in world.done(noun.table, place):
        if is_date(column):
            for other, _, after in tail(world, noun, end, groups=None):
                yield _of(other, column, first), after


def _of(noun: Noun, column: Column, first: bool) -> Reading:
    return Reading(noun, measures=(Measure("min" if first else "max", noun.table, column.name),))
