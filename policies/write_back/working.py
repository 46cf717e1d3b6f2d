"""What happens to answers in the background: they are checked, promoted, withdrawn and expire. The ledger alone is
changed here; whoever calls brings the index in line with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from adapters.ports import AdapterError, Knowledge, Passage, Person
from adapters.ports.ledger import BY_HAND, LIVING, PREFIX, Candidates, Entry, Ledger, Move, Shown, Waiting
from policies.base import Adapters
from policies.write_back.agreeing import agree, like, repeats
from policies.write_back.candidate import Candidate, Decision
from policies.write_back.life import DAY, Terms, accepted, independent, rejected
from policies.write_back.looking import Looking, by_hand, matching, paused
from policies.write_back.policy import Verifies
from policies.write_back.verifying import UNAVAILABLE

BATCH, MARGIN = 8, 60.0
"""Answers that are taken at a time, and seconds beside their checks after which another process may take them."""
TRIES, PAUSE = 3, 30.0
"""How often a check that fails is made, and the seconds between."""


class Unverified(Exception):
    """The verifier could not tell."""


@dataclass(frozen=True, slots=True)
class Working:
    """Does what is due. Times are in seconds since 1970; one check takes `seconds` at most."""

    adapters: Adapters
    candidates: Candidates
    ledger: Ledger
    terms: Terms
    verifier: Verifies | None
    seconds: float = 60.0

    async def due(self) -> Sequence[Waiting]:
        """Answers to be checked. Raises AdapterError."""
        return await self.candidates.claim(BATCH, BATCH * self.seconds + MARGIN)

    async def check(self, waiting: Waiting, now: float) -> bool:
        """Decide of one answer; whether that made an entry active. Where our own store or index is away it is given
        back, and was not tried. Raises what the verifier does."""
        try:
            return await self._checked(waiting, now)
        except AdapterError:
            with suppress(AdapterError):  # then its lease runs out
                await self.candidates.retry(waiting, PAUSE, tried=False)
            return False

    async def _checked(self, waiting: Waiting, now: float) -> bool:
        person = await self.adapters.users.load(waiting.user) if waiting.user else Person()
        if person.profile.paused:
            await self.candidates.settle(waiting, None)
            return False
        made = await self._decided(waiting, person, now)
        if isinstance(made, str):
            await self.candidates.settle(waiting, rejected(waiting, made, now))
            return False
        return await self._entered(waiting, made, now)

    async def failed(self, waiting: Waiting, now: float) -> None:
        """The check of an answer failed: again later, a few times. Raises AdapterError."""
        if waiting.tries + 1 < TRIES:
            await self.candidates.retry(waiting, PAUSE * 2**waiting.tries)
        else:
            await self.candidates.settle(waiting, rejected(waiting, "verifier_failed", now))

    async def _decided(self, waiting: Waiting, person: Person, now: float) -> Entry | str:
        """The entry that an answer may become, or the reason why none."""
        if self.verifier is None:
            return "no_verifier"
        shown = await self._shown(waiting)
        if isinstance(shown, str):
            return shown
        if await self.ledger.accepted(waiting.tenant, now - DAY) >= self.terms.per_day:
            return "per_day"
        known = tuple(claim.value for claim in person.profile.claims if claim.superseded_by is None)
        candidate = Candidate(waiting.question, waiting.answer, shown, known, waiting.tenant)
        decision = await self._verified(self.verifier, candidate)
        if not decision.accepted:
            return decision.reason
        given = {(each.source, each.id) for each in waiting.shown if each.cited}
        if not decision.roots or not all((each.source, each.id) in given for each in decision.roots):
            return "no_roots"
        entry = accepted(waiting, decision, now)
        return entry if entry.answer else "no_claims"

    async def _verified(self, verifier: Verifies, candidate: Candidate) -> Decision:
        """What the verifier says. Raises Unverified where it cannot, and AdapterError where that is since the index is
        away, which it asks, too."""
        try:
            decision = await verifier.verify(candidate)
        except AdapterError as error:
            raise Unverified from error
        if decision.reason == UNAVAILABLE and not decision.accepted:
            for index in self._indexes():
                await index.digests(candidate.tenant, {each.source for each in candidate.passages.values()})
            raise Unverified
        return decision

    async def _shown(self, waiting: Waiting) -> dict[int, Passage] | str:
        """The passages of the turn, and what else the answer cites, as they were shown, by number; or why they are not
        that any more: any of them may have steered it."""
        if any(each.cited and each.source.startswith(PREFIX) for each in waiting.shown):
            return "cites_model"
        names = {(each.source, each.id) for each in waiting.shown}
        found = {(each.source, each.id): each for index in self._indexes()
                 for each in await index.passages(waiting.tenant, names)}  # fmt: skip
        if not all(_same(each, found) for each in waiting.shown):
            return "source_changed"
        return {each.number: found[each.source, each.id] for each in waiting.shown}

    def _indexes(self) -> list[Knowledge]:
        return [each for each in (self.adapters.knowledge, self.adapters.written) if each is not None]

    async def _entered(self, waiting: Waiting, made: Entry, now: float) -> bool:
        """Put an accepted answer into quarantine, unless an operator took out the like, or it is known; where somebody
        else's is there already, it counts as the second."""
        if await asyncio.to_thread(matching, like, await by_hand(self.ledger, waiting.tenant), made):
            await self.candidates.settle(waiting, rejected(waiting, BY_HAND, now))
            return False
        living = await self.ledger.entries(waiting.tenant, LIVING)
        known = await asyncio.to_thread(matching, repeats, living, made)
        if any(each.state == "active" for each in known):
            await self.candidates.settle(waiting, rejected(waiting, "known", now))
            return False
        for each in matching(agree, known, made) if self.terms.promote != "approval" else ():
            if independent(each, made) and not await paused(self.adapters, each):
                return await self.candidates.settle(waiting, None, [Move(each.id, each.state, "active", "second")])
        # Everybody has one of their own, of which they can approve.
        own = any(each.person == made.person for each in known)
        await self.candidates.settle(waiting, rejected(waiting, "known", now) if own else made)
        return False

    async def look(self, now: float) -> set[str]:
        """Look after what was accepted; the tenants whose index must follow. Raises AdapterError."""
        return await Looking(self.adapters, self.ledger, self.terms).look(now)


def _same(shown: Shown, found: dict[tuple[str, str], Passage]) -> bool:
    passage = found.get((shown.source, shown.id))
    return passage is not None and passage.digest == shown.digest
