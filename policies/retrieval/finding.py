"""Finds passages for a question: by words and meaning, in the order of a reranker where there is one, above the floor,
and for who is new in the order of what they care for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import Material, Person
from policies.base import Adapters, Exchange
from policies.retrieval.aspects import NEW, WIDER, Aspects
from policies.retrieval.reranking import SHARE as RERANKED
from policies.retrieval.reranking import candidates, reordered
from policies.retrieval.search import Scored, above, embed, scored
from policies.retrieval.settings import Settings

EMBED = 0.4
"""Of the policy's time that an embedder may take."""
SHARE = 0.8
"""Of the policy's time that a search may take: what remains puts back what earlier turns were given."""


class Found(NamedTuple):
    """What the search found, what of it is above the floor, and what of that is to be put in: new, the best first."""

    all: list[Scored]
    good: list[Scored]
    new: list[Scored]


@dataclass(frozen=True, slots=True)
class Finding:
    """Searches for one question of one person."""

    settings: Settings
    adapters: Adapters
    aspects: Aspects

    async def find(
        self, exchange: Exchange, asked: str, seen: Collection[str], person: Person | None, began: float
    ) -> Found:
        """The passages for `asked` that are not among the ids `seen`; `person` is who asks, if they are new, and
        `began` when the policy did, on the clock of the event loop. Raises AdapterError, TimeoutError."""
        settings, reranker, note = self.settings, self.adapters.reranker, exchange.receipt.note
        async with asyncio.timeout_at(began + settings.timeout * SHARE):
            found = await self._search(exchange, asked, candidates(settings.top_k, reranker) + len(seen), person)
        found = await reordered(reranker, asked, found, began + settings.timeout * RERANKED, note)
        usual = self.adapters.embedder.usual if self.adapters.embedder else None
        good = above(found, settings.min_coverage, settings.min_similarity, usual)
        new = [each for each in good if each.hit.passage.id not in seen]
        if person is not None:
            terms = self.adapters.knowledge.terms(exchange.caller.tenant)
            new = await self.aspects.order(exchange, asked, new, person, terms)
        return Found(found, good, new[: settings.top_k])

    async def _search(self, exchange: Exchange, text: str, limit: int, person: Person | None) -> list[Scored]:
        embedder, note = self.adapters.embedder, exchange.receipt.note
        vector = await embed(embedder, text, self.settings.timeout * EMBED, note)
        wider = limit * WIDER if person is not None and self.aspects.fading(person) else limit
        materials: Sequence[Material] = ("knowledge",) if person is None else NEW
        tenant, filter = exchange.caller.tenant, self.settings.filter
        return scored(text, await self.adapters.knowledge.search(tenant, text, vector, wider, filter, materials))
