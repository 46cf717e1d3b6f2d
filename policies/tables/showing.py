"""How the rows of a query are put before the model. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.ports import Block, Cell, Rows, Schema, count_tokens
from policies.tables.asking import Computed

HEAD = (
    "Computed for the request above by a query over all rows of the tables, not from passages. Answer from it, and do "
    "not change its numbers."
)
READ = "The request was read as: {}. Say so where it may mean something else."
NONE = (
    "The request above asks for something to be counted, ordered or compared over rows of the tables {}. It was not "
    "computed, and passages of documents cannot answer it: say that it is not known rather than estimate it."
)
LONGEST = 1000
"""Characters of a query that are shown."""
NAMED = 6
"""Tables that are named at most."""


def shown(computed: Computed, room: int) -> tuple[str, int]:
    """The text of the block, and how many of the rows are in it: as many as `room` tokens hold. Empty where not even
    one has room (or the head, if there is none)."""
    rows = computed.rows
    if rows is None:
        return "", 0
    low, high = 0, len(rows.rows)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(_text(computed, rows, middle), room) else (low, middle - 1)
    text = _text(computed, rows, low)
    return (text, low) if (low or not rows.rows) and _fits(text, room) else ("", 0)


def not_computed(schema: Schema) -> str:
    """What the model is told where a question over rows was not computed."""
    names = [" ".join(table.name.split()) for table in schema.tables[:NAMED]]
    return NONE.format(", ".join(names) + (" and others" if len(schema.tables) > NAMED else ""))


def _fits(text: str, room: int) -> bool:
    return count_tokens(Block("sources", text, "tail").render()) <= room


def _text(computed: Computed, rows: Rows, number: int) -> str:
    parts = [HEAD]
    if computed.reads:
        parts.append(READ.format(" ".join(computed.reads.split())))
    parts.append(f"SQL: {_cut(computed.sql or '')}")
    parts.append(_counted(rows, number))
    if number:
        parts.append("\n".join([_line(rows.columns), _line(["---"] * len(rows.columns)),
                                *(_line(row) for row in rows.rows[:number])]))  # fmt: skip
    return "\n".join(parts)


def _cut(sql: str) -> str:
    sql = sql.strip()
    return sql if len(sql) <= LONGEST else sql[: LONGEST - 1] + "…"


def _counted(rows: Rows, number: int) -> str:
    if not rows.rows:
        return "Rows: none fit."
    if rows.more:
        return f"Rows: the first {number} are shown; there are more, or further columns: do not count or add these up."
    all = len(rows.rows)
    if number < all:
        return f"Rows: {all}, of which the first {number} are shown; do not count or add these up."
    return f"Rows: {all}."


def _line(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split()).replace("|", "\\|")
