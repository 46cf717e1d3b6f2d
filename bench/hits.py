"""Which words of a question name something of the tables: a plain stand-in for the product's own way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from adapters.ports import Schema
from adapters.ports.words import stems, words_of

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COMMON = frozenset(stems("id name date year age code type number title time city country state first last"))


class Hits(NamedTuple):
    """What was hit: `strong` are tables, values, and columns of a telling name, `weak` are columns of a common one."""

    strong: frozenset[str]
    weak: frozenset[str]


def hits(question: str, schema: Schema) -> Hits:
    """The tables, columns and values of the schema that the question names, by stems."""
    said = [*stems(question)]
    strong, weak = set(), set()
    for table in schema.tables:
        if _named(table.name, said):
            strong.add(table.name)
        for column in table.columns:
            if _named(column.name, said):
                common = _COMMON.issuperset(stems(" ".join(_PART.findall(column.name))))
                (weak if common else strong).add(f"{table.name}.{column.name}")
            if any(words_of(value) and _in(stems(value), said) for value in column.values):
                strong.add(f"{table.name}.{column.name}")
    return Hits(frozenset(strong), frozenset(weak))


def _named(name: str, said: Sequence[str]) -> bool:
    return any(_in(way, said) for way in ([*stems(name.replace("_", " "))], [*stems(" ".join(_PART.findall(name)))]))


def _in(words: Iterable[str], said: Sequence[str]) -> bool:
    wanted = [*words]
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1)) and bool(wanted)
