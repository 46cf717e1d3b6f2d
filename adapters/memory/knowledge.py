"""Knowledge in this process: BM25 in plain Python and exact cosines, for tests and for authors of plug-ins."""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.fusion import fuse
from adapters.ports import AdapterError, Corpus, Filter, Hit, Library, Make, Material, Passage, Status, Terms
from adapters.ports.filters import matches
from adapters.ports.terms import count, terms_of
from adapters.ports.words import spellings

K1, B = 1.2, 0.75
"""Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), section 3.5."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Entry:
    passage: Passage
    words: Counter[str]
    length: int
    vectors: tuple[tuple[float, ...], ...]


class MemoryKnowledge:
    """The ports `Knowledge` and `Library` in memory: no stemming, no index, every search reads every passage."""

    def __init__(self) -> None:
        self._tenants: dict[str, dict[str, list[_Entry]]] = {}
        self._terms: dict[str, Terms] = {}
        self._changes = 0

    async def ready(self) -> None:
        """Nothing is slow here."""

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None, materials: Sequence[Material] = ("knowledge",)) -> Sequence[Hit]:
        """The best `limit` passages by BM25 over title and text, and by cosine where a vector is given; best first."""
        entries = [entry for entry in self._entries(tenant) if _meant(entry.passage, filter, materials)]
        scores = _bm25({*_words(text), *_words(" ".join(spellings(text)))}, entries)
        found = []
        for entry, score in zip(entries, scores, strict=True):
            similarity = _nearest(vector, entry.vectors)
            if score > 0 or similarity is not None:
                found.append(Hit(entry.passage, 0.0, score, similarity))
        return fuse(found, limit)

    async def replace(
        self, tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[float]],
        parts: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ) -> int:
        """Put in the passages of each source named, instead of what it had; returns how many the tenant has."""
        more = parts or {}
        all_of = {id: [whole, *more.get(id, ())] for id, whole in vectors.items()}
        made = {source: [_entry(tenant, source, each, all_of) for each in given] for source, given in passages.items()}
        sources = {**self._tenants.get(tenant, {}), **made}
        self._tenants[tenant] = {source: entries for source, entries in sources.items() if entries}
        self._terms.pop(tenant, None)
        self._changes += 1
        return len(self._entries(tenant))

    async def sources(self, tenant: str) -> Mapping[str, str]:
        """The digest of each source of the tenant."""
        return {source: entries[-1].passage.digest for source, entries in self._tenants.get(tenant, {}).items()}

    async def tenants(self) -> Sequence[str]:
        """Whose passages are in the index."""
        return sorted(tenant for tenant, sources in self._tenants.items() if sources)

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        """All passages of material `knowledge`; None where their texts have more than `most` characters."""
        own = [entry.passage for entry in self._entries(tenant) if entry.passage.material == "knowledge"]
        if sum(len(each.text) for each in own) > most:
            return None
        return Corpus(str(self._changes), tuple(sorted(own, key=lambda each: (each.source, each.position))))

    async def passages(self, tenant: str, named: Collection[tuple[str, str]]) -> Sequence[Passage]:
        """Of the passages named by source and id those that are still there."""
        own, ids = self._tenants.get(tenant, {}), set(named)
        found = (entry.passage for source in {source for source, _ in ids} for entry in own.get(source, ()))
        return [each for each in found if (each.source, each.id) in ids]

    async def digests(self, tenant: str, sources: Collection[str]) -> Mapping[str, str]:
        """The digest of each of these sources that is in the index."""
        return {source: digest for source, digest in (await self.sources(tenant)).items() if source in sources}

    def terms(self, tenant: str) -> Terms | None:
        """The terms of the tenant's passages, counted at once."""
        if tenant not in self._terms:
            found = (entry.passage for entry in self._entries(tenant))
            self._terms[tenant] = count(terms_of(each.title, each.text) for each in found)
        return self._terms[tenant]

    async def status(self, tenant: str) -> Status:
        """How much there is; nothing waits here."""
        return Status(len(self._entries(tenant)), len(self._tenants.get(tenant, {})))

    async def renew(self, make: Make) -> int:
        """Nothing here is of another embedder."""
        return 0

    @contextlib.asynccontextmanager
    async def rebuild(self) -> AsyncIterator[Library]:
        """An index to fill anew, which takes the place of this one when the block ends well."""
        fresh = MemoryKnowledge()
        yield fresh
        self._tenants, self._terms = fresh._tenants, {}
        self._changes += 1

    async def close(self) -> None:
        """Nothing to let go of."""

    def _entries(self, tenant: str) -> list[_Entry]:
        return [entry for kept in self._tenants.get(tenant, {}).values() for entry in kept]


def _meant(passage: Passage, filter: Filter | None, materials: Sequence[Material]) -> bool:
    return passage.material in materials and (filter is None or matches(filter, passage.attributes))


def _entry(tenant: str, source: str, passage: Passage, vectors: Mapping[str, Sequence[Sequence[float]]]) -> _Entry:
    own = tuple(tuple(vector) for vector in vectors.get(passage.id, ()))
    if not all(math.isfinite(value) for vector in own for value in vector):
        raise AdapterError("A vector is not made of finite floats.")
    words = _words(f"{passage.title} {passage.text}")
    return _Entry(replace(passage, tenant=tenant, source=source), Counter(words), len(words), own)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _bm25(query: set[str], entries: Sequence[_Entry]) -> list[float]:
    """BM25 with the logarithm of Lucene, which stays positive for words that most passages have."""
    number = len(entries)
    mean = sum(entry.length for entry in entries) / number if number else 0.0
    weights = {}
    for word in query:
        having = sum(word in entry.words for entry in entries)
        if having:
            weights[word] = math.log(1 + (number - having + 0.5) / (having + 0.5))
    scores = []
    for entry in entries:
        norm = K1 * (1 - B + B * entry.length / mean) if mean else K1
        counts = ((weight, entry.words[word]) for word, weight in weights.items())
        scores.append(sum(weight * count * (K1 + 1) / (count + norm) for weight, count in counts))
    return scores


def _nearest(asked: Sequence[float] | None, vectors: Sequence[Sequence[float]]) -> float | None:
    cosines = (_cosine(asked, vector) for vector in vectors if asked is not None and len(asked) == len(vector))
    return max((cosine for cosine in cosines if cosine is not None), default=None)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float | None:
    size = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / size if size else None
