"""The summary that a conversation goes on with."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from adapters.ports import Cache, Profile, User
from adapters.ports.formats.base import INSTRUCTING
from policies.base import Exchange
from policies.sessions import of_person

PIN_TTL = 3600.0
# What clients write above memories that they inject themselves: Open WebUI, and our own block.
_CLIENT_MEMORY = re.compile(r"^User Context:\s*$|<rapport-profile|^# Model Set Context", re.MULTILINE)


class Pin(msgspec.Struct, array_like=True):
    """The summary that a conversation goes on with, and when it stops to hold."""

    epoch: int
    corrected: tuple[float, ...]
    version: int
    text: str


async def pin_of(
    exchange: Exchange, sessions: Cache, user: User, profile: Profile, summary: Callable[[], str]
) -> tuple[Pin, bool]:
    """The conversation's pin, and whether it was there; a new one at its start, after an idle hour, and where something
    was corrected. `summary` is made to fit what all policies together may still inject."""
    key = of_person(user.tenant, user.id) + f"pin/{exchange.conversation}"
    kept = None if exchange.received.opens else await pinned(sessions, key, profile)
    pin = kept or Pin(profile.epoch, corrected(profile), profile.version, summary())
    await keep_pin(sessions, key, pin)
    return pin, kept is not None


async def pinned(sessions: Cache, key: str, profile: Profile) -> Pin | None:
    """The pin under `key`, or None where there is none, or something was corrected or forgotten since."""
    kept = await sessions.get(key)
    pin = msgspec.msgpack.decode(kept, type=Pin) if kept else None
    if pin is None or (pin.epoch, pin.corrected) != (profile.epoch, corrected(profile)):
        return None
    return pin


async def keep_pin(sessions: Cache, key: str, pin: Pin) -> None:
    """Keep it for another `PIN_TTL` seconds."""
    await sessions.set(key, msgspec.msgpack.encode(pin), PIN_TTL)


def corrected(profile: Profile) -> tuple[float, ...]:
    """The last correction by its evidence, how often the person changed something by hand, and whether the profile is
    trusted: version numbers depend on how the learner batched."""
    return profile.counts.get("corrected", 0.0), profile.counts.get("edits", 0.0), float(bool(profile.election.guarded))


def client_memory(exchange: Exchange) -> bool:
    """Whether the client already put memories of the person before the conversation."""
    for turn in exchange.received.turns:
        if turn.role not in INSTRUCTING:
            return False
        if _CLIENT_MEMORY.search(turn.text):
            return True
    return False
