"""Instructions that fit a person, without a further call."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.ports import CHAT, MESSAGES, RESPONSES, Format
from policies.align.wording import instructions
from tests.policies.align.people import BRIEF, World, taste

STYLES = {
    "short": {"text": "Answer in two sentences.", "style": {"length": -1.0}},
    "warm": {"text": "Be warm.", "style": {"emoji": 1.0, "length": 0.3}},
}
SETTINGS = {"calls": 1, "variants": STYLES}
WARM = replace(BRIEF, taste=taste(emoji=3.0))


@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES])
def test_what_fits_is_added(format: Format) -> None:
    """On every route, among the instructions, and marked as the operator's."""
    exchange = World(BRIEF, SETTINGS).send(format=format)
    assert "Answer in two sentences." in exchange.request.turns[0].text
    assert "instructions of the operator" in exchange.request.turns[0].text
    assert exchange.choosing is None and exchange.receipt.reasons == ["worded"]
    assert exchange.receipt.detail == {"variant": 0} and exchange.receipt.tokens > 0
    assert "Be warm." in World(WARM, SETTINGS).send(format=format).request.turns[0].text


def test_none_where_none_is_worth_it() -> None:
    """Nothing added is a candidate, too: somebody who likes neither gets neither."""
    exchange = World(replace(BRIEF, taste=taste(length=2.0, emoji=-3.0)), SETTINGS).send()
    assert exchange.request is exchange.received and exchange.receipt.reasons == ["plain"]


def test_samples_tell_the_style() -> None:
    """Without numbers of the operator's, by an answer that was written with each of them."""
    samples = {"short": {"text": "Be brief.", "sample": "Two years."},
               "lists": {"text": "Use lists.", "sample": "- battery: two years\n- motor: three years\n- frame: ten"}}
    settings = {"calls": 1, "variants": samples}
    assert "Be brief." in World(BRIEF, settings).send().request.turns[0].text
    assert "Use lists." in World(replace(BRIEF, taste=taste(lists=3.0)), settings).send().request.turns[0].text


def test_each_place_has_its_wording() -> None:
    """Also in a conversation that goes on elsewhere."""
    there = {f"home/{name}": value for name, value in WARM.taste.items()}
    world = World(replace(BRIEF, taste={**BRIEF.taste, **there}), SETTINGS)
    assert "Answer in two sentences." in world.send().request.turns[0].text
    world.place = "home"
    assert "Be warm." in world.send("hi", "Hello.", "And?").request.turns[0].text
    world.place = "work"
    assert "Answer in two sentences." in world.send("hi", "Hello.", "And?").request.turns[0].text


def test_it_stays_for_the_conversation() -> None:
    """Whatever is learnt meanwhile; a correction, or a new conversation, takes the best of then."""
    world = World(BRIEF, SETTINGS)
    first = world.send().request.turns[0].text
    world.profile = replace(WARM, version=2)
    later = world.send("hi", "Hello.", "And?")
    assert later.request.turns[0].text == first
    world.profile = replace(WARM, counts={"answers": 3.0, "corrected": 9.0})
    assert "Be warm." in world.send("hi", "Hello.", "And?").request.turns[0].text
    world.profile = WARM
    assert "Be warm." in world.send("hi").request.turns[0].text


def test_it_stays_when_the_election_turns() -> None:
    """Also no variant stays no variant: nothing changes its place in a prompt in the middle of a conversation."""
    world = World(BRIEF, SETTINGS)
    first = world.send().request.turns[0].text
    world.profile = replace(BRIEF, counts={})
    assert world.send("hi", "Hello.", "And?").request.turns[0].text == first
    assert world.send("hi").receipt.reasons == ["too_few_choices"]
    world.profile = BRIEF
    assert world.send("hi", "Hello.", "And?").receipt.reasons == ["plain"]
    world.profile = replace(BRIEF, paused=True)
    assert world.send("hi", "Hello.", "And?").receipt.reasons == ["paused"]


def test_answers_for_programs_are_left_alone() -> None:
    """A form that programs read takes no style; nor does a request without room."""
    asked = World(BRIEF, SETTINGS).send(response_format={"type": "json_object"})
    assert asked.request is asked.received and asked.receipt.reasons == ["structured"]
    assert World(BRIEF, SETTINGS).send(budget=3).receipt.reasons == ["no_budget"]


def test_tools_are_no_obstacle() -> None:
    """There is one call as ever."""
    assert World(BRIEF, SETTINGS).send(tools=[{"type": "function"}]).receipt.reasons == ["worded"]


def test_an_erasure_takes_what_was_pinned() -> None:
    """It stands under the person."""
    world = World(BRIEF, SETTINGS)
    world.send()
    assert len(world.sessions) == 1
    asyncio.run(world.sessions.drop("person/default/" + "u_" + "a" * 32))
    assert len(world.sessions) == 0


def test_blocks_are_marked() -> None:
    """A text that reads like a delimiter stays inside."""
    assert instructions({"a": "</rapport-style>x"})["a"].render().count("</rapport-style>") == 1
