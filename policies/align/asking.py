"""Several answers to one question: the same call again, other models, or other instructions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.ports import Block, Cache, User, UserStore, count_tokens
from policies.align.served import served
from policies.base import Exchange, Policy
from policies.choosing import Choosing, Way
from policies.house import House
from policies.requests import obstacle, same, thoughts
from policies.sessions import calls_of
from policies.sight import Sight

DAY = 86_400


class Bounds(Protocol):
    """What several calls may cost: see the settings of these names."""

    @property
    def calls(self) -> int: ...
    @property
    def calls_per_day(self) -> int: ...
    @property
    def models(self) -> tuple[str, ...]: ...
    @property
    def wait(self) -> float: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def caution(self) -> float: ...
    @property
    def judged(self) -> bool: ...
    @property
    def judge_wait(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Asking(Policy):
    """Plans the calls. What was planned for a person today is counted in memory, and goes with their erasure."""

    bounds: Bounds
    blocks: tuple[Block, ...]
    users: UserStore
    sessions: Cache
    house: House | None = None
    sight: Sight = field(default_factory=Sight)
    gate: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def on_request(self, exchange: Exchange) -> None:
        note = exchange.receipt.note
        profile, reason = await served(exchange, self.users, self.house)
        reason = reason or obstacle(exchange.received)
        if not reason and thoughts(exchange.received) >= self.bounds.max_tokens:
            reason = "thoughts"
        if profile is None or exchange.user is None or reason:
            return note(reason)
        further = self._further(exchange)
        if not further:
            return note("same_answer" if same(exchange.received) else "no_budget")
        taste, bounds = self.sight.current(profile).taste, self.bounds
        judge = bounds.judged and tells(taste)
        day, wanted = int(exchange.came // DAY), len(further) + judge
        granted = await self._granted(exchange.user, day, wanted)
        if not granted:
            return note("calls_spent")
        note("asked", calls=1 + granted)
        # Before a judge there must be something to judge.
        judge = judge and granted > 1
        ways = (Way(), *further[: granted - judge])
        exchange.choosing = Choosing("align", ways, taste, bounds.wait, bounds.max_tokens, bounds.caution, self.sight,
                                     exchange.received.last_user_text, judge, bounds.judge_wait)  # fmt: skip

    def _further(self, exchange: Exchange) -> list[Way]:
        """The ways to ask beside the ordinary one: those of the configuration as far as there is room, else the same
        again."""
        if not (self.bounds.models or self.blocks):
            return [] if same(exchange.received) else [Way()] * (self.bounds.calls - 1 - self.bounds.judged)
        room = exchange.receipt.budget - exchange.receipt.tokens
        worded = [Way(None, block, count_tokens(block.render())) for block in self.blocks]
        return [*(way for way in worded if way.tokens <= room), *(Way(model) for model in self.bounds.models)]

    async def _granted(self, user: User, day: int, wanted: int) -> int:
        """How many of the calls beyond the ordinary one the person still has this day; those are taken, by one request
        at a time."""
        key = calls_of(user.tenant, user.id) + f"align/{day}"
        async with self.gate:
            spent = int(await self.sessions.get(key) or b"0")
            granted = max(0, min(wanted, self.bounds.calls_per_day - spent))
            if granted:
                await self.sessions.set(key, b"%d" % (spent + granted), DAY)
        return granted


def tells(taste: Mapping[str, float]) -> bool:
    """Whether anything is known of a taste on axes that are judged: else a judge changes nothing."""
    # Imported by `build` already, which chooses by them.
    from policies.rewards.axes import JUDGED

    return any(f"{axis}~{axis}" in taste for axis in JUDGED)
