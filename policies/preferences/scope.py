"""How much of a person a conversation is told: all of the summary, or in one about facts what concerns answers, and
what could harm them.

What is known of a person does not change the boiling point of ethanol, and a model that is told more than a question
needs works it in all the same. But an allergy stays in: it costs few tokens, and a fact can turn out to be about
something to eat or to take. Where such a conversation turns to something else, the summary in front keeps its bytes,
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
SAFETY = ("allergies", "diet", "avoid", "needs")
"""Aspects that are told in every conversation: who does not hear of them may do harm."""
HEAD = "Facts do not depend on this. "
BESIDE = count_tokens(Block(REST.name, HEAD, "tail").render())
"""Tokens of that block's delimiters and its head."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The aspects that may be shown, whether facts narrow them, and what may be shown beside them."""

    aspects: Mapping[str, Aspect]
    factual: Factual
    episodes: Episodes

    def about(self, about: About) -> Mapping[str, Aspect]:
        """The aspects of this kind."""
        return {name: aspect for name, aspect in self.aspects.items() if aspect.about == about}

    def narrowed(self) -> Mapping[str, Aspect]:
        """The aspects that a conversation about facts is told."""
        return {name: aspect for name, aspect in self.aspects.items() if aspect.about == "answers" or name in SAFETY}

    def here(self, exchange: Exchange, narrow: bool) -> Mapping[str, Aspect]:
        """What may be repeated behind the last turn of a conversation that is `narrow` so far."""
        asks = self.factual == "format_only" and factual(exchange.received.last_user_text)
        return self.narrowed() if narrow or asks else self.aspects

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
        text = self._narrow(summary) if narrow else summary(self.aspects, 0)
        # A narrow pin holds none of the person's texts, also where the conversation turns: they would cost the cache.
        episodes = "" if narrow else await self.episodes.lately(exchange, profile, text)
        return Pin(profile.epoch, corrected(profile), profile.version, text, narrow, episodes)

    def _narrow(self, summary: Summary) -> str:
        """What concerns answers, between the more and the less dangerous: no rule shall crowd out an allergy, and no
        list of what is disliked the language."""
        safety = {name: self.aspects[name] for name in SAFETY if name in self.aspects}
        first = {name: aspect for name, aspect in safety.items() if aspect.tier == 0}
        texts: list[str] = []
        for part in (first, self.about("answers"), {name: safety[name] for name in safety if name not in first}):
            texts.append(summary(part, sum(map(count_tokens, texts))))
        return " ".join(filter(None, texts))

    def _rest(self, pin: Pin, summary: Summary) -> str:
        """What the pin does not hold of the person. What could harm was pinned, and may have changed since."""
        aspects = self.about("person")
        pinned = SAFETY if pin.text == self._narrow(summary) else tuple(
            name for name in SAFETY if name in aspects and summary({name: aspects[name]}, 0) in pin.text)  # fmt: skip
        taken = BESIDE + (count_tokens(pin.text) if pin.text else -EMPTY)
        said = summary({name: aspects[name] for name in aspects if name not in pinned}, taken)
        return said and HEAD + said

    async def widen(self, exchange: Exchange, sessions: Cache, profile: Profile, pin: Pin, summary: Summary) -> bool:
        """Put what is about the person behind the turn that first needs it, where the pin does not hold it. Returns
        whether a turn of the conversation has it."""
        if not pin.narrow:
            return False

        def rest(_turns: int) -> str:
            return self._rest(pin, summary) if turns(exchange) else ""

        told = await REST.add(exchange, sessions, profile, rest)
        if profile.claims and not told:
            exchange.receipt.note("format_only")
        return told


def turns(exchange: Exchange) -> bool:
    """Whether the person says something new that is not about facts; in a loop of tools they say nothing new."""
    said = exchange.received.turns
    answered = max((place for place, turn in enumerate(said) if turn.role == "assistant"), default=-1)
    return not stays_factual(turn.text for turn in said[answered + 1 :] if turn.role == "user")
