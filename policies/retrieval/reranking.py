"""Puts what a search found in the order of a reranker: more passages than are wanted, and the best of them in front.

A search orders by words and vectors made apart from each other; a reranker reads question and passage together, which
is far dearer and mostly better (Nogueira and Cho, Passage re-ranking with BERT, arXiv 1901.04085). It only orders:
scores of two rerankers mean different things, so the floor decides as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from adapters.ports import AdapterError, Reranker
from policies.retrieval.search import Scored

WIDTH, MOST = 4, 40
"""Passages that are looked at for each one wanted, and in all."""
SHARE = 0.9
"""Of the policy's time after which nobody waits for a reranker."""


def candidates(wanted: int, reranker: Reranker | None) -> int:
    """How many passages to search for where `wanted` may be put in."""
    return wanted if reranker is None else max(wanted, min(WIDTH * wanted, MOST))


async def reordered(
    reranker: Reranker | None, question: str, found: Sequence[Scored], until: float, note: Callable[[str], None]
) -> list[Scored]:
    """The passages, best first by the reranker's scores, which they carry; fewer than two are left as they are.

    One that fails, is not done at `until` (on the loop's clock) or scores nonsense is noted, and the search's order
    stays.
    """
    if reranker is None or len(found) < 2:
        return list(found)
    texts = [f"{each.hit.passage.title}\n{each.hit.passage.text}" for each in found]
    try:
        async with asyncio.timeout_at(until):
            scores = await reranker.rank(question, texts)
    except (AdapterError, TimeoutError):
        scores = ()
    if len(scores) != len(found) or not all(isinstance(score, float | int) and 0 <= score <= 1 for score in scores):
        note("reranker_unavailable")
        return list(found)
    scored = [each._replace(rerank=score) for each, score in zip(found, scores, strict=True)]
    # Equal scores leave the search's order.
    return sorted(scored, key=lambda each: -(each.rerank or 0.0))
