"""The events by which a person approves of an answer in the chat itself, or says that it is wrong. Two policies must
name them alike: one that hears them, and one that waits for them."""

from __future__ import annotations

from hashlib import blake2b


def approval(exchange: str) -> str:
    """The id of the event of approval, for the answer of an exchange."""
    return _named(exchange, "accepted")


def disapproval(exchange: str) -> str:
    """The id of the event of correction, for the answer of an exchange."""
    return _named(exchange, "rating")


def _named(exchange: str, kind: str) -> str:
    return blake2b("\0".join(("implicit", exchange, kind)).encode("utf-8", "replace"), digest_size=16).hexdigest()
