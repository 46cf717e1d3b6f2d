"""The corpora of tenants as text: made once for each version, and kept in this process within bounds."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

from adapters.ports import Block, Knowledge, Passage, count_tokens
from policies.replay import Given
from policies.retrieval.cic import HEAD, UNCITED, corpus_text, rows
from policies.retrieval.citing import sources_of

CHARACTERS = 8
"""Of a token, at most: what has more of them for each allowed token is not even read."""
ROOM = 32 << 20
"""Characters of all texts that are kept, the least recently used goes first."""
VERSIONS = 4096
"""Tenants whose version is remembered."""
Asked = tuple[str, int]
"""A tenant, and the first number of a corpus: 1, but in a conversation that lost one."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A corpus: what a conversation is given of it, the digest of its text, and digests of what is shown of each
    passage."""

    given: Given
    digest: str
    rows: frozenset[bytes]

    @property
    def block(self) -> Block:
        """The block that goes before the model."""
        return Block("corpus", self.given.text, "front")


def whole(passages: Sequence[Passage], cited: bool = True, first: int = 1) -> Whole:
    """The corpus of these passages, which the model is asked to cite or not, by numbers from `first` on. Its time grows
    with the text: some 30 ms for 50,000 tokens."""
    text = corpus_text(passages, HEAD if cited else UNCITED, first)
    tokens = count_tokens(Block("corpus", text, "front").render())
    shown = frozenset(_digest(row).digest() for row in rows(passages))
    given = Given(text, tuple(each.id for each in passages), tokens, sources_of(passages, first))
    return Whole(given, _digest(text).hexdigest(), shown)


class Corpora:
    """What `knowledge` has of each tenant, if it is no more than `most` tokens could be, in all at most `room`
    characters, and the newest in any case; the model is asked to cite them or not. For one event loop at a time.

    One read of a tenant runs at a time, on its own: who does not want to wait for it leaves it to who comes later.
    """

    def __init__(self, knowledge: Knowledge, most: int, cited: bool = True, room: int = ROOM) -> None:
        self._knowledge = knowledge
        self._cited = cited
        self._room = room
        self._most = most * CHARACTERS
        self._texts: OrderedDict[tuple[str, str], Whole] = OrderedDict()
        self._characters = 0
        self._versions: OrderedDict[Asked, tuple[str, str]] = OrderedDict()
        self._reading: dict[Asked, asyncio.Task[Whole | None]] = {}
        self._late: set[Asked] = set()

    async def newest(self, tenant: str, seconds: float, first: int = 1) -> Whole | None:
        """The corpus as the index has it now, numbered from `first` on; None where it is larger. An empty one has no
        ids. Raises AdapterError, and TimeoutError where it takes longer, at once until what took longer has ended."""
        asked = (tenant, first)
        task = self._reading.get(asked)
        if task is None:
            task = self._reading[asked] = asyncio.ensure_future(self._read(asked))
            task.add_done_callback(partial(self._ended, asked))
        elif asked in self._late:
            raise TimeoutError
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            self._late.add(asked)
            raise TimeoutError
        return task.result()

    def kept(self, tenant: str, digest: str) -> Whole | None:
        """An earlier one, if it is still remembered."""
        found = self._texts.get((tenant, digest))
        if found is not None:
            self._texts.move_to_end((tenant, digest))
        return found

    async def _read(self, asked: Asked) -> Whole | None:
        tenant, first = asked
        corpus = await self._knowledge.corpus(tenant, self._most)
        if corpus is None:
            return None
        version, digest = self._versions.get(asked, ("", ""))
        known = self.kept(tenant, digest) if version == corpus.version else None
        if known is not None:
            return known
        # Counting tokens takes its time, which other requests must not wait for.
        made = await asyncio.to_thread(whole, corpus.passages, self._cited, first)
        self._keep(asked, corpus.version, made)
        return made

    def _keep(self, asked: Asked, version: str, made: Whole) -> None:
        tenant = asked[0]
        self._versions[asked] = (version, made.digest)
        self._versions.move_to_end(asked)
        if len(self._versions) > VERSIONS:
            self._versions.popitem(last=False)
        # What holds a passage that is gone must not be sent again: it goes at once.
        gone = [key for key, old in self._texts.items() if key[0] == tenant and not old.rows <= made.rows]
        for key in gone:
            self._drop(key)
        if self.kept(tenant, made.digest) is None:
            self._texts[tenant, made.digest] = made
            self._characters += len(made.given.text)
        while self._characters > self._room and len(self._texts) > 1:
            self._drop(next(iter(self._texts)))

    def _drop(self, key: tuple[str, str]) -> None:
        self._characters -= len(self._texts.pop(key).given.text)

    def _ended(self, asked: Asked, task: asyncio.Task[Whole | None]) -> None:
        self._reading.pop(asked, None)
        self._late.discard(asked)
        if not task.cancelled():
            task.exception()  # whoever waited was told; where nobody did, the next who asks reads again


def _digest(text: str) -> blake2b:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16)
