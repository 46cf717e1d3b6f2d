"""What a policy may want of the backend: several answers to one question, of which one is sent on. A policy only
plans it (`Exchange.choosing`); whoever asks the backend carries it out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.ports import Block, ChatRequest
from policies.sight import Sight

WAIT, JUDGE_WAIT, TOKENS, CAUTION = 15.0, 3.0, 2000, 0.25
"""Where nothing else is set: seconds for the answers, seconds for a judge of them, tokens of each, and the standard
deviations that are taken off what an answer is thought to be worth."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: another model than the client's, and instructions to add; as it is without either. `tokens` are
    those of the instructions."""

    model: str | None = None
    block: Block | None = None
    tokens: int = 0

    def request(self, asked: ChatRequest) -> ChatRequest:
        """The request asked this way."""
        found = asked if self.block is None else asked.with_context(self.block)
        return found if self.model is None else found.with_model(self.model)


@dataclass(frozen=True, slots=True)
class Choosing:
    """What `policy` plans: so many `ways`, asked at once, the request as it is being the first of them.

    What is there after `wait` seconds is chosen among, by the coefficients of `taste` (of `Profile.taste` those that
    serve where the request belongs) less `caution` standard deviations. `max_tokens` bounds each answer but the first.
    Answers are seen by `sight`, and `judged` as answers to `question` if that takes a model no more than `judge_wait`
    seconds.
    """

    policy: str
    ways: tuple[Way, ...]
    taste: Mapping[str, float]
    wait: float = WAIT
    max_tokens: int = TOKENS
    caution: float = CAUTION
    sight: Sight = field(default_factory=Sight)
    question: str = ""
    judged: bool = False
    judge_wait: float = JUDGE_WAIT


async def worths(plan: Choosing, texts: Sequence[str]) -> tuple[list[float], bool]:
    """What each of these answers is worth to the person, nothing where their coefficients tell nothing; and whether
    the answers were judged."""
    phi, judged = await plan.sight.seen(plan.question, texts, plan.judged, plan.judge_wait)
    # Needs numpy, which takes its time to be imported, and which no other chat needs.
    from policies.rewards import choosing

    return await asyncio.to_thread(choosing.worths, phi, plan.taste, plan.caution), judged
