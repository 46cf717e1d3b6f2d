"""The words of a question, and what of a schema each of them may name: a table, a column or a value.

Both sides are folded alike: case, accents, plural and common abbreviations fall away, and nothing else, since a rough
stem takes "shipped" for "shipper". An index is built once per schema and finds a phrase in one step per length.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from adapters.ports import Column, Schema, Table
from policies.tables.joins import Graph
from policies.tables.spelling import fold, folds_of, name_words
from policies.tables.vocabulary import FUNCTION, PARTIAL, SYNONYMS, UNITS, WEAK

_HEAD = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_HEAD_END = re.compile(
    r"[,;:.(/]|\b(?:of|in|on|at|for|per|from|to|by|with|without|that|which|who|when|where|whether|as|the|a|an|is|was|and"
    r"|or|if|before|after|excluding|including|not|no|this|each)\b", re.IGNORECASE
)  # fmt: skip
_ROW_OF = re.compile(r"\b(?:one row (?:per|for each)|each row is an?|every row is an?|rows? for each)\s+(\w+)", re.I)
_SIZE = 6
"""Words that a value may have to be looked up."""
_GENDER = {"f": ("female", "woman"), "female": ("woman",), "m": ("male", "man"), "male": ("man",)}

Kind = Literal["table", "column", "value"]


class Ref(NamedTuple):
    """What a phrase may name. `rank`: 0 its whole name, 1 a part of it, 2 a word of its description."""

    kind: Kind
    table: str
    column: str = ""
    value: str = ""
    rank: int = 0


class Lexicon:
    """The phrases of a schema. Looking up a place of a question takes one step per length of a phrase."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables = {table.name: table for table in schema.tables}
        self.columns = {(table.name, each.name): each for table in schema.tables for each in table.columns}
        self.linked = frozenset((link.table, link.column) for link in schema.links)
        self._found: dict[tuple[str, ...], list[Ref]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        self.labels = {table.name: _label(table, self.linked) for table in schema.tables}
        self.names = {table.name: _names(table, self.labels[table.name]) for table in schema.tables}
        self.keys = {table.name: _key(table, schema) for table in schema.tables}
        self.roles = frozenset(name_words(link.column)[:-1] for link in schema.links)
        """What links call who they lead to: a value of that name may mean them."""
        ends = {(link.to_table, link.to_column) for link in schema.links}
        self.graph = Graph(schema.links, {end for end in ends if not _tells_apart(self.tables.get(end[0]), end[1])})
        for table in schema.tables:
            self._add_table(table)
        self._add_described()
        self._add_synonyms()
        for phrase in self._found:
            self._lengths[phrase[0]].add(len(phrase))

    def at(self, folds: Sequence[str], place: int) -> Iterator[tuple[tuple[Ref, ...], int]]:
        """What the phrases that begin at this place may name, the longest first, each with where it ends."""
        if place >= len(folds):
            return
        for length in sorted(self._lengths.get(folds[place], ()), reverse=True):
            found = self._found.get(tuple(folds[place : place + length]))
            if found is not None:
                yield tuple(found), place + length

    def role(self, table: str, column: str) -> bool:
        """Whether a column only tells rows apart or ties them together."""
        return is_key(self.tables[table], column, self.linked)

    def _add(self, phrase: Sequence[str], ref: Ref) -> None:
        key = tuple(phrase)
        if key and ref not in self._found[key]:
            self._found[key].append(ref)

    def _add_table(self, table: Table) -> None:
        words = name_words(table.name)
        words = words[1:] if len(words) > 1 and words[0] in ("tbl", "dim", "fact") else words
        self._add(words, Ref("table", table.name))
        if len(words) > 1:
            self._add(words[-1:], Ref("table", table.name, rank=1))
        for column in table.columns:
            if not is_key(table, column.name, self.linked):
                self._add_column(table.name, words, column)
            if (table.name, column.name) not in self.linked:
                self._add_values(table.name, column)

    def _add_column(self, table: str, owner: tuple[str, ...], column: Column) -> None:
        for rank, phrase in column_phrases(column, owner):
            self._add(phrase, Ref("column", table, column.name, rank=rank))

    def _add_values(self, table: str, column: Column) -> None:
        for value in column.values:
            words = folds_of(value)
            ref = Ref("value", table, column.name, value)
            if 0 < len(words) <= _SIZE and not _empty(words):
                self._add(words, ref)
            if column.name.lower() in ("gender", "sex") and len(column.values) <= 4:
                for other in _GENDER.get(value.lower(), ()):
                    self._add((other,), ref)

    def _add_described(self) -> None:
        """The noun that a description begins with names its table or column, where nothing else has that name."""
        described: dict[tuple[str, ...], list[Ref]] = defaultdict(list)
        for table in self.schema.tables:
            for phrase in _described(table.description, row=True):
                described[phrase].append(Ref("table", table.name, rank=2))
            for column in table.columns:
                if not is_key(table, column.name, self.linked):
                    for phrase in _described(column.description):
                        described[phrase].append(Ref("column", table.name, column.name, rank=2))
        for phrase, refs in described.items():
            if len(refs) == 1 and not any(each.kind != "value" for each in self._found.get(phrase, ())):
                self._add(phrase, refs[0])

    def _add_synonyms(self) -> None:
        """Another word for a table, where only one could be meant and nothing else is called so."""
        for alike in SYNONYMS:
            named = [table for table in self.tables if set(name_words(table)) & alike]
            if len(named) == 1 and len(name_words(named[0])) == 1:
                for word in sorted(alike):
                    if not any(word in phrase for phrase in self._found):
                        self._add((word,), Ref("table", named[0], rank=2))


def _tells_apart(table: Table | None, column: str) -> bool:
    """Whether no two rows have the same in a column, and all have something."""
    found = None if table is None else table.column(column)
    return table is not None and found is not None and not found.nulls and found.distinct == table.rows


def _key(table: Table, schema: Schema) -> tuple[str, ...]:
    """The columns that tell the rows of a table apart: its key, or the one column that links lead to; () where these
    have the same in two rows."""
    key = table.key or next(((link.to_column,) for link in schema.links if link.to_table == table.name), ())
    return key if len(key) != 1 or _tells_apart(table, key[0]) else ()


def _empty(words: Sequence[str]) -> bool:
    """Whether a value is of words that carry the grammar, or of digits alone: it cannot be told in a question."""
    return all(word in FUNCTION or word.isdigit() or len(word) < 2 for word in words)


def column_phrases(column: Column, owner: tuple[str, ...] = ()) -> Iterator[tuple[int, tuple[str, ...]]]:
    """By what a column may be called, each with its rank: without a unit, without its table's name, by its end."""
    words = name_words(column.name)
    if len(words) > 1 and (words[0] in ("is", "has", "was") and column.type == "boolean"):
        yield 0, words
        words = words[1:]
    yield 0, words
    bare = words[:-1] if len(words) > 1 and words[-1] in UNITS else words
    if len(bare) > len(owner) and owner and bare[: len(owner)] == owner:
        bare = bare[len(owner) :]
    elif len(bare) > 1 and owner and bare[0] == owner[-1]:
        bare = bare[1:]
    if bare != words:
        yield 0, bare
    for extra in {"phone": "number", "email": "address", "mobile": "number"}.get(bare[-1], "").split():
        yield 0, (*bare, fold(extra))
    if bare in (("birth", "date"), ("date", "birth"), ("dob",)):
        yield from ((0, each) for each in (("date", "of", "birth"), ("birth", "date"), ("birthdai",), ("birthdate",)))
    if column.type != "boolean" and (bare[0] not in PARTIAL or bare[0] in owner):
        yield from ((1, bare[at:]) for at in range(1, len(bare)) if bare[at:] != ("id",))


def is_key(table: Table, column: str, linked: frozenset[tuple[str, str]]) -> bool:
    """Whether a column is an identifier: tied to another table, or a key that says nothing by itself."""
    words = name_words(column)
    return (table.name, column) in linked or words[-1] in ("id", "uuid", "guid", "pk", "fk", "key")


def _label(table: Table, linked: frozenset[tuple[str, str]]) -> str:
    """The column that names a row to a person: name, title or label; else the one that ends so; else ""."""
    own = name_words(table.name)
    texts = [each for each in table.columns if each.type == "text" and not is_key(table, each.name, linked)]
    for wanted in (("name",), ("full", "name"), ("title",), ("label",)):
        for column in texts:
            if name_words(column.name) in (wanted, (*own, *wanted), (own[-1], *wanted)):
                return column.name
    ending = [each.name for each in texts if name_words(each.name)[-1] in ("name", "title")]
    return ending[0] if len(ending) == 1 else ""


def _names(table: Table, label: str) -> tuple[str, ...]:
    """What is shown of a row for its name: its label, or a first and a last name."""
    if label:
        return (label,)
    called = {name_words(each.name)[-2:]: each.name for each in table.columns if each.type == "text"}
    pair = (called.get(("first", "name")), called.get(("last", "name")))
    return tuple(name for name in pair if name) if None not in pair else ()


def _described(description: str, row: bool = False) -> set[tuple[str, ...]]:
    if row and (found := _ROW_OF.search(description)) is not None:
        return {(fold(found[1]),)}
    start = _HEAD.sub("", description.strip())
    end = _HEAD_END.search(start)
    words = folds_of(start[: end.start()] if end is not None else start)
    if not 0 < len(words) <= 3 or words[-1] in WEAK or words[-1] in FUNCTION:
        return set()
    return {words, words[-1:]}
