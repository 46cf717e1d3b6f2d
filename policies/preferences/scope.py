"""How much of a person a conversation is told: all of the summary, or in one about facts what concerns answers only.

What is known of a person does not change the boiling point of ethanol, and a model that is told more than a question
needs works it in all the same. Where such a conversation turns to something else, the summary in front keeps its bytes,
so that the prompt's cache holds, and what is about the person goes once behind the turn that first needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.ports import Block, Cache, Profile, count_tokens
from policies.base import Exchange
from policies.preferences.aspects import About, Aspect
from policies.preferences.episodes import Episodes
from policies.preferences.pin import EMPTY, Pin
from policies.questions.factual import all_factual, factual, stays_factual
from policies.sessions import corrected
from policies.tail import Tail

Factual = Literal["format_only", "full"]
Summary = Callable[[Mapping[str, Aspect], int], str]
"""The summary of some aspects, in what the budget leaves beside so many tokens."""
REST = Tail("person", "widened", "widened_before", once=True)
HEAD = "Facts do not depend on this. "
BESIDE = count_tokens(Block(REST.name, HEAD, "tail").render())
"""Tokens of that block's delimiters and its head."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The aspects that may be shown, whether facts narrow them, and what may be shown beside them."""

    aspects: Mapping[str, Aspect]
    factual: Factual
    episodes: Episodes

    def about(self, about: About, last: int | None = None) -> Mapping[str, Aspect]:
        """The aspects of this kind, up to tier `last`."""
        return {name: aspect for name, aspect in self.aspects.items()
                if aspect.about == about and (last is None or aspect.tier <= last)}  # fmt: skip

    def here(self, exchange: Exchange, narrow: bool) -> Mapping[str, Aspect]:
        """What may be repeated behind the last turn of a conversation that is `narrow` so far."""
        asks = self.factual == "format_only" and factual(exchange.received.last_user_text)
        return self.about("answers") if narrow or asks else self.aspects

    def narrow(self, exchange: Exchange, before: Pin | None) -> bool:
        """Whether all that the person said is about facts. A conversation that was told all stays so, whatever comes;
        of one of which earlier turns are not known, nothing is sure."""
        if self.factual == "full" or (before is not None and not before.narrow):
            return False
        said = [turn.text for turn in exchange.received.turns if turn.role == "user"]
        return len(said) >= len(exchange.received.marks) and all_factual(said)

    async def pin(self, exchange: Exchange, profile: Profile, summary: Summary, before: Pin | None) -> Pin:
        """The pin to go on with, where there was none or the one before does not hold any more."""
        narrow = self.narrow(exchange, before)
        text = self._answers(summary) if narrow else summary(self.aspects, 0)
        # A narrow pin holds none of the person's texts, also where the conversation turns: they would cost the cache.
        episodes = "" if narrow else await self.episodes.lately(exchange, profile, text)
        return Pin(profile.epoch, corrected(profile), profile.version, text, narrow, episodes)

    def _answers(self, summary: Summary) -> str:
        """What concerns answers, beside room for what comes first of the person: no rule shall crowd out an allergy."""
        first = summary(self.about("person", 0), 0)
        kept = count_tokens(first) + BESIDE if first else 0
        return summary(self.about("answers"), kept) or summary(self.about("answers"), 0)

    async def widen(self, exchange: Exchange, sessions: Cache, profile: Profile, pin: Pin, summary: Summary) -> bool:
        """Put what is about the person behind the turn that first needs it, where the pin does not hold it. Returns
        whether a turn of the conversation has it."""
        if not pin.narrow:
            return False
        taken = BESIDE + (count_tokens(pin.text) if pin.text else -EMPTY)

        def rest(_turns: int) -> str:
            said = summary(self.about("person"), taken) if turns(exchange) else ""
            return said and HEAD + said

        told = await REST.add(exchange, sessions, profile, rest)
        if profile.claims and not told:
            exchange.receipt.note("format_only")
        return told


def turns(exchange: Exchange) -> bool:
    """Whether the person says something new that is not about facts; in a loop of tools they say nothing new."""
    said = exchange.received.turns
    answered = max((place for place, turn in enumerate(said) if turn.role == "assistant"), default=-1)
    return not stays_factual(turn.text for turn in said[answered + 1 :] if turn.role == "user")
