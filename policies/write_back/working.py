"""What happens to answers in the background: they are checked, promoted, withdrawn and expire. The ledger alone is
changed here; whoever calls brings the index in line with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.ports import AdapterError, Passage, Person
from adapters.ports.ledger import PREFIX, Candidates, Entry, Ledger, Move, Shown, Waiting
from policies.base import Adapters
from policies.write_back.candidate import Candidate
from policies.write_back.life import DAY, Terms, accepted, agree, fallen, independent, over, rejected
from policies.write_back.policy import Verifies

BATCH, MARGIN = 8, 60.0
"""Answers that are taken at a time, and seconds beside their checks after which another process may take them."""
TRIES, PAUSE = 3, 30.0
"""How often a check that fails is made, and the seconds between."""


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
        """Decide of one answer; whether that made an entry active. Raises AdapterError, and what the verifier does."""
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
        lately = await self.ledger.events(waiting.tenant, True, now - DAY)
        if sum(each.after == "quarantine" for each in lately) >= self.terms.per_day:
            return "per_day"
        known = tuple(claim.value for claim in person.profile.claims if claim.superseded_by is None)
        decision = await self.verifier.verify(
            Candidate(waiting.question, waiting.answer, shown, known, waiting.tenant)
        )
        if not decision.accepted:
            return decision.reason
        given = {(each.source, each.id) for each in shown.values()}
        if not decision.roots or not all((each.source, each.id) in given for each in decision.roots):
            return "no_roots"
        entry = accepted(waiting, decision, now)
        return entry if entry.answer else "no_claims"

    async def _shown(self, waiting: Waiting) -> dict[int, Passage] | str:
        """The passages that the answer cites, as they were shown, by number; or why they are not that any more."""
        if any(each.source.startswith(PREFIX) for each in waiting.shown):
            return "cites_model"
        names = {(each.source, each.id) for each in waiting.shown}
        found = {(each.source, each.id): each for each in await self.adapters.knowledge.passages(waiting.tenant, names)}
        if not all(_same(each, found) for each in waiting.shown):
            return "source_changed"
        return {each.number: found[each.source, each.id] for each in waiting.shown}

    async def _entered(self, waiting: Waiting, made: Entry, now: float) -> bool:
        """Put an accepted answer into quarantine; where it is there already, it counts as the second."""
        known = [each for each in await self.ledger.entries(waiting.tenant, ("quarantine", "active"))
                 if agree(each, made)]  # fmt: skip
        quarantined = [each for each in known if each.state == "quarantine"]
        if not known:
            await self.candidates.settle(waiting, made)
            return False
        second = next((each for each in quarantined if independent(each, made)), None)
        if len(quarantined) < len(known) or second is None or self.terms.promote == "approval":
            await self.candidates.settle(waiting, rejected(waiting, "known", now))
            return False
        return await self.candidates.settle(waiting, None, [Move(second.id, "quarantine", "active", "second")])

    async def look(self, now: float) -> set[str]:
        """Promote, withdraw and expire what is to be; the tenants of whom something changed. Raises AdapterError."""
        await self.ledger.purge(now - self.terms.keep * DAY)
        entries = [each for each in await self.ledger.entries() if each.answer]
        approved = set(await self.ledger.approved()) if self.terms.promote != "second" else set()
        moves: list[Move] = []
        for tenant in {each.tenant for each in entries}:
            own = [each for each in entries if each.tenant == tenant]
            moves += await self._moves(tenant, own, approved, now)
        await self.ledger.move(moves)
        changed = {move.id for move in moves}
        return {each.tenant for each in entries if each.id in changed}

    async def _moves(self, tenant: str, own: Sequence[Entry], approved: set[str], now: float) -> list[Move]:
        ended = {each.id: move for each in own if (move := over(each, self.terms, now))}
        living = [each for each in own if each.state in ("quarantine", "active") and each.id not in ended]
        try:
            digests = await self._digests(tenant, {root[0] for each in living for root in each.roots})
        except AdapterError:
            digests = None
        if digests is None:
            return list(ended.values())
        moves = [fallen(each, digests) or (Move(each.id, each.state, "active", "approved")
                 if each.id in approved and each.state == "quarantine" else None) for each in living]  # fmt: skip
        return [*ended.values(), *filter(None, moves)]

    async def _digests(self, tenant: str, sources: set[str]) -> Mapping[str, str] | None:
        """The digests of sources; None where the index says nothing of them, since it has nothing at all: it may be
        lost, and about to be made anew. Nothing of that can be found meanwhile."""
        knowledge = self.adapters.knowledge
        found = await knowledge.digests(tenant, sources)
        corpus = await knowledge.corpus(tenant, 0) if sources and not found else None
        return None if corpus is not None and not corpus.passages else found


def _same(shown: Shown, found: dict[tuple[str, str], Passage]) -> bool:
    passage = found.get((shown.source, shown.id))
    return passage is not None and passage.digest == shown.digest
