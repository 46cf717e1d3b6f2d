"""Records what the person wrote as evidence, once, before the last byte of the answer leaves."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from adapters.ports import ChatRequest, Evidence, Person, UserStore, strip_blocks
from policies.base import Adapters, Exchange, Policy, PolicyConfig

CONTEXT = 600


class HistoryConfig(PolicyConfig):
    """Settings of `kind: history`."""

    kind: Literal["history"] = "history"
    timeout: float = Field(2.0, gt=0, le=60, description="Seconds that a slow store may hold back the last byte.")
    max_chars: int = Field(8000, ge=100, le=100_000, description="Characters kept of one turn.")

    def build(self, adapters: Adapters) -> Policy:
        return History(adapters.users, self.max_chars)


@dataclass(frozen=True, slots=True)
class History(Policy):
    """Keeps the person's own turns; what the assistant wrote is kept only as the context that a turn answers."""

    users: UserStore
    max_chars: int

    async def on_reply(self, exchange: Exchange) -> None:
        if exchange.user is None or exchange.reply is None or not exchange.reply.ok:
            exchange.receipt.note("no_identity" if exchange.user is None else "no_answer")
            return
        said = tuple(read(exchange.received, self.max_chars, time.time()))
        known = exchange.user.known or Person()
        paused = known.profile.paused or (await self.users.load(exchange.user)).profile.paused
        if paused:
            # Nothing of it is kept but that it was said, so that a client which sends it again later tells nothing new.
            said = tuple(replace(item, text="", context="") for item in said)
            exchange.receipt.note("paused")
        if known.profile.epoch:
            # An erased person's clients still send the old turns along: only what is said now is new.
            said = tuple(item for item in said if item.fresh)
        recent = known.recent
        new = await self.users.append(exchange.user, named(said, recent)) if said else 0
        exchange.receipt.note("recorded" if new else "nothing_new", new=new)


def read(request: ChatRequest, max_chars: int, now: float) -> Iterator[Evidence]:
    """The person's turns as evidence, oldest first, from the request as it came.

    Turns after the assistant's last are fresh; older ones are history, which the store keeps only where it does not
    have the same text of this person, so that a client which sends everything again adds nothing. What stands before
    the body, where a server keeps it, was read when it came, and is context only.
    """
    before = context = ""
    last_answer = max((turn.index for turn in request.turns if turn.role == "assistant"), default=-1)
    for turn in request.turns:
        text = strip_blocks(turn.text)[:max_chars]
        if turn.role == "user" and turn.index >= 0 and text.strip():
            fresh = turn.index > last_answer
            yield Evidence(
                event=digest(before, text), kind="statement", text=text, context=context[-CONTEXT:],
                digest=digest(text), fresh=fresh, time=now,
            )
        if turn.role in ("user", "assistant"):
            before = text
            context = text if turn.role == "assistant" else context


def named(said: Sequence[Evidence], recent: Sequence[str]) -> list[Evidence]:
    """The evidence with the ids of its fresh turns chained to what the person said before.

    A retry gets the ids that stand last in `recent`, and is no new event. The same words after other words are one:
    "I'm vegan", "not any more", "I'm vegan" are three events, and the last one counts.
    """
    fresh = [item for item in said if item.fresh]
    last = tuple(recent[-len(fresh) :]) if fresh else ()
    chains = {tuple(digest(salt, item.event) for item in fresh): salt for salt in ("", *recent)}
    # More turns at once than `recent` could show are told from a retry by their own words alone.
    newest = recent[-1] if recent and len(fresh) <= len(recent) else ""
    salt = chains.get(last, newest)
    return [replace(item, event=digest(salt, item.event)) if item.fresh else item for item in said]


def digest(*texts: str) -> str:
    """What tells texts from others, 32 hex digits."""
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=16).hexdigest()
