"""What this process remembers of people, within bounds: never asked without a look at the person's row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from adapters.ports import Person, User

K = TypeVar("K")
V = TypeVar("V")

Row = tuple[int, int, int, int, int]
"""A person's row as the hot path reads it: id, epoch, version, watermark, last seq."""


class Recent(Generic[K, V]):
    """The entries used last, bounded by their number and by the sum of their weights."""

    def __init__(self, entries: int, weight: int) -> None:
        self._entries = entries
        self._most = self._room = weight
        self._kept: dict[K, tuple[V, int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """The value, which counts as used now, or None."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        self._kept[key] = kept
        return kept[0]

    def put(self, key: K, value: V, weight: int = 0) -> None:
        """Remember a value; the ones unused for longest make room. One that would fill all of it is not kept."""
        self.drop(key)
        if weight > self._most:
            return
        self._kept[key] = (value, weight)
        self._room -= weight
        while self._kept and (self._room < 0 or len(self._kept) > self._entries):
            self.drop(next(iter(self._kept)))

    def drop(self, key: K) -> None:
        """Forget one entry."""
        if kept := self._kept.pop(key, None):
            self._room += kept[1]

    def drop_where(self, condition: Callable[[K], bool]) -> None:
        """Forget every entry whose key fulfils the condition."""
        for key in [key for key in self._kept if condition(key)]:
            self.drop(key)


@dataclass(slots=True)
class Remembered:
    """People as last read (32 MiB of their texts), and events that need no write, by (person, epoch, event, fresh)."""

    people: Recent[User, tuple[Row, Person]] = field(default_factory=lambda: Recent(10_000, 32 << 20))
    events: Recent[tuple[User, int, str, bool], None] = field(default_factory=lambda: Recent(20_000, 8 << 20))

    def drop(self, user: User) -> None:
        """Forget a person."""
        self.people.drop(user)
        self.events.drop_where(lambda key: key[0] == user)
