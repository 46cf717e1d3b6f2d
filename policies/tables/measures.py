"""Figures that a question asks for: a number of rows, an aggregate of a column, the greatest and the least."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.ports import Column
from policies.tables.conditions import past
from policies.tables.heads import nouns
from policies.tables.matching import World, fits, is_date, is_number, is_year
from policies.tables.nouns import belonging, tail
from policies.tables.reading import Aggregate, Group, Measure, Noun, Reading, Where
from policies.tables.spelling import name_words
from policies.tables.verbs import verb_key
from policies.tables.vocabulary import AGGREGATES, HAVE, phrases

Readings = Iterator[tuple[Reading, int]]
COUNT = phrases(
    "how many|number of|the number of|count|count of|count the|count of the|count all|count all the|the count of|"
    "total number of|the total number of|total count of|the total count of|how many of|count how many|"
    "count the number of|the overall number of|what number of|how many total|how many individual"
)
_DISTINCT = phrases("different|distinct|unique|the different|separate|the distinct")
_AGGREGATES = tuple((tuple(words.split()), code) for words, code in AGGREGATES.items())
_OF = phrases("of|for|in|among|across|over|from|on|of all|across all|for all|among all|at|in all|over all")
_BELONGS = phrases("does|do|did|has|have|had|are by|were by")
_EACH = phrases("each|every|each of the")
_OF_WHAT = phrases("of|of the|value of|of all|of all the|number of")
_DONE = phrases("have|has|had|placed|place|made|make|have in total|get|received|receive|own|offer|employ|contain|hold|"
                "got|had in total|write|written|wrote|publish|published|take|taken|have placed|have made|include|"
                "handle|handled")  # fmt: skip
_COUNTED = frozenset(("number", "count", "total", "no", "quantiti", "of"))


def counts(world: World, place: int) -> Readings:
    """How many rows, or how many different values of a column."""
    for at in world.text.eat(place, COUNT):
        for noun, begin in nouns(world, at):
            if _is_stored(world, noun.table):
                world.note("ambiguous_column")
                continue
            measure = Measure("count", noun.table)
            yield from told(world, noun, measure, begin)
            yield from _inverted(world, noun, measure, begin)
        for start in world.text.eat(at, _DISTINCT):
            yield from _different(world, start)
        if not any(True for start in past(world, at) for _ in world.tables(start)):
            yield from (each for each in _different(world, at) if not is_date(_column(world, each[0])))
            yield from _true(world, at)


def _column(world: World, reading: Reading) -> Column:
    return world.column(reading.measures[0].table, reading.measures[0].column)


def _true(world: World, place: int) -> Readings:
    """ "How many cancelled": the rows for which that is true, where nothing else says it."""
    for column, table, end in world.columns(place):
        negative = world.text.word(place) in ("no", "not")
        if column.type == "boolean" and not negative and not _is_said_twice(world, place, end, column):
            noun = Noun(table).where(Where(table, column.name, "=", (True,)))
            yield from told(world, noun, Measure("count", table), end)


def _is_said_twice(world: World, place: int, end: int, column: Column) -> bool:
    """Whether a value or a date says the same as a boolean column, in any table."""
    keys = set(map(verb_key, world.text.words[place:end]))
    others = [each for each in world.lexicon.columns.values() if each is not column]
    values = any(at == end for _, at in world.values(place))
    return values or any(keys & set(map(verb_key, name_words(each.name))) for each in others)


def told(world: World, noun: Noun, measure: Measure, place: int) -> Readings:
    for other, groups, end in tail(world, noun, place):
        yield Reading(other, measures=(measure,), groups=groups), end


def _is_stored(world: World, table: str) -> bool:
    """Whether a column holds a number of what the table holds the rows of: either could be meant."""
    words = name_words(table)
    for column in world.lexicon.columns.values():
        named = name_words(column.name)
        bare = tuple(word for word in named if word not in _COUNTED)
        if is_number(column) and bare == words and column.name not in ("id", "number"):
            return True
    return False


def _inverted(world: World, noun: Noun, measure: Measure, place: int) -> Readings:
    """ "How many orders does Anna Smith have", "... does each customer have"."""
    for at in world.text.eat(place, _BELONGS):
        for start in world.text.eat(at, _EACH):
            for table, begin in world.tables(start):
                for end in {*world.text.eat(begin, _DONE)}:
                    if world.graph.way(noun.table, table):
                        yield Reading(noun, measures=(measure,), groups=(Group(table),)), end
        for owned, begin in owners(world, noun, at):
            for end in {*world.text.eat(begin, _DONE)}:
                yield from told(world, owned, measure, end)


def owners(world: World, noun: Noun, place: int) -> Iterator[tuple[Noun, int]]:
    """The rows that belong to what is named here: by a value alone, or by a noun with conditions."""
    for start in past(world, place):
        for refs, end in world.values(start):
            where = world.attach(refs, noun.table)
            own = where is not None and (where.table, where.column) == (noun.table, world.lexicon.labels[noun.table])
            if where is not None and not own:  # "how many staff does Ann have" are not those of her name
                yield noun.where(where), end
    for inner, begin in nouns(world, place):
        for other, _, end in tail(world, inner, begin, noun.table, None):
            if (found := belonging(world, noun, other)) is not None:
                yield found, end


def _different(world: World, place: int) -> Readings:
    """The different values of a column: of all rows, or of those that are named behind it."""
    for column, table, at in world.columns(place):
        dated = is_date(column) and world.text.folds[at - 1] not in ("date", "dai", "day")
        if column.type != "boolean" and not dated and (not is_number(column) or is_year(column)):
            measure = Measure("distinct", table, column.name)
            yield from told(world, Noun(table), measure, at)
            for noun, begin in _among(world, at):
                if noun.table == table:
                    yield from told(world, noun, measure, begin)


def _among(world: World, place: int) -> Iterator[tuple[Noun, int]]:
    for at in world.text.eat(place, _OF):
        yield from nouns(world, at)
    for at in world.text.eat(place, phrases("do|are|does|did")):
        for noun, begin in nouns(world, at):
            for end in world.text.eat(begin, phrases("have|come from|live in|belong to|in|cover|there in")):
                yield noun, end


def aggregates(world: World, place: int) -> Readings:
    """An aggregate of a column: over all rows, over those that are named, in groups."""
    for start in past(world, place):
        for codes, at in _codes(world, start):
            for noun, column, begin in _columns(world, at):
                if _collides(world, noun.table, column, begin):
                    world.note("ambiguous_column")
                    continue
                if all(fits(world, noun.table, column, code) for code in codes):
                    yield from _over(world, noun, column, codes, begin)


def _codes(world: World, place: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """The aggregates that are named, one or several."""
    for words, code in _AGGREGATES:
        for at in world.text.eat(place, (words,)):
            yield (code,), at
            yield from (((code,), end) for end in world.text.eat(at, _OF_WHAT))
            for more in world.text.eat(at, phrases("and|,|, and|and the")):
                yield from (((code, *others), end) for others, end in _codes(world, more) if code not in others)


def _columns(world: World, place: int) -> Iterator[tuple[Noun, Column, int]]:
    """A column alone, or behind its table: "price", "order amount", "shipped order amount"."""
    for column, table, end in world.columns(place):
        yield Noun(table), column, end
    for refs, end in world.lexicon.at(world.text.folds, place):
        for table in {ref.table for ref in refs if ref.kind == "column"}:
            if len({ref.table for ref in refs if ref.kind == "column"}) > 1:
                yield from ((Noun(table), found, at) for found, _, at in world.columns(place, table) if at == end)
    for noun, begin in nouns(world, place):
        for column, _, end in world.columns(begin, noun.table):
            yield noun, column, end


def _collides(world: World, table: str, column: Column, end: int) -> bool:
    """Whether "average" and the like may be part of a column's name as well as what is asked for."""
    for other in world.table(table).columns:
        words = name_words(other.name)
        if words[0] in ("average", "mean", "max", "maximum", "min", "minimum", "total", "median") and len(words) > 1:
            said = world.text.folds[end - len(words) + 1 : end]
            before = world.text.folds[max(0, end - len(words)) : end]
            if (said == words[1:] and (other.name != column.name or words[0] != "total")) and before != words:
                return True
            if before == words and (other.name != column.name or words[0] != "total"):
                return True
    return False


def aggregate_of(code: str) -> Aggregate:
    known: dict[str, Aggregate] = {
        "avg": "avg", "sum": "sum", "median": "median", "max": "max", "min": "min", "last": "max", "first": "min",
    }  # fmt: skip
    return known[code]


def _over(world: World, noun: Noun, column: Column, codes: tuple[str, ...], place: int) -> Readings:
    measures = tuple(Measure(aggregate_of(code), noun.table, column.name) for code in codes)
    if _is_only(world, noun.table, column, place):
        said = any(table == noun.table for at in range(place) for table, _ in world.tables(at))
        for other, groups, end in tail(world, noun, place):
            far = {where.table for where in other.wheres} - {noun.table}
            if said or not any(_has_own(world, table, column) for table in far):
                yield Reading(other, measures=measures, groups=groups), end
    for at in {*world.text.eat(place, _OF), *world.text.eat(place, HAVE)}:
        for inner, begin in nouns(world, at):
            if inner.table == noun.table:
                rows = inner.where(*noun.wheres)
                for other, groups, end in tail(world, rows, begin):
                    yield Reading(other, measures=measures, groups=groups), end
            elif codes == ("sum",) and not _has_own(world, inner.table, column):
                yield from _of_owner(world, noun, measures, inner, begin)


def _is_only(world: World, table: str, column: Column, end: int) -> bool:
    """Whether the words before this place tell the column without its table being named behind it."""
    folds = world.text.folds
    for length in (3, 2, 1):
        phrase = folds[end - length : end]
        named = [ref for refs, at in world.lexicon.at(phrase, 0) if at == length for ref in refs]
        homes = {ref.table for ref in named if ref.kind == "column" and ref.column == column.name}
        best = min((ref.rank for ref in named if ref.kind == "column"), default=0)
        others = {(ref.table, ref.column) for ref in named if ref.kind == "column" and ref.rank == best}
        if table in homes:
            before = [ref.table for refs, at in world.lexicon.at(folds, end - length - 1) if at == end - length
                      for ref in refs if ref.kind == "table"]  # fmt: skip
            return others == {(table, column.name)} or table in before
    return True


def _has_own(world: World, table: str, column: Column) -> bool:
    """Whether rows have a figure themselves that may be called like one of the rows that belong to them."""
    said = name_words(column.name)[-1]
    return any(is_number(each) and said in name_words(each.name) for each in world.table(table).columns)


def _of_owner(world: World, noun: Noun, measures: tuple[Measure, ...], inner: Noun, place: int) -> Readings:
    """A sum over the rows that belong to others: "the total amount of customers in Berlin"."""
    for other, _, end in tail(world, inner, place, noun.table, None):
        if (found := belonging(world, noun, other)) is not None:
            yield Reading(found, measures=measures), end
