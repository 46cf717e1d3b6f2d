"""Instructions that fit a person, chosen before the one call: the same ones for the length of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from adapters.ports import Block, Cache, Profile, User, UserStore, count_tokens
from policies.align.served import served
from policies.base import Exchange, Policy
from policies.house import House
from policies.requests import structured
from policies.sessions import corrected, of_person

PIN_TTL = 3600.0
NOTE = "instructions of the operator; the person's own words come first"


def instructions(texts: Mapping[str, str]) -> dict[str, Block]:
    """The operator's texts as blocks for the system prompt, by name."""
    return {name: Block("style", text, note=NOTE) for name, text in texts.items()}


class Pin(msgspec.Struct, array_like=True):
    """The variant that a conversation goes on with, "" for none, and when it stops to hold."""

    epoch: int
    corrected: tuple[float, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Wording(Policy):
    """Adds the variant whose style is worth most to the person, or none where each is worth less than nothing: no
    variant is a candidate, too. It costs no call."""

    blocks: Mapping[str, Block]
    styles: Mapping[str, Mapping[str, float]]
    caution: float
    users: UserStore
    sessions: Cache
    house: House | None = None

    async def on_request(self, exchange: Exchange) -> None:
        note = exchange.receipt.note
        profile, reason = await served(exchange, self.users, self.house)
        if profile is None or exchange.user is None:
            return note(reason)
        name = await self._pinned(exchange, exchange.user, profile, not reason)
        block = None if structured(exchange.received) else self.blocks.get(name)
        if block is None:
            return note("structured" if name else reason or "plain")
        tokens = count_tokens(block.render())
        if tokens > exchange.receipt.budget:
            return note("no_budget")
        note("worded", tokens, variant=list(self.blocks).index(name))
        exchange.request = exchange.request.with_context(block)

    async def _pinned(self, exchange: Exchange, user: User, profile: Profile, chooses: bool) -> str:
        """The variant of this conversation, chosen when it began, or when something was corrected."""
        key = of_person(user.tenant, user.id) + f"align/variant/{exchange.caller.place}/{exchange.conversation}"
        kept = None if exchange.received.opens else await self.sessions.get(key)
        pin = msgspec.msgpack.decode(kept, type=Pin) if kept else None
        if pin is None or (pin.epoch, pin.corrected) != (profile.epoch, corrected(profile)):
            pin = Pin(profile.epoch, corrected(profile), self._best(profile) if chooses else "")
        await self.sessions.set(key, msgspec.msgpack.encode(pin), PIN_TTL)
        return pin.name

    def _best(self, profile: Profile) -> str:
        # Imported by `build` already, which reads the axes.
        from policies.rewards.choosing import styled

        worths = styled([{}, *self.styles.values()], profile.taste, self.caution)
        place = worths.index(max(worths)) if worths else 0
        return ["", *self.styles][place]
