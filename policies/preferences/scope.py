"""How much of a person a conversation is told: all of the summary, or in one about facts what concerns answers only.

What is known of a person does not change the boiling point of ethanol, and a model that is told more than a question
needs works it in all the same. Told once, it stays told: a conversation is widened once and never narrowed again, so
that its prompt cache breaks once at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.ports import Profile
from policies.base import Exchange
from policies.preferences.aspects import Aspect
from policies.preferences.episodes import Episodes
from policies.preferences.pin import Pin
from policies.questions.factual import all_factual, factual, stays_factual
from policies.sessions import corrected

Factual = Literal["format_only", "full"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The aspects that may be shown, whether facts narrow them, and what may be shown beside them."""

    aspects: Mapping[str, Aspect]
    factual: Factual
    episodes: Episodes

    def shown(self, narrow: bool) -> Mapping[str, Aspect]:
        """All aspects, or those that concern answers."""
        if not narrow:
            return self.aspects
        return {name: aspect for name, aspect in self.aspects.items() if aspect.about == "answers"}

    def here(self, exchange: Exchange, pin: Pin) -> Mapping[str, Aspect]:
        """What may be repeated behind the last turn."""
        asks = self.factual == "format_only" and factual(exchange.received.last_user_text)
        return self.shown(pin.narrow or asks)

    def narrow(self, exchange: Exchange, before: Pin | None) -> bool:
        """Whether the conversation is about facts so far. One that was not stays so, whatever comes; of one of which
        earlier turns are not known, nothing is sure."""
        if self.factual == "full" or (before is not None and not before.narrow):
            return False
        turns = exchange.received.turns
        if before is not None:
            answered = max((place for place, turn in enumerate(turns) if turn.role == "assistant"), default=-1)
            return stays_factual(turn.text for turn in turns[answered + 1 :] if turn.role == "user")
        said = [turn.text for turn in turns if turn.role == "user"]
        return len(said) >= len(exchange.received.marks) and all_factual(said)

    async def pin(
        self, exchange: Exchange, profile: Profile, summary: Callable[[Mapping[str, Aspect]], str], before: Pin | None
    ) -> Pin:
        """The pin to go on with: the one before, while it holds and is wide enough, else a new one."""
        narrow = self.narrow(exchange, before)
        if narrow and profile.claims:
            exchange.receipt.note("format_only")
        holds = before is not None and before.holds(profile)
        if before is not None and holds and before.narrow == narrow:
            return before
        text = summary(self.shown(narrow))
        episodes = "" if narrow else await self.episodes.lately(exchange, profile, text)
        if before is not None and holds and (text, episodes) != (before.text, before.episodes):
            exchange.receipt.note("widened")
        return Pin(profile.epoch, corrected(profile), profile.version, text, narrow, episodes)
