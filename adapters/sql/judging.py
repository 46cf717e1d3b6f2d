"""What people say of the answers that they were given."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, or_, select, update

from adapters.ports import User
from adapters.ports.ledger import DISAPPROVED, LIVING, Entry, Move, named
from adapters.sql.database import Database
from adapters.sql.entering import enter, moved
from adapters.sql.ledger_tables import candidates, written
from adapters.sql.schema import Prepared, evidence, people

_PERSON = select(people.c.id).where(people.c.tenant == bindparam("in_tenant"), people.c.user_id == bindparam("as_user"))
_OF = {
    table: (table.c.tenant == bindparam("in_tenant"), column == bindparam("of_exchange"),
            or_(table.c.person == _PERSON.scalar_subquery(),
                table.c.person.is_(None) & bindparam("as_user").is_(None)))
    for table, column in ((candidates, candidates.c.id), (written, written.c.exchange))
}  # fmt: skip
_APPROVE = tuple(Prepared(update(table).where(*of).values(approved=True)) for table, of in _OF.items())
_DROP = Prepared(delete(candidates).where(*_OF[candidates]).returning(candidates.c.person))
_LIVES_NOW = or_(*(written.c.state == state for state in LIVING))
_LIVES = Prepared(select(written.c.id, written.c.state).where(*_OF[written], _LIVES_NOW))


class SqlJudging:
    """Fulfils Judging."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def judge(self, tenant: str, exchange: str, user: User | None, good: bool) -> bool:
        """Keep what the person says of the answer of an exchange. Raises AdapterError."""
        values = {"in_tenant": tenant, "of_exchange": exchange, "as_user": user.id if user else None}
        return await self._database.write(partial(_approve if good else _disapprove, values=values))

    async def approved(self) -> Sequence[str]:
        """The ids of entries in quarantine that their person approved of. Raises AdapterError."""
        said = or_(written.c.approved.is_(True), _heard("approval"))
        wanted = select(written.c.id).where(written.c.state == "quarantine", said)
        return await self._database.query(partial(_ids, wanted=wanted))

    async def disapproved(self) -> Sequence[str]:
        """The ids of living entries that their person corrected in the chat. Raises AdapterError."""
        wanted = select(written.c.id).where(_LIVES_NOW, _heard("disapproval"))
        return await self._database.query(partial(_ids, wanted=wanted))


def _heard(column: str) -> Any:
    return exists().where(evidence.c.person == written.c.person, evidence.c.event == written.c[column])


def _ids(connection: Connection, wanted: Select[Any]) -> list[str]:
    return list(connection.execute(wanted).scalars())


def _approve(connection: Connection, values: dict[str, Any]) -> bool:
    return any([each.run(connection, **values).rowcount > 0 for each in _APPROVE])


def _disapprove(connection: Connection, values: dict[str, Any]) -> bool:
    """What waits is settled: whoever checks it just now finds it gone."""
    tenant, exchange, now = values["in_tenant"], values["of_exchange"], time.time()
    waiting = _DROP.run(connection, **values).fetchone()
    if waiting is not None:
        entry = Entry(named(tenant, exchange), tenant, "rejected", DISAPPROVED, created=now, changed=now)
        enter(connection, entry, waiting[0], False)
    moves = [Move(id, state, "rejected", DISAPPROVED) for id, state in _LIVES.run(connection, **values).fetchall()]
    return bool(moved(connection, moves)) or waiting is not None
