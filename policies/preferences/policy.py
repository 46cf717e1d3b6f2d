"""The policy itself: what it adds to a request, and how it learns from what people wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from adapters.ports import Block, Cache, EvidenceKind, Job, Person, Profile, User, UserStore, count_tokens
from policies.base import Exchange, Policy
from policies.memories import addressed
from policies.preferences.aspects import Aspect
from policies.preferences.choices import KINDS
from policies.preferences.elect import Ballot
from policies.preferences.episodes import show
from policies.preferences.fold import fold
from policies.preferences.inquiry import tell
from policies.preferences.moving import corrected
from policies.preferences.pending import keep_newest, newest, runs, size, within
from policies.preferences.pin import EMPTY, NOTE, Pin, pin_of
from policies.preferences.plans import present, shown
from policies.preferences.reading import Reading
from policies.preferences.remind import remind
from policies.preferences.render import render
from policies.preferences.scope import Scope
from policies.preferences.told import about_answers, corrections

TRIES = 3
INLINE = 12_000
"""Characters of pending evidence that one request may fold on its way."""
QUICK = 4000
"""Characters from which on the learner folds in a thread, so that requests do not wait for it."""


@dataclass(frozen=True, slots=True)
class Preferences(Policy):
    """Adds the summary behind the client's own instructions: the same bytes for the length of a conversation, unless
    something is corrected."""

    most: int
    min_outputs: int
    remind_every: int
    in_chat: bool
    aspects: Mapping[str, Aspect]
    weights: Mapping[EvidenceKind, float]
    users: UserStore
    sessions: Cache
    ballot: Ballot | None
    scope: Scope
    reading: Reading | None

    async def on_request(self, exchange: Exchange) -> None:
        note, found = exchange.receipt.note, await addressed(exchange, self.users)
        if isinstance(found, str):
            return note(found)
        user, person = found
        profile = await self._newest(user, person, INLINE)
        room = max(0, min(self.most, exchange.receipt.budget) - EMPTY)
        if profile.election.guarded:
            note(profile.election.guarded)
        here = present(profile, exchange.caller.place)
        summary = partial(self._summary, here, room)
        make = partial(self.scope.pin, exchange, profile, summary)
        pin, held = await pin_of(exchange, self.sessions, user, profile, make)
        widened = await self.scope.widen(exchange, self.sessions, profile, pin, summary)
        told = self._inject(exchange, profile, pin, held)
        show(exchange, pin.episodes)
        if told or widened:
            may = partial(self.scope.here, exchange, pin.narrow and not widened)
            await remind(exchange, self.sessions, shown(here), may, self.remind_every)
        if self.in_chat:
            await tell(exchange, self.sessions, profile, self.aspects)

    def _summary(self, profile: Profile, room: int, aspects: Mapping[str, Aspect], beside: int) -> str:
        return render(shown(profile), int(room * profile.election.incumbent.share) - beside, aspects)

    def _inject(self, exchange: Exchange, profile: Profile, pin: Pin, held: bool) -> bool:
        """Add the summary, if there is one and there is room."""
        block, budget, note = Block("profile", pin.text, note=NOTE), exchange.receipt.budget, exchange.receipt.note
        tokens = count_tokens(block.render())
        if not pin.text or tokens > budget:
            short = pin.text or (profile.claims and budget < self.most)
            if short or not (pin.narrow and profile.claims):
                note("no_budget" if short else "nothing_known")
            return False
        note("injected", tokens, version=pin.version, pinned=held)
        exchange.request = exchange.request.with_context(block)
        return True

    async def learn(self, job: Job) -> float | None:
        """Let the rules read what is new, and then, of the outbox's jobs, the model."""
        await self._fold(job)
        return await self.reading.begin(job.user) if self.reading and job.id else None

    async def _fold(self, job: Job) -> None:
        """Fold what is new into the next version of the profile; another worker's version is folded upon."""
        for _ in range(TRIES):
            person = await self.users.load(job.user)
            if not person.pending:
                return
            folded, version = await self._newest(job.user, person), person.profile.version + 1
            if self.ballot is not None:
                folded = await self._tasted(self.ballot, job, person, folded)
            # Every published version follows the stored one, also where only the watermark moved.
            revision = version if folded.revision != person.profile.revision else folded.revision
            if await self.users.publish(job.user, replace(folded, version=version, revision=revision)):
                return

    async def _tasted(self, ballot: Ballot, job: Job, person: Person, folded: Profile) -> Profile:
        """`folded` with the election and the coefficients after what is pending.

        Choices and what the person says of answers count in their order, in one batch as in many: what is said and
        taken back, or chosen and then taken back, tells as much as it had one by one.
        """
        profile, pending = person.profile, person.pending
        apart = about_answers(profile) != about_answers(folded) or len({item.kind in KINDS for item in pending}) > 1
        parts = runs(pending) if apart else [pending]
        for part in parts:
            work = (profile, part, self.aspects, self.min_outputs, self.weights, self.ballot is None)
            new = folded if len(parts) == 1 else await asyncio.to_thread(fold, *work)
            # Whoever waits for a profile does not wait for a model that judges.
            held = await ballot.held(job.user, profile, new, part, not job.id)
            profile = await asyncio.to_thread(corrected, profile, held) if corrections(profile, held) else held
        return profile

    async def _newest(self, user: User, person: Person, most: int | None = None) -> Profile:
        """The profile with the pending evidence in it. What was folded for an earlier request is folded upon.

        At most `most` characters are folded, oldest first, because the order of statements decides what holds; what
        is beyond waits for the next request or for the learner, whichever comes first.
        """
        if not person.pending:
            return person.profile
        base = await newest(self.sessions, user, person.profile)
        new = within([item for item in person.pending if item.seq > base.profile.watermark], most)
        if not new:
            return base.profile
        work = (base.profile, new, self.aspects, self.min_outputs, self.weights, self.ballot is None)
        slow = most is None and sum(map(size, new)) > QUICK
        base.profile = await asyncio.to_thread(fold, *work) if slow else fold(*work)
        await keep_newest(self.sessions, user, base)
        return base.profile
