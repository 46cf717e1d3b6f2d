"""Responses that a later request may name, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.memory.kept import items_of
from adapters.ports import Bounds, StoredResponse, User


class MemoryResponses:
    """Fulfils ResponseStore. `epoch` tells the present epoch of a person; to `seen` those are told whom it keeps
    something of."""

    def __init__(self, epoch: Callable[[User], int], seen: Callable[[User], None], bounds: Bounds) -> None:
        self._epoch = epoch
        self._seen = seen
        self._bounds = bounds
        self._kept: dict[tuple[str, str], tuple[StoredResponse, User | None]] = {}

    async def keep(self, response: StoredResponse, user: User | None) -> bool:
        """Keep a response, and forget what is beyond the bounds."""
        kept = self._bounds.of(response)
        if kept is None:
            return False
        if user is not None:
            if user.epoch is not None and user.epoch < self._epoch(user):
                return False
            self._seen(user)
        self._kept = {key: each for key, each in self._kept.items() if self._fresh(each[0])}
        self._kept.setdefault((response.tenant, response.id), (replace(kept, created=time.time()), user))
        self._trim(kept.tenant, kept.owner, *self._bounds.most(user is not None))
        return True

    def _trim(self, tenant: str, owner: str, responses: int, total: int, owned: int) -> None:
        for key, (kept, _) in reversed(list(self._kept.items())):
            if (kept.tenant, kept.owner) != (tenant, owner):
                continue
            if kept.whole:
                responses, total = responses - 1, total - kept.size
            else:
                owned -= 1
            if min(responses, total) < 0 if kept.whole else owned < 0:
                del self._kept[key]

    async def find(self, tenant: str, id: str) -> StoredResponse | None:
        """The response, while it is not too old."""
        found = self._kept.get((tenant, id))
        return found[0] if found and self._fresh(found[0]) else None

    def _fresh(self, kept: StoredResponse) -> bool:
        return kept.created > self._bounds.since(kept.whole)

    async def drop(self, tenant: str, id: str) -> bool:
        """Forget a response."""
        return self._kept.pop((tenant, id), None) is not None

    def of(self, user: User) -> list[dict[str, Any]]:
        """What is kept for a person, as the export shows it."""
        named = ("id", "model", "previous", "created", "said", "answer")
        return [
            {**{name: getattr(kept, name) for name in named}, "items": items_of(kept.inputs) + items_of(kept.outputs)}
            for kept, owner in self._kept.values()
            if owner == user
        ]

    def erase(self, user: User) -> list[StoredResponse]:
        """Forget what is kept for a person; what that was."""
        gone = [key for key, (_, owner) in self._kept.items() if owner == user]
        return [self._kept.pop(key)[0] for key in gone]
