"""What is to be known of a table to write a query over it, told from its rows."""

from __future__ import annotations

from typing import Any

from adapters.duckdb import cells
from adapters.duckdb.source import Loaded
from adapters.ports import Column, Table, quoted
from adapters.ports.tables import ColumnType

MOST_VALUES, LONGEST_VALUE, SAMPLE = 10_000, 100, 3
_INTEGERS = "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
TYPES: dict[str, ColumnType] = {
    "VARCHAR": "text", "ENUM": "text", "UUID": "text", "BOOLEAN": "boolean", "DATE": "date", "DECIMAL": "number",
    "FLOAT": "number", "DOUBLE": "number", "TIME": "time", "TIMESTAMP": "timestamp",
    **{name: "integer" for name in _INTEGERS.split()},
}  # fmt: skip


def table(connection: Any, loaded: Loaded) -> Table:
    """The table as it stands in the engine."""
    name = quoted(loaded.name)
    heads = [(row[0], kind(row[1])) for row in connection.execute(f"DESCRIBE {name}").fetchall()]
    counts = ["count(*)"]
    for head, _ in heads:
        counts += [f"count({quoted(head)})", f"count(DISTINCT {quoted(head)})"]
    rows, *counted = connection.execute(f"SELECT {', '.join(counts)} FROM {name}").fetchone()
    columns = []
    for (head, type_), held, distinct in zip(heads, counted[::2], counted[1::2], strict=True):
        values = _values(connection, name, head) if type_ == "text" and distinct <= MOST_VALUES else ()
        columns.append(Column(head, type_, loaded.descriptions.get(head, ""), values, distinct, rows - held))
    sample = connection.execute(f"SELECT * FROM {name} LIMIT {SAMPLE}").fetchall()
    return Table(loaded.name, tuple(columns), loaded.key, loaded.description, rows,
                 tuple(tuple(map(cells.cell, row)) for row in sample))  # fmt: skip


def kind(said: str) -> ColumnType:
    """The type of a column as we say it; `said` is DuckDB's own: DECIMAL(18,3), TIMESTAMP_S, VARCHAR[]."""
    if said.endswith("]"):
        return "other"
    return TYPES.get(said.partition("(")[0].partition("_")[0].partition(" ")[0], "other")


def widest(connection: Any, found: Table) -> int:
    """Bytes of the longest value that is no number."""
    long = [quoted(each.name) for each in found.columns if each.type in ("text", "other")]
    if not long or not found.rows:
        return 0
    sizes = ", ".join(f"coalesce(max(strlen({each}::VARCHAR)), 0)" for each in long)
    return int(max(connection.execute(f"SELECT {sizes} FROM {quoted(found.name)}").fetchone()))


def _values(connection: Any, name: str, head: str) -> tuple[str, ...]:
    """The distinct values, the most frequent first; none where one of them is too long."""
    column = quoted(head)
    found = connection.execute(
        f"SELECT {column}::VARCHAR AS value, count(*) AS rows FROM {name} WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    values = tuple(str(row[0]) for row in found)
    return values if all(len(value) <= LONGEST_VALUE for value in values) else ()
