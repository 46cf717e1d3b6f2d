"""The name of the rows that a question speaks of, with the conditions before it ("shipped orders"), and values behind a
preposition ("in Berlin")."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policies.tables.conditions import past, refs_in
from policies.tables.flags import flags, is_later, on_flag
from policies.tables.matching import World, is_date
from policies.tables.naming import Ref
from policies.tables.reading import Noun, Where
from policies.tables.spelling import name_words
from policies.tables.states import unassigned
from policies.tables.text import periods
from policies.tables.vocabulary import (
    BE,
    HAVE,
    LINKERS,
    MONTHS,
    ROLES,
    phrases,
)

Nouns = Iterator[tuple[Noun, int]]
_Adjective = Callable[[str], Where | None]
_EQUALS = phrases("is|of|=|equal to|are|was|equals")


def nouns(world: World, place: int) -> Nouns:
    """The rows of a table, with the conditions that stand before or right behind its name."""
    for start in past(world, place):
        yield from _headed(world, start, ())
        yield from _role(world, start)
        yield from persons(world, start)


def _headed(world: World, place: int, before: tuple[_Adjective, ...]) -> Nouns:
    for table, end in world.tables(place):
        wheres = [each(table) for each in before]
        if None in wheres:
            continue
        noun = Noun(table).where(*(each for each in wheres if each is not None))
        yield noun, end
        label = world.lexicon.labels[table]
        for refs, after in world.values(end):
            if own := refs_in(refs, table, label):
                where = world.condition(own, table, label)
                if where is not None:
                    yield noun.where(where), after
    if len(before) < 3:
        for adjective, end in _adjectives(world, place):
            yield from _headed(world, end, (*before, adjective))


def is_plural(world: World, end: int) -> bool:
    """Whether the word in front of this place is in the plural."""
    word = world.text.word(end - 1)
    return word.endswith("s") and world.text.folds[end - 1] != word


def _adjectives(world: World, place: int) -> Iterator[tuple[_Adjective, int]]:
    for refs, end in world.values(place):
        yield (lambda table, refs=refs: world.attach(refs, table)), end  # type: ignore[misc]
        yield from _one_of(world, refs, end)
        for column, table, after in world.columns(end):
            if own := refs_in(refs, table, column.name):
                yield (lambda at, own=own: world.attach(own, at)), after  # type: ignore[misc]
    yield from _states(world, place)


def _states(world: World, place: int) -> Iterator[tuple[_Adjective, int]]:
    """What a boolean column or its contrary says, and "unassigned"."""
    for table in world.lexicon.tables if world.text.word(place) == "unassigned" else ():
        for where, end in unassigned(world, table, place):
            yield (lambda at, where=where: where if at == where.table else None), end  # type: ignore[misc]
    for table in {ref.table for refs, _ in world.lexicon.at(world.text.folds, place) for ref in refs}:
        for column, end in flags(world, table, place):
            where = Where(table, column.name, "=", (True,))
            yield (lambda at, where=where: where if at == where.table else None), end  # type: ignore[misc]
    if world.text.word(place)[:2] in ("un", "in", "no"):
        for table in world.lexicon.tables:
            for wheres, end in on_flag(world, table, place):
                where = wheres[0]
                if where.values == (False,):
                    yield (lambda at, where=where: where if at == where.table else None), end  # type: ignore[misc]


def persons(world: World, place: int) -> Nouns:
    """A person by a first and a last name that stand in two columns."""
    for refs, middle in world.values(place):
        for table in {ref.table for ref in refs}:
            names = world.lexicon.names[table]
            if len(names) == 2:
                for others, end in world.values(middle):
                    pair = refs_in(refs, table, names[0]), refs_in(others, table, names[1])
                    if all(pair):
                        first, last = (world.condition(*each) for each in zip(pair, (table,) * 2, names, strict=True))
                        if first is not None and last is not None:
                            yield Noun(table).where(first, last), end


def _one_of(world: World, refs: tuple[Ref, ...], place: int) -> Iterator[tuple[_Adjective, int]]:
    """ "Crime or poetry books"."""

    def either(table: str, middle: int) -> dict[int, Where]:
        first = world.attach(refs, table)
        return {end: where for where, end in _either(world, first, middle)} if first is not None else {}

    ends = {end for table in world.lexicon.tables for end in either(table, place)}
    for end in ends:
        yield (lambda table, end=end: either(table, place).get(end)), end  # type: ignore[misc]
        for column, home, after in world.columns(end):
            def named(table: str, end: int = end, own: tuple[str, str] = (home, column.name)) -> Where | None:
                where = either(table, place).get(end)
                return where if where is not None and (where.table, where.column) == own else None

            yield named, after


def _role(world: World, place: int) -> Nouns:
    """Rows named by what they are: "engineers", where a column of roles has that value, and nothing else that name."""
    for refs, end in world.values(place):
        homes = {(ref.table, ref.column) for ref in refs}
        known = any(ref.kind != "value" for found, _ in world.lexicon.at(world.text.folds, place) for ref in found)
        if len(homes) == 1 and not known:
            table, column = next(iter(homes))
            named = bool(world.lexicon.names[table])
            if named and name_words(column)[-1] in ROLES and column != world.lexicon.labels[table]:
                where = world.attach(refs, table)
                if where is not None:
                    yield Noun(table).where(where), end


def valued(world: World, table: str, place: int, outside: str) -> Iterator[tuple[Where, int]]:
    """A value behind a preposition or a form of "to be": "in Berlin", "are shipped", "with high priority"."""
    for at in {*world.text.eat(place, LINKERS), *world.text.eat(place, BE), *world.text.eat(place, HAVE)}:
        owned = at in world.text.eat(place, HAVE)
        for start in past(world, at):
            for where, end in _value(world, table, start, outside):
                told = any(end == after for _, after in world.values(start))
                if _is_dated(world, table, start, end) or _is_month(world, where, start, end):
                    continue
                if _is_either(world, where, at, end) or (_is_self(world, table, where) and told):
                    world.note("several_readings")
                    continue
                if not owned or not told or where.column == world.lexicon.labels[where.table]:
                    yield where, end
    yield from _valued_not(world, table, place, outside)


def _valued_not(world: World, table: str, place: int, outside: str) -> Iterator[tuple[Where, int]]:
    for at in world.text.eat(place, BE):
        for start in world.text.eat(at, (("not",), ("not", "in"), ("not", "from"))):
            for where, end in _value(world, table, start, outside):
                if _is_dated(world, table, start, end):
                    continue
                column = world.column(where.table, where.column)
                if any(True for _ in flags(world, table, start)):
                    continue
                if where.table == table and not column.nulls:
                    yield Where(table, where.column, "not in", where.values), end


def _is_either(world: World, where: Where, place: int, end: int) -> bool:
    """Whether "have been shipped" is what rows went through, by a date, rather than the state that they are in."""
    went = world.text.word(place - 1) in ("were", "was", "been")
    return went and any(is_date(column) and at == end for column, at in world.done(where.table, place))


def _is_self(world: World, table: str, where: Where) -> bool:
    """Whether "projects in Apollo" may be those below the one of that name."""
    own = (where.table, where.column) == (table, world.lexicon.labels[table])
    return own and any(link.table == link.to_table == table for link in world.lexicon.schema.links)


def _is_month(world: World, where: Where, start: int, end: int) -> bool:
    """Whether "in May" is a name of a row that may as well be when something was."""
    return end == start + 1 and world.text.word(start) in MONTHS and where.column == world.lexicon.labels[where.table]


def _is_dated(world: World, table: str, start: int, end: int) -> bool:
    """Whether "closed in 2024" is when that was, by a date of that name, rather than a state and another date."""
    done = any(at == end for _, at in world.done(table, start)) or is_later(world, start, end)
    return done and any(True for _ in periods(world.text, end))


def _value(world: World, table: str, place: int, outside: str) -> Iterator[tuple[Where, int]]:
    """A value, or a value with the name of its column before or behind it."""
    for refs, end in world.values(place):
        yield from _attached(world, refs, table, outside, end)
        for home, name, after in _named(world, table, end):
            if (named := world.attach(refs_in(refs, home, name), table, outside)) is not None:
                yield named, after
    for home, name, at in _named(world, table, place):
        for begin in {at, *world.text.eat(at, _EQUALS)}:
            for refs, end in world.values(begin):
                yield from _attached(world, refs_in(refs, home, name), table, outside, end)


def _attached(
    world: World, refs: tuple[Ref, ...], table: str, outside: str, end: int
) -> Iterator[tuple[Where, int]]:
    where = world.attach(refs, table, outside)
    if where is not None:
        yield where, end
        yield from _either(world, where, end)


def _named(world: World, table: str, place: int) -> Iterator[tuple[str, str, int]]:
    """The column that the words name: of the rows themselves, or else of another table."""
    own = [(table, column.name, end) for column, _, end in world.columns(place, table)]
    yield from own or [(home, column.name, end) for column, home, end in world.columns(place)]


def _either(world: World, where: Where, place: int) -> Iterator[tuple[Where, int]]:
    """One of several values of the same column: "Berlin or Paris"."""
    for at in world.text.eat(place, phrases("or|or in|or from|or the|,")):
        for refs, end in world.values(at):
            own: tuple[Ref, ...] = refs_in(refs, where.table, where.column)
            other = world.condition(own, where.table, where.column) if own else None
            if other is not None:
                both = tuple(sorted({*map(str, where.values), *map(str, other.values)}))
                where = Where(where.table, where.column, "in", both, where.far)
                if world.text.word(at - 1) != ",":
                    yield where, end
                yield from _either(world, where, end)
