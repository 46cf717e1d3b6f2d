"""A reading as one SELECT for DuckDB. A join never multiplies rows: a table is joined only where each row leads to at
most one of its rows, and everything else is a subquery or a count of different keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.ports import quoted
from policies.tables.joins import Graph, Way
from policies.tables.naming import Lexicon
from policies.tables.reading import Group, Literal_, Measure, Noun, Reading, Related, Where


def literal(value: Literal_) -> str:
    """A value as it stands in SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "'" + value.replace("'", "''") + "'"


class Scope:
    """One SELECT: its FROM, with an alias for each table, and its conditions. `taken` counts the aliases of all."""

    def __init__(self, table: str, graph: Graph, lexicon: Lexicon, taken: list[int]) -> None:
        self.graph, self.lexicon, self.taken = graph, lexicon, taken
        self.table = table
        self.aliases: dict[str, str] = {}
        self.froms = [f"FROM {quoted(table)} AS {self._named(table)}"]
        self.conditions: list[str] = []

    def _named(self, table: str) -> str:
        self.taken[0] += 1
        self.aliases[table] = f"t{self.taken[0]}"
        return self.aliases[table]

    def at(self, table: str, column: str) -> str:
        """A column of a table that is joined, or of one that is joined now."""
        if table not in self.aliases:
            self.join(self.graph.way(self.table, table) or ())
        return f"{self.aliases[table]}.{quoted(column)}"

    def join(self, way: Way) -> None:
        """Follow a way."""
        for step in way:
            if step.to_table not in self.aliases:
                old = self.aliases[step.table]
                new = self._named(step.to_table)
                self.froms.append(
                    f"JOIN {quoted(step.to_table)} AS {new} "
                    f"ON {new}.{quoted(step.to_column)} = {old}.{quoted(step.column)}"
                )

    def restrict(self, noun: Noun) -> None:
        """Only the rows that fulfil the conditions of a noun, in an order that does not change."""
        for where in sorted(noun.wheres, key=repr):
            self.conditions.append(self._far(where) if where.far else self._where(where))
        for related in sorted(noun.related, key=repr):
            self.conditions.append(self._related(related))

    def _where(self, where: Where) -> str:
        place = self.at(where.table, where.column)
        values = [literal(value) for value in where.values]
        if where.operator in ("null", "not null"):
            column = self.lexicon.columns.get((where.table, where.column))
            if column is not None and column.type == "text":
                place = f"nullif(trim({place}), '')"  # nothing but blanks is empty, too
            return f"{place} IS {'NOT ' if where.operator == 'not null' else ''}NULL"
        if where.operator in ("in", "not in") and len(values) > 1:
            return f"{place} {where.operator.upper()} ({', '.join(values)})"
        signs = {"in": "=", "not in": "<>", "day<": "<", "day>=": ">="}
        return f"{place} {signs.get(where.operator, where.operator)} {values[0]}"

    def _tied(self, noun: Noun) -> Scope:
        """The rows of a noun that are tied to the row at hand."""
        way = self.graph.way(self.table, noun.table) or ()
        first = way[0]
        inner = Scope(first.to_table, self.graph, self.lexicon, self.taken)
        outer = self.at(first.table, first.column)
        inner.conditions.append(f"{inner.at(first.to_table, first.to_column)} = {outer}")
        inner.join(way[1:])
        inner.table = noun.table
        inner.restrict(noun)
        return inner

    def _far(self, where: Where) -> str:
        near = Where(where.table, where.column, where.operator, where.values)
        return f"EXISTS ({self._tied(Noun(where.table, frozenset((near,)))).text('1')})"

    def _related(self, related: Related) -> str:
        inner = self._tied(related.noun)
        measure = related.measure
        if measure.aggregate != "count":
            figure = inner.text(f"{measure.aggregate}({inner.at(measure.table, measure.column)})")
            return f"({figure}) {related.operator} {literal(related.number)}"
        if related.number == 0 and related.operator == "=":
            return f"NOT EXISTS ({inner.text('1')})"
        if related.number == 1 and related.operator == ">=":
            return f"EXISTS ({inner.text('1')})"
        once = self.graph.up(related.noun.table, self.table)
        counted = inner.text("count(*)" if once else f"count(DISTINCT {inner.key(related.noun.table)})")
        return f"({counted}) {related.operator} {literal(related.number)}"

    def named(self, table: str) -> list[str]:
        """The name of the one row of another table that a row leads to, NULL where there is none."""
        names = self.lexicon.names[table]
        inner = [self._tied(Noun(table)) for _ in names]
        return [f"({one.text(one.at(table, name))}) AS {quoted(f'{table} {name}')}"
                for one, name in zip(inner, names, strict=True)]  # fmt: skip

    def counted(self, noun: Noun) -> str:
        """The number of rows of a noun that are tied to a row."""
        return f"({self._tied(noun).text('count(*)')})"

    def key(self, table: str) -> str:
        """What tells the rows of a joined table apart."""
        return self.at(table, self.lexicon.keys[table][0])

    def text(self, selected: str, behind: str = "") -> str:
        """The whole SELECT."""
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {selected} {' '.join(self.froms)}{where}{behind}"


def plain_sql(reading: Reading, lexicon: Lexicon, graph: Graph) -> str:
    """The statement that computes a reading."""
    scope = Scope(reading.noun.table, graph, lexicon, [0])
    if not reading.measures:
        return _listed(scope, reading)
    for group in reading.groups:
        if not group.column:
            scope.join(graph.way(reading.noun.table, group.table) or ())
    scope.restrict(reading.noun)
    return _figures(scope, reading)


def _listed(scope: Scope, reading: Reading) -> str:
    noun, table = reading.noun, scope.lexicon.tables[reading.noun.table]
    scope.restrict(noun)
    names = columns_of(reading, scope.lexicon)
    selected = ", ".join([*(scope.at(noun.table, name) for name in names),
                          *(each for other in reading.named for each in scope.named(other))])  # fmt: skip
    if reading.distinct:
        scope.conditions.append(f"{scope.at(noun.table, names[0])} IS NOT NULL")
        return scope.text(f"DISTINCT {selected}", f" ORDER BY {selected}")
    keys = [scope.at(noun.table, name) for name in dict.fromkeys((*names, *scope.lexicon.keys[table.name]))]
    order = reading.order
    if order is None:
        return scope.text(selected, f" ORDER BY {', '.join(keys)}")
    by = f"{scope.at(noun.table, order.column)}{' DESC' if order.down else ''}"
    if not order.limit:
        return scope.text(selected, f" ORDER BY {by} NULLS LAST, {', '.join(keys)}")
    scope.conditions.append(f"{scope.at(noun.table, order.column)} IS NOT NULL")
    ranked = f" QUALIFY rank() OVER (ORDER BY {by}) <= {order.limit} ORDER BY {by}, {', '.join(keys)}"
    return scope.text(selected, ranked)


def columns_of(reading: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """What is shown of rows: their name, what was asked for, and by what they are ordered; all where they have no
    name."""
    table = lexicon.tables[reading.noun.table]
    names = lexicon.names[table.name]
    if reading.distinct:
        return reading.columns
    ordered = (reading.order.column,) if reading.order is not None else ()
    if not reading.columns and not names:
        return tuple(column.name for column in table.columns)
    first = names or lexicon.keys[table.name]
    return tuple(dict.fromkeys((*first, *reading.columns, *ordered)))


def _figures(scope: Scope, reading: Reading) -> str:
    figures = [(_measure(scope, reading, each), _alias(each)) for each in reading.measures]
    shown: list[str] = []
    keys: list[str] = []
    for group in reading.groups:
        names, made = _group(scope, group)
        shown += names
        keys += made
    selected = ", ".join([*shown, *(f"{figure} AS {quoted(name)}" for figure, name in figures)])
    if not keys:
        return scope.text(selected)
    behind = f" GROUP BY {', '.join(keys)}"
    if reading.having is not None:
        operator, number = reading.having
        behind += f" HAVING {keys[0]} IS NOT NULL AND {figures[0][0]} {operator} {literal(number)}"
    if reading.order is None:
        return scope.text(selected, f"{behind} ORDER BY {', '.join(keys)}")
    by = f"{figures[0][0]}{' DESC' if reading.order.down else ''}"
    ranked = f" QUALIFY rank() OVER (ORDER BY {by}) <= {reading.order.limit} ORDER BY {by}, {', '.join(keys)}"
    having = f" HAVING {figures[0][0]} IS NOT NULL AND {keys[0]} IS NOT NULL"
    return scope.text(selected, behind + having + ranked)


def _group(scope: Scope, group: Group) -> tuple[list[str], list[str]]:
    """What is shown of a group, and what makes it one."""
    if group.part:
        place = scope.at(group.table, group.column)
        form = {"month": "%Y-%m", "day": "%Y-%m-%d"}
        part = f"strftime({place}, '{form[group.part]}')" if group.part in form else f"year({place})"
        return [f"{part} AS {quoted(group.part)}"], [part]
    if group.column:
        place = scope.at(group.table, group.column)
        return [place], [place]
    table, names = scope.lexicon.tables[group.table], scope.lexicon.names[group.table]
    keys = [scope.at(group.table, name) for name in scope.lexicon.keys[table.name]]
    places = [scope.at(group.table, name) for name in names]
    unique = table.column(names[0]) if len(names) == 1 else None
    known = unique is not None and unique.distinct == table.rows
    return [*([] if known else keys), *places], list(dict.fromkeys([*places, *keys]))


def _measure(scope: Scope, reading: Reading, measure: Measure) -> str:
    if measure.aggregate == "count":
        far = [each for each in reading.groups if not scope.graph.up(measure.table, each.table)]
        return f"count(DISTINCT {scope.key(measure.table)})" if far else "count(*)"
    if measure.aggregate == "any":
        return "count(*) > 0"
    place = scope.at(measure.table, measure.column)
    if measure.aggregate == "distinct":
        return f"count(DISTINCT {place})"
    return f"{measure.aggregate}({place})"


def _alias(measure: Measure) -> str:
    names = {"count": f"number of {measure.table}", "any": f"any {measure.table}",
             "distinct": f"different {measure.column}",
             "sum": f"total {measure.column}", "avg": f"average {measure.column}",
             "median": f"median {measure.column}", "min": f"lowest {measure.column}",
             "max": f"highest {measure.column}"}  # fmt: skip
    return names[measure.aggregate]
