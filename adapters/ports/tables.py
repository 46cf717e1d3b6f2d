"""Tables: rows that a tenant may ask about, and one query over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, Protocol

from adapters.ports.errors import AdapterError

ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp", "time", "other"]
Cell = str | int | float | Decimal | bool | date | datetime | time | None
"""A value of a row. What has another type (a list, a record, bytes) comes as text."""


class Refused(AdapterError):
    """A statement that may not run. `reason` is a code, without any of its text."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the statement is refused: {reason}")
        self.reason = reason


class Failed(AdapterError):
    """A statement that the engine cannot run. Its own words stand in `said`: for who wrote the statement, and for
    nobody else, since they may quote rows."""

    def __init__(self, said: str) -> None:
        super().__init__("the statement does not run")
        self.said = said


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `values` are the distinct values of a text column, the most frequent first, and () where they are too
    many or too long to be looked up; `distinct` counts the values of any column, without NULL; `nulls` its NULLs."""

    name: str
    type: ColumnType
    description: str = ""
    values: tuple[str, ...] = ()
    distinct: int = 0
    nulls: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as one tenant sees it. `key` are the columns that tell its rows apart, () where nobody said;
    `rows` counts them, `sample` are a few of them, in the order of `columns`."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    description: str = ""
    rows: int = 0
    sample: tuple[tuple[Cell, ...], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((each for each in self.columns if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A declared join: each row of `table` belongs to the row of `to_table` whose `to_column` equals its `column`."""

    table: str
    column: str
    to_table: str
    to_column: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one tenant, and how they hang together. `version` changes with every change of their rows.
    `beside` is for what its readers make of it, by name, and would have to make again: it lives as long."""

    version: str
    tables: tuple[Table, ...]
    links: tuple[Link, ...] = ()
    beside: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def table(self, name: str) -> Table | None:
        """The table of this name."""
        return next((each for each in self.tables if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query gave. `more`: there were further rows, or columns, than may be given, and they are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: bool = False


def quoted(name: str) -> str:
    """A name as a statement may hold it, whatever its characters."""
    return '"' + name.replace('"', '""') + '"'


class Tables(Protocol):
    """The tables of all tenants, each tenant's in a copy of its own that can only be read."""

    @property
    def away(self) -> frozenset[str]:
        """The places in the configuration of what could not be read when it was last looked at."""

    def schema(self, tenant: str) -> Schema | None:
        """What is loaded of the tenant's tables, None while nothing is or there are none. Takes no time."""

    async def ready(self, tenant: str) -> Schema | None:
        """Load what is not loaded or has changed; the copy before serves until that is done. None where the tenant has
        no tables. Of several sources those serve that can be read; raises AdapterError where none can."""

    async def query(self, tenant: str, sql: str) -> Rows:
        """Run one SELECT over the copy that is loaded. Raises Refused, Failed, Timeout, and Unavailable where nothing
        is loaded."""

    async def plan(self, tenant: str, sql: str) -> str:
        """How the engine would run it, as it says so. Raises what `query` raises."""

    async def close(self) -> None:
        """Let go of the copies."""
