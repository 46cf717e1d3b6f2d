"""Where a question is out of place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.ports import CHAT, MESSAGES, RESPONSES, ChatRequest, Format
from policies.ask.place import ROOM, foreign, unfit

SQUEAK = "My saddle squeaks as well."


def reason(said: str = SQUEAK, format: Format = CHAT, begun: bool = True, **more: Any) -> str:
    before = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello."}] if begun else []
    field = "input" if format is RESPONSES else "messages"
    body = {"model": "m", field: [*before, {"role": "user", "content": said}], **more}
    return unfit(ChatRequest.parse(json.dumps(body).encode(), format=format))


@pytest.mark.parametrize("text", [
    SQUEAK, "I moved to Leeds last month.", "Can you suggest a present for my sister?", "Thanks!", "ok",
    "Help me plan a trip.", "I want to do it.", "Write a poem about my cat.",
])
@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES])
def test_a_place(text: str, format: Format) -> None:
    """In talk that has begun, in every wire format, also where a server keeps the answer."""
    assert reason(text, format, **({"store": True} if format is CHAT else {})) == ""


@pytest.mark.parametrize(("text", "why"), [
    ("What is the capital of France?", "factual"), ("How many people live in Leeds?", "factual"),
    ("It is urgent, my train leaves now", "pressing"), ("My father died last night.", "distress"),
    ("That is wrong.", "pressing"), ("It still does not work", "pressing"), ("I feel hopeless", "distress"),
    ("My son swallowed a battery", "distress"),
    ("No, that's not right", "pressing"),
    ("Fix this:\n```\nretrun 1\n```", "copied"), ("Translate it into Welsh", "copied"), ("Danke!", "language"),
    ("Help me plan a trip, but be brief", "form"), ("Keep your answers formal", "form"), ("Stop asking me", "form"),
    ("Wie komme ich nach Leeds und was kostet das?", "language"), ("Привет, как дела?", "language"), (" ", "no_words"),
])
def test_what_a_turn_says(text: str, why: str) -> None:
    """Facts, hurry and distress, answers that were wrong, how this answer is to be, and other languages."""
    assert reason(text) == why


@pytest.mark.parametrize(("format", "more", "why"), [
    (CHAT, {"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"), (CHAT, {"n": 2}, "several"),
    (CHAT, {"response_format": {"type": "json_object"}}, "structured"), (CHAT, {"logprobs": True}, "logprobs"),
    (RESPONSES, {"text": {"format": {"type": "json_schema"}}}, "structured"), (MESSAGES, {"max_tokens": 50}, "no_room"),
    (CHAT, {"modalities": ["text", "audio"]}, "spoken"), (CHAT, {"max_tokens": ROOM}, ""),
    (RESPONSES, {"max_output_tokens": ROOM - 1}, "no_room"),
])
def test_what_a_request_is_for(format: Format, more: dict[str, Any], why: str) -> None:
    """Programs, tools, sound, and answers without room for a question."""
    assert reason(format=format, **more) == why


def talk(*texts: str, told: str = "") -> str:
    turns = [{"role": "user" if at % 2 == 0 else "assistant", "content": text} for at, text in enumerate(texts)]
    body = {"model": "m", "messages": [*([{"role": "system", "content": told}] if told else []), *turns]}
    return unfit(ChatRequest.parse(json.dumps(body).encode(), format=CHAT))


def test_what_was_said_before() -> None:
    """Whoever was in distress a moment ago still is, and a short word is in the language of the talk; what was urgent
    once may be over."""
    assert talk("My father died last night.", "I am so sorry.", "Thanks.") == "distress"
    assert talk("My father died last night.", *["I see.", "Well."] * 6) == ""
    assert talk("It is urgent!", "Done.", "Good.") == ""
    assert talk("Wie komme ich nach Leeds und was kostet das?", "Mit dem Zug.", "ok") == "language"
    assert talk("Leeds?", "Das ist eine Stadt und sie liegt in England.", "ok") == "language"


def test_instructions_that_programs_wrote() -> None:
    """What reads the answer takes no question."""
    assert talk("Hello.", "{}", SQUEAK, told="Respond with valid JSON.") == "structured"
    assert talk("Hello.", "Hello.", SQUEAK, told="Answer only questions about bicycles.") == ""


def test_the_beginning() -> None:
    """Who has answered nothing yet may be a script; and an answer that was begun is gone on with."""
    assert reason(begun=False) == "opening"
    talk = [{"role": "user", "content": SQUEAK}, {"role": "assistant", "content": "Let me"}]
    body = {"model": "m", "messages": talk}
    assert unfit(ChatRequest.parse(json.dumps(body).encode(), format=CHAT)) == "continues"


def test_languages() -> None:
    """A few words that no language is sure of are taken for English."""
    assert not foreign("ok") and not foreign("") and not foreign("Die hard is on tonight and I want to see it")
    assert foreign("\u4f60\u597d\u5417") and foreign("Il treno non \u00e8 della casa e anche gli amici")
