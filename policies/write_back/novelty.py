"""Whether an answer says what the corpus does not yet: by vectors of the corpus, and by words of its own sources."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from adapters.ports import Embedder, Knowledge, Passage
from policies.write_back.reading import tokens

GRAM = 5
LOOKED_AT = 5
"""Passages of the corpus that are compared: the nearest ones."""
Nearest = Callable[[str, str], Awaitable[float | None]]
"""The cosine of a text and the nearest passage of a tenant's corpus; None where there are no vectors. May raise
AdapterError."""


def containment(answer: str, sources: Iterable[Passage]) -> float:
    """Share of the answer's runs of `GRAM` words that stand in its sources, in [0, 1]; of shorter answers the whole."""
    own = _grams(answer)
    size = len(next(iter(own), ()))
    held = {gram for each in sources for gram in _grams(each.text, size)}
    return len(own & held) / len(own) if own else 1.0


def _grams(text: str, size: int = GRAM) -> set[tuple[str, ...]]:
    words = tokens(text)
    size = min(size, len(words))
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if size else set()


def nearest(indexes: Sequence[Knowledge], embedder: Embedder | None) -> Nearest:
    """The nearest passage of a tenant, by these indexes."""

    async def found(tenant: str, text: str) -> float | None:
        if embedder is None:
            return None
        (vector,) = await embedder.embed([text])
        hits = [hit for each in indexes for hit in await each.search(tenant, text, vector, LOOKED_AT)]
        return max((hit.similarity for hit in hits if hit.similarity is not None), default=None)

    return found
