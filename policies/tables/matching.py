"""What the words at a place of a question mean to a table: its columns, its dates, where a value belongs. What could
mean two things means nothing, and the reason is noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.ports import Column, Table
from policies.tables.joins import Graph
from policies.tables.naming import Lexicon, Ref, column_phrases
from policies.tables.reading import Where
from policies.tables.spelling import folds_of, name_words
from policies.tables.text import Text
from policies.tables.verbs import verb_key
from policies.tables.vocabulary import DATE, JOINED, JOINS, NEUTRAL, PERSONS, PUBLISHED, Degree, words

_TIMES = words("date time at on day dai timestamp datetime dt year utc local")
_UNSUMMED = words("""rating score rate percent pct age ratio temperature average grade gpa level rank""")
_LABELS = words("""year zip zipcode postcode code number month dai day lat latitude lon lng longitude floor version
phone isbn weekday quarter room no published released founded built established""")

MOST = 1000
"""Ends of nouns that are looked for in one question, so that none takes long."""


@dataclass
class World:
    """A question before the schema it is asked of. `notes` are the reasons why something was not understood, `steps`
    count the ends of nouns that were looked for."""

    text: Text
    lexicon: Lexicon
    graph: Graph
    notes: list[str] = field(default_factory=list)
    steps: int = 0

    def note(self, reason: str) -> None:
        self.notes.append(reason)

    def table(self, name: str) -> Table:
        return self.lexicon.tables[name]

    def column(self, table: str, name: str) -> Column:
        return self.lexicon.columns[table, name]

    def tables(self, place: int) -> Iterator[tuple[str, int]]:
        """The table that the words name."""
        for refs, end in self.lexicon.at(self.text.folds, place):
            found = _best([ref for ref in refs if ref.kind == "table"])
            if len(found) == 1:
                yield found[0].table, end
            elif found:
                self.note("ambiguous_table")

    def columns(self, place: int, table: str = "") -> Iterator[tuple[Column, str, int]]:
        """The column that the words name, of this table or of any, with its table."""
        for refs, end in self.lexicon.at(self.text.folds, place):
            found = _best([ref for ref in refs if ref.kind == "column" and table in ("", ref.table)])
            if len(found) == 1:
                yield self.column(found[0].table, found[0].column), found[0].table, end
            elif found:
                self.note("ambiguous_column")

    def values(self, place: int) -> Iterator[tuple[tuple[Ref, ...], int]]:
        """All that the words may be a value of."""
        for refs, end in self.lexicon.at(self.text.folds, place):
            found = tuple(ref for ref in refs if ref.kind == "value")
            if found:
                yield self._exact(found, place, end), end

    def _exact(self, refs: tuple[Ref, ...], place: int, end: int) -> tuple[Ref, ...]:
        """Of values that differ by more than case, those that stand as they are written."""
        asked = " ".join(self.text.words[place:end])
        return tuple(ref for ref in refs if ref.value.lower() == asked) or refs

    def attach(self, refs: tuple[Ref, ...], table: str, outside: str = "") -> Where | None:
        """The condition that a value is to rows of a table: by a column of theirs, or of the one row that they lead to.
        Nothing is looked for in the table `outside`, nor beyond it."""
        if not refs:
            return None
        if any(folds_of(ref.value) in self.lexicon.roles for ref in refs):
            self.note("ambiguous_value")
            return None
        homes = {(ref.table, ref.column) for ref in refs if self._leads(table, ref.table, outside)}
        if any(ref.table != outside and self.graph.several(table, ref.table) for ref in refs):
            self.note("ambiguous_path")
            return None
        if not homes and any(self.graph.loose(table, ref.table) for ref in refs):
            self.note("no_key")
            return None
        near = {home for home in homes if self.graph.up(table, home[0])}
        if len(near or homes) != 1:
            self.note("ambiguous_value" if homes else "no_path")
            return None
        return self.condition(refs, *next(iter(near or homes)), far=not near)

    def condition(self, refs: tuple[Ref, ...], table: str, column: str, far: bool = False) -> Where | None:
        """The condition that a column has the value that these all are."""
        values = sorted({ref.value for ref in refs if (ref.table, ref.column) == (table, column)})
        if len({value.lower() for value in values}) != 1:
            self.note("ambiguous_value")
            return None
        return Where(table, column, "in", tuple(values), far)

    def _leads(self, table: str, to: str, outside: str) -> bool:
        way = self.graph.way(table, to)
        if way is None or (outside and any(step.to_table == outside for step in way)):
            return False
        return all(step.up for step in way) or (len(way) == 2 and self._only_ties(way[0].to_table))

    def _only_ties(self, table: str) -> bool:
        """Whether a table only ties rows of others together."""
        return all(self.lexicon.role(table, column.name) for column in self.table(table).columns)

    def dates(self, table: str) -> list[Column]:
        """The columns that say when."""
        return [each for each in self.table(table).columns if is_date(each) or is_year(each)]

    def own_date(self, table: str, extra: frozenset[str] = frozenset()) -> Column | None:
        """The column that says when a row itself came to be, if there is exactly one."""
        dates = self.dates(table)
        about = set(map(verb_key, name_words(table)))
        found = [each for each in dates if {verb_key(word) for word in _said(each)} <= about]
        known = NEUTRAL | extra | PUBLISHED
        found = found or [each for each in dates if set(_said(each)) <= known]
        if not found and [_said(each) for each in dates] in ([("start",), ("end",)], [("started",), ("ended",)]):
            # What has hours is over within a day; days may lie years apart, and then "in 2024" is not "begun in 2024".
            found = dates[:1] if dates[0].type == "timestamp" else []
        if len(found) != 1:
            self.note("unclear_date")
        return found[0] if len(found) == 1 else None

    def done(self, table: str, place: int) -> Iterator[tuple[Column, int]]:
        """The date that a participle names: "hired" for hire_date, "signed up" for signup_date."""
        key, then = verb_key(self.text.word(place)), self.text.word(place + 1)
        dates = self.dates(table)
        if then in ("up", "in", "out"):
            found = [each for each in dates if key + then in ("".join(_said(each)), "".join(_said(each)[:1]))]
            if len(found) == 1:
                yield found[0], place + 2
        found = [each for each in dates if key in map(verb_key, _said(each))]
        if not found and key in JOINS:
            found = [each for each in dates if JOINS & set(map(verb_key, _said(each)))]
        if len(found) == 1:
            yield found[0], place + 1

    def measured(self, table: str, heads: tuple[str, ...], numeric: bool = True) -> Column | None:
        """The one column of a table that a head is the name of."""
        owner = name_words(table)
        found = [
            each
            for each in self.table(table).columns
            if (is_measure(each) or not numeric)
            and not self.lexicon.role(table, each.name)
            and any(" ".join(phrase) in heads for _, phrase in column_phrases(each, owner))
        ]
        if len(found) > 1:
            self.note("ambiguous_column")
        return found[0] if len(found) == 1 else None

    def degree(self, table: str, degrees: tuple[Degree, ...]) -> tuple[Column, bool] | None:
        """The column that an adjective measures in a table, and whether more of it is a greater number."""
        found: list[tuple[Column, bool]] = []
        for each in degrees:
            if each.heads != (DATE,):
                column = self.measured(table, each.heads, numeric="birth" not in each.heads)
            elif found or (not each.up and name_words(table)[-1] in PERSONS):
                continue
            else:
                column = self.own_date(table, JOINED if each.up else frozenset())
            if column is not None:
                found.append((column, each.up))
        if len(found) != 1:
            self.note("unclear_adjective")
        return found[0] if len(found) == 1 else None


def _said(column: Column) -> tuple[str, ...]:
    return tuple(word for word in name_words(column.name) if word not in _TIMES)


def _best(refs: list[Ref]) -> list[Ref]:
    best = min((ref.rank for ref in refs), default=0)
    return [ref for ref in refs if ref.rank == best]


def is_date(column: Column) -> bool:
    return column.type in ("date", "timestamp")


def is_year(column: Column) -> bool:
    """Whether whole numbers are years."""
    return column.type == "integer" and "year" in (name_words(column.name)[-1], name_words(column.name)[0])


def is_number(column: Column) -> bool:
    return column.type in ("integer", "number")


def is_measure(column: Column) -> bool:
    """Whether a column holds figures that can be averaged, and no labels made of digits."""
    return is_number(column) and name_words(column.name)[-1] not in _LABELS and not is_year(column)


def is_summed(column: Column) -> bool:
    """Whether the sum of a column means something."""
    return is_measure(column) and not _UNSUMMED & set(name_words(column.name))


def is_unit_price(table: Table, column: Column) -> bool:
    """Whether a price holds for one piece, of which a row may have several: its sum would be too small."""
    named = set(name_words(column.name))
    pieces = any({"quantiti", "unit", "piece", "count"} & set(name_words(each.name)) - named for each in table.columns)
    return bool(named & {"price", "unit", "rate", "cost", "fee"}) and pieces


def fits(world: World, table: str, column: Column, code: str) -> bool:
    """Whether the values of a column allow the aggregate."""
    if world.lexicon.role(table, column.name):
        fit = False
    elif code in ("last", "first"):
        fit = is_date(column)
    elif code == "sum":
        fit = is_summed(column) and not is_unit_price(world.table(table), column)
    else:
        fit = is_measure(column)
    if not fit:
        world.note("type_mismatch")
    return fit
