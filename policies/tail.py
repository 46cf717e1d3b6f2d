"""What a policy puts behind single turns of what it knows of a person: made once, put back where a turn comes back.

What was made before a correction is not put back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.ports import Block, Cache, Profile, count_tokens
from adapters.ports.text import NOTE
from policies.base import Exchange
from policies.replay import Given, given_before, put_back, put_in, remember, spent
from policies.sessions import corrected


@dataclass(frozen=True, slots=True)
class Tail:
    """A kind of them: the name of its block, how it is marked (`note`), and the receipt's reasons for a new one and for
    one that is put back.
    Of those that come `once`, no new one is made while an earlier turn of the conversation has one."""

    name: str
    new: str
    back: str
    once: bool = False
    note: str = NOTE

    async def add(self, exchange: Exchange, sessions: Cache, profile: Profile, text: Callable[[int], str],
                  every: int = 1) -> bool:  # fmt: skip
        """Put `text`, of the number of the person's turns, behind the last one, unless it is empty or there is no room;
        and what earlier turns had of it (`every` so-manieth may) behind those. Returns whether any turn has one."""
        if exchange.received.last_user is None:
            return False
        policy = ".".join([self.name, *(f"{mark:.0f}" for mark in (profile.epoch, *corrected(profile)))])
        names, given = await given_before(exchange, sessions, policy, every)
        if back := put_back(exchange, given):
            exchange.receipt.note(self.back, replayed=spent(back))
        wanted = given[-1] is None and not (self.once and any(given))
        if wanted and (made := self._made(exchange, text(len(names)))):
            given[-1] = made
            await remember(sessions, names[-1], made)
        if any(given):
            exchange.request = put_in(exchange.request, self.name, given, self.note)
        return any(given)

    def _made(self, exchange: Exchange, text: str) -> Given | None:
        tokens = count_tokens(Block(self.name, text, "tail", self.note).render())
        if not text or tokens > exchange.receipt.budget - exchange.receipt.tokens:
            return None
        exchange.receipt.note(self.new, tokens)
        return Given(text, (), tokens)
