"""The SELECT of any reading: those over one set of rows, and those that compare or count two."""

from __future__ import annotations

from adapters.ports import quoted
from policies.tables.joins import Graph
from policies.tables.naming import Lexicon
from policies.tables.reading import Measure, Noun, Reading
from policies.tables.sql import Scope, plain_sql


def sql_of(reading: Reading, lexicon: Lexicon, graph: Graph) -> str:
    """The statement that computes a reading."""
    if reading.among is not None:
        return _percentage(reading, reading.among, lexicon, graph)
    if reading.tied is not None:
        return _numbers(reading, reading.tied, lexicon, graph)
    return plain_sql(reading, lexicon, graph)


def _percentage(reading: Reading, among: Noun, lexicon: Lexicon, graph: Graph) -> str:
    counted = (Measure("count", among.table),)
    part, whole = (plain_sql(Reading(noun, measures=counted), lexicon, graph) for noun in (reading.noun, among))
    return f"SELECT 100.0 * ({part}) / nullif(({whole}), 0) AS {quoted('percent')}"


def _numbers(reading: Reading, tied: Noun, lexicon: Lexicon, graph: Graph) -> str:
    """Each row with the number of rows tied to it: a subquery counts, so that rows without any have 0."""
    scope = Scope(reading.noun.table, graph, lexicon, [0])
    scope.restrict(reading.noun)
    number = f"{scope.counted(tied)} AS {quoted(f'number of {tied.table}')}"
    if reading.measures:
        figure = reading.measures[0].aggregate
        return f"SELECT {figure}(n) AS {quoted(f'{figure} number')} FROM ({scope.text(f'{scope.counted(tied)} AS n')})"
    table, names = lexicon.tables[reading.noun.table], lexicon.names[reading.noun.table]
    unique = table.column(names[0]) if len(names) == 1 else None
    keys = () if unique is not None and unique.distinct == table.rows else lexicon.keys[table.name]
    shown = [scope.at(table.name, name) for name in dict.fromkeys((*keys, *names))]
    return scope.text(", ".join([*shown, number]), f" ORDER BY {', '.join(shown)}")

