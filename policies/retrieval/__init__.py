"""Puts passages of the knowledge index before the model, for who is new and where a question asks for knowledge.

A gate and a look at the words of the corpus decide whether to search, a floor whether what was found is worth its
tokens; any may say no, with a reason.
A corpus that is small enough is put in as a whole instead, once in a conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from adapters.ports import AdapterError, Block, ConfigError, Person, count_tokens
from policies.aspects.population import LEAST, Population
from policies.base import CONDITIONS, Adapters, Exchange, Policy, PolicyConfig
from policies.questions.classifier import Classifier, shipped
from policies.questions.gate import query, wording
from policies.questions.needs import Gate, Need
from policies.replay import Given, all_given, kept, put_back, put_in, remember, spent
from policies.retrieval import citing
from policies.retrieval.aspects import NEW, WIDER, Aspects
from policies.retrieval.corpora import Corpora
from policies.retrieval.probe import least_reach, probed
from policies.retrieval.render import HEAD, UNCITED, render
from policies.retrieval.reranking import SHARE as RERANKED
from policies.retrieval.reranking import candidates, reordered
from policies.retrieval.search import Scored, above, account, embed, search
from policies.retrieval.stuffing import Stuffing

READ = 0.2
"""Of the policy's time that is waited for a corpus."""
EMBED = 0.4
"""Of the policy's time that an embedder may take."""
SHARE = 0.8
"""Of the policy's time that a search may take: what remains puts back what earlier turns were given."""


class RetrievalConfig(PolicyConfig):
    """Settings of `kind: retrieval`."""

    conditions: ClassVar[tuple[str, ...]] = ("low_history", "knowledge_query")

    kind: Literal["retrieval"] = "retrieval"
    timeout: float = Field(0.5, gt=0, le=60, description="Seconds that one hook may take on the way of a request.")
    when: tuple[str, ...] = Field(
        ("low_history", "knowledge_query"), description="Search only if one of these holds; empty: always."
    )
    top_k: int = Field(5, ge=1, le=50, description="Passages to put in at most.")
    max_tokens: int = Field(1200, ge=50, le=20_000, description="Tokens that the passages of one turn may take.")
    cost_ratio: float = Field(
        1.0, gt=0, le=100, description="How much worse a needless search is than a missed one; more searches less."
    )
    low_history_events: int = Field(
        5, ge=0, le=1000, description="A person with fewer known events of words of their own has low history."
    )
    min_coverage: float = Field(
        0.42, ge=0, le=1, description="How well a passage must cover the words of the question; 0 lets all through."
    )
    min_similarity: float = Field(
        0.8, ge=0, le=1, description="Cosine from which a passage passes whatever its words (with an embedder)."
    )
    aspect_weight: float = Field(
        0.3, ge=0, le=0.3, description="What aspects may add to the relevance of a passage, with no history; 0: off."
    )
    least_people: int = Field(
        LEAST, ge=LEAST, le=1000, description="People who share, and have an aspect, before it counts for others."
    )
    citations: Literal["annotate", "always", "receipt", "none"] = Field(
        "annotate", description="Who is told what an answer cites: its client (annotate), also where its server does "
        "not show that it knows annotations (always), or the receipt alone; with none the model is not asked to cite.",
    )
    stuff_max_tokens: int = Field(
        1600, ge=0, le=1_000_000, description="Tokens up to which all passages are put in instead of a search; 0 never."
    )
    stuff_share: float = Field(
        0.5, gt=0, le=0.9, description="Share of the model's window for all passages, the chat and its answer."
    )

    def build(self, adapters: Adapters) -> Policy:
        population = Population(adapters.peers, adapters.sessions, self.least_people)
        aspects = Aspects(population, self.aspect_weight, self.low_history_events)
        return Retrieval(self, adapters, gate(shipped, self.cost_ratio), aspects, self.stuffing(adapters))

    def stuffing(self, adapters: Adapters) -> Stuffing:
        """What puts in whole corpora: late in a conversation only where that costs less than passages for a turn."""
        return Stuffing(self.stuff_max_tokens, self.stuff_share, self.max_tokens,
                        Corpora(adapters.knowledge, self.stuff_max_tokens, self.citations != "none"),
                        adapters.sessions, adapters.window, self.timeout * READ)


def gate(weights: Callable[[], Classifier], cost_ratio: float) -> Gate:
    """The gate with these weights. Raises ConfigError where they cannot be read."""
    try:
        return Gate(weights(), cost_ratio)
    except (OSError, ValueError) as fault:
        why = fault if isinstance(fault, ValueError) else "gate.bin is missing or cannot be read"
        raise ConfigError("gate", f"{why}; it comes with the package: install it again") from None


@dataclass(frozen=True, slots=True)
class Retrieval(Policy):
    """Adds a block of passages to the last turn of the person, and the same bytes as before to the earlier ones."""

    only_notes = True
    config: RetrievalConfig
    adapters: Adapters
    gate: Gate
    aspects: Aspects
    stuffing: Stuffing

    async def on_request(self, exchange: Exchange) -> None:
        """Decide, search, keep what is good enough, and put it in; the receipt says why not."""
        note = exchange.receipt.note
        stuffed = await self.stuffing.again(exchange)
        if exchange.received.last_user is None:
            self._tell(exchange, [await self.stuffing.shown(exchange), None])
            return None if stuffed else note("no_user_turn")
        names, past = await all_given(exchange, self.adapters.sessions, "retrieval")
        given, first = kept(exchange, past), citing.free(past)
        if back := put_back(exchange, given):
            note("replayed", replayed=spent(back), turns=len(back))
        if given[-1] is None and not stuffed:
            given[-1] = await self._fresh_or_none(exchange, given, first)
            if given[-1] is not None:
                await remember(self.adapters.sessions, names[-1], given[-1])
        self._tell(exchange, [await self.stuffing.shown(exchange), *past[:-1], given[-1]])
        if any(given):
            exchange.request = put_in(exchange.request, "sources", given)

    def _tell(self, exchange: Exchange, given: Sequence[Given | None]) -> None:
        """Say what the numbers of passages stand for."""
        if self.config.citations != "none":
            exchange.sources = citing.known(given, self.config.citations)

    async def on_reply(self, exchange: Exchange) -> None:
        """Note what the answer cites."""
        reply, sources = exchange.reply, exchange.sources
        if reply is None or sources is None or not reply.ok or reply.room < 0:
            return exchange.receipt.note("citations_unread")
        told = citing.account(reply.text(exchange.received.format), sources)
        exchange.receipt.note("cited" if told["citations"] else "nothing_cited", **told)

    async def _fresh_or_none(self, exchange: Exchange, given: Sequence[Given | None], first: int) -> Given | None:
        """A fault of the index costs the new passages, but never those that must come back: only without any it is
        raised, so that the chain sees it."""
        try:
            return await self._fresh(exchange, given, first)
        except (AdapterError, TimeoutError):
            if not any(given):
                raise
            exchange.receipt.note("knowledge_unavailable")
            return None

    async def _fresh(self, exchange: Exchange, given: Sequence[Given | None], first: int) -> Given | None:
        """What the last turn is given beside the earlier ones, if anything, numbered from `first` on; notes why."""
        turns, note, began = exchange.received.turns, exchange.receipt.note, asyncio.get_running_loop().time()
        seen = {id for each in given if each for id in each.ids}
        if turns[-1].role in ("tool", "function", "assistant"):
            return note("tool_turn")
        asked = query(turns)
        need = self._need(exchange, asked)
        if need.decision == "no" or not await self._wanted(exchange, need):
            return note(need.reason if need.decision == "no" else "not_needed", **need.detail)
        reranker = self.adapters.reranker
        person = await self._newcomer_or_none(exchange)
        async with asyncio.timeout_at(began + self.config.timeout * SHARE):
            if await self.stuffing.begin(exchange, any(given), need.detail):
                return None
            found = await self._search(exchange, asked, candidates(self.config.top_k, reranker) + len(seen), person)
        found = await reordered(reranker, asked, found, began + self.config.timeout * RERANKED, note)
        usual = self.adapters.embedder.usual if self.adapters.embedder else None
        good = above(found, self.config.min_coverage, self.config.min_similarity, usual)
        new = [each for each in good if each.hit.passage.id not in seen]
        if person is not None:
            terms = self.adapters.knowledge.terms(exchange.caller.tenant)
            new = await self.aspects.order(exchange, asked, new, person, terms)
        new = new[: self.config.top_k]
        if not new:
            why = "already_given" if good else "nothing_above_floor" if found else "nothing_found"
            return note(why, **need.detail, best=account(found[:1]))
        room = min(self.config.max_tokens, exchange.receipt.budget)
        head = UNCITED if self.config.citations == "none" else HEAD
        text, used = render([each.hit for each in new], room, first, head)
        if not used:
            return note("no_budget", **need.detail)
        tokens = count_tokens(Block("sources", text, "tail").render())
        note("retrieved", tokens, **need.detail, passages=account([each for each in new if each.hit in used]))
        return Given(text, tuple(hit.passage.id for hit in used), tokens, citing.numbered(used, first))

    def _need(self, exchange: Exchange, asked: str) -> Need:
        """What the wording of the last turn says, as the words of the corpus change it."""
        turns, config = exchange.received.turns, self.config
        terms = self.adapters.knowledge.terms(exchange.caller.tenant)
        least = least_reach(config.min_coverage, config.min_similarity, self.adapters.embedder)
        return probed(self.gate.decide(turns), wording(turns), asked, terms, least)

    async def _wanted(self, exchange: Exchange, need: Need) -> bool:
        """Whether one of the conditions holds; the cheap ones are asked first."""
        when = self.config.when
        if not when or ("knowledge_query" in when and need.decision == "yes"):
            return True
        if any(CONDITIONS[name](exchange) for name in when if name in CONDITIONS):
            return True
        return "low_history" in when and await self._low_history(exchange)

    async def _low_history(self, exchange: Exchange) -> bool:
        return await self._newcomer(exchange) is not None

    async def _newcomer(self, exchange: Exchange) -> Person | None:
        """Who asks, where their history is low; None where it is not."""
        if exchange.user is None:
            return Person()
        person = exchange.user.known or await self.adapters.users.load(exchange.user)
        return person if person.said < self.config.low_history_events else None

    async def _newcomer_or_none(self, exchange: Exchange) -> Person | None:
        """The same; who cannot be read is given what everybody is."""
        try:
            return await self._newcomer(exchange)
        except AdapterError:
            return None

    async def _search(self, exchange: Exchange, text: str, limit: int, person: Person | None) -> list[Scored]:
        vector = await embed(self.adapters.embedder, text, self.config.timeout * EMBED, exchange.receipt.note)
        knowledge, tenant = self.adapters.knowledge, exchange.caller.tenant
        if person is None:
            return await search(knowledge, tenant, text, vector, limit)
        wider = limit * WIDER if self.aspects.fading(person) else limit
        return await search(knowledge, tenant, text, vector, wider, NEW)
