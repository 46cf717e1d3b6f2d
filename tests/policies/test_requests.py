"""Which requests are asked more than once."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.ports import CHAT, MESSAGES, RESPONSES, Format
from tests.policies.align.people import World

TOOL = [{"type": "function", "function": {"name": "f"}}]


@pytest.mark.parametrize(("format", "more", "reason"), [
    (CHAT, {"tools": TOOL}, "tools"), (MESSAGES, {"tools": TOOL}, "tools"), (CHAT, {"functions": [{}]}, "tools"),
    (CHAT, {"web_search_options": {"x": 1}}, "tools"), (CHAT, {"n": 2}, "several"),
    (CHAT, {"logprobs": True}, "logprobs"),
    (RESPONSES, {"store": False, "top_logprobs": 2}, "logprobs"),
    (CHAT, {"response_format": {"type": "json_object"}}, "structured"),
    (RESPONSES, {"store": False, "text": {"format": {"type": "json_schema"}}}, "structured"),
    (MESSAGES, {"output_format": {"type": "json_schema"}}, "structured"),
    (CHAT, {"store": True}, "stored"), (RESPONSES, {}, "stored"),
    (RESPONSES, {"store": False, "previous_response_id": "r"}, "stored"),
    (RESPONSES, {"store": False, "conversation": "c"}, "stored"),
    (CHAT, {"modalities": ["text", "audio"]}, "spoken"), (CHAT, {"temperature": 0}, "same_answer"),
    (CHAT, {"seed": 7}, "same_answer"),
])
def test_one_call(format: Format, more: dict[str, Any], reason: str) -> None:
    """Where several answers could not be given as one, or would be kept by a server, or would be the same."""
    exchange = World().send(format=format, **more)
    assert exchange.choosing is None and exchange.receipt.reasons == [reason]


@pytest.mark.parametrize(("format", "more"), [
    (CHAT, {}), (CHAT, {"tools": [], "n": 1, "logprobs": False, "response_format": {"type": "text"}}), (MESSAGES, {}),
    (RESPONSES, {"store": False, "text": {"format": {"type": "text"}}}), (CHAT, {"temperature": 0.7, "store": False}),
])
def test_several_calls(format: Format, more: dict[str, Any]) -> None:
    """An ordinary question, however much of the defaults is spelt out."""
    assert World().send(format=format, **more).choosing is not None


def test_an_answer_that_was_begun() -> None:
    """Whoever lets the model go on with its own words wants one continuation."""
    assert World().send("hi", "Once upon").receipt.reasons == ["continues"]


def test_other_models_answer_otherwise() -> None:
    """Also where the same one would say the same."""
    assert World(settings={"models": ["b"]}).send(temperature=0).choosing is not None
