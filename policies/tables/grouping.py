"""By what rows are put together: a column, another table, or a part of their date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from policies.tables.conditions import past
from policies.tables.matching import World, is_date, is_measure
from policies.tables.reading import Group
from policies.tables.vocabulary import PER, phrases

Groups = Iterator[tuple[tuple[Group, ...], int]]
PARTS: dict[str, Literal["year", "month", "day"]] = {
    "month": "month", "monthly": "month", "year": "year", "yearly": "year", "day": "day", "daily": "day",
}  # fmt: skip


def grouped(world: World, table: str, place: int) -> Groups:
    """The groups that the words ask for, of rows of this table."""
    for at in world.text.eat(place, PER):
        for start in past(world, at):
            for group, end in one(world, table, start):
                yield (group,), end
                for more in world.text.eat(end, phrases("and|and by|and per|and for each")):
                    yield from (((group, other), after) for other, after in one(world, table, more) if other != group)


def one(world: World, table: str, place: int) -> Iterator[tuple[Group, int]]:
    """One group: a table that the rows are tied to, a column of theirs or of the one row that they lead to."""
    yield from _of_time(world, table, place)
    for column, _, end in world.columns(place, table):
        if not is_measure(column) or column.type == "integer":
            yield Group(table, column.name), end
    own = any(True for _ in world.columns(place, table))
    for other, end in world.tables(place):
        if other == table:
            continue
        if world.graph.way(table, other):
            yield Group(other), end
        elif world.graph.several(table, other) or world.graph.loose(table, other):
            world.note("ambiguous_path" if world.graph.several(table, other) else "no_key")
        for column, _, after in world.columns(end, other):
            if world.graph.up(table, other) and not is_measure(column):
                yield Group(other, column.name), after
    if not own:
        yield from _further(world, table, place)


def _further(world: World, table: str, place: int) -> Iterator[tuple[Group, int]]:
    """A column of a table that the rows lead to, where only one of these has it."""
    homes = {
        (ref.table, ref.column, end, ref.rank)
        for refs, end in world.lexicon.at(world.text.folds, place)
        for ref in refs
        if ref.kind == "column" and (world.graph.up(table, ref.table) or world.graph.several(table, ref.table))
    }
    if len({home[:2] for home in homes}) > 1:
        world.note("ambiguous_column")
        return
    for home, name, end, _ in homes:
        if world.graph.up(table, home) and not is_measure(world.column(home, name)):
            yield Group(home, name), end


def by_part(world: World, group: Group, place: int) -> Groups:
    """The parts of a date that was named before: "hired per year"."""
    for at in world.text.eat(place, PER):
        part = PARTS.get(world.text.word(at))
        if part is not None:
            yield (replace(group, part=part),), at + 1


def _of_time(world: World, table: str, place: int) -> Iterator[tuple[Group, int]]:
    part = PARTS.get(world.text.word(place))
    if part is None:
        return
    column = world.own_date(table)
    if column is None:
        return
    if is_date(column):
        yield Group(table, column.name, part), place + 1
    elif part == "year":
        yield Group(table, column.name), place + 1
