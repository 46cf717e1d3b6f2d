"""Rows by the one row of another table that they lead to: without any ("unassigned"), or beside its name ("orders with
their customers")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policies.tables.conditions import past
from policies.tables.heads import nouns
from policies.tables.matching import World
from policies.tables.measures import Readings
from policies.tables.nouns import tail
from policies.tables.reading import Reading
from policies.tables.vocabulary import phrases

_ASKED = phrases("list|show|show me|give me|display|list all|show all|list the|list all the|get|return|show us")
_WITH = phrases("with their|and their|along with their|together with their|with its|and its|with the name of their|"
                "with the|along with the|and the name of their|with the name of the|and the|together with the")
_NAME = phrases("name|names|'s name|'s names|' names")


def beside(world: World, place: int) -> Readings:
    """ "List all tickets with their client": each with the name of the row that it leads to."""
    for begin in world.text.eat(place, _ASKED):
        for start in past(world, begin):
            for noun, at in nouns(world, start):
                for other, _, middle in tail(world, noun, at, groups=None):
                    yield from ((replace(Reading(other), named=named), end)
                                for named, end in _told(world, other.table, middle))  # fmt: skip


def _told(world: World, table: str, place: int) -> Iterator[tuple[tuple[str, ...], int]]:
    for at in world.text.eat(place, _WITH):
        if any(True for _ in world.columns(at, table)):
            continue
        for other, end in world.tables(at):
            if other != table and world.graph.up(table, other) and world.lexicon.names[other]:
                yield from (((other,), last) for last in {end, *world.text.eat(end, _NAME)})
