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
    ("It is urgent, my train leaves now", "pressing"), ("My father died last night.", "pressing"),
    ("That is wrong.", "pressing"), ("It still does not work", "pressing"), ("I feel hopeless", "pressing"),
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
