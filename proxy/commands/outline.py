"""What `rapport check` says of the tables: each with its size, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table

from adapters.duckdb.loading import EntrySource, Outline
from adapters.ports import AdapterError, ConfigError
from proxy.config import ConfigErrors
from proxy.settings import Settings
from proxy.tables import entries_of, known_joins, overlap, twice, verify_tables


class Line(NamedTuple):
    """A table: how many rows it has over all tenants, how many columns, who may see it, and by which column its rows
    are told apart, if they are."""

    name: str
    rows: int
    columns: int
    tenants: tuple[str, ...]
    owner: str | None


class _Entry(NamedTuple):
    source: EntrySource
    tables: Sequence[Outline]
    left: Sequence[str]


def outline(settings: Settings) -> tuple[list[Line], list[str]]:
    """All tables, and what is to be said of those that are left out. Opens the sources. Raises ConfigErrors with all
    that is wrong."""
    verify_tables(settings)
    entries, faults = [], []
    for source in entries_of(settings):
        try:
            entries.append(_Entry(source, *source.outline()))
        except ConfigError as error:
            faults.append(error)
        except AdapterError as error:
            place, _, said = str(error).partition(": ")
            faults.append(ConfigError(f"{place}.source", said))
    # A source that cannot be read is no reason to say that its tables are unknown.
    faults = faults or _between(entries)
    if faults:
        raise ConfigErrors(faults)
    return _lines(entries), [line for entry in entries for line in _left(entry)]


def shown(lines: Sequence[Line]) -> Table:
    """The tables, for a terminal."""
    table = Table("table", "rows", "columns", "tenants", "owner", title="The tables", title_justify="left")
    for line in lines:
        tenants = "all" if "*" in line.tenants else ", ".join(line.tenants)
        table.add_row(line.name, f"{line.rows:,}", str(line.columns), tenants, line.owner or "none: they see all rows")
    return table


def _lines(entries: Sequence[_Entry]) -> list[Line]:
    return [Line(table.name, table.rows, len(table.columns), source.entry.tenants, source.entry.owner)
            for source, tables, _ in entries for table in tables]  # fmt: skip


def _left(entry: _Entry) -> list[str]:
    owner, place = entry.source.entry.owner, entry.source.place
    return [f"{place}: the table {name} has no column {owner!r} and is left out" for name in entry.left]


def _between(entries: Sequence[_Entry]) -> list[ConfigError]:
    """What is wrong between the tables of several entries: names that are taken, joins to nowhere."""
    faults: list[ConfigError] = []
    for index, (source, tables, _) in enumerate(entries):
        entry = source.entry
        others = [other for other in entries if overlap(other.source.entry.tenants, entry.tenants)]
        known = {table.name: table.columns for other in others for table in other.tables}
        taken = {table.name.casefold() for other in others if other in entries[:index] for table in other.tables}
        faults += [twice(source.place, table.name) for table in tables if table.name.casefold() in taken]
        faults += known_joins(known, source.place, entry.joins)
    return faults
