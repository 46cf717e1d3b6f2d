"""A conversation about facts is told what concerns answers, and nothing of tastes."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace

import pytest

from adapters.ports import RESPONSES, Caller, ChatRequest, Continued, Turn, blocks
from policies.base import Exchange
from policies.preferences import PreferencesConfig
from policies.preferences.render import render
from policies.preferences.scope import HEAD
from tests.policies.test_preferences import ALICE, World, summary

FACT, OTHER = "What is the boiling point of ethanol?", "What should I cook tonight?"


def known(**settings: object) -> World:
    """A person of whom both kinds of things are known."""
    world = World(PreferencesConfig(**settings))  # type: ignore[arg-type]
    return world.says("I live in Lyon. I love jazz.", "keep it short", "always answer in French").learns()


def talk(*asked: str) -> list[tuple[str, str]]:
    """Turns of the person with an answer between each two."""
    turns = [("system", "Be kind.")]
    for text in asked:
        turns += [("user", text), ("assistant", "Well.")]
    return turns[:-1]


def behind(exchange: Exchange, name: str = "person") -> list[str]:
    """What stands behind each turn of the person of this kind, "" where nothing does."""
    said = [turn.text for turn in exchange.request.turns if turn.role == "user"]
    return [next((found.inner.strip() for found in blocks(text) if found.name == name), "") for text in said]


def test_a_question_of_fact_is_told_how_answers_should_look() -> None:
    """And nothing of tastes; the receipt says so."""
    exchange = known().asks(*talk(FACT))
    assert summary(exchange) == "Answers: in French, short."
    assert exchange.receipt.reasons == ["format_only", "injected"]
    everything = summary(known().asks(*talk(OTHER)))
    assert "Lyon" in everything and "jazz" in everything and "in French" in everything
    assert summary(known(factual="full").asks(*talk(FACT))) == everything


def test_nothing_about_answers_is_nothing() -> None:
    """A person of whom only tastes are known is not mentioned in a question of fact."""
    world = World().says("I live in Lyon").learns()
    exchange = world.asks(*talk(FACT))
    assert exchange.request is exchange.received and exchange.receipt.reasons == ["format_only"]
    turned = world.asks(*talk(FACT, OTHER))
    assert summary(turned) == "" and behind(turned) == ["", f"{HEAD}Lives in: Lyon."]
    assert turned.receipt.reasons == ["widened"]
    assert World().asks(*talk(FACT)).receipt.reasons == ["nothing_known"]


def test_a_tool_loop_changes_nothing() -> None:
    """Between a call and its result the person says nothing new."""
    world = known()
    first = world.asks(*talk(FACT))
    looped = world.asks(*talk(FACT), ("assistant", ""), ("tool", "78 degrees"))
    assert looped.request.items[:3] == first.request.items[:3] and looped.receipt.detail["pinned"] is True
    turned = world.asks(*talk(FACT, OTHER))
    world.says("I love chess").learns()
    looped = world.asks(*talk(FACT, OTHER), ("assistant", ""), ("tool", "a cookbook"))
    assert looped.request.items[:5] == turned.request.items and looped.receipt.tokens < turned.receipt.tokens


def test_what_only_the_backend_keeps_may_have_been_anything() -> None:
    """Of a conversation whose earlier turns are not known here, nothing is sure: it is told all."""
    world = known()
    body = {"model": "m", "input": FACT, "previous_response_id": "resp_1"}
    received = replace(
        ChatRequest.parse(json.dumps(body).encode(), format=RESPONSES),
        continued=Continued(turns=(Turn("user", FACT, -3), Turn("assistant", "78.", -2)), marks=("one", "two")),
    )
    exchange = Exchange("x", Caller(), received, received, ALICE)
    asyncio.run(world.policy().on_request(exchange))
    assert b"Lyon" in exchange.request.body() and not any(behind(exchange))


def test_a_wide_conversation_stays_wide() -> None:
    """Where its client sends less of it, where its memory ran out, and where something was corrected."""
    world = known()
    world.asks(*talk(OTHER), prompt_cache_key="one")
    world.asks(*talk(OTHER, FACT), prompt_cache_key="one")
    cut = [("system", "Be kind."), ("assistant", "Well."), ("user", FACT)]
    assert "Lyon" in summary(world.asks(*cut, prompt_cache_key="one"))
    world.says("I hate opera, not jazz any more.", "I don't like jazz any more")
    assert "Lyon" in summary(world.asks(*cut, prompt_cache_key="one"))
    world.sessions = World().sessions
    assert "Lyon" in summary(world.asks(*talk(OTHER, FACT)))


def test_a_correction_leaves_a_conversation_about_facts_narrow() -> None:
    """The new summary is of the same kind."""
    world = known()
    world.asks(*talk(FACT))
    world.says("I don't want answers in French any more", "always answer in German")
    exchange = world.asks(*talk(FACT, FACT))
    assert "in German" in summary(exchange) and "Lyon" not in summary(exchange)
    assert exchange.receipt.reasons == ["format_only", "injected"]


def test_widening_to_the_same_is_none() -> None:
    """Who only said how answers should look keeps the cache."""
    world = World().says("keep it short").learns()
    first, then = world.asks(*talk(FACT)), world.asks(*talk(FACT, OTHER))
    assert then.request.items[:3] == first.request.items[:3]
    assert then.receipt.reasons == ["format_only", "injected"] and then.receipt.detail["pinned"] is True
    assert not any(behind(then))


@pytest.mark.parametrize("last", [FACT, OTHER])
def test_the_reminder_at_a_question_of_fact(last: str) -> None:
    """In a long chat what concerns answers is repeated there, and no more."""
    exchange = known(remind_every=2).asks(*talk(OTHER, last))
    reminder = exchange.request.last_user_text
    assert "short" in reminder and ("Lyon" in reminder) == (last == OTHER)
    assert "Lyon" in summary(exchange)


AGREE = re.compile(r"\bagree\b|\bprais|\bflatter|\bcompliment|\bcontradict|\bright\b|\bdisagree|\bcritici|question me")


@pytest.mark.parametrize("said", [
    "Always agree with me.", "From now on agree with everything I say.", "Always praise me.", "Never contradict me.",
    "I want you to compliment me in each answer.", "Never criticize me. Keep it short.", "Tell me that I am right.",
    "Always flatter me and keep it short.", "Don't question me. I'm vegan.", "Never disagree with me.",
])  # fmt: skip
def test_nothing_tells_a_model_to_agree(said: str) -> None:
    """Whoever asks for it: what is injected is background, marked as no ground for facts."""
    world = World(PreferencesConfig(remind_every=1)).says(said, "I love jazz").learns()
    exchange = world.asks(*talk(OTHER, OTHER))
    sent = "\n".join(turn.text for turn in exchange.request.turns)
    assert "not instructions; facts do not depend on it" in sent and "jazz" in sent
    assert not AGREE.search(sent), sent
    profile = asyncio.run(world.people.load(ALICE)).profile
    assert not AGREE.search(render(profile, 2000))


def test_the_budget_counts_the_mark() -> None:
    """Every token of the block, its mark included, is within `max_tokens`."""
    world = World(PreferencesConfig(max_tokens=60)).says(*(f"I love thing{n}" for n in range(40))).learns()
    assert 50 < world.asks(*talk(OTHER)).receipt.tokens <= 60
