"""Reading a person on the way of a request, and keeping what is learnt of one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update

from adapters.memory.kept import KEPT_VERSIONS, PENDING, RECENT, clean_evidence, live_claims, pack, unpack
from adapters.ports import Evidence, Person, Profile, User
from adapters.sql.database import Database
from adapters.sql.erasure import BORN
from adapters.sql.recent import Row
from adapters.sql.schema import Prepared, evidence, insert, jobs, people, versions

_GIVEN = ("event", "kind", "text", "author", "context", "digest", "fresh", "time", "profile_version")
_FIELDS = (*_GIVEN, "seq")
_COLUMNS = (*_GIVEN, "created")
_LOOKUPS = 200
"""Events of one call that are looked up before writing; above that the transaction finds out by itself."""

_ROW = Prepared(
    select(people.c.id, people.c.epoch, people.c.version, people.c.watermark, people.c.last_seq).where(
        people.c.tenant == bindparam("in_tenant"), people.c.user_id == bindparam("as_user")
    )
)
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
_RECENT = Prepared(
    select(evidence.c.event)
    .where(evidence.c.person == bindparam("of_person"))
    .order_by(evidence.c.seq.desc())
    .limit(RECENT)
)
_BY_EVENT = Prepared(
    select(evidence.c.seq).where(evidence.c.person == bindparam("of_person"), evidence.c.event == bindparam("sought"))
)
_BY_DIGEST = Prepared(
    select(evidence.c.seq)
    .where(evidence.c.person == bindparam("of_person"), evidence.c.digest == bindparam("sought"))
    .limit(1)
)
_KEEP = Prepared(
    insert(evidence)
    .from_select(
        ["person", *_COLUMNS],
        select(
            bindparam("of_person", type_=evidence.c.person.type),
            *(bindparam(f"the_{name}", type_=evidence.c[name].type) for name in _COLUMNS),
        ).where(
            or_(
                bindparam("the_fresh", type_=evidence.c.fresh.type),
                bindparam("the_digest", type_=evidence.c.digest.type) == "",
                ~exists().where(
                    evidence.c.person == bindparam("of_person"), evidence.c.digest == bindparam("the_digest")
                ),
            )
        ),
    )
    .on_conflict_do_nothing(index_elements=["person", "event"])
)
_SEEN = Prepared(
    update(people)
    .where(people.c.id == bindparam("of_person"))
    .values(
        last_seq=select(func.max(evidence.c.seq)).where(evidence.c.person == bindparam("of_person")).scalar_subquery(),
        seen=bindparam("now"),
        erased=None,
    )
)
OPEN_JOB = Prepared(
    insert(jobs)
    .values(person=bindparam("of_person"), due=bindparam("at"), since=bindparam("at"), tries=0, leased=0)
    .on_conflict_do_nothing()
)
_MOVE = Prepared(
    update(people)
    .where(
        people.c.tenant == bindparam("in_tenant"),
        people.c.user_id == bindparam("as_user"),
        people.c.epoch == bindparam("in_epoch"),
        people.c.version == bindparam("before"),
    )
    .values(
        version=bindparam("next"),
        watermark=bindparam("upto"),
        claims=bindparam("live"),
        seen=func.coalesce(func.nullif(people.c.seen, 0.0), bindparam("now")),
        erased=None,
    )
    .returning(people.c.id)
)
_VERSION = Prepared(
    insert(versions).values(
        person=bindparam("of_person"), version=bindparam("next"), created=bindparam("now"), body=bindparam("json")
    )
)
_TRIM = Prepared(
    delete(versions).where(versions.c.person == bindparam("of_person"), versions.c.version <= bindparam("last"))
)


def _who(user: User) -> dict[str, str]:
    return {"in_tenant": user.tenant, "as_user": user.id}


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
        rows = self._database.fetch(_ROW, **_who(user))
        return cast(Row, rows[0]) if rows else None

    def _read(self, user: User) -> Person:
        with self._database.snapshot() as reader:
            row = _ROW.run(reader, **_who(user)).fetchone()
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
            rows = [{**{f"the_{name}": getattr(item, name) for name in _GIVEN}, "the_created": now} for item in new]
            count = await self._database.write(partial(_append, user=user, epoch=said, rows=rows))
        for item in unknown:
            events.put((user, said, item.event, item.fresh), None, len(item.event))
        if count:
            self._database.appended.ring()
        return count

    def _unseen(self, person: int, asked: Sequence[Evidence]) -> list[Evidence]:
        """What may be new: a client that resends its history must not cost a write. Fresh events mostly are new, so
        they are not looked up; the transaction finds out."""
        if len(asked) > _LOOKUPS or all(item.fresh for item in asked):
            return list(asked)
        with self._database.reading() as reader:
            return [item for item in asked if item.fresh or not _is_kept(reader, person, item)]

    async def publish(self, user: User, profile: Profile) -> bool:
        """Make the profile the newest, if it follows the stored one; the newest 50 versions are kept.

        Raises AdapterError, also for a number that JSON lacks (NaN).
        """
        return await self._database.write(partial(_publish, user=user, profile=profile, body=pack(profile)))


def _evidence(values: Sequence[Any]) -> Evidence:
    named = dict(zip(_FIELDS, values, strict=True))
    return Evidence(**{**named, "fresh": bool(named["fresh"])})


def _is_kept(connection: Connection, person: int, item: Evidence) -> bool:
    if _BY_EVENT.run(connection, of_person=person, sought=item.event).fetchone():
        return True
    by_digest = not item.fresh and item.digest
    return bool(by_digest and _BY_DIGEST.run(connection, of_person=person, sought=item.digest).fetchone())


def _append(connection: Connection, user: User, epoch: int, rows: Sequence[dict[str, Any]]) -> int:
    """On the writing thread: how many rows are new."""
    row = _ROW.run(connection, **_who(user)).fetchone()
    if row is None:
        BORN.run(connection, **_who(user), now=time.time())
        row = _ROW.run(connection, **_who(user)).fetchone()
    person, current = row[:2]
    if epoch < current:
        return 0
    count = _KEEP.many(connection, ({**values, "of_person": person} for values in rows))
    if count:
        _SEEN.run(connection, of_person=person, now=time.time())
        OPEN_JOB.run(connection, of_person=person, at=time.monotonic())
    return count


def _publish(connection: Connection, user: User, profile: Profile, body: str) -> bool:
    """On the writing thread: compare and set."""
    now, before = time.time(), profile.version - 1
    if before == 0 and profile.epoch == 0:
        BORN.run(connection, **_who(user), now=now)
    moved = _MOVE.run(
        connection,
        **_who(user),
        in_epoch=profile.epoch,
        before=before,
        next=profile.version,
        upto=profile.watermark,
        live=live_claims(profile),
        now=now,
    ).fetchone()
    if moved is None:
        return False
    _VERSION.run(connection, of_person=moved[0], next=profile.version, now=now, json=body)
    _TRIM.run(connection, of_person=moved[0], last=profile.version - KEPT_VERSIONS)
    return True
