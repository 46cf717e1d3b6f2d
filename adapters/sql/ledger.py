"""The ledger of what models wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, or_, select, update

from adapters.ports.ledger import Entry, Event, Move, State
from adapters.sql.database import Database
from adapters.sql.entering import moved
from adapters.sql.ledger_tables import candidates, happened, written
from adapters.sql.schema import Prepared, evidence, people

_FIELDS = ("id", "tenant", "state", "reason", "question", "answer", "title", "roots", "exchange", "conversation",
           "approval", "created", "changed")  # fmt: skip
_OF_EXCHANGE = tuple(
    Prepared(
        update(table)
        .where(table.c.tenant == bindparam("in_tenant"), column == bindparam("of_exchange"))
        .values(approved=True)
    )
    for table, column in ((candidates, candidates.c.id), (written, written.c.exchange))
)
_APPROVED = (
    select(written.c.id)
    .where(written.c.state == "quarantine")
    .where(or_(written.c.approved.is_(True),
               exists().where(evidence.c.person == written.c.person, evidence.c.event == written.c.approval)))
)  # fmt: skip
_NEVER_ACCEPTED = (written.c.state == "rejected", written.c.answer == "", written.c.changed < bindparam("latest"))


class SqlLedger:
    """Fulfils Ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, tenant: str | None = None, states: Sequence[State] = ()) -> Sequence[Entry]:
        """The entries of a tenant in these states, oldest first. Raises AdapterError."""
        return await self._database.query(partial(_entries, tenant=tenant, states=tuple(states)))

    async def move(self, moves: Sequence[Move]) -> int:
        """Make the changes that can be made; how many. Raises AdapterError."""
        return await self._database.write(partial(moved, moves=tuple(moves))) if moves else 0

    async def events(self, tenant: str, first: bool = False, since: float = 0.0) -> Sequence[Event]:
        """What happened to the tenant's entries from then on, oldest first. Raises AdapterError."""
        return await self._database.query(partial(_events, tenant=tenant, first=first, since=since))

    async def approve(self, tenant: str, exchange: str) -> bool:
        """The person approved of the answer of an exchange. Raises AdapterError."""
        values = {"in_tenant": tenant, "of_exchange": exchange}
        return await self._database.write(
            lambda connection: sum(each.run(connection, **values).rowcount for each in _OF_EXCHANGE) > 0
        )

    async def approved(self) -> Sequence[str]:
        """The ids of entries in quarantine that their person approved of. Raises AdapterError."""
        return await self._database.query(lambda connection: list(connection.execute(_APPROVED).scalars()))

    async def purge(self, before: float) -> int:
        """Forget what was rejected before that without ever being accepted. Raises AdapterError."""
        return await self._database.write(partial(_purge, before=before))


def entries(connection: Connection, *wanted: ColumnElement[bool]) -> list[Entry]:
    """The entries that fulfil all of these conditions, oldest first."""
    query = (
        select(*(written.c[name] for name in _FIELDS), people.c.user_id)
        .join(people, people.c.id == written.c.person, isouter=True)
        .where(*wanted)
        .order_by(written.c.seq)
    )
    return [_entry(dict(row)) for row in connection.execute(query).mappings()]


def _entry(row: dict[str, Any]) -> Entry:
    roots, person = json.loads(row.pop("roots")), row.pop("user_id")
    return Entry(**row, person=person, roots=tuple((source, digest) for source, digest in roots))


def _entries(connection: Connection, tenant: str | None, states: Sequence[State]) -> list[Entry]:
    wanted = [written.c.tenant == tenant] if tenant is not None else []
    return entries(connection, *wanted, *([written.c.state.in_(states)] if states else []))


def _events(connection: Connection, tenant: str, first: bool, since: float) -> list[Event]:
    wanted = select(*(happened.c[name] for name in Event._fields)).join(written).where(
        written.c.tenant == tenant, happened.c.time >= since, *([happened.c.before.is_(None)] if first else [])
    )
    return [Event(*row) for row in connection.execute(wanted.order_by(happened.c.seq))]


def _purge(connection: Connection, before: float) -> int:
    gone = select(written.c.id).where(*_NEVER_ACCEPTED)
    connection.execute(delete(happened).where(happened.c.entry.in_(gone)), {"latest": before})
    return connection.execute(delete(written).where(*_NEVER_ACCEPTED), {"latest": before}).rowcount
