"""Puts passages of the knowledge index before the model, for who is new and where a question asks for knowledge.

A gate and a look at the words of the corpus decide whether to search, a floor whether what was found is worth its
tokens; any may say no, with a reason.
A corpus that is small enough is put in as a whole instead, once in a conversation.
"""

from __future__ import annotations

from collections.abc import Callable

from adapters.ports import ConfigError
from policies.aspects.population import Population
from policies.base import Adapters, Policy
from policies.questions.classifier import Classifier, shipped
from policies.questions.needs import Gate
from policies.retrieval.aspects import Aspects
from policies.retrieval.corpora import Corpora
from policies.retrieval.deciding import Deciding
from policies.retrieval.finding import Finding
from policies.retrieval.pins import Pins
from policies.retrieval.policy import Retrieval
from policies.retrieval.relational import Relational
from policies.retrieval.render import HEAD, UNCITED
from policies.retrieval.settings import Settings
from policies.retrieval.standing import Standing
from policies.retrieval.stuffing import Stuffing
from policies.tables.asking import Asking

__all__ = ["Retrieval", "RetrievalConfig", "gate"]

READ = 0.2
"""Of the policy's time that is waited for a corpus."""


class RetrievalConfig(Settings):
    """Settings of `kind: retrieval`, and the policy made of them."""

    def build(self, adapters: Adapters) -> Policy:
        population = Population(
            adapters.peers, adapters.sessions, adapters.keys, self.least_people, self.low_history_events
        )
        aspects = Aspects(population, self.aspect_weight, self.low_history_events)
        deciding = Deciding(self, gate(shipped, self.cost_ratio), adapters)
        head = UNCITED if self.citations == "none" else HEAD
        standing = Standing(adapters.knowledge, self.filter, head, self.timeout * READ, adapters.written)
        finding = Finding(self, adapters, aspects)
        return Retrieval(self, adapters.sessions, deciding, finding, self.stuffing(adapters), standing,
                         self.relational(adapters))

    def relational(self, adapters: Adapters) -> Relational | None:
        """What computes from tables, where there are any."""
        if adapters.tables is None:
            return None
        asking = Asking(adapters.tables, adapters.analyst)
        return Relational(adapters.tables, asking, self.sql_timeout, self.timeout, self.max_tokens)

    def stuffing(self, adapters: Adapters) -> Stuffing:
        """What puts in whole corpora: late in a conversation only where that costs less than passages for a turn. Never
        where only some passages are wanted."""
        most = 0 if self.filters else self.stuff_max_tokens
        return Stuffing(most, self.stuff_share, self.max_tokens,
                        Corpora(adapters.knowledge, most, self.citations != "none"),
                        Pins(adapters.sessions), adapters.window, self.timeout * READ)


def gate(weights: Callable[[], Classifier], cost_ratio: float) -> Gate:
    """The gate with these weights. Raises ConfigError where they cannot be read."""
    try:
        return Gate(weights(), cost_ratio)
    except (OSError, ValueError) as fault:
        why = fault if isinstance(fault, ValueError) else "gate.bin is missing or cannot be read"
        raise ConfigError("gate", f"{why}; it comes with the package: install it again") from None
