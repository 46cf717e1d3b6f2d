"""Turns evidence into knowledge in the background: takes jobs from the outbox, at least once, and survives faults."""

from __future__ import annotations

import asyncio
import time

import structlog

from adapters.memory.cache import BEGAN
from adapters.ports import AdapterError, Job, Outbox, Person, User, UserStore
from proxy.chain import Chain

log = structlog.get_logger("rapport")

BATCH = 64
# Few at once: enough to share a commit, and not so many that a chat waits for them.
AT_ONCE = 8
LEASE = 120.0
IDLE = 5.0
# Between two rounds, so that what a person says in quick succession is one version and not many.
SETTLE = 1.0
BACKOFF = 2.0
LONGEST_DELAY = 300.0
MOST_DOUBLINGS = 10


class Learner:
    """One task per process that works the outbox until it is stopped."""

    def __init__(self, chain: Chain, users: UserStore, outbox: Outbox) -> None:
        self.chain = chain
        self.users = users
        self.outbox = outbox

    async def run(self) -> None:
        """Work for ever. A store that is away costs waiting, not the process."""
        while True:
            try:
                if not await self.work():
                    await self.outbox.wait(IDLE)
                await asyncio.sleep(SETTLE)
            except AdapterError as error:
                log.warning("learner_waits", reason=type(error).__name__)
                await asyncio.sleep(BACKOFF)

    async def caught_up(self, user: User) -> Person:
        """The person with everything learnt that is recorded now, where the policies manage it."""
        person = await self.users.load(user)
        while person.pending and not (await self.chain.learn(Job(0, user, person.profile.epoch))).failed:
            before, person = person, await self.users.load(user)
            if person.profile.watermark == before.profile.watermark:
                break
        return person

    async def work(self) -> int:
        """Do the jobs that are due now; returns how many there were."""
        jobs = await self.outbox.claim(BATCH, LEASE)
        for start in range(0, len(jobs), AT_ONCE):
            done = await asyncio.gather(*map(self._do, jobs[start : start + AT_ONCE]), return_exceptions=True)
            for fault in done:
                if fault is not None:
                    raise fault
        return len(jobs)

    async def _do(self, job: Job) -> None:
        delay = None
        BEGAN.set(time.monotonic())
        try:
            person = await self.users.load(job.user)
            lesson = await self.chain.learn(job)
            failed, delay = bool(lesson.failed), lesson.delay
        except AdapterError as error:
            # A person who cannot be read must not keep the others waiting; a store that is away says so just below.
            log.warning("learn_failed", reason=type(error).__name__)
            failed = True
        if failed:
            await self.outbox.fail(job, min(LONGEST_DELAY, BACKOFF ** min(job.tries + 1, MOST_DOUBLINGS)))
            return
        watermark = person.pending[-1].seq if person.pending else person.profile.watermark
        if delay is None:
            await self.outbox.done(job, watermark)
        else:
            await self.outbox.later(job, watermark, delay)
