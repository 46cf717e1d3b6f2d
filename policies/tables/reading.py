"""What a question asks for, as a value: the rows, what is told of them, and in which order. Two readings that are equal
compute the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Operator = Literal["=", "<", "<=", ">", ">=", "in", "not in", "null", "not null", "day<", "day>="]
Aggregate = Literal["count", "any", "distinct", "sum", "avg", "median", "min", "max"]
Literal_ = str | Decimal | bool | date


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a column, of the rows' own table or of another one that it leads to. `far`: the way there is not
    one row to one row, so it holds where any such row is."""

    table: str
    column: str
    operator: Operator
    values: tuple[Literal_, ...] = ()
    far: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """The rows of a table that fulfil all conditions. `related` are conditions on the number of rows tied to each."""

    table: str
    wheres: frozenset[Where] = frozenset()
    related: frozenset[Related] = frozenset()

    def where(self, *wheres: Where) -> Noun:
        """The rows that fulfil these conditions too."""
        return Noun(self.table, self.wheres | frozenset(wheres), self.related)

    def relate(self, related: Related) -> Noun:
        """The rows that fulfil this condition on tied rows too."""
        return Noun(self.table, self.wheres, self.related | {related})


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure over rows: their number, or an aggregate of a column; `table` is where the column stands."""

    aggregate: Aggregate
    table: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A condition on the rows of another table that are tied to a row: `measure` of them compares with `number`."""

    noun: Noun
    measure: Measure
    operator: Operator
    number: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """By what rows are put together: a column, the rows of a table (`column` is empty), or a part of a date."""

    table: str
    column: str = ""
    part: Literal["", "year", "month", "day"] = ""


@dataclass(frozen=True, slots=True)
class Order:
    """The first `limit` in the order of a column or of the measure; those that tie with the last one are given too."""

    column: str
    down: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`columns` of the rows of `noun`, or `measures` over them, one for all or one per group; of groups, only those
    whose first figure is as `having` says. With `tied`, each row of `noun` has the number of these rows that are tied
    to it, none being 0, and `measures` are over these numbers. With `among`, the percentage that the rows of `noun` are
    of these. `named` are tables whose one row, if there is one, is told by its name beside each row."""

    noun: Noun
    columns: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    groups: tuple[Group, ...] = ()
    order: Order | None = None
    distinct: bool = False
    having: tuple[Operator, Decimal] | None = None
    tied: Noun | None = None
    among: Noun | None = None
    named: tuple[str, ...] = ()
