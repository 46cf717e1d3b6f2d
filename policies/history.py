"""Records what the person wrote as evidence, once, before the last byte of the answer leaves."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from adapters.ports import ChatRequest, Evidence, UserStore, strip_blocks
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
        evidence = tuple(read(exchange.received, self.max_chars, time.time()))
        new = await self.users.append(exchange.user, evidence) if evidence else 0
        exchange.receipt.note("recorded" if new else "nothing_new", new=new)


def read(request: ChatRequest, max_chars: int, now: float) -> Iterator[Evidence]:
    """The person's turns as evidence, oldest first, from the request as it came.

    A turn is the same event as long as its text and the turn before it are the same, so that a client which sends its
    whole history again adds nothing. Turns after the assistant's last are fresh; older ones are history.
    """
    before = context = ""
    last_answer = max((turn.index for turn in request.turns if turn.role == "assistant"), default=-1)
    for turn in request.turns:
        text = strip_blocks(turn.text)[:max_chars]
        if turn.role == "user" and text.strip():
            fresh = turn.index > last_answer
            yield Evidence(
                event=_digest(before, text), kind="statement", text=text, context=context[-CONTEXT:],
                digest=_digest(text), fresh=fresh, time=now,
            )
        if turn.role in ("user", "assistant"):
            before = text
            context = text if turn.role == "assistant" else context
    return


def _digest(*texts: str) -> str:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=16).hexdigest()
