"""The summary that a conversation goes on with."""

from __future__ import annotations

import re

import msgspec

from adapters.ports import Cache, Profile
from adapters.ports.formats.base import INSTRUCTING
from policies.base import Exchange

PIN_TTL = 3600.0
# What clients write above memories that they inject themselves: Open WebUI, and our own block.
_CLIENT_MEMORY = re.compile(r"^User Context:\s*$|<rapport-profile|^# Model Set Context", re.MULTILINE)


class Pin(msgspec.Struct, array_like=True):
    """The summary that a conversation goes on with, and when it stops to hold."""

    epoch: int
    corrected: tuple[float, float]
    version: int
    text: str


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


def corrected(profile: Profile) -> tuple[float, float]:
    """The last correction by its evidence, and how often the person changed something by hand: version numbers depend
    on how the learner batched."""
    return profile.counts.get("corrected", 0.0), profile.counts.get("edits", 0.0)


def client_memory(exchange: Exchange) -> bool:
    """Whether the client already put memories of the person before the conversation."""
    for turn in exchange.received.turns:
        if turn.role not in INSTRUCTING:
            return False
        if _CLIENT_MEMORY.search(turn.text):
            return True
    return False
