"""Figures that a column already holds: what is left of something, what something takes on average."""

from __future__ import annotations

from policies.tables.heads import nouns
from policies.tables.listing import single
from policies.tables.matching import World, fits
from policies.tables.measures import COUNT, Readings
from policies.tables.nouns import tail
from policies.tables.reading import Measure, Noun, Reading
from policies.tables.spelling import name_words
from policies.tables.states import STOCK
from policies.tables.vocabulary import VERBS, phrases, words

_UNITS = phrases("how many units of|how many pieces of|how much stock of|how many|how much|how many of|"
                 "how much stock do we have of|how many units do we have of")
_LEFT = phrases("are in stock|is in stock|are left in stock|is left in stock|do we have in stock|are left|is left|"
                "do we have left|are still in stock|is still in stock|are available in stock|have we in stock")
_TAKES = phrases("how long does|how long do|how much does|how much do|how long did|how much did|what does|what do")
_THERE = phrases("are there|do we have|are there in total|do we have in total|are there in all")
_PART = words("shipping deliveri tax handling setup service extra discount refund")
_OF_EACH = words("stock quantiti quantity number count amount level")
_ON_AVERAGE = phrases("on average|on avg|in average")


def amounts(world: World, place: int) -> Readings:
    """ "How much stock of the Desk is left", "how long does a visit take on average"."""
    for at in world.text.eat(place, _UNITS):
        for noun, middle in single(world, at):
            column = world.measured(noun.table, STOCK)
            if column is not None:
                yield from ((Reading(noun, columns=(column.name,)), end) for end in world.text.eat(middle, _LEFT))
    for at in world.text.eat(place, COUNT):
        yield from _in_all(world, at)
    for at in world.text.eat(place, _TAKES):
        yield from _on_average(world, at)


def _in_all(world: World, place: int) -> Readings:
    """ "How many beds are there": the sum of a column that holds their number, where no table holds them."""
    if any(True for _ in world.tables(place)):
        return
    for column, table, at in world.columns(place):
        whole = column.type == "integer" and not _OF_EACH & set(name_words(column.name))
        if whole and fits(world, table, column, "sum"):
            for end in world.text.eat(at, _THERE):
                for other, _, last in tail(world, Noun(table), end, groups=None):
                    yield Reading(other, measures=(Measure("sum", table, column.name),)), last


def _on_average(world: World, place: int) -> Readings:
    for noun, begin in nouns(world, place):
        for other, _, middle in tail(world, noun, begin, groups=None):
            heads = VERBS.get(world.text.word(middle)) or (VERBS["last"] if world.text.word(middle) == "take" else None)
            column = world.measured(noun.table, heads) if heads else None
            if column is None or _PART & set(name_words(column.name)):
                continue
            if fits(world, noun.table, column, "avg"):
                measures = (Measure("avg", noun.table, column.name),)
                yield from ((Reading(other, measures=measures), end) for end in world.text.eat(middle + 1, _ON_AVERAGE))
