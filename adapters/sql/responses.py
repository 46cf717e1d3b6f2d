"""Responses that a later request may name."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from adapters.memory.kept import clean
from adapters.ports import Bounds, StoredResponse, User
from adapters.ports.stored import DAY
from adapters.sql.changes import ROW, who
from adapters.sql.database import Database
from adapters.sql.erasure import BORN
from adapters.sql.schema import Prepared, insert, people, responses

_FIELDS = (
    "id", "tenant", "owner", "model", "previous", "created", "inputs", "outputs", "body", "said", "answer",
    "conversation", "marks", "place",
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
_WHOLE = responses.c.size > 0
_ORDER: Mapping[str, Any] = {"partition_by": _WHOLE, "order_by": responses.c.seq.desc()}
_AGES = (
    select(
        responses.c.seq,
        responses.c.size,
        func.row_number().over(**_ORDER).label("age"),
        func.sum(responses.c.size).over(**_ORDER).label("bytes"),
    )
    .where(*_OF)
    .subquery()
)
_MANY = (_AGES.c.age > bindparam("most")) | (_AGES.c.bytes > bindparam("room"))
_TRIM = Prepared(
    delete(responses).where(
        responses.c.seq.in_(
            select(_AGES.c.seq).where(
                case((_AGES.c.size > 0, _MANY), else_=_AGES.c.age > bindparam("owned"))
            )
        )
    )
)
_SOFT = 16
"""Looking for what is too much is put off until a sixteenth of it has come since the last time."""
_OWNERS = 10_000
_EXPIRE_SECONDS = 60.0
_NEVER = 1 << 30


class SqlResponses:
    """Fulfils ResponseStore."""

    def __init__(self, database: Database, bounds: Bounds) -> None:
        self._database = database
        self._bounds = bounds
        self._grown: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._expired = float("-inf")

    async def keep(self, response: StoredResponse, user: User | None) -> bool:
        """Keep a response, and forget what is beyond the bounds. Raises AdapterError."""
        kept = self._bounds.of(response)
        if kept is None:
            return False
        values = {f"the_{name}": getattr(kept, name) for name in _FIELDS}
        values |= {"the_size": kept.size if kept.whole else 0, "the_created": time.time()}
        values |= {"the_marks": " ".join(kept.marks)}
        values = {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}
        trim = self._trim(kept, user is not None)
        return await self._database.write(partial(_keep, user=user, values=values, old=self._old(), trim=trim))

    def _trim(self, kept: StoredResponse, person: bool) -> dict[str, Any] | None:
        """What an owner may have, where it is time to look."""
        most, room, owned = self._bounds.most(person)
        owner = (kept.tenant, kept.owner)
        count, size = self._grown.pop(owner, (_NEVER, 0))
        count, size = count + 1, size + kept.size
        due = count > (most if kept.whole else owned) // _SOFT or size > room // _SOFT
        self._grown[owner] = (0, 0) if due else (count, size)
        if len(self._grown) > _OWNERS:
            self._grown.popitem(last=False)
        named = {"in_tenant": kept.tenant, "of_owner": kept.owner, "most": most, "room": room, "owned": owned}
        return named if due else None

    def _old(self) -> dict[str, float] | None:
        """Since when it is too old what is kept, where it is time to look."""
        now = time.monotonic()
        if now - self._expired < min(_EXPIRE_SECONDS, self._bounds.days * DAY / _SOFT):
            return None
        self._expired = now
        return _since(self._bounds)

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


def _keep(connection: Connection, user: User | None, values: Mapping[str, Any], old: Mapping[str, float] | None,
          trim: Mapping[str, Any] | None) -> bool:  # fmt: skip
    person, now = None, values["the_created"]
    if user is not None:
        BORN.run(connection, **who(user), now=now)
        person, epoch, *_ = ROW.run(connection, **who(user)).fetchone()
        if user.epoch is not None and user.epoch < epoch:
            return False
        _SEEN.run(connection, of_person=person, now=now)
    if old:
        _EXPIRE.run(connection, **old)
    _KEEP.run(connection, **values, the_person=person)
    if trim:
        _TRIM.run(connection, **trim)
    return True


def _drop(connection: Connection, tenant: str, id: str) -> int:
    return int(_DROP.run(connection, in_tenant=tenant, sought=id).rowcount)
