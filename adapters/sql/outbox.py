"""The outbox: one open job per person, leased to one worker at a time, over all processes of this machine.

Leases are counted on `time.monotonic()`, which is one clock for all processes of a machine and does not follow the
wall clock: setting that neither ends a lease nor holds one. The monotonic clock starts anew with the machine; a job
whose `since` lies ahead of now is therefore due, and what is left of a lease after a restart is at most its length.

A job's id and tries together are the fence: whatever ends a lease (done, failed, taken over, erased) changes one of
them for good, since ids are never used twice; so a worker that comes back late changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from adapters.ports import Job, User
from adapters.sql.changes import OPEN_JOB
from adapters.sql.database import Database
from adapters.sql.schema import Prepared, evidence, jobs, people

_FREE = or_(jobs.c.due <= bindparam("now"), jobs.c.since > bindparam("now"))
_THIS = (jobs.c.id == bindparam("job"), jobs.c.tries == bindparam("tried"))

_ANY_DUE = Prepared(select(jobs.c.id).where(_FREE).limit(1))
_DUE = Prepared(
    select(jobs.c.id, people.c.user_id, people.c.tenant, people.c.epoch, jobs.c.tries + jobs.c.leased)
    .join(people, people.c.id == jobs.c.person)
    .where(_FREE)
    .order_by(jobs.c.due, jobs.c.id)
    .limit(bindparam("most"))
)
_LEASE = Prepared(
    update(jobs)
    .where(jobs.c.id == bindparam("job"))
    .values(tries=bindparam("tried"), due=bindparam("until"), since=bindparam("now"), leased=1)
)
_CLOSE = Prepared(delete(jobs).where(*_THIS).returning(jobs.c.person))
_LATER = Prepared(
    select(evidence.c.seq)
    .where(evidence.c.person == bindparam("of_person"), evidence.c.seq > bindparam("after"))
    .limit(1)
)
_RETRY = Prepared(
    update(jobs).where(*_THIS).values(tries=jobs.c.tries + 1, due=bindparam("until"), since=bindparam("now"), leased=0)
)


class SqlOutbox:
    """Fulfils Outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int, lease: float) -> Sequence[Job]:
        """Jobs that are due; one whose lease ran out counts as tried once more. Raises AdapterError."""
        await self._database.ready()
        if not self._database.fetch(_ANY_DUE, now=time.monotonic()):
            return []
        return await self._database.write(partial(_claim, limit=limit, lease=lease))

    async def done(self, job: Job, watermark: int) -> None:
        """Close the job, and open a new one if there is evidence after `watermark`. Raises AdapterError."""
        await self._database.write(partial(_done, job=job, watermark=watermark))

    async def fail(self, job: Job, delay: float) -> None:
        """Give the job back, due after `delay` seconds, tried once more. Raises AdapterError."""
        await self._database.write(partial(_fail, job=job, delay=delay))

    async def later(self, job: Job, watermark: int, delay: float) -> None:
        """Close the job, and open one that is due after `delay` seconds, or now if there is later evidence.

        Raises AdapterError.
        """
        await self._database.write(partial(_later, job=job, watermark=watermark, delay=delay))

    async def wait(self, timeout: float) -> None:
        """Return at the next append of this process, or after `timeout` seconds: other processes do not ring."""
        await self._database.appended.wait(timeout)


def _claim(connection: Connection, limit: int, lease: float) -> list[Job]:
    now = time.monotonic()
    due = _DUE.run(connection, now=now, most=limit).fetchall()
    for id, _, _, _, tries in due:
        _LEASE.run(connection, job=id, tried=tries, until=now + lease, now=now)
    return [Job(id, User(user, tenant), epoch, tries) for id, user, tenant, epoch, tries in due]


def _done(connection: Connection, job: Job, watermark: int) -> None:
    closed = _CLOSE.run(connection, job=job.id, tried=job.tries).fetchone()
    if closed and _LATER.run(connection, of_person=closed[0], after=watermark).fetchone():
        now = time.monotonic()
        OPEN_JOB.run(connection, of_person=closed[0], at=now, now=now)


def _later(connection: Connection, job: Job, watermark: int, delay: float) -> None:
    closed = _CLOSE.run(connection, job=job.id, tried=job.tries).fetchone()
    if closed:
        now = time.monotonic()
        news = _LATER.run(connection, of_person=closed[0], after=watermark).fetchone()
        OPEN_JOB.run(connection, of_person=closed[0], at=now if news else now + delay, now=now)


def _fail(connection: Connection, job: Job, delay: float) -> None:
    now = time.monotonic()
    _RETRY.run(connection, job=job.id, tried=job.tries, until=now + delay, now=now)
