"""Memories of the person that a client already put before the conversation: where there are some, ours step aside."""

from __future__ import annotations

import re

from adapters.ports.formats.base import INSTRUCTING
from policies.base import Exchange

# What clients write above memories that they inject themselves: Open WebUI, and our own block.
_CLIENT_MEMORY = re.compile(r"^User Context:\s*$|<rapport-profile|^# Model Set Context", re.MULTILINE)


def client_memory(exchange: Exchange) -> bool:
    """Whether the client already put memories of the person before the conversation."""
    for turn in exchange.received.turns:
        if turn.role not in INSTRUCTING:
            return False
        if _CLIENT_MEMORY.search(turn.text):
            return True
    return False
