"""The tables of what models wrote: answers that wait, entries, and what happened to them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.sql.schema import metadata

_BIG = BigInteger().with_variant(Integer, "sqlite")

candidates = Table(
    "candidates",
    metadata,
    Column("seq", _BIG, primary_key=True),
    Column("id", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("person", ForeignKey("people.id")),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("conversation", String, nullable=False),
    Column("approval", String, nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("time", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("since", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("leased", Integer, nullable=False),
    Column("disapproval", String, nullable=False, server_default=""),
    UniqueConstraint("tenant", "id"),
    Index("candidates_person", "person"),
    sqlite_autoincrement=True,
)
"""Answers that wait to be checked; `due`, `since`, `tries` and `leased` as those of jobs."""

written = Table(
    "written",
    metadata,
    Column("seq", _BIG, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("tenant", String, nullable=False),
    Column("person", ForeignKey("people.id")),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("roots", Text, nullable=False),
    Column("exchange", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("approval", String, nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Column("disapproval", String, nullable=False, server_default=""),
    Index("written_reason", "tenant", "state", "reason"),
    Index("written_changed", "state", "changed"),
    # Of what was never accepted no exchange is kept, and there is much more of it.
    Index("written_accepted", "tenant", "created", sqlite_where=text("exchange <> ''")),
    Index("written_person", "person"),
    Index("written_exchange", "exchange"),
    sqlite_autoincrement=True,
)
"""Entries of the ledger of what models wrote."""

happened = Table(
    "happened",
    metadata,
    Column("seq", _BIG, primary_key=True),
    Column("entry", ForeignKey("written.id"), nullable=False),
    Column("time", Float, nullable=False),
    Column("code", String, nullable=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Index("happened_entry", "entry"),
    Index("happened_time", "time"),
    sqlite_autoincrement=True,
)
"""What happened to entries: only ever added to, and gone with its entry."""

owing = Table(
    "owing",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("token", String, nullable=False),
)
"""Tenants of whom passages may be in the index whose rows were erased."""
