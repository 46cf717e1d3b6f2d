"""Anthropic's prompt cache: nothing is cached but what a client marks.

The prompt is a row of blocks: tools, then system, then the messages' content. `cache_control` on a block ends a prefix
there; at the top of the request it marks the last block. A prefix is written when it is marked, and read when an equal
one was written before and a mark stands at its end or up to 20 blocks later, so that a mark may move on with a
conversation. Equal means byte for byte, but for the marks themselves. Four characters stand for one token, and
prefixes of less than 1,024 tokens are not cached. Source: the service's page on prompt caching.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

MARKS = 4
"""So many a request may have."""
_FLOOR = 1024
_BACK = 20


class Counts(NamedTuple):
    """Tokens of a prompt, and how many of them were written to the cache and read from it."""

    size: int
    written: int = 0
    read: int = 0


class _Prefix(NamedTuple):
    size: int  # characters
    digest: bytes
    marked: bool


class Cache:
    """What one server has written."""

    def __init__(self) -> None:
        self._written: set[bytes] = set()

    def measure(self, body: Mapping[str, Any], on: bool) -> Counts:
        """Count a request's prompt; its marked prefixes are cached afterwards, if `on`."""
        prefixes = list(_prefixes(body))
        size = -(-prefixes[-1].size // 4) if prefixes else 0
        ends = [number for number, one in enumerate(prefixes) if one.marked and one.size // 4 >= _FLOOR]
        if not on or not ends:
            return Counts(size)
        near = {at for end in ends for at in range(max(0, end - _BACK), end + 1)}
        read = max((prefixes[at].size // 4 for at in near if prefixes[at].digest in self._written), default=0)
        self._written.update(prefixes[end].digest for end in ends)
        return Counts(size, max(0, prefixes[ends[-1]].size // 4 - read), read)


def marks(body: Mapping[str, Any]) -> int:
    """How many marks a request has."""
    return sum("cache_control" in block for _, block in _blocks(body)) + ("cache_control" in body)


def _prefixes(body: Mapping[str, Any]) -> Iterator[_Prefix]:
    blocks = list(_blocks(body))
    size, digest = 0, blake2b()
    for number, (place, block) in enumerate(blocks):
        bare = {name: value for name, value in block.items() if name != "cache_control"}
        text = place + json.dumps(bare)
        size += len(text)
        digest.update(text.encode())
        last = number == len(blocks) - 1
        yield _Prefix(size, digest.digest(), "cache_control" in block or (last and "cache_control" in body))


def _blocks(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each block behind the words that say where it stands. A text is a block of its own."""
    for tool in body.get("tools") or ():
        yield "tool", tool
    for block in _content(body.get("system") or ()):
        yield "system", block
    for number, message in enumerate(body["messages"]):
        for block in _content(message.get("content") or ()):
            yield f"{number} {message.get('role')}", block


def _content(given: Any) -> list[Mapping[str, Any]]:
    return [{"type": "text", "text": given}] if isinstance(given, str) else list(given)
