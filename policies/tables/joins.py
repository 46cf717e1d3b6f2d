"""The ways from table to table over declared links, and whether there is exactly one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from adapters.ports import Link
from policies.tables.spelling import name_words

_LONGEST = 3
"""Links that a way may have."""
_TAILS = frozenset(("id", "key", "code", "no", "number", "fk", "uuid", "ref"))


class Step(NamedTuple):
    """From a row to the rows of another table. `up`: there is at most one such row."""

    table: str
    column: str
    to_table: str
    to_column: str
    up: bool


Way = tuple[Step, ...]


class Graph:
    """Tables and the links between them. Between two tables, a link that bears the name of its target goes before
    links that name a role ("manager_id"). `loose` are columns, each with its table, that do not tell rows apart: a way
    over a link to one of them would multiply rows, and none may be taken."""

    def __init__(self, links: Iterable[Link], loose: Collection[tuple[str, str]] = ()) -> None:
        self._loose = frozenset(loose)
        self._steps: dict[str, list[Step]] = defaultdict(list)
        pairs: dict[frozenset[str], list[Link]] = defaultdict(list)
        for link in dict.fromkeys(links):
            if link.table != link.to_table:
                pairs[frozenset((link.table, link.to_table))].append(link)
        self._plain = set()
        for pair, declared in pairs.items():
            plain = [link for link in declared if _plain(link)]
            if len(plain) == 1:
                self._plain.add(pair)
            for link in plain if len(plain) == 1 else declared:
                self._steps[link.table].append(Step(link.table, link.column, link.to_table, link.to_column, True))
                self._steps[link.to_table].append(
                    Step(link.to_table, link.to_column, link.table, link.column, False)
                )
        self._ways: dict[tuple[str, str], tuple[Way | None, bool]] = {}

    def way(self, start: str, end: str) -> Way | None:
        """The one way between two tables, None where there is none, or more than one."""
        found = self._known(start, end)[0]
        return None if found is None or self._is_loose(found) else found

    def loose(self, start: str, end: str) -> bool:
        """Whether there is one way, and it leads over a column that does not tell rows apart."""
        found = self._known(start, end)[0]
        return found is not None and self._is_loose(found)

    def several(self, start: str, end: str) -> bool:
        """Whether there are several ways, so that none may be taken."""
        return self._known(start, end)[1]

    def up(self, start: str, end: str) -> bool:
        """Whether each row of the one table leads to at most one row of the other."""
        way = self.way(start, end)
        return way is not None and all(step.up for step in way)

    def _is_loose(self, way: Way) -> bool:
        ends = {(step.to_table, step.to_column) if step.up else (step.table, step.column) for step in way}
        return bool(ends & self._loose)

    def _known(self, start: str, end: str) -> tuple[Way | None, bool]:
        key = (start, end)
        if key not in self._ways:
            self._ways[key] = self._find(start, end)
        return self._ways[key]

    def _find(self, start: str, end: str) -> tuple[Way | None, bool]:
        if start == end:
            return (), False
        ways = list(self._walk(start, end, ()))
        direct = [way for way in ways if len(way) == 1]
        if len(direct) == 1 and frozenset((start, end)) in self._plain:
            return direct[0], False
        return (ways[0], False) if len(ways) == 1 else (None, len(ways) > 1)

    def _walk(self, at: str, end: str, behind: Way) -> Iterator[Way]:
        for step in self._steps[at]:
            way = (*behind, step)
            if step.to_table == end:
                yield way
            elif len(way) < _LONGEST and all(step.to_table != each.table for each in way):
                yield from self._walk(step.to_table, end, way)


def _plain(link: Link) -> bool:
    words = name_words(link.column)
    words = words[:-1] if len(words) > 1 and words[-1] in _TAILS else words
    target = name_words(link.to_table)
    return link.column == link.to_column or words == target or words == target[-1:]
