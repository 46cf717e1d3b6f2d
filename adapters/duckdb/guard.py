"""The guard: one SELECT over the tables that there are, and nothing else.

Not the only wall: the engine is locked, holds only rows that may be seen, and can be put into a process of its own.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.duckdb import cells
from adapters.duckdb.growth import Growth
from adapters.duckdb.library import duckdb
from adapters.duckdb.names import folded
from adapters.duckdb.tree import Tree
from adapters.ports import Failed, Refused

LONGEST = 10_000
"""Characters of a statement."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of text: with them a statement does not read as it runs."""
_TREE = "SELECT json_serialize_sql(?, skip_null := true, skip_empty := true, skip_default := true)"


@dataclass(frozen=True, slots=True)
class Guard:
    """`tables` are what may be read, `catalog` the names of the engine's own views; `widest` bytes has the longest
    value, and all that a statement makes at one time may have `memory` bytes."""

    tables: Sequence[str]
    catalog: Sequence[str]
    widest: int
    memory: int

    def check(self, cursor: Any, sql: str) -> Any:
        """The statement, ready to run. Raises Refused, and Failed where it is no SQL."""
        _characters(sql)
        statement = _only(cursor, sql)
        growth = Growth(self.widest, len(sql.encode()))
        try:
            root = json.loads(cursor.execute(_TREE, [sql]).fetchone()[0])
            if root.get("error") or len(root.get("statements", ())) != 1:
                raise Refused("kind")
            tables, catalog = (frozenset(map(folded, each)) for each in (self.tables, self.catalog))
            Tree(tables, catalog - tables, growth).check(root["statements"][0]["node"])
        except RecursionError:
            raise Refused("depth") from None
        growth.check(self.memory)
        return statement


def _characters(sql: str) -> None:
    if len(sql) > LONGEST:
        raise Refused("length")
    if not sql.isascii() or not sql.isprintable():
        odd = {each for each in sql if unicodedata.category(each) in ("Cc", "Cs")} - set("\n\t\r")
        if odd or not _TURNING.isdisjoint(sql):
            raise Refused("characters")


def _only(cursor: Any, sql: str) -> Any:
    """The one statement. The engine's SHOW, DESCRIBE and SUMMARIZE are SELECTs, too: the tree tells them."""
    library = duckdb()
    try:
        statements = cursor.extract_statements(sql)
    except library.Error as error:
        raise Failed(cells.first(str(error))) from None
    if len(statements) != 1:
        raise Refused("statements")
    if statements[0].type != library.StatementType.SELECT:
        raise Refused("kind")
    return statements[0]
