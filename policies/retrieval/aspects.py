"""For people without a history: a wider search, and passages ordered by what may matter to them. It fades out."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.ports import Material, Person, Terms
from adapters.ports.words import stems
from policies.aspects.choice import Candidate, Cares, choose, level, ranked, telling
from policies.aspects.person import counted
from policies.aspects.population import Population
from policies.base import Exchange
from policies.questions.factual import factual
from policies.retrieval.search import Scored

WIDER = 3
"""Times as many candidates as passages are wanted."""
COVERS = 0.9
"""How well a passage must cover the question, by the best one, for its aspects to count: who answers less of it is not
lifted for speaking of something else."""
NEW: tuple[Material, ...] = ("knowledge", "experiences")


@dataclass(frozen=True, slots=True)
class Aspects:
    """`weight` (lambda) is what aspects may add to a relevance in [0, 1] at most, for somebody of whom nothing is
    known; it falls with the events and is nothing from `grown` of them on."""

    population: Population
    weight: float
    grown: int

    def fading(self, person: Person) -> float:
        """What is left of the weight."""
        return self.weight * max(0.0, 1.0 - (person.said / self.grown) ** 2) if self.grown else 0.0

    async def order(
        self, exchange: Exchange, text: str, found: list[Scored], person: Person, terms: Terms | None
    ) -> list[Scored]:
        """What was found in the order for this person; where that is another, the receipt tells how many moved and by
        no aspect: which it was would tell what this person, or somebody who shares, cares for. A question of fact
        leaves it as it is: the answer is the same whoever asks."""
        weight = self.fading(person)
        if not weight or len(found) < 2 or factual(text):
            return found
        people = await self.population.known(exchange.caller.tenant)
        asked = frozenset(stems(text))
        enough = COVERS * max(each.coverage for each in found)
        aspects = ((each.hit.passage.aspects if each.coverage >= enough else ()) for each in found)
        candidates = [Candidate(each.hit.score, telling(own, asked, terms))
                      for each, own in zip(found, aspects, strict=True)]  # fmt: skip
        chosen = choose(candidates, Cares(counted(person.profile, person.pending), people))
        order = ranked(candidates, chosen, weight * level(candidates))
        if order != sorted(order):
            exchange.receipt.note("aspects", moved=sum(place != before for before, place in enumerate(order)))
        return [found[place] for place in order]
