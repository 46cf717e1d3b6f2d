"""The sections `tables` and `sql` of config.yaml, and what they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from adapters.duckdb.entry import EVERYONE, Entry, Reader, target
from adapters.duckdb.limits import Limits
from adapters.duckdb.loading import EntrySource
from adapters.duckdb.paths import Away, NoTable, is_file, kind_of, stem_of
from adapters.duckdb.source import Source
from adapters.ports import ConfigError
from proxy.section import SecretRef, Section, read_secret

if TYPE_CHECKING:
    from proxy.settings import Settings

MIB = 1 << 20
USUAL = Limits()
SERVERS = ("postgresql://", "postgres://")
INSTALL = "run `make sql`, or pip install 'rapport-proxy[sql]'"
SINGLE = ("name", "description", "columns", "key", "joins")
"""Settings that only a single table can have."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_WITH_PASSWORD = re.compile(r"//[^@]*:[^@]*@")


def _join(written: str) -> str:
    if not all(target(written)):
        raise ValueError("is written other_table.column")
    return written


class TableSettings(Section):
    """Where tables come from that may be asked about, and whose they are."""

    source: str = Field(
        min_length=1, description="File, folder or pattern; PostgreSQL: env:NAME, file:PATH, a URL without a password."
    )
    table: Name | None = Field(None, description="Of a SQLite file, LanceDB folder or PostgreSQL schema; none: all.")
    schema_: Name = Field("public", alias="schema", description="Of PostgreSQL.")
    name: Name | None = Field(None, description="What a single table is called in questions; none: as file or table.")
    description: str = Field("", max_length=2000, description="What it holds, in a sentence.")
    columns: dict[Name, Annotated[str, StringConstraints(max_length=2000)]] = Field(
        {}, description="What columns hold, by column."
    )
    key: tuple[Name, ...] = Field((), description="Columns that tell rows apart; of databases their own is known.")
    joins: dict[Name, Annotated[str, AfterValidator(_join)]] = Field(
        {}, description="other_table.column by column; of databases foreign keys are known."
    )
    owner: Name | None = Field(None, description="Column that holds the tenant whose row it is; nobody else sees it.")
    tenants: tuple[Name, ...] = Field(("default",), min_length=1, description="Who may see it; * stands for all.")

    @field_validator("source")
    @classmethod
    def _without_password(cls, source: str) -> str:
        if "://" in source and not source.startswith(SERVERS):
            raise ValueError("of URLs only postgresql:// is known")
        if (source.startswith(SERVERS) and _secret(source)) or "password=" in source.lower():
            raise ValueError("a password is never written here: put the whole URL into env:NAME or file:PATH")
        return source

    @model_validator(mode="after")
    def _whole(self) -> TableSettings:
        if not self.on_server and "schema_" in self.model_fields_set:
            raise ValueError("schema is of PostgreSQL only")
        return self

    @property
    def on_server(self) -> bool:
        """Whether it is a schema of a PostgreSQL server."""
        return self.source.startswith(SERVERS) or self.secret

    @property
    def secret(self) -> bool:
        """Whether the URL stands elsewhere."""
        return self.source.startswith(("env:", "file:"))

    @property
    def called(self) -> str:
        """What a single table is called."""
        return self.name or self.table or ("" if self.on_server else stem_of(self.source))


class SqlSettings(Section):
    """What a question over tables may cost, and a model for those that no template fits."""

    isolation: Literal["thread", "process"] = Field(USUAL.isolation, description="Where queries run.")
    timeout: float = Field(USUAL.timeout, gt=0, le=60, description="Seconds for one query.")
    memory_mb: int = Field(
        USUAL.memory_mb, ge=16, le=65_536, description="Room for all tables of one tenant together, in MiB."
    )
    max_rows: int = Field(USUAL.max_rows, ge=1, le=10_000, description="Rows of one answer.")
    max_columns: int = Field(USUAL.max_columns, ge=1, le=1000, description="Columns of one answer.")
    max_bytes: int = Field(USUAL.max_bytes, ge=100, le=10_000_000, description="Bytes of one answer.")
    refresh: float = Field(
        USUAL.refresh, ge=0, le=86_400, description="Seconds between two looks whether a source has changed."
    )
    tenants: int = Field(USUAL.tenants, ge=1, le=10_000, description="Tenants whose tables are kept at a time.")
    model: str | None = Field(None, min_length=1, description="litellm's name of a model that writes SQL; null: none.")
    api_base: str | None = Field(None, pattern="^https?://", description="Base URL, if not the provider's own.")
    api_key: SecretRef | None = Field(None, description="env:NAME or file:PATH.")
    model_timeout: float = Field(8, gt=0, le=600, description="Seconds for one answer of the model.")

    @model_validator(mode="after")
    def _whole(self) -> SqlSettings:
        if self.model is None and (self.api_base or self.api_key):
            raise ValueError("api_base and api_key need a model")
        return self


def limits_of(settings: Settings) -> Limits:
    """What `sql` allows."""
    return Limits(**{name: getattr(settings.sql, name) for name in Limits.__dataclass_fields__})


def sources_of(settings: Settings) -> tuple[Source, ...]:
    """What `tables` asks for. Nothing is opened or looked for: what is away costs the tables alone."""
    return tuple(entries_of(settings))


def entries_of(settings: Settings) -> list[EntrySource]:
    """The sources of `tables`, in their order."""
    return [_source(settings, index, each) for index, each in enumerate(settings.tables)]


def verify_tables(settings: Settings) -> None:
    """See that the libraries are there, and that each source that is there is of a kind that is known. Opens nothing.
    Raises ConfigError."""
    seen: list[TableSettings] = []
    for index, each in enumerate(settings.tables):
        place = f"tables.{index}"
        demand(f"{place}.source", "duckdb", "DuckDB")
        if each.on_server:
            demand(f"{place}.source", "psycopg", "psycopg")
        if not _single(each, place):
            continue
        for other in seen:
            if other.called.casefold() == each.called.casefold() and overlap(other.tenants, each.tenants):
                raise twice(place, each.called)
        seen.append(each)


def demand(place: str, library: str, name: str) -> None:
    """See that a library is installed. Raises ConfigError."""
    if find_spec(library) is None:
        raise ConfigError(place, f"{name} is not installed: {INSTALL}")


def overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether some tenant sees both."""
    return EVERYONE in (*one, *other) or bool(set(one) & set(other))


def _single(each: TableSettings, place: str) -> bool:
    """Whether an entry is one table, whose name is known without opening anything. Raises ConfigError for what only
    the other ones can have."""
    try:
        files = not each.on_server and kind_of(each.source) == "files"
    except Away:  # costs its tables until it is there; `rapport check` tells
        return each.table is not None or is_file(each.source)
    except NoTable as error:
        raise ConfigError(f"{place}.source", str(error)) from error
    if files and each.table is not None:
        raise ConfigError(f"{place}.table", "files hold one table; name says what it is called")
    given = [name for name in SINGLE if getattr(each, name)]
    if given and not files and each.table is None:
        raise ConfigError(f"{place}.{given[0]}", "is of a single table: say with `table` which one")
    return files or each.table is not None


def twice(place: str, name: str) -> ConfigError:
    """What to say of a second table of one name."""
    return ConfigError(f"{place}.name", f"another table is called {name!r}, too: give one of them another name")


def _source(settings: Settings, index: int, each: TableSettings) -> EntrySource:
    same = {other.table: other.called for other in settings.tables
            if other.table and (other.source, other.schema_) == (each.source, each.schema_)
            and overlap(other.tenants, each.tenants)}  # fmt: skip
    entry = Entry(
        f"tables.{index}", each.called, each.table, each.description, each.columns, each.key, each.joins, each.owner,
        each.tenants, same, settings.sql.memory_mb * MIB,
    )
    return EntrySource(entry, partial(_reader, each, entry))


def _reader(each: TableSettings, entry: Entry) -> Reader:
    """What reads a source; its library is imported here. Raises NoTable."""
    if each.on_server:
        from adapters.postgresql import PostgresSchema

        url = partial(read_secret, each.source) if each.secret else lambda: each.source
        return PostgresSchema(url, each.schema_)
    kind = kind_of(each.source)
    if kind == "sqlite":
        from adapters.sqlite import SqliteFile

        return SqliteFile(each.source)
    if kind == "lancedb":
        from adapters.lancedb.export import LanceFolder

        return LanceFolder(each.source, each.table)
    from adapters.duckdb.files import Files

    return Files(each.source, entry.owner, entry.room)


def rooted(tables: tuple[TableSettings, ...], root: Path) -> tuple[TableSettings, ...]:
    """Relative paths start at the folder of the file."""
    return tuple(each if each.on_server else each.model_copy(update={"source": str(root / each.source)})
                 for each in tables)  # fmt: skip


def secrets_of(settings: Settings) -> Iterator[tuple[str, str]]:
    """References to secrets, by their place."""
    yield from ((f"tables.{index}.source", each.source) for index, each in enumerate(settings.tables) if each.secret)
    if settings.sql.api_key:
        yield "sql.api_key", settings.sql.api_key


def known_joins(tables: Mapping[str, tuple[str, ...]], place: str, joins: Mapping[str, str]) -> Iterator[ConfigError]:
    """What is wrong with joins, `tables` being the columns of all that can be joined to, by table."""
    for column, join in joins.items():
        table, to = target(join)
        if table not in tables:
            known = ", ".join(sorted(tables))
            yield ConfigError(f"{place}.joins.{column}", f"no table {table!r}; known: {known}")
        elif to not in tables[table]:
            known = ", ".join(tables[table])
            yield ConfigError(f"{place}.joins.{column}", f"no column {to!r} in {table}; known: {known}")


def _secret(url: str) -> bool:
    """Whether a password stands in a URL, however badly it is written."""
    try:
        return bool(_WITH_PASSWORD.search(url)) or any("password" in name for name, _ in parse_qsl(urlsplit(url).query))
    except ValueError:
        return True
