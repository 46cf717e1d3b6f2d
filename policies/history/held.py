"""Edits that wait until it is sure that a person made them.

A client that rewords every answer looks like a person who edits every one. It gives itself away by never sending one
back as it was: so an edit counts only when a later answer of this person came back unchanged, in whichever of their
conversations. Kept in memory only, for an hour.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from adapters.ports import Cache, Evidence
from policies.base import Exchange
from policies.history.answers import TTL
from policies.sessions import of_person

MOST_EDITS = 3
"""Answers in a row that a person may change; who changes more of them is the client."""


class Held(msgspec.Struct, array_like=True):
    """The edits that wait, oldest first, and how many answers in a row came back changed."""

    edits: list[Evidence] = []
    changed: int = 0


def waiting(held: Held, edit: Evidence) -> Held:
    """With one more edit. One that waits already was sent again; beyond `MOST_EDITS` in a row none counts."""
    if any(edit.event == each.event for each in held.edits):
        return held
    changed = held.changed + 1
    return Held([*held.edits, edit] if changed <= MOST_EDITS else [], changed)


async def sift(cache: Cache, exchange: Exchange, did: Sequence[Evidence], same: bool) -> tuple[Evidence, ...]:
    """What may be recorded of what the person did: without an edit, which waits; with those that waited, before it,
    where the answer came back the same."""
    if exchange.user is None:
        return ()
    name = of_person(exchange.caller.tenant, exchange.user.id) + "edits"
    kept = await cache.get(name)
    held = msgspec.msgpack.decode(kept, type=Held) if kept else Held()
    if same:
        if held.changed:
            await cache.set(name, b"", TTL)
        return (*held.edits, *did)
    for edit in (item for item in did if item.kind == "edit"):
        held = waiting(held, edit)
        await cache.set(name, msgspec.msgpack.encode(held), TTL)
        exchange.receipt.note("edit_held")
    return tuple(item for item in did if item.kind != "edit")
