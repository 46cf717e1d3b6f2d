"""An entry of `tables`: what was configured of a source, what stands in it, and what a tenant gets of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from adapters.ports import ConfigError, Link, Unavailable

EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was configured. `table` is what the source calls it, None: all its tables, or its only one; `name` is what a
    single table is called in questions; `joins` are written `other_table.column`; `called` names the tables of the same
    source that other entries have, by what the source calls them; `room` bytes may be read for one tenant."""

    place: str
    name: str
    table: str | None = None
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    joins: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    tenants: tuple[str, ...] = ("default",)
    called: Mapping[str, str] = field(default_factory=dict)
    room: int = 256 << 20


class Reference(NamedTuple):
    """A foreign key: these columns hold what those of another table of the source hold."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A table as it stands in its source, which calls it `at`; `types` are by column, as the source writes them. What
    cannot be asked about (bytes, vectors) is not among the columns."""

    at: str
    types: Mapping[str, str]
    key: tuple[str, ...] = ()
    description: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(self.types)


class Owner(NamedTuple):
    """Only the rows whose `column`, as text, is the name of the tenant. The name is somebody else's: bind it."""

    column: str
    tenant: str


class TooLarge(Unavailable):
    """More rows than there is room for."""


class Room:
    """Bytes that may still be read."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size

    def take(self, size: int) -> None:
        """Count what was read. Raises TooLarge where it is too much."""
        self.left -= size
        if self.left < 0:
            raise TooLarge(f"it is larger than sql.memory_mb, {self.size >> 20} MiB")


class Opened(Protocol):
    """A source that is being read, in one state; belongs to one thread. All of it raises AdapterError."""

    def tables(self, only: str | None) -> Sequence[Found]:
        """All tables, or the one that is called so, if there is one; views only where they are asked for."""

    def count(self, found: Found) -> int:
        """How many rows it has, of all tenants."""

    def rows(self, found: Found, owner: Owner | None, room: Room) -> Any:
        """Its rows as a pyarrow.Table, those of one owner or all; numbers, text, booleans, dates and times (UTC)."""


class Reader(Protocol):
    """What can read a kind of source. `whole`: it may hold several tables."""

    whole: bool

    def version(self) -> str:
        """What changes whenever rows do. Raises AdapterError."""

    def open(self) -> AbstractContextManager[Opened]:
        """Read it. Raises AdapterError."""

    def close(self) -> None:
        """Let go of connections."""


def chosen(entry: Entry, tables: Sequence[Found], whole: bool) -> list[Found]:
    """The tables that an entry means; of a whole database those that have the owner's column. Raises ConfigError."""
    if not whole:
        for found in tables:
            if faults := unknown(entry, found):
                raise faults[0]
        return [*tables]
    kept = [found for found in tables if entry.owner is None or entry.owner in found.types]
    if not kept:
        what = "no table" if entry.owner is None else f"no table with a column {entry.owner!r}"
        raise ConfigError(f"{entry.place}.source", f"holds {what}")
    return kept


def unknown(entry: Entry, found: Found) -> list[ConfigError]:
    """The columns that an entry names and that its table does not have."""
    named = [*([("owner", entry.owner)] if entry.owner else []),
             *((f"key.{index}", name) for index, name in enumerate(entry.key)),
             *((f"columns.{name}", name) for name in entry.columns),
             *((f"joins.{name}", name) for name in entry.joins)]  # fmt: skip
    known = ", ".join(found.columns)
    return [ConfigError(f"{entry.place}.{where}", f"no column {name!r}; known: {known}")
            for where, name in named if name not in found.types]  # fmt: skip


def key_of(entry: Entry, found: Found) -> tuple[str, ...]:
    """What tells rows apart; the owner's column does not, where all rows are of one owner."""
    key = entry.key or found.key
    return tuple(name for name in key if name != entry.owner) or key


def target(join: str) -> tuple[str, str]:
    """Table and column of a join: the column is what follows the last dot."""
    table, _, column = join.rpartition(".")
    return table, column


def links(entry: Entry, found: Found, name: str, called: Mapping[str, str]) -> tuple[Link, ...]:
    """The joins of a table: those of the entry, and the foreign keys of other columns into tables that are there. Of a
    key of several columns the owner's says nothing, where all rows are of one owner."""
    own = [Link(name, column, *target(join)) for column, join in entry.joins.items()]
    for reference in found.references:
        both = zip(reference.columns, reference.to_columns, strict=False)
        pairs = [pair for pair in both if pair[0] != entry.owner]
        if len(pairs) != 1 or reference.table not in called:
            continue
        column, to_column = pairs[0]
        if column in found.types and column not in entry.joins:
            own.append(Link(name, column, called[reference.table], to_column))
    return tuple(own)
