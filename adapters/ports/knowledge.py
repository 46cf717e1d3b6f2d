"""Knowledge: passages of documents, how they are found, and caches of what can be computed again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from adapters.ports.filters import Filter, Value
from adapters.ports.terms import Terms

Material = Literal["knowledge", "experiences"]
Origin = Literal["human", "model"]
Root = tuple[str, str]
"""A source and its digest: what something rests on, as it was then."""
Vectors = Mapping[str, Sequence[Sequence[float]]]
"""By passage id: the vector of the whole passage, then those of its windows."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to ingest: its `source` (path or row id, unique per tenant), a title, Markdown or plain text, and the
    SHA-256 of what it was made from."""

    source: str
    title: str
    text: str
    digest: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document. `id` is stable for the same text at the same place; `position` counts from 0.

    `material` says what the operator takes it for: `knowledge`, or `experiences` (reviews, cases, questions that were
    answered). `attributes` are what a search can be narrowed by, `aspects` what the passage speaks of, the most
    important first. `origin` says who wrote it: what a model wrote rests on `roots`, which people wrote.
    """

    id: str
    tenant: str
    source: str
    title: str
    text: str
    position: int = 0
    digest: str = ""
    material: Material = "knowledge"
    attributes: Mapping[str, Value] = field(default_factory=dict)
    aspects: tuple[str, ...] = ()
    origin: Origin = "human"
    roots: tuple[Root, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage: `score` fused in [0, 1], `text_score` as BM25 gives it, `similarity` a cosine or None: of the
    question and the nearest of the passage and its parts."""

    passage: Passage
    score: float
    text_score: float = 0.0
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """All of a tenant's passages, ordered by source and position. `version` changes with every change of the index."""

    version: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How an index stands. `waiting` counts passages that are not yet in their index or lack their vector: searches
    find them by their words, more slowly. `bytes` is what it takes on disk, 0 where that cannot be told."""

    passages: int = 0
    sources: int = 0
    waiting: int = 0
    bytes: int = 0
    embedder: str | None = None


Make = Callable[[Sequence[Passage]], Awaitable[Vectors]]
"""Makes the vectors of passages."""


class Knowledge(Protocol):
    """An index of passages, as a request asks it. Every call is within one tenant."""

    async def ready(self) -> None:
        """Load and open what is slow to open, and see that the index can be read. Raises AdapterError."""

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None, materials: Sequence[Material] = ("knowledge",)) -> Sequence[Hit]:
        """The best `limit` passages by text, and by vector where one is given; best first. Raises AdapterError."""

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        """All passages of material `knowledge`; None where their texts have more than `most` characters. Remembered
        until the index changes. Raises AdapterError."""

    async def passages(self, tenant: str, named: Collection[tuple[str, str]]) -> Sequence[Passage]:
        """As they are now, of the passages named by source and id, those that are still there, in any order. Remembered
        until the index changes. Raises AdapterError."""

    async def digests(self, tenant: str, sources: Collection[str]) -> Mapping[str, str]:
        """The digest of each of these sources that is in the index. Remembered until the index changes. Raises
        AdapterError."""

    def terms(self, tenant: str) -> Terms | None:
        """The terms of the tenant's passages, None while they are not known: at first, and within about a second after
        a change. Takes no time: what is missing is read in the background."""

    async def close(self) -> None:
        """Let go of files."""


class Library(Protocol):
    """An index of passages, as it is filled and looked after. It can be rebuilt."""

    async def replace(self, tenant: str, passages: Mapping[str, Sequence[Passage]],
                      vectors: Mapping[str, Sequence[float]],
                      parts: Mapping[str, Sequence[Sequence[float]]] | None = None) -> int:
        """Put in the passages of each source named, instead of what it had (none: the source is removed); `vectors`
        by passage id, and `parts` those of its windows. Returns how many passages are in the index now."""

    async def sources(self, tenant: str) -> Mapping[str, str]:
        """The digest of each source in the index."""

    async def tenants(self) -> Sequence[str]:
        """Whose passages are in the index. Raises AdapterError."""

    async def status(self, tenant: str) -> Status:
        """How the tenant's part stands. Raises AdapterError where the index cannot be read."""

    async def renew(self, make: Make) -> int:
        """Make over what is of another embedder or of an earlier version, and return how many passages were; what was
        there serves until that is whole. Nothing may be put in before. Raises AdapterError."""

    def rebuild(self) -> AbstractAsyncContextManager[Library]:
        """An index to fill anew, which takes the place of this one when the block ends well, and else vanishes."""


class Reranker(Protocol):
    """Orders passages by how well they answer a question."""

    async def rank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """A score in [0, 1] for each text, in the order of the texts. Raises AdapterError."""


class Embedder(Protocol):
    """Turns texts into vectors. `name` names the model: vectors of two names are never mixed. `in_parts`: whether it
    is cheap enough for many vectors of a passage. `usual`: the cosine at which a passage is as likely to concern a
    question as not, where that is known."""

    name: str
    dimensions: int
    in_parts: bool
    usual: float | None

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of `dimensions` floats per text, L2-normalised. Raises AdapterError."""


class Cache(Protocol):
    """Bytes that may vanish at any time."""

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None."""

    async def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """Keep the bytes for `ttl` seconds, or until there is no room."""

    async def drop(self, prefix: str) -> None:
        """Remove every key that starts with `prefix`."""
