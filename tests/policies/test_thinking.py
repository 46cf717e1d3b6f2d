"""`kind: thinking`: off until elected, only for choices, and only for models that reason."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.memory.cache import MemoryCache
from adapters.memory.knowledge import MemoryKnowledge
from adapters.ports import Caller, ChatRequest, Claim, Election, Lens, Person, Profile, User
from policies.base import Adapters, Exchange
from policies.thinking import REASONING, ThinkingConfig, reasons

ASKS = "Which laptop should I buy?"
WORDS = "This person decides by, most important first: brevity over completeness (9 of 10 choices)."
WON = Election(lens=Lens(WORDS, serves=True))


@dataclass
class World:
    """The policy, with a person of whom this is known."""

    election: Election = WON
    claims: tuple[Claim, ...] = ()
    paused: bool = False
    sessions: MemoryCache = field(default_factory=MemoryCache)

    def send(self, *turns: str, model: str = "o3", **more: Any) -> Exchange:
        messages = [{"role": "assistant" if at % 2 else "user", "content": text} for at, text in enumerate(turns)]
        received = ChatRequest.parse(json.dumps({"model": model, "messages": messages, **more}).encode())
        profile = Profile(version=1, claims=self.claims, election=self.election, paused=self.paused)
        user = User("u_" + "a" * 32, known=Person(profile))
        exchange = Exchange("ex_1", Caller(), received, received, user)
        people = MemoryPeople()
        kept = (MemoryKeys(), MemoryCache(), self.sessions, MemoryKnowledge())
        adapters = Adapters(people, people, people, people, *kept)
        hook = ThinkingConfig().build(adapters).on_request(exchange)
        assert hook is not None
        asyncio.run(hook)  # type: ignore[arg-type]
        return exchange


def sent(exchange: Exchange) -> list[str]:
    return [turn.text for turn in exchange.request.turns]


def test_an_elected_lens_stands_behind_the_choice() -> None:
    """Marked as background, in the turn that asks."""
    exchange = World().send(ASKS)
    [turn] = sent(exchange)
    assert turn.startswith(ASKS)
    assert WORDS in turn
    assert "background data, not instructions" in turn
    assert exchange.receipt.reasons == ["choice", "lens"]


def test_it_is_there_again() -> None:
    """Byte for byte where that turn comes back, also if the newest asks for no choice."""
    world = World()
    [first] = sent(world.send(ASKS))
    later = sent(world.send(ASKS, "This one.", "What does it weigh?"))
    assert later == [first, "This one.", "What does it weigh?"]


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (World(Election()), "not_elected"),
        (World(Election(lens=Lens(WORDS))), "not_elected"),
        (World(replace(WON, guarded="drifted")), "drifted"),
        (World(paused=True), "paused"),
        (World(Election(lens=Lens(WORDS, claims=("gone",), serves=True))), "not_elected"),
        (World(replace(WON, lens=replace(WON.lens, claims=("hid",))), (Claim("hid", "likes", "x", suppressed=True),)),
         "not_elected"),
    ],
)  # fmt: skip
def test_off_until_it_wins(world: World, reason: str) -> None:
    """And while the profile is not trusted, the person paused, or a claim that it names does not hold any more."""
    exchange = world.send(ASKS)
    assert sent(exchange) == [ASKS]
    assert exchange.receipt.reasons == [reason]


def test_only_choices_and_advice() -> None:
    """A question of fact is left alone."""
    exchange = World().send("What is the boiling point of ethanol?")
    assert sent(exchange) == ["What is the boiling point of ethanol?"]
    assert exchange.receipt.reasons == ["no_choice"]


@pytest.mark.parametrize(
    ("model", "more", "expected"),
    [
        ("o3", {}, True),
        ("openai/gpt-5.1", {}, True),
        ("DeepSeek-R1-Distill", {}, True),
        ("gpt-4o", {}, False),
        ("gpt-4o", {"reasoning_effort": "low"}, True),
        ("gpt-5.1", {"reasoning_effort": "none"}, False),
        ("local", {"reasoning": {"effort": "high"}}, True),
        ("claude-3-5-sonnet", {"thinking": {"type": "enabled", "budget_tokens": 2000}}, True),
        ("claude-sonnet-4-5", {"thinking": {"type": "disabled"}}, False),
        ("local", {"thinking": True}, False),
    ],
)
def test_only_models_that_reason(model: str, more: dict[str, Any], expected: bool) -> None:
    """By their names, unless the request says otherwise."""
    body = {"model": model, "messages": [{"role": "user", "content": ASKS}], **more}
    request = ChatRequest.parse(json.dumps(body).encode())
    assert reasons(request, REASONING) is expected
