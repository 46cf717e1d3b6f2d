"""About whom something may be put into a chat: not where a client already put memories of the person before the
conversation, and not where the person paused."""

from __future__ import annotations

import re

from adapters.ports import Person, User, UserStore
from adapters.ports.formats.base import INSTRUCTING
from policies.base import Exchange

# What clients write above memories that they inject themselves: Open WebUI, and our own block.
_CLIENT_MEMORY = re.compile(r"^User Context:\s*$|<rapport-profile|^# Model Set Context", re.MULTILINE)


async def addressed(exchange: Exchange, users: UserStore) -> tuple[User, Person] | str:
    """Whom a block may be about, and what is kept of them; or why of nobody, as a reason code. Raises AdapterError."""
    user = exchange.user
    if user is None:
        return "no_identity"
    if _client_memory(exchange):
        return "client_memory"
    person = user.known or await users.load(user)
    return "paused" if person.profile.paused else (user, person)


def _client_memory(exchange: Exchange) -> bool:
    """Whether the client already put memories of the person before the conversation."""
    for turn in exchange.received.turns:
        if turn.role not in INSTRUCTING:
            return False
        if _CLIENT_MEMORY.search(turn.text):
            return True
    return False
