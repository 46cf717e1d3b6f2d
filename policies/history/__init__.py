"""Records what the person wrote as evidence, once, before the last byte of the answer leaves, and what they did with
the answer before."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from adapters.ports import Cache, Evidence, Person, UserStore
from policies.asked import spoken
from policies.base import Adapters, Exchange, Policy, PolicyConfig
from policies.history.answers import keep, key, recall
from policies.history.held import sift
from policies.history.signals import reaction, settled, signals
from policies.history.statements import CONTEXT, digest, named, read
from policies.history.verdict import takes_back

__all__ = ["CONTEXT", "History", "HistoryConfig", "digest", "named", "read"]


class HistoryConfig(PolicyConfig):
    """Settings of `kind: history`."""

    kind: Literal["history"] = "history"
    timeout: float = Field(2.0, gt=0, le=60, description="Seconds that a slow store may hold back the last byte.")
    max_chars: int = Field(8000, ge=100, le=100_000, description="Characters kept of one turn.")

    def build(self, adapters: Adapters) -> Policy:
        return History(adapters.users, self.max_chars, adapters.sessions)


@dataclass(frozen=True, slots=True)
class History(Policy):
    """Keeps the person's own turns; what the assistant wrote is kept only as the context that a turn answers."""

    users: UserStore
    max_chars: int
    sessions: Cache

    async def on_reply(self, exchange: Exchange) -> None:
        if exchange.user is None or exchange.reply is None or not exchange.reply.ok:
            exchange.receipt.note("no_identity" if exchange.user is None else "no_answer")
            return
        said = tuple(read(exchange.received, self.max_chars, time.time()))
        known = exchange.user.known or Person()
        now = (await self.users.load(exchange.user)).profile
        did: tuple[Evidence, ...] = ()
        if known.profile.paused or now.paused:
            # Nothing of it is kept but that it was said, so that a client which sends it again later tells nothing new.
            said = tuple(replace(item, text="", context="") for item in said)
            exchange.receipt.note("paused")
        elif exchange.user.epoch in (None, now.epoch):
            did = await self._did(exchange)
        if known.profile.epoch:
            # An erased person's clients still send the old turns along: only what is said now is new.
            said = tuple(item for item in said if item.fresh)
        # Statements come last: a retry is told by the ids that stand last.
        new = await self.users.append(exchange.user, [*did, *named(said, spoken(known.recent))]) if said or did else 0
        exchange.receipt.note("recorded" if new else "nothing_new", new=new)

    async def _did(self, exchange: Exchange) -> tuple[Evidence, ...]:
        """What the person did with the answer before; the new one is kept for the next request."""
        now = time.time()
        did: tuple[Evidence, ...] = ()
        found = reaction(exchange.received.turns)
        if found and (name := key(exchange, found.place)):
            before = await recall(self.sessions, name)
            answer, edited = settled(found, before)
            if answer is not None:
                made = signals(found, before, answer, edited, now)
                did = tuple(replace(item, place=exchange.caller.place) for item in made)
                # What a server keeps says nothing of the client, and nothing may stand before a taking back.
                same = not (edited or found.elsewhere or takes_back(found.said))
                did = await sift(self.sessions, exchange, did, same)
        await keep(self.sessions, exchange, now)
        for item in did:
            exchange.receipt.note(item.kind)
        return did
