"""What the writing thread does for a person: keep evidence, and make a profile the newest."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, update

from adapters.memory.kept import KEPT_VERSIONS, live_claims
from adapters.ports import Profile, User
from adapters.sql.erasure import BORN
from adapters.sql.recent import Row
from adapters.sql.schema import Prepared, evidence, insert, jobs, people, versions

GIVEN = ("event", "kind", "text", "author", "context", "digest", "fresh", "time", "profile_version",
         "place")  # fmt: skip
_COLUMNS = (*GIVEN, "created")

ROW = Prepared(
    select(people.c.id, people.c.epoch, people.c.version, people.c.watermark, people.c.last_seq).where(
        people.c.tenant == bindparam("in_tenant"), people.c.user_id == bindparam("as_user")
    )
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
_JOB = insert(jobs).values(
    person=bindparam("of_person"), due=bindparam("at"), since=bindparam("now"), tries=0, leased=0
)
# One that only waits comes at once; one that failed waits out its delay, whatever else is said.
OPEN_JOB = Prepared(
    _JOB.on_conflict_do_update(
        index_elements=["person"],
        set_={"due": _JOB.excluded.due, "since": _JOB.excluded.since},
        where=and_(jobs.c.leased == 0, jobs.c.tries == 0, jobs.c.due > _JOB.excluded.due),
    )
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
        share=bindparam("shares"),
        seen=func.coalesce(func.nullif(people.c.seen, 0.0), bindparam("now")),
        erased=None,
    )
    .returning(people.c.id, people.c.last_seq)
)
_VERSION = Prepared(
    insert(versions).values(
        person=bindparam("of_person"), version=bindparam("next"), created=bindparam("now"), body=bindparam("json")
    )
)
_TRIM = Prepared(
    delete(versions).where(versions.c.person == bindparam("of_person"), versions.c.version <= bindparam("last"))
)

class Kept(NamedTuple):
    """How many rows are new, and the person's row before and after."""

    new: int
    before: Row
    after: Row


def who(user: User) -> dict[str, str]:
    """The parameters that name a person."""
    return {"in_tenant": user.tenant, "as_user": user.id}


def keep(connection: Connection, user: User, epoch: int, rows: Sequence[dict[str, Any]]) -> Kept:
    """Keep the rows that are new, with a job for them; none where the person was erased since `epoch`."""
    row = ROW.run(connection, **who(user)).fetchone()
    if row is None:
        BORN.run(connection, **who(user), now=time.time())
        row = ROW.run(connection, **who(user)).fetchone()
    person, current = row[:2]
    if epoch < current:
        return Kept(0, row, row)
    count = _KEEP.many(connection, ({**values, "of_person": person} for values in rows))
    if count:
        _SEEN.run(connection, of_person=person, now=time.time())
        now = time.monotonic()
        OPEN_JOB.run(connection, of_person=person, at=now, now=now)
    return Kept(count, row, ROW.run(connection, **who(user)).fetchone() if count else row)


def make_newest(connection: Connection, user: User, profile: Profile, body: str) -> Row | None:
    """Compare and set: `profile` becomes the newest if it follows the stored version in the same epoch; returns the
    person's row after that, or None."""
    now, before = time.time(), profile.version - 1
    if before == 0 and profile.epoch == 0:
        BORN.run(connection, **who(user), now=now)
    moved = _MOVE.run(
        connection,
        **who(user),
        in_epoch=profile.epoch,
        before=before,
        next=profile.version,
        upto=profile.watermark,
        live=live_claims(profile),
        shares=profile.share and not profile.paused,
        now=now,
    ).fetchone()
    if moved is None:
        return None
    _VERSION.run(connection, of_person=moved[0], next=profile.version, now=now, json=body)
    _TRIM.run(connection, of_person=moved[0], last=profile.version - KEPT_VERSIONS)
    return (moved[0], profile.epoch, profile.version, profile.watermark, moved[1])
