"""Finds passages for a question: by words and meaning, in the order of a reranker where there is one, above the floor,
and for who is new in the order of what they care for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import AdapterError, Material, Person
from policies.base import Adapters, Exchange
from policies.replay import Given
from policies.retrieval.aspects import NEW, WIDER, Aspects
from policies.retrieval.reranking import SHARE as RERANKED
from policies.retrieval.reranking import candidates, reordered
from policies.retrieval.search import Scored, above, embed, scored
from policies.retrieval.settings import Settings
from policies.retrieval.written import Models, lowered, news

EMBED = 0.4
"""Of the policy's time that an embedder may take."""
SHARE = 0.8
"""Of the policy's time that a search may take: what remains puts back what earlier turns were given."""
LAST = 0.95
"""Of the policy's time after which nobody waits for what models wrote, which is searched behind a reranker."""


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
            vector = await embed(self.adapters.embedder, text, settings.timeout * EMBED, note)
            found = await self._search(exchange, asked, vector, candidates(settings.top_k, reranker) + len(seen))
        found = await reordered(reranker, text, found, began + settings.timeout * RERANKED, note)
        good = self._above(found)
        new = [each for each in good if each.hit.passage.id not in seen]
        if person is not None:
            terms = self.adapters.knowledge.terms(exchange.caller.tenant)
            new = await self.aspects.order(exchange, text, new, person, terms)
        own = new[: settings.top_k]
        return Found(found, good, [*own, *await self._models(exchange, asked, vector, own)])

    async def _search(
        self, exchange: Exchange, asked: Asked, vector: Sequence[float] | None, limit: int
    ) -> list[Scored]:
        text, person = asked.text, asked.person
        wider = limit * WIDER if person is not None and self.aspects.fading(person) else limit
        materials: Sequence[Material] = ("knowledge",) if person is None else NEW
        if asked.beside:
            materials = ("experiences",)
        tenant, filter = exchange.caller.tenant, self.settings.filter
        return scored(text, await self.adapters.knowledge.search(tenant, text, vector, wider, filter, materials))

    async def _models(
        self, exchange: Exchange, asked: Asked, vector: Sequence[float] | None, own: Sequence[Scored]
    ) -> list[Scored]:
        """What models wrote, into the places that are left behind `own`; a fault costs only that."""
        settings, mixing, tenant = self.settings, self.adapters.mixing, exchange.caller.tenant
        models = Models(self.adapters.knowledge, self.adapters.written, mixing)
        free = 0 if asked.beside else models.room(tenant, len(own), settings.top_k)
        if not free:
            return []
        try:
            async with asyncio.timeout_at(asked.began + settings.timeout * LAST):
                most = settings.top_k + len(asked.seen)
                hits = await models.search(tenant, asked.text, vector, most, settings.filter)
        except (AdapterError, TimeoutError):
            exchange.receipt.note("written_unavailable")
            return []
        good = self._above(lowered(scored(asked.text, hits), mixing.penalty))
        return news([each for each in good if each.hit.passage.id not in asked.seen], own)[:free]

    def _above(self, found: Sequence[Scored]) -> list[Scored]:
        settings, embedder = self.settings, self.adapters.embedder
        return above(found, settings.min_coverage, settings.min_similarity, embedder.usual if embedder else None)
