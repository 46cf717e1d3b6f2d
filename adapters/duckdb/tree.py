"""The syntax tree of one SELECT, as DuckDB gives it, and what in it may not run."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from adapters.duckdb import functions, patterns
from adapters.duckdb.growth import Growth, bounded
from adapters.duckdb.names import folded
from adapters.ports import Refused

_FORMS = """
    SELECT_NODE SET_OPERATION_NODE EMPTY BASE_TABLE SUBQUERY JOIN EXPRESSION_LIST TABLE_FUNCTION
    ORDER_MODIFIER LIMIT_MODIFIER DISTINCT_MODIFIER LIMIT_PERCENT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING
    STAR COLUMN_REF POSITIONAL_REFERENCE VALUE_CONSTANT FUNCTION CASE_EXPR GROUPING_FUNCTION TYPE
    OPERATOR_CAST OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF OPERATOR_TRY
    CONJUNCTION_AND CONJUNCTION_OR COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN
    COMPARE_LESSTHANOREQUALTO COMPARE_GREATERTHANOREQUALTO COMPARE_IN COMPARE_NOT_IN COMPARE_BETWEEN
    COMPARE_NOT_BETWEEN COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM ARRAY_EXTRACT ARRAY_SLICE ARRAY_CONSTRUCTOR
    STRUCT_EXTRACT WINDOW_AGGREGATE WINDOW_RANK WINDOW_RANK_DENSE WINDOW_DENSE_RANK WINDOW_NTILE WINDOW_PERCENT_RANK
    WINDOW_CUME_DIST WINDOW_ROW_NUMBER WINDOW_FIRST_VALUE WINDOW_LAST_VALUE WINDOW_LEAD WINDOW_LAG WINDOW_NTH_VALUE
"""
FORMS = frozenset(_FORMS.split())
"""Everything else is refused: the tree of a new version may hold what nobody thought of."""
FORBIDDEN = {
    "SHOW_REF": "show", "RECURSIVE_CTE_NODE": "recursive", "LAMBDA": "lambda", "VALUE_PARAMETER": "parameter",
    "INSERT_QUERY_NODE": "writes", "UPDATE_QUERY_NODE": "writes", "DELETE_QUERY_NODE": "writes",
    "MERGE_QUERY_NODE": "writes",
}  # fmt: skip
_TYPES = """
    bool boolean logical tinyint smallint integer int bigint hugeint int1 int2 int4 int8 int16 int32 int64 int128 short
    long signed utinyint usmallint uinteger ubigint uhugeint uint8 uint16 uint32 uint64 float float4 float8 real double
    decimal dec numeric varchar char bpchar text string date time timestamp datetime timestamptz timestamp_s
    timestamp_ms timestamp_us timestamp_ns interval list
"""
TYPES = frozenset(_TYPES.split()) | {"double precision", "timestamp with time zone"}
SCHEMAS = ((), ("main",), ("memory", "main"))
MOST_REFERENCES, MOST_SETS = 64, 64
"""Tables that a statement reads, those of a WITH as often as it is used; sets of columns that it groups by."""

Scope = Mapping[str, int]
"""The names that WITH gives, and how many tables each reads."""


class Tree:
    """The walk over one statement. `tables` are the folded names of what may be read, `catalog` of what the engine has
    of its own."""

    def __init__(self, tables: Set[str], catalog: Set[str], growth: Growth) -> None:
        self._tables = tables
        self._catalog = catalog
        self._growth = growth
        self._named: set[str] = set()
        self._collected: set[str] = set()
        self._streamed: set[int] = set()

    def check(self, root: Any) -> None:
        """Raises Refused."""
        if self._read(root, {}, True) > MOST_REFERENCES:
            raise Refused("references")
        if not self._collected.isdisjoint(self._named):  # a column of the SELECT can be used by the ones after it
            raise Refused("collects")

    def _read(self, value: Any, scope: Scope, top: bool) -> int:
        """How many tables are read. `top`: what stands here is given to who asked, and to no other part."""
        if isinstance(value, list):
            return sum(self._read(each, scope, top) for each in value)
        if not isinstance(value, dict):
            return 0
        kind, total = value.get("type"), 0
        if isinstance(kind, str):
            self._form(kind, value, top)
            if kind == "BASE_TABLE":
                return self._table(value, scope)
            top = top and kind in ("SELECT_NODE", "SET_OPERATION_NODE")
        if "cte_map" in value:
            scope, total = self._with(value["cte_map"].get("map", ()), scope)
        for key, each in value.items():
            if key != "cte_map":
                total += self._read(each, scope, top and (kind != "SELECT_NODE" or key == "select_list"))
        return total

    def _form(self, kind: str, node: Any, top: bool) -> None:
        if kind not in FORMS:
            raise Refused(FORBIDDEN.get(kind, "form"))
        if kind == "TABLE_FUNCTION":
            self._table_function(node.get("function", {}))
        elif kind == "TYPE":
            _type(node)
        elif len(node.get("group_sets", ())) > MOST_SETS:
            raise Refused("groups")
        elif kind == "COLUMN_REF":
            self._named.add(folded(node.get("column_names", [""])[-1]))
        if kind == "FUNCTION" or kind.startswith("WINDOW_"):
            self._call(node, top and kind == "FUNCTION")

    def _table(self, node: Any, scope: Scope) -> int:
        *schema, name = [folded(each) for each in node.get("qualified_name", {}).get("path", [""])]
        if "at_clause" in node:
            raise Refused("form")
        if not schema and name in scope:
            return scope[name]
        if name in self._tables and tuple(schema) in SCHEMAS:
            return 1
        raise Refused("catalog" if schema or name in self._catalog else "table")

    def _with(self, entries: Any, scope: Scope) -> tuple[Scope, int]:
        """A query of a WITH sees what stands before it, and never itself; each is planned, used or not."""
        seen, total = dict(scope), 0
        for entry in entries:
            size = self._read(entry["value"], seen, False)
            name = folded(entry["key"])
            if name in self._catalog:
                raise Refused("catalog")
            seen[name] = max(1, size)
            total += size
            if total > MOST_REFERENCES:
                raise Refused("references")
        return seen, total

    def _table_function(self, node: Any) -> None:
        name = _name(node)
        if name not in functions.TABLES:
            raise Refused("table_function")
        if name in functions.SERIES:
            bounded([each.get("expression", {}) for each in node.get("arguments", ())])
            self._streamed.add(id(node))

    def _call(self, node: Any, top: bool) -> None:
        name = _name(node)
        if name not in functions.KNOWN:
            raise Refused("function")
        if functions.collects(name, node.get("arguments", ())):
            if not top:
                raise Refused("collects")
            self._collected.add(folded(node.get("alias", "")))
        patterns.check(name, node.get("arguments", ()))
        if id(node) not in self._streamed:  # in the place of a table it gives its rows one by one
            self._growth.call(name, node)


def _name(node: Any) -> str:
    """The name of a function; one that is said to be in a schema is none of ours."""
    path = node.get("qualified_name", {}).get("path", ())
    return folded(path[0]) if len(path) == 1 else ""


def _type(node: Any) -> None:
    path = node.get("qualified_name", {}).get("path", ())
    if len(path) != 1 or folded(path[0]) not in TYPES:
        raise Refused("type")
