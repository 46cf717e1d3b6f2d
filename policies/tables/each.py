"""The number of tied rows of each row, those without any included: "how many books does each author have", "the average
number of orders per customer"."""

from __future__ import annotations

from policies.tables.conditions import past
from policies.tables.heads import nouns
from policies.tables.joins import Graph
from policies.tables.matching import World
from policies.tables.measures import Readings
from policies.tables.naming import Lexicon
from policies.tables.nouns import tail
from policies.tables.reading import Measure, Noun, Reading
from policies.tables.vocabulary import phrases

_AVERAGE = phrases("average number of|mean number of|average count of")
_PER = phrases("per|for each|of each|for every|by each|a|each|of every|of a|placed per|placed by each")
_HOW_MANY = phrases("how many")
_DOES = phrases("does a|does an|does each|does the average|does the typical|do|does every|has each|has a|did each")
_DONE = phrases("have|place|make|get|receive|write|handle|own|offer|placed|made|contain|hold")
_ON_AVERAGE = phrases("on average|on avg|in average")


def with_none(reading: Reading, lexicon: Lexicon, graph: Graph) -> Reading:
    """A number per row of a table that leaves out those without any, as one that has 0 for them; the reading as it is
    where that is not what it tells."""
    groups, noun = reading.groups, reading.noun
    counted = len(reading.measures) == 1 and reading.measures[0].aggregate == "count" and reading.order is None
    if not counted or len(groups) != 1 or groups[0].column or not _is_simple(noun, groups[0].table, graph):
        return reading
    return Reading(Noun(groups[0].table), tied=noun) if lexicon.keys[groups[0].table] else reading


def _is_simple(noun: Noun, table: str, graph: Graph) -> bool:
    """Whether rows are tied straight to one row of the table, and nothing is asked of other rows than themselves."""
    way = graph.way(noun.table, table)
    own = all(where.table == noun.table and not where.far for where in noun.wheres)
    return way is not None and len(way) == 1 and way[0].up and own and not noun.related


def averages(world: World, place: int) -> Readings:
    """ "The average number of orders per customer", "how many orders does a customer have on average"."""
    for start in past(world, place):
        for at in world.text.eat(start, _AVERAGE):
            for noun, begin in nouns(world, at):
                for other, _, middle in tail(world, noun, begin, groups=None):
                    for per in world.text.eat(middle, _PER):
                        yield from _over(world, other, per)
    before = {(place, False), *((end, True) for end in _on_average(world, place))}
    for start, said in before:
        for at in world.text.eat(start, _HOW_MANY):
            yield from _done(world, at, said)


def _on_average(world: World, place: int) -> set[int]:
    return {end + (world.text.word(end) == ",") for end in world.text.eat(place, _ON_AVERAGE)}


def _done(world: World, place: int, said: bool) -> Readings:
    for noun, begin in nouns(world, place):
        for middle in world.text.eat(begin, _DOES):
            typical = world.text.word(middle - 1) in ("average", "typical")
            for reading, end in _over(world, noun, middle):
                for after in world.text.eat(end, _DONE):
                    if said or typical:
                        yield reading, after
                    yield from ((reading, last) for last in world.text.eat(after, _ON_AVERAGE))


def _over(world: World, noun: Noun, place: int) -> Readings:
    for table, end in world.tables(place):
        if table != noun.table and _is_simple(noun, table, world.graph) and world.lexicon.keys[table]:
            yield Reading(Noun(table), measures=(Measure("avg", noun.table),), tied=noun), end
