"""Where a conversation about facts turns to something else, the rest follows there; what is in front stays."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import pairwise

from adapters.ports import RESPONSES, Caller, ChatRequest, Continued, Election, Plan, Turn, count_tokens
from policies.base import Exchange
from policies.preferences import PreferencesConfig
from policies.preferences.scope import HEAD
from tests.policies.preferences.test_scope import FACT, OTHER, behind, known, talk
from tests.policies.test_preferences import ALICE, World, summary


def test_a_conversation_is_widened_once() -> None:
    """Behind the first turn that is not about facts, where it stays; each request goes on from the one before."""
    world = known()
    seen: list[Exchange] = []
    asked: list[str] = []
    for text in (FACT, "Who was Ada Lovelace?", "Thanks!", OTHER, FACT, OTHER, "Thanks!"):
        asked.append(text)
        seen.append(world.asks(*talk(*asked)))
    for before, after in pairwise(seen):
        assert after.request.items[: len(before.request.items)] == before.request.items
    assert {summary(exchange) for exchange in seen} == {"Answers: in French, short."}
    rest = f"{HEAD}Like: jazz. Lives in: Lyon."
    assert [behind(exchange) for exchange in seen] == [
        [rest if place == 3 else "" for place in range(turns)] for turns in range(1, 8)
    ]
    why = [exchange.receipt.reasons[0] for exchange in seen]
    assert why == ["format_only"] * 3 + ["widened"] + ["widened_before"] * 3
    assert all(exchange.receipt.reasons[1:] == ["injected"] for exchange in seen)
    assert [exchange.receipt.detail["pinned"] for exchange in seen] == [False] + [True] * 6
    new = count_tokens(seen[3].request.turns[-1].text) - count_tokens(OTHER)
    assert [exchange.receipt.replayed for exchange in seen] == [0, 0, 0, 0, new, new, new]
    assert seen[3].receipt.tokens - seen[2].receipt.tokens == new


def test_a_lost_turn_takes_its_block_along() -> None:
    """Where a client cuts or edits what has it, the next turn that is not about facts gets it."""
    world = known()
    world.asks(*talk(FACT), prompt_cache_key="one")
    assert behind(world.asks(*talk(FACT, OTHER), prompt_cache_key="one"))[1]
    cut = [("system", "Be kind."), ("assistant", "Well."), ("user", FACT)]
    asked = world.asks(*cut, prompt_cache_key="one")
    assert behind(asked) == [""] and "Lyon" not in summary(asked)
    again = world.asks(*cut, ("assistant", "78."), ("user", "What shall I watch?"), prompt_cache_key="one")
    assert "Lyon" in behind(again)[1] and again.receipt.reasons == ["widened", "injected"]


def test_what_is_learnt_meanwhile_waits() -> None:
    """A block that was put behind a turn is not made anew, whatever is known since."""
    world = known()
    world.asks(*talk(FACT))
    turned = world.asks(*talk(FACT, OTHER))
    world.says("I love chess").learns()
    later = world.asks(*talk(FACT, OTHER, OTHER))
    assert behind(later) == [*behind(turned), ""] and "chess" not in str(later.request.items)


def test_both_parts_share_the_budget() -> None:
    """Of the summary, and of the request; what could harm is not crowded out by rules."""
    rules = [f"always mention thing{n} in your answers and say what number{n} means" for n in range(12)]
    world = World(PreferencesConfig(max_tokens=100)).says("I'm allergic to peanuts", *rules).learns()
    first = world.asks(*talk(FACT))
    assert 60 < first.receipt.tokens < 100
    turned = world.asks(*talk(FACT, OTHER))
    assert "peanuts" in summary(first) and "thing1" in summary(first) and summary(turned) == summary(first)
    assert turned.receipt.tokens <= 100
    tastes = [f"I love thing{n}" for n in range(40)]
    for said in (tastes, ["keep it short", *tastes]):
        world = World(PreferencesConfig(max_tokens=100)).says(*said).learns()
        world.asks(*talk(FACT))
        assert 90 < world.asks(*talk(FACT, OTHER)).receipt.tokens <= 100
    poor = world.asks(*talk(FACT, "Who was Ada Lovelace?", OTHER), budget=75)
    assert "thing" in behind(poor)[2] and 65 < poor.receipt.tokens <= 75
    none = world.asks(*talk(FACT, "Who was Ada Byron?", OTHER), budget=55)
    assert behind(none) == ["", "", ""] and none.receipt.reasons == ["format_only", "injected"]


def test_a_plan_holds_for_both_parts() -> None:
    """What an election leaves out is left out behind the turn too, and what was inferred where it is not trusted."""
    world = known()
    profile = world.profile()
    jazz = next(claim.id for claim in profile.claims if claim.value == "jazz")
    planned = replace(profile, version=profile.version + 1, election=Election(incumbent=Plan("a", drop=(jazz,))))
    asyncio.run(world.people.publish(ALICE, planned))
    world.asks(*talk(FACT))
    assert behind(world.asks(*talk(FACT, OTHER)))[1] == f"{HEAD}Lives in: Lyon."


def test_a_tool_loop_begins_nothing() -> None:
    """What became known between a call and its result waits for the next turn."""
    world = World().says("keep it short").learns()
    world.asks(*talk(FACT))
    turned = world.asks(*talk(FACT, OTHER))
    world.says("I live in Lyon").learns()
    looped = [*talk(FACT, OTHER), ("assistant", ""), ("tool", "a cookbook")]
    assert world.asks(*looped).request.items[:5] == turned.request.items
    assert behind(world.asks(*looped, ("assistant", "Soup."), ("user", OTHER)))[1:] == ["", f"{HEAD}Lives in: Lyon."]


def test_what_the_backend_keeps_has_its_block() -> None:
    """A turn that a client does not send again has been told: no later one is."""
    world = known()
    found: list[bool] = []
    kept = Continued()
    for text in (FACT, OTHER, OTHER):
        fields = {"previous_response_id": "resp_1"} if kept.marks else {}
        body = {"model": "m", "input": text, "prompt_cache_key": "one", **fields}
        received = replace(ChatRequest.parse(json.dumps(body).encode(), format=RESPONSES), continued=kept)
        exchange = Exchange("x", Caller(), received, received, ALICE)
        asyncio.run(world.policy().on_request(exchange))
        found.append("Lyon" in exchange.request.body().decode())
        assert "Answers: in French, short." in exchange.request.body().decode()
        said = (*received.turns, Turn("assistant", "Well.", -1))
        kept = Continued(turns=tuple(replace(turn, index=-2) for turn in said), marks=received.marks)
    assert found == [False, True, False]


def test_a_correction_of_a_turned_conversation_puts_all_in_front() -> None:
    """Its cache is lost anyway: the new summary is the whole one, and nothing stands behind a turn any more."""
    world = known()
    world.asks(*talk(FACT))
    world.asks(*talk(FACT, OTHER))
    world.says("I don't like jazz any more")
    for asked in ((FACT, OTHER, FACT), (FACT, OTHER, FACT, OTHER)):
        exchange = world.asks(*talk(*asked))
        assert "Lyon" in summary(exchange) and "in French" in summary(exchange)
        assert not any(behind(exchange)) and "jazz" not in str(exchange.request.items)
        assert exchange.receipt.reasons == ["injected"]


def test_a_profile_that_is_not_trusted_any_more() -> None:
    """The pin is made anew, and nothing inferred stands behind a turn, nor what was told before; nor is it put back
    where the profile is trusted again."""
    world = known()
    world.asks(*talk(FACT))
    assert any(behind(world.asks(*talk(FACT, OTHER))))
    for guarded in ("drifted", ""):
        profile = world.profile()
        election = replace(profile.election, guarded=guarded)
        asyncio.run(world.people.publish(ALICE, replace(profile, version=profile.version + 1, election=election)))
        exchange = world.asks(*talk(FACT, OTHER, OTHER))
        assert not any(behind(exchange)) and "Lyon" in summary(exchange)


def test_an_erasure_takes_the_block_along() -> None:
    """At once, from a conversation that goes on."""
    world = known()
    world.asks(*talk(FACT))
    assert any(behind(world.asks(*talk(FACT, OTHER))))
    asyncio.run(world.people.forget(ALICE))
    exchange = world.asks(*talk(FACT, OTHER, OTHER))
    assert exchange.request is exchange.received


def test_the_reminder_of_a_conversation_that_turned() -> None:
    """Before it does, what concerns answers; then all, but for questions of fact; also where nothing else is known."""
    for world in (known(remind_every=1), World(PreferencesConfig(remind_every=1)).says("I live in Lyon").learns()):
        asked = (FACT, "Thanks!", OTHER, "Thanks!", FACT)
        seen = [behind(world.asks(*talk(*asked[:turns])), "reminder") for turns in range(1, 6)]
        assert ["Lyon" in line for line in seen[-1]] == [False, False, True, True, False]
        assert all(seen[-1][:turns] == lines for turns, lines in enumerate(seen, 1))


def test_what_could_harm_is_told_from_the_start() -> None:
    """In front, and not once more behind the turn; what became known of it meanwhile is there."""
    world = World().says("I'm vegan. I love jazz. I'm allergic to eggs and penicillin.", "keep it short").learns()
    first, turned = world.asks(*talk(FACT)), world.asks(*talk(FACT, OTHER))
    assert summary(first) == summary(turned) == "Allergies: penicillin, eggs. Diet: vegan. Answers: short."
    assert behind(turned) == ["", f"{HEAD}Like: jazz."]
    other = "Who was Ada Lovelace?"
    world.asks(*talk(other))
    world.says("I'm allergic to nuts").learns()
    later = world.asks(*talk(other, OTHER))
    assert "nuts" in behind(later)[1] and "nuts" not in summary(later) and "vegan" not in behind(later)[1]


def test_what_is_avoided_does_not_crowd_out_the_language() -> None:
    """What concerns answers stands before it, and allergies before both."""
    avoided = [f"I avoid thing{number}" for number in range(24)]
    world = World(PreferencesConfig(max_tokens=60)).says("I'm allergic to eggs", "always answer in French", *avoided)
    told = summary(world.learns().asks(*talk(FACT)))
    assert told.startswith("Allergies: eggs. Answers: in French. Avoid: thing") and "thing0" not in told
