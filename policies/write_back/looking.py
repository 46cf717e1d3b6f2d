"""Looks after answers that were accepted: promotes, withdraws, brings back and ends them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import AdapterError, Person, User
from adapters.ports.ledger import BY_HAND, DISAPPROVED, LIVING, Entry, Ledger, Move
from policies.base import Adapters
from policies.write_back.agreeing import agree, like, repeats
from policies.write_back.life import DAY, REJECTED_DAYS, Terms, again, fallen, independent, over

Agrees = Callable[[Entry, Entry], bool]
RECENT = 3600.0
"""Seconds after which two answers that were accepted at one moment, by two processes, are no more compared."""


class Ready(NamedTuple):
    """An entry that may be promoted, why, and the entry that speaks for it, if another does."""

    entry: Entry
    code: str
    other: Entry | None = None


class Heard(NamedTuple):
    """The ids of entries that their person approved of, and of those they said to be wrong."""

    approved: frozenset[str]
    wrong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Looking:
    """What is done once in a while. Times are in seconds since 1970."""

    adapters: Adapters
    ledger: Ledger
    terms: Terms

    async def look(self, now: float) -> set[str]:
        """Make what changes are due; the tenants whose index must follow. Raises AdapterError."""
        await self.ledger.purge(now - REJECTED_DAYS * DAY, self.terms.served(now))
        approved = await self.ledger.approved() if self.terms.promote != "second" else ()
        heard = Heard(frozenset(approved), frozenset(await self.ledger.disapproved()))
        changed = set(await self.ledger.owed())
        for tenant in await self.ledger.tenants((*LIVING, "withdrawn")):
            if moves := await self._moves(tenant, heard, now):
                await self.ledger.move(moves)
                changed.add(tenant)
        return changed

    async def _moves(self, tenant: str, heard: Heard, now: float) -> list[Move]:
        own = await self.ledger.entries(tenant, (*LIVING, "withdrawn"))
        moves = {each.id: move for each in own if (move := _ended(each, heard, self.terms, now))}
        try:
            digests = await self._digests(tenant, {root[0] for each in own for root in each.roots})
        except AdapterError:
            digests = None
        if digests is None:
            return list(moves.values())
        living = [each for each in own if each.id not in moves and each.state in LIVING]
        moves |= {each.id: move for each in living if (move := fallen(each, digests))}
        moves |= {move.id: move for move in await self._returns(tenant, own, digests)}
        left = [each for each in living if each.id not in moves]
        return [*moves.values(), *await self._promoted(tenant, left, heard, now)]

    async def _returns(self, tenant: str, own: Sequence[Entry], digests: Mapping[str, str]) -> list[Move]:
        """What was withdrawn and holds again."""
        held = {each.id: each for each in own if again(each, "active", digests)}
        if not held:
            return []
        before = {each.entry: each.before for each in await self.ledger.events(tenant, of=list(held))
                  if each.after == "withdrawn"}  # fmt: skip
        return [move for id, each in held.items() if (move := again(each, before.get(id), digests))]

    async def _promoted(self, tenant: str, living: Sequence[Entry], heard: Heard, now: float) -> list[Move]:
        quarantined = [each for each in living if each.state == "quarantine"]
        ready = await asyncio.to_thread(self._ready, quarantined, heard, now)
        if not ready:
            return []
        out, moves = await by_hand(self.ledger, tenant), list[Move]()
        active = [each for each in living if each.state == "active"]
        for entry, code, other in ready:
            if await paused(self.adapters, entry) or (other and await paused(self.adapters, other)):
                continue
            if await asyncio.to_thread(_any, like, out, entry):
                moves.append(Move(entry.id, "quarantine", "rejected", BY_HAND))
            elif await asyncio.to_thread(_any, repeats, active, entry):
                moves.append(Move(entry.id, "quarantine", "rejected", "known"))
            else:
                moves.append(Move(entry.id, "quarantine", "active", code))
                active.append(entry)
        return moves

    def _ready(self, quarantined: Sequence[Entry], heard: Heard, now: float) -> list[Ready]:
        """What was approved of; and of two that agree and that two processes accepted at one moment the first."""
        found = {each.id: Ready(each, "approved") for each in quarantined if each.id in heard.approved}
        recent = [each for each in quarantined if each.created > now - RECENT]
        for late in recent if self.terms.promote != "approval" else ():
            for early in quarantined:
                if early is late:
                    break
                if early.id not in found and independent(early, late) and agree(early, late):
                    found[early.id] = Ready(early, "second", late)
        return list(found.values())

    async def _digests(self, tenant: str, sources: set[str]) -> Mapping[str, str] | None:
        """The digests of sources; None where the index says nothing of them, since it has nothing at all: it may be
        lost, and about to be made anew. Nothing of that can be found meanwhile."""
        knowledge = self.adapters.knowledge
        found = await knowledge.digests(tenant, sources)
        corpus = await knowledge.corpus(tenant, 0) if sources and not found else None
        return None if corpus is not None and not corpus.passages else found


async def by_hand(ledger: Ledger, tenant: str) -> list[Entry]:
    """What an operator took out: the same is not accepted again. Raises AdapterError."""
    return [*await ledger.entries(tenant, ("rejected",), (BY_HAND,)), *await ledger.entries(tenant, ("rolled_back",))]


async def paused(adapters: Adapters, entry: Entry) -> bool:
    """Whether the person of an entry paused: nothing of theirs is promoted. Raises AdapterError."""
    person = await adapters.users.load(User(entry.person, entry.tenant)) if entry.person else Person()
    return person.profile.paused


def matching(agrees: Agrees, entries: Iterable[Entry], entry: Entry) -> list[Entry]:
    """Those of the entries that agree with one."""
    return [each for each in entries if agrees(each, entry)]


def _any(agrees: Agrees, entries: Iterable[Entry], entry: Entry) -> bool:
    return any(agrees(each, entry) for each in entries)


def _ended(entry: Entry, heard: Heard, terms: Terms, now: float) -> Move | None:
    if entry.id in heard.wrong:
        return Move(entry.id, entry.state, "rejected", DISAPPROVED)
    return over(entry, terms, now)
