"""Whether the last turn of a person is searched for at all, and whether they are new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import AdapterError, Person
from policies.base import CONDITIONS, Adapters, Exchange
from policies.questions.gate import wording
from policies.questions.needs import Gate, Need
from policies.retrieval.probe import least_reach, probed
from policies.retrieval.settings import Settings


class Needs(NamedTuple):
    """What the wording says as the words of the corpus change it, for a search; and for a whole corpus, which need not
    share a word with a question. `wanted`: whether one of the conditions holds."""

    search: Need
    whole: Need
    wanted: bool

    @property
    def why(self) -> str | None:
        """Why not to search, if so."""
        if self.search.decision == "no":
            return self.search.reason
        return None if self.wanted else "not_needed"


@dataclass(frozen=True, slots=True)
class Deciding:
    """Asks the wording, the words of the corpus, and then what is known of the person."""

    settings: Settings
    gate: Gate
    adapters: Adapters

    async def decide(self, exchange: Exchange, asked: str) -> Needs:
        """Whether to search, or to put in a corpus, for the last turn of the person. Raises AdapterError."""
        turns, settings = exchange.received.turns, self.settings
        terms = self.adapters.knowledge.terms(exchange.caller.tenant)
        least = least_reach(settings.min_coverage, settings.min_similarity, self.adapters.embedder)
        worded = self.gate.decide(turns)
        search = probed(worded, wording(turns), asked, terms, least)
        # Who only says something gets no corpus for it that does not even share a word.
        asks = search.decision == "no" and worded.decision == "yes"
        whole = worded._replace(affinity=search.affinity) if asks else search
        return Needs(search, whole, whole.decision != "no" and await self._wanted(exchange, whole))

    async def _wanted(self, exchange: Exchange, need: Need) -> bool:
        """Whether one of the conditions holds; the cheap ones are asked first."""
        when = self.settings.when
        if not when or ("knowledge_query" in when and need.decision == "yes"):
            return True
        if any(CONDITIONS[name](exchange) for name in when if name in CONDITIONS):
            return True
        return "low_history" in when and await self._newcomer(exchange) is not None

    async def newcomer(self, exchange: Exchange) -> Person | None:
        """Who asks, where their history is low, else None; who cannot be read is given what everybody is."""
        try:
            return await self._newcomer(exchange)
        except AdapterError:
            return None

    async def _newcomer(self, exchange: Exchange) -> Person | None:
        if exchange.user is None:
            return Person()
        person = exchange.user.known or await self.adapters.users.load(exchange.user)
        return person if person.said < self.settings.low_history_events else None
