"""Which tables, columns and values of a schema a question names: whether it concerns the tables at all."""

from __future__ import annotations

from typing import NamedTuple

from adapters.ports import Schema
from policies.tables.naming import Ref, lexicon
from policies.tables.spelling import folds_of
from policies.tables.vocabulary import FUNCTION, WEAK, words

_LONGEST = 200
"""Words of a question that are looked up."""
_COMMON = words("""order city citi year month dai week state country countri status price total amount age email phone
address place
    person user item event note class group category categori level size color language title role question answer
    message file page point rate rating score length weight description comment subject product service company compani
    contact point start end result test case field model work job word language school home house car book movie music
    game food water story stori history team report project task plan issu problem region area room street new old good
    high low yes active open closed""")
"""Words that questions have about anything."""


class Hits(NamedTuple):
    """What a question names: names of tables, (table, column), (table, column, value). `strong`: by more than one word
    that questions about anything have."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str, str]]
    strong: bool


def hits(question: str, schema: Schema) -> Hits:
    """What of the schema the question names; a longer phrase goes before the shorter ones inside it."""
    known, folds = lexicon(schema), folds_of(question)[:_LONGEST]
    found: set[Ref] = set()
    weight, place = 0, 0
    while place < len(folds):
        refs, end = next(known.at(folds, place), ((), place + 1))
        refs = tuple(ref for ref in refs if ref.rank < 2 or folds[place] not in WEAK)
        if refs and not all(word in FUNCTION for word in folds[place:end]):
            found.update(refs)
            weight += _weight(refs, folds[place:end])
        place = end
    return Hits(
        frozenset(ref.table for ref in found if ref.kind == "table"),
        frozenset((ref.table, ref.column) for ref in found if ref.kind == "column"),
        frozenset((ref.table, ref.column, ref.value) for ref in found if ref.kind == "value"),
        weight >= 2,
    )


def _weight(refs: tuple[Ref, ...], said: tuple[str, ...]) -> int:
    """2 for what says enough by itself: a table of its own name, a name of several words; 1 for one word; 0 for a word
    that says nothing."""
    if len(said) > 1:
        return 2
    if said[0] in WEAK:
        return 0
    whole = any(ref.kind == "table" and ref.rank == 0 for ref in refs)
    return 2 if whole and said[0] not in _COMMON else 1
