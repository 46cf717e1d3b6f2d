"""The event by which a person approves of an answer in the chat itself. Two policies must name it alike: one that hears
it, and one that waits for it."""

from __future__ import annotations

from hashlib import blake2b


def approval(exchange: str) -> str:
    """The id of the event, for the answer of an exchange."""
    return blake2b("\0".join(("implicit", exchange, "accepted")).encode("utf-8", "replace"), digest_size=16).hexdigest()
