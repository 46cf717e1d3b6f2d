"""What part of rows fulfils a condition, and whether there are any rows at all."""

from __future__ import annotations

from policies.tables.conditions import past
from policies.tables.heads import nouns
from policies.tables.matching import World
from policies.tables.measures import Readings
from policies.tables.nouns import tail
from policies.tables.reading import Measure, Noun, Reading
from policies.tables.vocabulary import phrases

_PERCENT = phrases("percentage of|percent of|% of|what percentage of|what percent of|what % of|the percentage of")
_VERBS = frozenset(("are", "is", "were", "was", "have", "has", "had", "come", "live", "work"))
_RELATIVE = frozenset(("that", "which", "who"))
_ANY = phrases("are there any|are there|is there any|is there a|is there an|do we have any|do we have a|do we have an|"
               "do we have|did we have any|were there any|were there|did we get any|have we any|was there any|"
               "was there a|was there an|is there at least one|do any|are any")  # fmt: skip
_FOLLOWED = phrases("do any|are any")


def percentages(world: World, place: int) -> Readings:
    """ "What percentage of orders were cancelled": the rows before the verb are the whole, what it says is the part."""
    for start in past(world, place):
        for at in world.text.eat(start, _PERCENT):
            for noun, begin in nouns(world, at):
                for whole, _, middle in tail(world, noun, begin, groups=None):
                    if world.text.word(middle) in _VERBS and not _has_verb(world, begin, middle):
                        yield from _part(world, whole, middle)


def _has_verb(world: World, start: int, end: int) -> bool:
    """Whether the words of the whole have a verb of their own: then it is not told where the part begins."""
    return bool(set(world.text.words[start:end]) & (_VERBS | _RELATIVE))


def _part(world: World, whole: Noun, place: int) -> Readings:
    for part, _, end in tail(world, whole, place, groups=None):
        if part != whole and part.wheres >= whole.wheres and part.related >= whole.related:
            yield Reading(part, among=whole), end


def whether(world: World, place: int) -> Readings:
    """ "Are there any open tickets": their number, and whether it is more than none."""
    for at in world.text.eat(place, _ANY):
        for noun, begin in nouns(world, at):
            for other, _, end in tail(world, noun, begin, groups=None):
                if other == noun and at in world.text.eat(place, _FOLLOWED):
                    continue
                yield Reading(other, measures=(Measure("count", other.table), Measure("any", other.table))), end
