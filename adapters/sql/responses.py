"""Responses that a later request may name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from adapters.memory.kept import Bounds, clean
from adapters.ports import StoredResponse, User
from adapters.sql.changes import ROW, who
from adapters.sql.database import Database
from adapters.sql.erasure import BORN
from adapters.sql.schema import Prepared, insert, people, responses

_FIELDS = (
    "id", "tenant", "owner", "model", "previous", "created", "inputs", "outputs", "body", "said", "answer",
    "conversation", "marks",
)  # fmt: skip
_THIS = (responses.c.tenant == bindparam("in_tenant"), responses.c.id == bindparam("sought"))
_OLD = (responses.c.created <= bindparam("since")) & (
    (responses.c.body != b"") | (responses.c.created <= bindparam("owned_since"))
)

_FIND = Prepared(
    select(*(responses.c[name] for name in _FIELDS)).where(*_THIS, ~_OLD)
)
_DROP = Prepared(delete(responses).where(*_THIS))
_KEEP = Prepared(
    insert(responses)
    .values({name: bindparam(f"the_{name}", type_=responses.c[name].type) for name in (*_FIELDS, "person", "size")})
    .on_conflict_do_nothing()
)
_SEEN = Prepared(update(people).where(people.c.id == bindparam("of_person")).values(seen=bindparam("now"), erased=None))
_EXPIRE = Prepared(delete(responses).where(_OLD))
_OF = (responses.c.tenant == bindparam("in_tenant"), responses.c.owner == bindparam("of_owner"))
_AGES = (
    select(
        responses.c.seq,
        func.row_number().over(order_by=responses.c.seq.desc()).label("age"),
        func.sum(responses.c.size).over(order_by=responses.c.seq.desc()).label("bytes"),
    )
    .where(*_OF)
    .subquery()
)
_TRIM = Prepared(
    delete(responses).where(
        responses.c.seq.in_(
            select(_AGES.c.seq).where((_AGES.c.age > bindparam("most")) | (_AGES.c.bytes > bindparam("room")))
        )
    )
)


class SqlResponses:
    """Fulfils ResponseStore."""

    def __init__(self, database: Database, bounds: Bounds) -> None:
        self._database = database
        self._bounds = bounds

    async def keep(self, response: StoredResponse, user: User | None) -> bool:
        """Keep a response, and forget what is beyond the bounds. Raises AdapterError."""
        kept = self._bounds.of(response)
        if kept is None:
            return False
        values = {f"the_{name}": getattr(kept, name) for name in _FIELDS}
        values |= {"the_size": kept.size, "the_created": time.time(), "the_marks": " ".join(kept.marks)}
        values = {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}
        return await self._database.write(partial(_keep, user=user, values=values, bounds=self._bounds))

    async def find(self, tenant: str, id: str) -> StoredResponse | None:
        """The response, while it is not too old. Raises AdapterError."""
        await self._database.ready()
        rows = self._database.fetch(_FIND, in_tenant=tenant, sought=clean(id), **_since(self._bounds))
        if not rows:
            return None
        named = dict(zip(_FIELDS, rows[0], strict=True))
        return StoredResponse(**{**named, "marks": tuple(named["marks"].split())})

    async def drop(self, tenant: str, id: str) -> bool:
        """Forget a response. Raises AdapterError."""
        return bool(await self._database.write(partial(_drop, tenant=tenant, id=clean(id))))


def _since(bounds: Bounds) -> dict[str, float]:
    return {"since": bounds.since(True), "owned_since": bounds.since(False)}


def _keep(connection: Connection, user: User | None, values: Mapping[str, Any], bounds: Bounds) -> bool:
    person, now = None, values["the_created"]
    if user is not None:
        BORN.run(connection, **who(user), now=now)
        person, epoch, *_ = ROW.run(connection, **who(user)).fetchone()
        if user.epoch is not None and user.epoch < epoch:
            return False
        _SEEN.run(connection, of_person=person, now=now)
    _EXPIRE.run(connection, **_since(bounds))
    _KEEP.run(connection, **values, the_person=person)
    _TRIM.run(connection, in_tenant=values["the_tenant"], of_owner=values["the_owner"], most=bounds.responses,
              room=bounds.total)
    return True


def _drop(connection: Connection, tenant: str, id: str) -> int:
    return int(_DROP.run(connection, in_tenant=tenant, sought=id).rowcount)
