"""Reading a person on the way of a request, and keeping what is learnt of one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import Any, cast, get_args

from sqlalchemy import Connection, bindparam, func, select

from adapters.memory.kept import LATELY, PENDING, RECENT, clean_evidence, pack, unpack
from adapters.ports import Evidence, EvidenceKind, Person, Profile, User
from adapters.sql.changes import GIVEN, ROW, Kept, keep, make_newest, who
from adapters.sql.database import Database
from adapters.sql.recent import Row
from adapters.sql.schema import Prepared, evidence, versions

_FIELDS = (*GIVEN, "seq")
_LOOKUPS = 200
"""Events of one call that are looked up before writing; above that the transaction finds out by itself."""

_BODY = Prepared(
    select(versions.c.body).where(
        versions.c.person == bindparam("of_person"), versions.c.version == bindparam("wanted")
    )
)
_PENDING = Prepared(
    select(*(evidence.c[name] for name in _FIELDS))
    .where(evidence.c.person == bindparam("of_person"), evidence.c.seq > bindparam("after"))
    .order_by(evidence.c.seq)
    .limit(PENDING)
)
_SINCE = Prepared(
    select(*(evidence.c[name] for name in _FIELDS))
    .where(evidence.c.person == bindparam("of_person"), evidence.c.seq > bindparam("after"))
    .order_by(evidence.c.seq)
    .limit(bindparam("most"))
)
_RECENT = Prepared(
    select(evidence.c.event)
    .where(evidence.c.person == bindparam("of_person"))
    .order_by(evidence.c.seq.desc())
    .limit(RECENT)
)
_AMONG = (
    select(evidence.c.seq)
    .where(evidence.c.person == bindparam("of_person"))
    .order_by(evidence.c.seq.desc())
    .offset(LATELY - 1)
    .limit(1)
)
_KINDS = tuple(f"kind_{place}" for place, _ in enumerate(get_args(EvidenceKind)))
# The index on (person, seq) serves it: the few newest events are looked at, backwards, and no sort is needed.
_LATEST = Prepared(
    select(*(evidence.c[name] for name in _FIELDS))
    .where(
        evidence.c.person == bindparam("of_person"),
        evidence.c.seq >= func.coalesce(_AMONG.scalar_subquery(), 0),
        evidence.c.kind.in_([bindparam(name) for name in _KINDS]),
        evidence.c.text != "",
    )
    .order_by(evidence.c.seq.desc())
    .limit(bindparam("most"))
)
_BY_EVENT = Prepared(
    select(evidence.c.seq).where(evidence.c.person == bindparam("of_person"), evidence.c.event == bindparam("sought"))
)
_BY_DIGEST = Prepared(
    select(evidence.c.seq)
    .where(evidence.c.person == bindparam("of_person"), evidence.c.digest == bindparam("sought"))
    .limit(1)
)


class SqlUsers:
    """Fulfils UserStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, user: User) -> Person:
        """The newest profile and the oldest 64 events that are not in it, from memory if the row has not moved.

        The row is read each time, so what another process learnt or erased is seen at once. Raises AdapterError.
        """
        await self._database.ready()
        remembered = self._database.remembered.people
        known = remembered.get(user)
        row = self._row(user)
        if row is None:
            return Person()
        if known is not None and known[0] == row:
            return known[1]
        return self._read(user)

    def _row(self, user: User) -> Row | None:
        rows = self._database.fetch(ROW, **who(user))
        return cast(Row, rows[0]) if rows else None

    def _read(self, user: User) -> Person:
        with self._database.snapshot() as reader:
            row = ROW.run(reader, **who(user)).fetchone()
            person, epoch, version, watermark, _ = row
            body = _BODY.run(reader, of_person=person, wanted=version).fetchone()
            pending = _PENDING.run(reader, of_person=person, after=watermark).fetchall()
            recent = _RECENT.run(reader, of_person=person).fetchall()
        profile = unpack(body[0]) if body else Profile(epoch=epoch)
        ids = tuple(event for (event,) in reversed(recent))
        found = Person(profile, tuple(_evidence(values) for values in pending), ids)
        weight = len(body[0]) if body else 0
        weight += sum(len(item.text) + len(item.context) + 500 for item in found.pending)
        self._database.remembered.people.put(user, (row, found), weight)
        return found

    async def latest(self, user: User, kinds: Sequence[EvidenceKind], limit: int) -> Sequence[Evidence]:
        """The newest events of these kinds, in one short read. Raises AdapterError."""
        await self._database.ready()
        row = self._row(user)
        if row is None or not kinds or limit < 1:
            return ()
        wanted = dict(zip(_KINDS, (*dict.fromkeys(kinds), *repeat(kinds[0], len(_KINDS))), strict=False))
        found = self._database.fetch(_LATEST, of_person=row[0], most=limit, **wanted)
        return tuple(_evidence(values) for values in reversed(found))

    async def append(self, user: User, evidence: Sequence[Evidence]) -> int:
        """Keep what is new, with a job for it, in one transaction; returns how many events were new, once committed.

        A call of nothing but known events writes nothing. Words said under an epoch before the last erasure are
        dropped; a user without an epoch speaks under that of this moment. An event that is not `fresh` and has no
        digest is told from others by its event id alone. Raises AdapterError.
        """
        await self._database.ready()
        row = self._row(user)
        person, current = (row[0], row[1]) if row else (0, 0)
        said = current if user.epoch is None else user.epoch
        if said < current:
            return 0
        events = self._database.remembered.events
        cleaned = clean_evidence(evidence)
        unknown = [item for item in cleaned if (user, said, item.event, item.fresh) not in events]
        new = self._unseen(person, unknown) if person else unknown
        count = 0
        if new:
            now = time.time()
            rows = [{**{f"the_{name}": getattr(item, name) for name in GIVEN}, "the_created": now} for item in new]
            kept = await self._database.write(partial(keep, user=user, epoch=said, rows=rows))
            count = kept.new
            self._remember(user, kept, new)
        for item in unknown:
            events.put((user, said, item.event, item.fresh), None, len(item.event))
        if count:
            self._database.appended.ring()
        return count

    def _remember(self, user: User, kept: Kept, new: Sequence[Evidence]) -> None:
        """Bring what is remembered of the person up to the row as it is now, which spares the next `load` the reads."""
        known = self._database.remembered.people.get(user)
        if known is None or known[0] != kept.before or kept.new != len(new):
            return
        # One transaction numbers its rows without gaps.
        first = kept.after[-1] - kept.new + 1
        added = tuple(replace(item, seq=first + place) for place, item in enumerate(new))
        profile, pending = known[1].profile, (*known[1].pending, *added)[:PENDING]
        found = Person(profile, pending, (*known[1].recent, *(item.event for item in added))[-RECENT:])
        weight = 1000 + 500 * len(profile.claims) + sum(len(item.text) + len(item.context) + 500 for item in pending)
        self._database.remembered.people.put(user, (kept.after, found), weight)

    def _unseen(self, person: int, asked: Sequence[Evidence]) -> list[Evidence]:
        """What may be new: a client that resends its history must not cost a write. Fresh events mostly are new, so
        they are not looked up; the transaction finds out."""
        if len(asked) > _LOOKUPS or all(item.fresh for item in asked):
            return list(asked)
        with self._database.reading() as reader:
            return [item for item in asked if item.fresh or not _is_kept(reader, person, item)]

    async def since(self, user: User, seq: int, limit: int) -> Sequence[Evidence]:
        """The events beyond `seq`, the oldest first, as they are now. Raises AdapterError."""
        await self._database.ready()
        row = self._row(user)
        rows = self._database.fetch(_SINCE, of_person=row[0], after=seq, most=limit) if row else []
        return [_evidence(values) for values in rows]

    async def publish(self, user: User, profile: Profile) -> bool:
        """Make the profile the newest, if it follows the stored one; the newest 50 versions are kept.

        Raises AdapterError, also for a number that JSON lacks (NaN).
        """
        body = pack(profile)
        row = await self._database.write(partial(make_newest, user=user, profile=profile, body=body))
        if row is not None:
            self._follow(user, row, body)
        return row is not None

    def _follow(self, user: User, row: Row, body: str) -> None:
        """Bring what is remembered of the person up to a version made here, so that the next request reads nothing."""
        known = self._database.remembered.people.get(user)
        if known is None or known[0][2] + 1 != row[2] or known[0][4] != row[4] or len(known[1].pending) >= PENDING:
            return
        pending = tuple(item for item in known[1].pending if item.seq > row[3])
        weight = len(body) + sum(len(item.text) + len(item.context) + 500 for item in pending)
        self._database.remembered.people.put(user, (row, Person(unpack(body), pending, known[1].recent)), weight)


def _evidence(values: Sequence[Any]) -> Evidence:
    named = dict(zip(_FIELDS, values, strict=True))
    return Evidence(**{**named, "fresh": bool(named["fresh"])})


def _is_kept(connection: Connection, person: int, item: Evidence) -> bool:
    if _BY_EVENT.run(connection, of_person=person, sought=item.event).fetchone():
        return True
    by_digest = not item.fresh and item.digest
    return bool(by_digest and _BY_DIGEST.run(connection, of_person=person, sought=item.digest).fetchone())
