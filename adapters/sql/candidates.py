"""Answers that wait to be checked: bounded per tenant, leased as jobs are (see `outbox`), and settled in one
transaction with what became of them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from adapters.memory.kept import Bell, clean
from adapters.ports import User
from adapters.ports.ledger import Entry, Move, Shown, Waiting
from adapters.sql.changes import ROW, who
from adapters.sql.database import Database
from adapters.sql.entering import enter, moved
from adapters.sql.erasure import BORN
from adapters.sql.ledger_tables import candidates
from adapters.sql.schema import Prepared, insert, people

_TEXTS = ("question", "answer", "conversation", "approval", "disapproval")
_FREE = or_(candidates.c.due <= bindparam("now"), candidates.c.since > bindparam("now"))
_THIS = (
    candidates.c.tenant == bindparam("in_tenant"), candidates.c.id == bindparam("sought"),
    candidates.c.tries == bindparam("tried"),
)  # fmt: skip

_COUNT = Prepared(select(func.count()).select_from(candidates).where(candidates.c.tenant == bindparam("in_tenant")))
_NOTE = Prepared(
    insert(candidates)
    .values(id=bindparam("the_id"), tenant=bindparam("in_tenant"), person=bindparam("of_person"),
            question=bindparam("the_question"), answer=bindparam("the_answer"), shown=bindparam("the_shown"),
            conversation=bindparam("the_conversation"), approval=bindparam("the_approval"),
            disapproval=bindparam("the_disapproval"), approved=False, time=bindparam("at"), due=bindparam("now"),
            since=bindparam("now"), tries=0, leased=0)
    .on_conflict_do_nothing()
)
_SEEN = Prepared(update(people).where(people.c.id == bindparam("of_person")).values(seen=bindparam("at"), erased=None))
_ANY_DUE = Prepared(select(candidates.c.seq).where(_FREE).limit(1))
_DUE = Prepared(
    select(*(candidates.c[name] for name in ("id", "tenant", *_TEXTS, "shown", "time", "seq")),
           candidates.c.tries + candidates.c.leased, people.c.user_id)
    .join(people, people.c.id == candidates.c.person, isouter=True)
    .where(_FREE)
    .order_by(candidates.c.due, candidates.c.seq)
    .limit(bindparam("most"))
)
_LEASE = Prepared(
    update(candidates)
    .where(candidates.c.seq == bindparam("row"))
    .values(tries=bindparam("tried"), due=bindparam("until"), since=bindparam("now"), leased=1)
)
_CLOSE = Prepared(delete(candidates).where(*_THIS).returning(candidates.c.person, candidates.c.approved))
_RETRY = Prepared(
    update(candidates)
    .where(*_THIS)
    .values(tries=candidates.c.tries + bindparam("more"), due=bindparam("until"), since=bindparam("now"), leased=0)
)


class SqlCandidates:
    """Fulfils Candidates."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = Bell()

    async def note(self, waiting: Waiting, most: int) -> bool:
        """Keep it; returns after the commit. Raises AdapterError."""
        shown = json.dumps([[number, *map(clean, names), said] for number, *names, said in waiting.shown])
        values: dict[str, Any] = {f"the_{name}": clean(getattr(waiting, name)) for name in ("id", *_TEXTS)}
        values |= {"the_shown": shown, "in_tenant": waiting.tenant, "at": waiting.time}
        kept = await self._database.write(partial(_note, user=waiting.user, values=values, most=most))
        if kept:
            self._bell.ring()
        return kept

    async def claim(self, limit: int, lease: float) -> Sequence[Waiting]:
        """Those that are due; one whose lease ran out counts as tried once more. Raises AdapterError."""
        await self._database.ready()
        if not self._database.fetch(_ANY_DUE, now=time.monotonic()):
            return []
        return await self._database.write(partial(_claim, limit=limit, lease=lease))

    async def settle(self, waiting: Waiting, entry: Entry | None, moves: Sequence[Move] = ()) -> bool:
        """Forget the answer, keep what it became, move others. Raises AdapterError."""
        return await self._database.write(partial(_settle, waiting=waiting, entry=entry, moves=tuple(moves)))

    async def retry(self, waiting: Waiting, delay: float, tried: bool = True) -> None:
        """Give it back. Raises AdapterError."""
        now = time.monotonic()
        values = {**_this(waiting), "now": now, "until": now + delay, "more": int(tried)}
        await self._database.write(lambda connection: _RETRY.run(connection, **values) and None)

    async def wait(self, timeout: float) -> None:
        """Return when this process noted one, or after `timeout` seconds."""
        await self._bell.wait(timeout)


def _this(waiting: Waiting) -> dict[str, Any]:
    return {"in_tenant": waiting.tenant, "sought": waiting.id, "tried": waiting.tries}


def _note(connection: Connection, user: User | None, values: dict[str, Any], most: int) -> bool:
    person = None
    if user is not None:
        BORN.run(connection, **who(user), now=values["at"])
        person, epoch, *_ = ROW.run(connection, **who(user)).fetchone()
        if user.epoch is not None and user.epoch < epoch:
            return False
    if _COUNT.run(connection, in_tenant=values["in_tenant"]).fetchone()[0] >= most:
        return False
    if person is not None:
        _SEEN.run(connection, of_person=person, at=values["at"])
    _NOTE.run(connection, **values, of_person=person, now=time.monotonic())
    return True


def _claim(connection: Connection, limit: int, lease: float) -> list[Waiting]:
    now, found = time.monotonic(), []
    for id, tenant, question, answer, conversation, approval, disapproval, shown, at, row, tries, person in _DUE.run(
        connection, now=now, most=limit
    ).fetchall():
        _LEASE.run(connection, row=row, tried=tries, until=now + lease, now=now)
        user = User(person, tenant) if person else None
        passages = tuple(Shown(*each) for each in json.loads(shown))
        found.append(Waiting(id, tenant, question, answer, passages, conversation, at, user, approval, tries,
                             disapproval))  # fmt: skip
    return found


def _settle(connection: Connection, waiting: Waiting, entry: Entry | None, moves: Sequence[Move]) -> bool:
    closed = _CLOSE.run(connection, **_this(waiting)).fetchone()
    if closed is None:
        return False
    if entry is not None:
        enter(connection, entry, closed[0], bool(closed[1]))
    moved(connection, moves)
    return True
