"""What waits to be folded: how much of it at once, and what was made of it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec

from adapters.ports import Cache, Evidence, Profile, User
from policies.preferences.choices import KINDS
from policies.sessions import of_person

NEWEST_TTL = 60.0
_EACH = 100
"""Characters that an event counts for beside its text, so that many short ones are bounded too."""


class Newest(msgspec.Struct, array_like=True):
    """A stored profile, by epoch and version, and what pending evidence made of it."""

    epoch: int
    version: int
    profile: Profile


async def newest(sessions: Cache, user: User, stored: Profile) -> Newest:
    """What was made of `stored` for an earlier request, or `stored` itself where there is none."""
    kept = await sessions.get(_key(user))
    found = msgspec.msgpack.decode(kept, type=Newest) if kept else None
    if found is None or (found.epoch, found.version) != (stored.epoch, stored.version):
        return Newest(stored.epoch, stored.version, stored)
    return found


async def keep_newest(sessions: Cache, user: User, found: Newest) -> None:
    """Keep it for the next request of this person."""
    await sessions.set(_key(user), msgspec.msgpack.encode(found), NEWEST_TTL)


def size(item: Evidence) -> int:
    """What folding an event costs, in characters."""
    return len(item.text) + len(item.context) + _EACH


def within(pending: Sequence[Evidence], most: int | None) -> list[Evidence]:
    """The oldest events of at most `most` characters together, at least one; all where `most` is None."""
    found: list[Evidence] = []
    for item in sorted(pending, key=lambda item: item.seq):
        most = None if most is None else most - size(item)
        if found and most is not None and most < 0:
            break
        found.append(item)
    return found


def runs(pending: Sequence[Evidence]) -> list[list[Evidence]]:
    """The events in their order, one by one, but choices that follow each other together."""
    ordered = sorted(pending, key=lambda item: item.seq)
    return [list(run) for _, run in groupby(ordered, key=lambda item: 0 if item.kind in KINDS else item.seq)]


def _key(user: User) -> str:
    return of_person(user.tenant, user.id) + "newest"
