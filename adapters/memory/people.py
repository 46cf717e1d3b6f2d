"""People in this process: for tests, for trying things out, and for authors of plug-ins.

Product code with the behaviour of `adapters.sql`, without its files: what is kept here is gone with the process.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from adapters.memory.kept import (
    KEPT_VERSIONS,
    LATELY,
    PENDING,
    RECENT,
    Bell,
    clean_evidence,
    live_claims,
    next_without,
    once_without,
    pack,
    unpack,
    unsaid,
)
from adapters.memory.responses import MemoryResponses
from adapters.ports import (
    Bounds,
    Erasure,
    Evidence,
    EvidenceKind,
    Job,
    Names,
    Person,
    PersonInfo,
    Profile,
    User,
)


@dataclass(slots=True)
class _Record:
    epoch: int = 0
    profile: Profile = field(default_factory=Profile)
    seen: float = 0.0
    erased: bool = False
    evidence: dict[str, tuple[Evidence, float]] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    versions: list[tuple[Profile, float]] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A job that waits (`leased` false) or is being worked on until `due`."""

    job: Job
    due: float
    leased: bool = False


class MemoryPeople:
    """Fulfils UserStore, Outbox, People and Peers; `responses` fulfils ResponseStore for the same people."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.responses = MemoryResponses(self._epoch, self._seen, bounds or Bounds())
        self._records: dict[User, _Record] = {}
        self._jobs: dict[User, _Open] = {}
        self._bell = Bell()
        self._seq = 0
        self._job = 0

    def _epoch(self, user: User) -> int:
        return self._records.get(user, _Record()).epoch

    def _seen(self, user: User) -> None:
        record = self._records.setdefault(user, _Record())
        record.seen, record.erased = time.time(), False

    async def load(self, user: User) -> Person:
        """The newest profile and the oldest 64 events that are not in it."""
        record = self._records.get(user)
        if record is None:
            return Person()
        after = record.profile.watermark
        pending = [item for item, _ in record.evidence.values() if item.seq > after]
        return Person(record.profile, tuple(pending[:PENDING]), tuple(record.evidence)[-RECENT:])

    async def latest(self, user: User, kinds: Sequence[EvidenceKind], limit: int) -> Sequence[Evidence]:
        """The newest events of these kinds."""
        record = self._records.get(user, _Record())
        among = [item for item, _ in record.evidence.values()][-LATELY:]
        found = [item for item in among if item.kind in kinds and item.text]
        return found[max(0, len(found) - limit) :]

    async def append(self, user: User, evidence: Sequence[Evidence]) -> int:
        """Keep what is new, with a job for it; nothing of what was said before the last erasure."""
        record = self._records.get(user, _Record())
        if user.epoch is not None and user.epoch < record.epoch:
            return 0
        new = sum(self._keep(record, item) for item in clean_evidence(evidence))
        if new:
            record.seen, record.erased = time.time(), False
            self._records[user] = record
            waiting = self._jobs.get(user)
            if waiting is None:
                self._open(user)
            elif not waiting.leased and not waiting.job.tries:
                waiting.due = min(waiting.due, time.monotonic())
            self._bell.ring()
        return new

    def _keep(self, record: _Record, item: Evidence) -> bool:
        known = not item.fresh and item.digest != "" and item.digest in record.digests
        if known or item.event in record.evidence:
            return False
        self._seq += 1
        record.evidence[item.event] = (replace(item, seq=self._seq), time.time())
        record.digests.add(item.digest)
        return True

    def _open(self, user: User, delay: float = 0.0) -> None:
        self._job += 1
        self._jobs[user] = _Open(Job(self._job, user, self._records[user].epoch), time.monotonic() + delay)

    async def since(self, user: User, seq: int, limit: int) -> Sequence[Evidence]:
        """The events beyond `seq`, the oldest first."""
        kept = self._records.get(user, _Record()).evidence.values()
        return [item for item, _ in kept if item.seq > seq][:limit]

    async def publish(self, user: User, profile: Profile) -> bool:
        """Make the profile the newest, if it follows the stored one. Raises AdapterError for numbers JSON lacks."""
        record = self._records.get(user, _Record())
        if (profile.version, profile.epoch) != (record.profile.version + 1, record.epoch):
            return False
        record.profile = unpack(pack(profile))
        record.versions = [*record.versions, (record.profile, time.time())][-KEPT_VERSIONS:]
        record.seen, record.erased = record.seen or time.time(), False
        self._records[user] = record
        return True

    async def claim(self, limit: int, lease: float) -> Sequence[Job]:
        """Jobs that are due; one whose lease ran out counts as tried once more."""
        now = time.monotonic()
        due = sorted((open_ for open_ in self._jobs.values() if open_.due <= now), key=lambda open_: open_.due)[:limit]
        for open_ in due:
            open_.job = replace(open_.job, tries=open_.job.tries + open_.leased)
            open_.due, open_.leased = now + lease, True
        return [open_.job for open_ in due]

    def _held(self, job: Job) -> _Open | None:
        open_ = self._jobs.get(job.user)
        return open_ if open_ and (open_.job.id, open_.job.tries) == (job.id, job.tries) else None

    async def done(self, job: Job, watermark: int) -> None:
        """Close the job, and open a new one if there is evidence after `watermark`."""
        if self._closed(job) and await self.since(job.user, watermark, 1):
            self._open(job.user)

    async def later(self, job: Job, watermark: int, delay: float) -> None:
        """Close the job, and open one that is due after `delay` seconds, or now if there is later evidence."""
        if self._closed(job):
            self._open(job.user, 0.0 if await self.since(job.user, watermark, 1) else delay)

    def _closed(self, job: Job) -> bool:
        return self._held(job) is not None and self._jobs.pop(job.user) is not None

    async def fail(self, job: Job, delay: float) -> None:
        """Give the job back, due after `delay` seconds, tried once more."""
        if open_ := self._held(job):
            open_.job = replace(open_.job, tries=job.tries + 1)
            open_.due, open_.leased = time.monotonic() + delay, False

    async def wait(self, timeout: float) -> None:
        """Return at the next append, or after `timeout` seconds."""
        await self._bell.wait(timeout)

    async def list(self, tenant: str | None = None) -> Sequence[PersonInfo]:
        """Everyone known, the newest first."""
        found = [
            PersonInfo(user.id, user.tenant, len(record.evidence), live_claims(record.profile), record.seen)
            for user, record in self._records.items()
            if not record.erased and tenant in (None, user.tenant)
        ]
        return sorted(found, key=lambda info: -info.last_seen)

    async def others(self, user: User, limit: int) -> Sequence[Profile]:
        """Profiles of other people of the tenant, the last seen first, to compare with."""
        found = [
            (record.seen, record.profile)
            for other, record in self._records.items()
            if other != user and other.tenant == user.tenant and record.profile.version and not record.profile.paused
        ]
        return [profile for _, profile in sorted(found, key=lambda each: -each[0])[:limit]]

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        """Profiles of the people of a tenant who let themselves be counted, the last seen first."""
        found = [
            (record.seen, record.profile)
            for user, record in self._records.items()
            if user.tenant == tenant and record.profile.share and not record.profile.paused
        ]
        return [profile for _, profile in sorted(found, key=lambda each: -each[0])[:limit]]

    async def export(self, user: User) -> dict[str, Any]:
        """All that is kept of a person, as JSON values."""
        record = self._records.get(user, _Record())
        return {
            "evidence": [
                {**msgspec.to_builtins(item), "created": created} for item, created in record.evidence.values()
            ],
            "profile": msgspec.to_builtins(record.profile) if record.profile.version else None,
            "versions": [{**msgspec.to_builtins(profile), "created": created} for profile, created in record.versions],
            "responses": self.responses.of(user),
            "candidates": [],
            "written": [],
        }

    async def forget(self, user: User) -> Erasure:
        """Erase a person; only a raised epoch is left."""
        record = self._records.get(user, _Record())
        epoch = record.epoch + 1
        self._records[user] = _Record(epoch, Profile(epoch=epoch), erased=True)
        responses = self.responses.erase(user)
        gone = {"evidence": len(record.evidence), "versions": len(record.versions)}
        gone |= {"jobs": int(self._jobs.pop(user, None) is not None), "responses": len(responses)}
        return Erasure(gone, tuple((each.id, each.model) for each in responses if not each.whole))

    async def forget_claim(
        self, user: User, id: str, events: Sequence[str], names: Names | None = None
    ) -> Erasure | None:
        """Erase a claim from every version, the words of these events, and what names it in others."""
        record = self._records.get(user, _Record())
        claim = next((claim for claim in record.profile.claims if claim.id == id), None)
        if claim is None:
            return None
        newest = next_without(record.profile, claim)
        record.versions = [(once_without(profile, claim), at) for profile, at in record.versions]
        for event, (item, at) in record.evidence.items():
            record.evidence[event] = (unsaid(item, claim, events, names), at)
        return Erasure({}) if await self.publish(user, newest) else None
