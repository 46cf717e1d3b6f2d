"""Which corpus a conversation was given, by the turn of the person at which it was: who said all the same up to there
has it too, and no other conversation can take it away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import Cache
from policies.base import Exchange
from policies.replay import TTL
from policies.sessions import of_person


class Pin(NamedTuple):
    """The digest of the corpus' text, empty without one; its first number, and its last: no other passage of the
    conversation ever has one of these. `refused`: the backend did not take it."""

    digest: str = ""
    first: int = 1
    last: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Pins:
    """They are kept in `sessions` under the person, for an hour after the last use."""

    sessions: Cache

    async def find(self, exchange: Exchange) -> Pin:
        """The one that was kept last in this conversation."""
        for mark in reversed(exchange.received.marks):
            key = _key(exchange, mark)
            if (value := await self.sessions.get(key)) is not None:
                await self.sessions.set(key, value, TTL)
                return Pin(*json.loads(value))
        return Pin()

    async def keep(self, exchange: Exchange, pin: Pin) -> None:
        """Keep it with the last turn of the person: the earlier ones may be another conversation's, too."""
        if exchange.received.marks:
            await self.sessions.set(_key(exchange, exchange.received.marks[-1]), json.dumps(pin).encode(), TTL)


def _key(exchange: Exchange, mark: str) -> str:
    owner = exchange.user.id if exchange.user else "anonymous"
    return of_person(exchange.caller.tenant, owner) + f"corpus/{mark}"
