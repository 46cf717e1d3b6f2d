"""Knowledge: passages of documents, how they are found, and caches of what can be computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


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
    """A piece of a document. `id` is stable for the same text at the same place; `position` counts from 0."""

    id: str
    tenant: str
    source: str
    title: str
    text: str
    position: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage: `score` fused in [0, 1], `text_score` as BM25 gives it, `similarity` a cosine or None: of the
    question and the nearest of the passage and its parts."""

    passage: Passage
    score: float
    text_score: float = 0.0
    similarity: float | None = None


class Knowledge(Protocol):
    """An index of passages; it can be rebuilt. Every call is within one tenant."""

    async def ready(self) -> None:
        """Load and open what is slow to open, so that the first search need not. Raises AdapterError."""

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int) -> Sequence[Hit]:
        """The best `limit` passages by text, and by vector where one is given; best first. Raises AdapterError."""

    async def replace(self, tenant: str, passages: Mapping[str, Sequence[Passage]],
                      vectors: Mapping[str, Sequence[float]],
                      parts: Mapping[str, Sequence[Sequence[float]]] | None = None) -> int:
        """Put in the passages of each source named, instead of what it had (none: the source is removed); `vectors`
        by passage id, and `parts` those of its windows. Returns how many passages are in the index now."""

    async def sources(self, tenant: str) -> Mapping[str, str]:
        """The digest of each source in the index."""

    async def close(self) -> None:
        """Let go of files."""


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
