"""Finds passages for a question: by words and meaning, in the order of a reranker where there is one, above the floor,
and for who is new in the order of what they care for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import Hit, Material, Person
from policies.base import Adapters, Exchange
from policies.replay import Given
from policies.retrieval.aspects import NEW, WIDER, Aspects
from policies.retrieval.reranking import SHARE as RERANKED
from policies.retrieval.reranking import candidates, reordered
from policies.retrieval.search import Scored, above, embed, scored
from policies.retrieval.settings import Settings
from policies.retrieval.written import Searching, lowered, mixed, parted

EMBED = 0.4
"""Of the policy's time that an embedder may take."""
SHARE = 0.8
"""Of the policy's time that a search may take: what remains puts back what earlier turns were given."""


class Asked(NamedTuple):
    """What is searched for, beside the passages with the ids `seen`; `person` is who asks, if they are new, and `began`
    when the policy did, on the clock of the event loop. `beside`: only experiences, the corpus is there as a whole."""

    text: str
    seen: Collection[str]
    person: Person | None
    began: float
    beside: bool = False


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

    def more(self, exchange: Exchange, corpus: Given) -> bool:
        """Whether there may be experiences beside a corpus."""
        terms = self.adapters.knowledge.terms(exchange.caller.tenant)
        return terms is None or terms.passages > len(corpus.ids)

    async def find(self, exchange: Exchange, asked: Asked) -> Found:
        """The passages for what is asked. Raises AdapterError, TimeoutError."""
        settings, reranker, note = self.settings, self.adapters.reranker, exchange.receipt.note
        text, seen, person, began, _ = asked
        async with asyncio.timeout_at(began + settings.timeout * SHARE):
            found = await self._search(exchange, asked, candidates(settings.top_k, reranker) + len(seen))
        found = await reordered(reranker, text, found, began + settings.timeout * RERANKED, note)
        found = lowered(found, self.adapters.mixing)
        usual = self.adapters.embedder.usual if self.adapters.embedder else None
        good = above(found, settings.min_coverage, settings.min_similarity, usual)
        new, models = parted([each for each in good if each.hit.passage.id not in seen])
        if person is not None:
            terms = self.adapters.knowledge.terms(exchange.caller.tenant)
            new = await self.aspects.order(exchange, text, new, person, terms)
        return Found(found, good, mixed(new, models, settings.top_k, self.adapters.mixing))

    async def _search(self, exchange: Exchange, asked: Asked, limit: int) -> list[Scored]:
        embedder, note = self.adapters.embedder, exchange.receipt.note
        text, person = asked.text, asked.person
        vector = await embed(embedder, text, self.settings.timeout * EMBED, note)
        wider = limit * WIDER if person is not None and self.aspects.fading(person) else limit
        materials: Sequence[Material] = ("knowledge",) if person is None else NEW
        if asked.beside:
            materials = ("experiences",)
        tenant, filter, knowledge = exchange.caller.tenant, self.settings.filter, self.adapters.knowledge

        async def search(most: int) -> Sequence[Hit]:
            return await knowledge.search(tenant, text, vector, most, filter, materials)

        return scored(text, await Searching(knowledge, tenant, self.adapters.mixing).hits(search, wider))
