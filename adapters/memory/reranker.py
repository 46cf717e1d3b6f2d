"""A reranker in this process: the share of a question's words that a text holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.ports.words import stems, words_of


class MemoryReranker:
    """The port `Reranker` by words alone, for tests and for authors of plug-ins: names and numbers weigh double."""

    async def rank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """For each text the weight of the question's content words in it, of all of them; 0 to a question of none."""
        words = words_of(question)
        return [_share(words, text) for text in texts]


def _share(words: Mapping[str, float], text: str) -> float:
    held = sum(words[stem] for stem in sorted(words.keys() & set(stems(text))))
    return min(1.0, held / sum(words.values())) if words else 0.0
