"""The rows that a question speaks of: a table, conditions before its name ("shipped orders") and behind it ("in Berlin
with more than 3 orders"), and by what they are put together ("per month")."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from policies.tables.conditions import compared, on_column, on_number, on_quantity, on_time, past
from policies.tables.flags import on_done, on_flag, on_missing
from policies.tables.grouping import by_part, grouped
from policies.tables.heads import nouns, valued
from policies.tables.matching import MOST, World, fits, is_date
from policies.tables.reading import Group, Measure, Noun, Operator, Related
from policies.tables.settled import said_by
from policies.tables.spelling import name_words
from policies.tables.states import on_state, untied
from policies.tables.verbs import verb_key
from policies.tables.vocabulary import (
    AGGREGATES,
    BE,
    COMPARISONS,
    CONTAIN,
    HAVE,
    HAVE_NO,
    LIGHT,
    LINKERS,
    PERSONS,
    TAILS,
    phrases,
)

Nouns = Iterator[tuple[Noun, int]]
_ALSO = phrases("and|,|and also|but also|and that|and who|and which|, and")
_DID = phrases("that|who|which|that have|who have|which have|that has|who has|that had|who had|have|has|did|who did")
_NOW = frozenset(("currently", "still", "are", "is"))
_NEVER = phrases("never|not|not yet|never been|not been|not yet been")
_AT_LEAST_ONE = phrases("any|a|an|some|at least one|at least 1|one or more|made|placed|made a|placed an|made any")
OPERATORS: dict[str, Operator] = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "="}


def tail(
    world: World, noun: Noun, place: int, outside: str = "", groups: tuple[Group, ...] | None = ()
) -> Iterator[tuple[Noun, tuple[Group, ...], int]]:
    """What stands behind a noun: conditions and, unless `groups` is None, by what it is put together."""
    world.steps += 1
    if world.steps > MOST:
        return
    yield noun, groups or (), place
    for start in {place, *world.text.eat(place, _ALSO)}:
        if start >= len(world.text):
            continue
        for other, end in _modified(world, noun, start, outside):
            yield from tail(world, other, end, outside, groups)
    if groups == ():
        for found, end in _groups(world, noun.table, place):
            yield from ((each, found, at) for each, _, at in tail(world, noun, end, outside, None))
    if not outside:
        for end in world.text.eat(place, TAILS):
            yield from tail(world, noun, end, outside, groups)


def _groups(world: World, table: str, place: int) -> Iterator[tuple[tuple[Group, ...], int]]:
    yield from grouped(world, table, place)
    for at in world.text.eat(place, LIGHT):
        if world.text.word(at) != "by":
            yield from grouped(world, table, at)
    for start in {place, *world.text.eat(place, BE)}:
        for column, at in world.done(table, start):
            if is_date(column):
                yield from by_part(world, Group(table, column.name), at)


def _modified(world: World, noun: Noun, place: int, outside: str) -> Nouns:
    """The noun with one more condition that begins at this place."""
    table = noun.table
    for where, end in valued(world, table, place, outside):
        yield noun.where(where), end
    for rule in (on_column, on_time, on_quantity, on_done, on_flag, on_state):
        for wheres, end in rule(world, table, place):
            yield noun.where(*wheres), end
    for at in world.text.eat(place, HAVE):
        found = (*on_column(world, table, at), *on_number(world, table, at), *on_missing(world, table, at, False))
        for wheres, end in found:
            yield noun.where(*wheres), end
        yield from _having(world, noun, at)
        yield from _figured(world, noun, at)
    yield from _missing(world, noun, place)
    for at in world.text.eat(place, CONTAIN):
        yield from _containing(world, noun, at)
    if not outside:
        yield from _nested(world, noun, place)
        yield from _doing(world, noun, place)


def _missing(world: World, noun: Noun, place: int) -> Nouns:
    """Rows that lack something: a value, tied rows, or the row that they would lead to."""
    for at in world.text.eat(place, HAVE_NO):
        for wheres, end in on_missing(world, noun.table, at, True):
            yield noun.where(*wheres), end
        yield from _none(world, noun, at)
    for wheres, end in untied(world, noun.table, place):
        if _is_closed(world, end):
            yield noun.where(*wheres), end


def _containing(world: World, noun: Noun, place: int) -> Nouns:
    """Rows that are tied to a row of this name by rows between them: "orders that contain the Desk"."""
    for start in past(world, place):
        for refs, end in world.values(start):
            homes = {(ref.table, ref.column) for ref in refs if ref.column == world.lexicon.labels[ref.table]}
            way = world.graph.way(noun.table, next(iter(homes))[0]) if len(homes) == 1 else None
            if way and [step.up for step in way] == [False, True]:
                where = world.condition(refs, *next(iter(homes)), far=True)
                if where is not None:
                    yield noun.where(where), end


def _nested(world: World, noun: Noun, place: int) -> Nouns:
    """Rows that belong to rows of another table: "orders of customers in Berlin"."""
    for at in world.text.eat(place, LINKERS):
        for inner, begin in nouns(world, at):
            for other, _, end in tail(world, inner, begin, noun.table, None):
                if (found := belonging(world, noun, other)) is not None:
                    yield found, end


def belonging(world: World, noun: Noun, other: Noun) -> Noun | None:
    """The rows that lead to such a row of another table; None where that asks for nothing, or the way is not clear."""
    way = world.graph.way(noun.table, other.table)
    if not way or other.related or not other.wheres:
        return None
    if not world.graph.up(noun.table, other.table):
        return None
    for where in other.wheres:
        further = world.graph.way(other.table, where.table)
        if where.far or further is None or world.graph.way(noun.table, where.table) != way + further:
            return None
    return noun.where(*other.wheres)


def _having(world: World, noun: Noun, place: int) -> Nouns:
    """A number of rows of another table: "more than 3 orders", "an order in 2024"."""
    begins: list[tuple[Operator, Decimal, int]] = [(">=", Decimal(1), place)]
    begins += [(">=", Decimal(1), at) for at in world.text.eat(place, _AT_LEAST_ONE)]
    for sign, options in COMPARISONS.items():
        for at in world.text.eat(place, options):
            number = world.text.number(at)
            if number is not None and number == int(number):
                begins.append((OPERATORS[sign], number, at + 1))
    for operator, number, begin in begins:
        yield from _related(world, noun, begin, operator, number)


def _figured(world: World, noun: Noun, place: int) -> Nouns:
    """An aggregate over rows of another table: "an average salary above 7000"."""
    for start in past(world, place):
        code = AGGREGATES.get(world.text.word(start), "")
        if code not in ("avg", "sum"):
            continue
        for column, table, at in world.columns(start + 1):
            tied = table != noun.table and world.graph.up(table, noun.table)
            if tied and fits(world, table, column, code):
                measure = Measure("avg" if code == "avg" else "sum", table, column.name)
                for operator, numbers, end, also in compared(world, table, column, at):
                    if operator != "between":
                        related = Related(Noun(table).where(*also), measure, OPERATORS[operator], numbers[0])
                        yield noun.relate(related), end


def _none(world: World, noun: Noun, place: int) -> Nouns:
    for found, end in _related(world, noun, place, "=", Decimal(0)):
        if _is_closed(world, end):
            yield found, end


def _is_closed(world: World, end: int) -> bool:
    """Whether nothing follows that may belong to the rows that there are none of: "departments without staff in Rome"
    is not the departments in Rome."""
    more = world.text.word(end) not in ("", ",", "and")
    return not more or any(True for _ in world.text.eat(end, TAILS))


def _related(world: World, noun: Noun, place: int, operator: Operator, number: Decimal) -> Nouns:
    for inner, begin in nouns(world, place):
        if world.graph.way(noun.table, inner.table) and not world.graph.up(noun.table, inner.table):
            for other, _, end in tail(world, inner, begin, noun.table, None):
                yield noun.relate(Related(other, Measure("count", other.table), operator, number)), end
        elif world.graph.several(noun.table, inner.table):
            world.note("ambiguous_path")


def _doing(world: World, noun: Noun, place: int) -> Nouns:
    """Rows that did what another table records: "who ordered in 2024", "that were never rented"."""
    person = name_words(noun.table)[-1] in PERSONS
    for start in {*world.text.eat(place, _DID), *world.text.eat(place, BE), *([place] if person else [])}:
        for at in {start, *world.text.eat(start, _NEVER)}:
            table = done_by(world, noun.table, at)
            if table is None or (at == start and not person and _is_counting(world)) or _is_now(world, place, at):
                continue
            operator: Operator = ">=" if at == start else "="
            number = Decimal(int(at == start))
            for other, _, end in tail(world, Noun(table), at + 1, noun.table, None):
                if number or _is_closed(world, end):
                    yield noun.relate(Related(other, Measure("count", table), operator, number)), end


def _is_now(world: World, start: int, end: int) -> bool:
    """Whether the words tell what is so now, as "are admitted" does: what was recorded once says nothing of it."""
    said = set(world.text.words[start:end])
    return bool(said & _NOW) and not (said & {"never", "been"})


def _is_counting(world: World) -> bool:
    """Whether a number is asked for: "how many bikes were rented" may count bikes or rentals."""
    return bool({"many", "number", "count"} & set(world.text.words))


def done_by(world: World, table: str, place: int) -> str | None:
    """The table of what a verb says was done with a row: rentals for "rented"."""
    word = world.text.word(place)
    if not word.endswith("ed") and word not in ("sold", "bought", "paid"):
        return None
    found = [
        name
        for name in world.lexicon.tables
        if verb_key(name_words(name)[-1]) == verb_key(word)
        and not any(said_by(world.table(step.to_table), word) for step in world.graph.way(table, name) or ())
        and world.graph.way(table, name)
        and not world.graph.up(table, name)
    ]
    return found[0] if len(found) == 1 else None
