"""The person's own turns as evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.ports import ChatRequest, Evidence, strip_blocks

CONTEXT = 600


def read(request: ChatRequest, max_chars: int, now: float) -> Iterator[Evidence]:
    """The person's turns as evidence, oldest first, from the request as it came.

    Turns after the assistant's last are fresh; older ones are history, which the store keeps only where it does not
    have the same text of this person, so that a client which sends everything again adds nothing. What stands before
    the body, where a server keeps it, was read when it came, and is context only.
    """
    before = context = ""
    last_answer = max((turn.index for turn in request.turns if turn.role == "assistant"), default=-1)
    for turn in request.turns:
        text = strip_blocks(turn.text)[:max_chars]
        if turn.role == "user" and turn.index >= 0 and text.strip():
            fresh = turn.index > last_answer
            yield Evidence(
                event=digest(before, text), kind="statement", text=text, context=context[-CONTEXT:],
                digest=digest(text), fresh=fresh, time=now,
            )
        if turn.role in ("user", "assistant"):
            before = text
            context = text if turn.role == "assistant" else context


def named(said: Sequence[Evidence], recent: Sequence[str]) -> list[Evidence]:
    """The evidence with the ids of its fresh turns chained to what the person said before.

    A retry gets the ids that stand last in `recent`, and is no new event. The same words after other words are one:
    "I'm vegan", "not any more", "I'm vegan" are three events, and the last one counts.
    """
    fresh = [item for item in said if item.fresh]
    last = tuple(recent[-len(fresh) :]) if fresh else ()
    chains = {tuple(digest(salt, item.event) for item in fresh): salt for salt in ("", *recent)}
    # More turns at once than `recent` could show are told from a retry by their own words alone.
    newest = recent[-1] if recent and len(fresh) <= len(recent) else ""
    salt = chains.get(last, newest)
    return [replace(item, event=digest(salt, item.event)) if item.fresh else item for item in said]


def digest(*texts: str) -> str:
    """What tells texts from others, 32 hex digits."""
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=16).hexdigest()
