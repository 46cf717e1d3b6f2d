"""The ledger of what models wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select, text

from adapters.ports.ledger import BY_HAND, Entry, Event, Move, State
from adapters.sql.entering import moved
from adapters.sql.judging import SqlJudging
from adapters.sql.ledger_tables import happened, owing, written
from adapters.sql.schema import Prepared, people

_FIELDS = ("id", "tenant", "state", "reason", "question", "answer", "title", "roots", "exchange", "conversation",
           "approval", "disapproval", "created", "changed")  # fmt: skip
_ACCEPTED = select(func.count()).select_from(written).where(text("written.exchange <> ''"))
_PAID = Prepared(delete(owing).where(owing.c.tenant == bindparam("in_tenant"), owing.c.token == bindparam("by")))
_ENDED: tuple[State, ...] = ("expired", "withdrawn", "rolled_back", "rejected")
AT_ONCE = 5_000
"""Entries that are forgotten at a time: others write in between."""


class SqlLedger(SqlJudging):
    """Fulfils Ledger."""

    async def entries(self, tenant: str | None = None, states: Sequence[State] = (),
                      reasons: Sequence[str] = ()) -> Sequence[Entry]:  # fmt: skip
        """The entries of a tenant in these states, oldest first. Raises AdapterError."""
        wanted = [written.c.tenant == tenant] if tenant is not None else []
        wanted += [written.c.state.in_(states)] if states else []
        wanted += [written.c.reason.in_(reasons)] if reasons else []
        return await self._database.query(lambda connection: entries(connection, *wanted))

    async def tenants(self, states: Sequence[State] = ()) -> Sequence[str]:
        """Who has entries in these states. Raises AdapterError."""
        return await self._database.query(partial(_tenants, states=tuple(states)))

    async def accepted(self, tenant: str, since: float) -> int:
        """How many answers of a tenant were accepted from then on. Raises AdapterError."""
        wanted = _ACCEPTED.where(written.c.tenant == tenant, written.c.created >= since)
        return await self._database.query(lambda connection: int(connection.execute(wanted).scalar_one()))

    async def move(self, moves: Sequence[Move]) -> int:
        """Make the changes that can be made; how many. Raises AdapterError."""
        return await self._database.write(partial(moved, moves=tuple(moves))) if moves else 0

    async def events(self, tenant: str, since: float = 0.0, of: Sequence[str] = ()) -> Sequence[Event]:
        """What happened to the tenant's entries from then on, oldest first. Raises AdapterError."""
        return await self._database.query(partial(_events, tenant=tenant, since=since, of=tuple(of)))

    async def purge(self, rejected: float, ended: float) -> int:
        """Forget what was rejected before the one time, or ended before the other. Raises AdapterError."""
        return await self._database.write(partial(_purge, rejected=rejected, ended=ended))

    async def owed(self) -> Mapping[str, str]:
        """Tenants of whom passages must leave the index. Raises AdapterError."""
        return await self._database.query(_owed)

    async def paid(self, tenant: str, token: str) -> None:
        """They left. Raises AdapterError."""
        await self._database.write(lambda connection: _PAID.run(connection, in_tenant=tenant, by=token) and None)


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


def _owed(connection: Connection) -> dict[str, str]:
    return {tenant: token for tenant, token in connection.execute(select(owing.c.tenant, owing.c.token))}


def _tenants(connection: Connection, states: Sequence[State]) -> list[str]:
    wanted = select(written.c.tenant).distinct()
    return list(connection.execute(wanted.where(written.c.state.in_(states)) if states else wanted).scalars())


def _events(connection: Connection, tenant: str, since: float, of: Sequence[str]) -> list[Event]:
    wanted = select(*(happened.c[name] for name in Event._fields)).join(written).where(
        written.c.tenant == tenant, happened.c.time >= since, *([happened.c.entry.in_(of)] if of else [])
    )
    return [Event(*row) for row in connection.execute(wanted.order_by(happened.c.seq))]


def _purge(connection: Connection, rejected: float, ended: float) -> int:
    refused = and_(written.c.state == "rejected", written.c.reason != BY_HAND, written.c.changed < rejected)
    over = and_(written.c.state.in_(_ENDED), written.c.changed < ended)
    gone = list(connection.execute(select(written.c.id).where(or_(refused, over)).limit(AT_ONCE)).scalars())
    for table, column in ((happened, happened.c.entry), (written, written.c.id)):
        for start in range(0, len(gone), 500):
            connection.execute(delete(table).where(column.in_(gone[start : start + 500])))
    return len(gone)
