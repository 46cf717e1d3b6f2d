"""What can be done for a person, over HTTP and on the command line alike."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.ports import AdapterError, Cache, Claim, Evidence, Library, People, Profile, Timeout, User, UserStore
from adapters.ports.ledger import Ledger
from policies.preferences.admit import admitted
from policies.preferences.aspects import Aspect, Said
from policies.preferences.edit import BadEdit, Change, Edit, edited, naming, telling
from policies.preferences.guard import fit
from policies.preferences.moving import corrected, disowned, forgotten, moved
from policies.preferences.sums import TIMES
from policies.preferences.told import corrections, speaks
from policies.rewards.places import PLACES
from policies.sessions import calls_of, of_house, of_person
from policies.sight import FACTORED
from proxy.describing import changes
from proxy.imports import OWN, Import, event_fields
from proxy.learner import Learner
from proxy.routing import Backends

log = structlog.get_logger("rapport")

TRIES = 8
"""How often an edit begins again where somebody else changed the profile meanwhile."""
BATCH = 500
"""Events of an import that are written at once: others are served between two batches."""
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Persons:
    """Reads, corrects, exports, imports and erases. `aspects` are those that may be known; of `written` goes what
    came of a person's answers, as the `ledger` tells."""

    learner: Learner
    users: UserStore
    people: People
    sessions: Cache
    backends: Backends
    aspects: Mapping[str, Aspect]
    written: Library | None = None
    ledger: Ledger | None = None

    async def profile(self, user: User) -> Profile:
        """What is known now, everything recorded included."""
        return (await self.learner.caught_up(user)).profile

    async def edit(self, user: User, edit: Edit) -> Profile:
        """Make the changes; they hold from the next request on. Raises BadEdit, and AdapterError."""
        user = await self._now(user)
        if edit.say is not None:
            # What cannot be done is told before anything is.
            self._edited(await self.profile(user), edit)
            event = f"said-{secrets.token_hex(8)}"
            await self.users.append(user, [Evidence(event, "statement", edit.say, time=time.time())])
        for _ in range(TRIES):
            profile = await self.profile(user)
            if profile.epoch != user.epoch:
                raise BadEdit("user", "was erased meanwhile")
            changed = await _tasted(profile, self._edited(profile, edit))
            if changed is profile or await self.users.publish(user, changed):
                await self.sessions.drop(of_house(user.tenant))
                return changed
        raise Timeout("the profile is changed by others all the time")

    async def forget_claim(self, user: User, id: str) -> bool:
        """Erase one claim, from every version and with the words it came from; False where there is none."""
        profile = await self.profile(user)
        claim = next((claim for claim in profile.claims if claim.id == id), None)
        if claim is None:
            return False
        kept = (await self.people.export(user))["evidence"]
        events = await asyncio.to_thread(telling, [Evidence(**event_fields(row)) for row in kept], claim)
        try:
            if speaks(claim):
                # First: whoever is interrupted here can begin again.
                await self._untaste(user, claim)
            return await self.people.forget_claim(user, id, events, naming(claim)) is not None
        finally:
            await self._unremember(user)
            await self._unindex(user.tenant)

    async def _untaste(self, user: User, claim: Claim) -> None:
        """Let the coefficients of a claim that is to be forgotten begin anew. Raises Timeout."""
        for _ in range(TRIES):
            now = (await self.users.load(user)).profile
            made = await asyncio.to_thread(forgotten, now, claim)
            if await self.users.publish(user, replace(made, version=now.version + 1)):
                return
        raise Timeout("the profile is changed by others all the time")

    async def export(self, user: User) -> dict[str, Any]:
        """All that is kept, as JSON values that `take` understands."""
        return {"object": OWN, "format": FORMAT, **await self.people.export(user)}

    async def take(self, user: User, given: Import) -> int:
        """Take in what was known elsewhere; returns how many events were new. Raises BadEdit, and AdapterError.

        Somebody of whom nothing is known here gets the claims and sums of an own export as they stand there; which
        summary serves is elected anew.
        """
        user = await self._now(user)
        before = await self.profile(user)
        edit = Edit([change for change in given.changes if self._admitted(change)])
        self._edited(before, edit)
        new = 0
        for start in range(0, len(given.evidence), BATCH):
            new += await self.users.append(user, given.evidence[start : start + BATCH])
            await self.profile(user)
        if given.profile is not None and before.version == 0 and not before.counts.get("events"):
            await self._restore(user, given.profile, given.taste)
        elif edit.claims:
            await self.edit(user, edit)
        return new

    async def _restore(self, user: User, given: Profile, taste: Mapping[str, float]) -> None:
        latest = time.time()
        # A time to come would let everything fade that is said until then, and outlast what contradicts it.
        claims = tuple(replace(claim, value=said.value, valid_from=min(claim.valid_from, latest),
                               last=min(claim.last, latest)) for claim in given.claims
                       if (said := self._admitted(claim)) and fit(claim.value))  # fmt: skip
        counts = {name: min(value, latest) if name in TIMES else value for name, value in given.counts.items()}
        for _ in range(TRIES):
            now = await self.profile(user)
            version = now.version + 1
            if refused := await asyncio.to_thread(disowned, now, taste):
                now = await asyncio.to_thread(moved, now, refused)
            made = replace(now, version=version, revision=version, claims=claims, counts=_here(counts, now),
                           paused=given.paused)  # fmt: skip
            if now.epoch != user.epoch or await self.users.publish(user, await _tasted(now, made)):
                return

    def _admitted(self, given: Claim | Change) -> Said | None:
        """What was known elsewhere as it may be known here: what is locked was written by hand."""
        if given.context not in (None, *PLACES):
            return None
        explicit = not isinstance(given, Claim) or given.kind == "explicit"
        return admitted(Said(given.aspect or "", given.value or ""), self.aspects, explicit, bool(given.locked))

    async def _now(self, user: User) -> User:
        """The person under the present epoch: what is done for them after an erasure comes to nothing."""
        return user if user.known else replace(user, known=await self.users.load(user))

    def _edited(self, profile: Profile, edit: Edit) -> Profile:
        return edited(profile, edit, f"edit-{secrets.token_hex(8)}", time.time(), self.aspects)

    async def forget(self, user: User, headers: tuple[tuple[str, str], ...] = ()) -> tuple[dict[str, int], int]:
        """Erase a person from the store, from what is remembered of running conversations and from backends that keep
        their responses; returns what went, by kind, and how many responses are still at backends.

        `headers` are those of the caller that backends shall see.
        """
        all_of = await self.people.export(user)
        # These first, while it is written down which they are: whoever is interrupted here can begin again.
        known = [(each["id"], each["model"]) for each in all_of["responses"] if not each["items"]]
        left = await self.backends.withdraw(known, headers)
        try:
            gone = await self.people.forget(user)
            newer = [each for each in gone.at_backends if each not in known]
            return dict(gone.erased), left + await self.backends.withdraw(newer, headers)
        finally:
            await self.sessions.drop(calls_of(user.tenant, user.id))
            await self._unremember(user)
            await self._unindex(user.tenant)

    async def _unindex(self, tenant: str) -> None:
        """Take out of the index what came of answers and the ledger has no more. Where the index is away that stays
        owed, and is done by whoever looks after it."""
        if self.written is None or self.ledger is None:
            return
        try:
            token = (await self.ledger.owed()).get(tenant)
            if token is not None:
                # In this order: what came into the index was in the ledger before.
                there = await self.written.sources(tenant)
                active = {each.source for each in await self.ledger.entries(tenant, ("active",))}
                await self.written.replace(tenant, {source: [] for source in set(there) - active}, {})
                await self.ledger.paid(tenant, token)
        except AdapterError as error:
            log.warning("unindexing_owed", reason=type(error).__name__)

    async def _unremember(self, user: User) -> None:
        for begin in (of_person(user.tenant, user.id), of_house(user.tenant)):
            await self.sessions.drop(begin)

    async def history(self, user: User) -> list[dict[str, Any]]:
        """The kept versions, the oldest first: when each was made, what came and what went."""
        return changes((await self.people.export(user))["versions"])


async def _tasted(before: Profile, after: Profile) -> Profile:
    """`after` with coefficients that follow what the person changed of their claims about answers."""
    if after is before or not corrections(before, after):
        return after
    return await asyncio.to_thread(corrected, before, after)


def _here(counts: Mapping[str, float], now: Profile) -> dict[str, float]:
    """The sums of another place, of which those that count its events begin where this one stands; the learnt axes that
    the taste speaks of are those of this one."""
    found = {name: value for name, value in counts.items() if name not in ("model.read", FACTORED)}
    found |= {name: value for name, value in now.counts.items() if name == FACTORED}
    return found | ({"model.read": float(now.watermark)} if "model.read" in counts else {})
