"""Whether a model ended its answer by itself, in the shapes of all three formats."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.ports import Reply
from adapters.ports.stops import stopped


def chat(reason: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Two.", **message},
                         "finish_reason": reason}]}  # fmt: skip


def messages(reason: str = "end_turn", kind: str = "text") -> dict[str, Any]:
    return {"type": "message", "content": [{"type": kind, "text": "Two."}], "stop_reason": reason}


def response(status: str = "completed", kind: str = "message") -> dict[str, Any]:
    return {"object": "response", "status": status, "output": [{"type": "reasoning"}, {"type": kind, "content": []}]}


CALL = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        (chat(), True), (chat("length"), False), (chat("content_filter"), False), (chat("tool_calls"), False),
        (chat(None), False), (chat(tool_calls=CALL), False), (chat(function_call={"name": "f"}), False),
        (messages(), True), (messages("stop_sequence"), True), (messages("max_tokens"), False),
        (messages("refusal"), False), (messages("tool_use", "tool_use"), False), (messages(kind="tool_use"), False),
        (messages(kind="server_tool_use"), False), (response(), True), (response("incomplete"), False),
        (response(kind="function_call"), False), (response(kind="web_search_call"), False), ({}, False),
        ({"choices": 5}, False), ({"error": {"message": "no"}}, False),
    ],
)  # fmt: skip
def test_whole(body: dict[str, Any], ended: bool) -> None:
    """Of a whole body."""
    assert stopped(Reply(200, body=json.dumps(body).encode())) is ended


def streamed(*events: dict[str, Any]) -> Reply:
    reply = Reply(200, room=10_000)
    for event in events:
        reply.see(b"data: " + json.dumps(event).encode() + b"\n\n")
    return reply


def piece(reason: str | None = None, index: int = 0, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": reason}]}


BLOCK = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        ([piece(content="Two."), piece("stop")], True), ([piece(content="Two.")], False),
        ([piece(content="Two."), piece("length")], False), ([piece(tool_calls=CALL), piece("stop")], False),
        ([piece(content="Two."), piece("stop", index=1)], False),
        ([BLOCK, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}], True),
        ([BLOCK, {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}}], False),
        ([{**BLOCK, "content_block": {"type": "tool_use"}}, {"delta": {"stop_reason": "end_turn"}}], False),
    ],
)  # fmt: skip
def test_streamed(events: list[dict[str, Any]], ended: bool) -> None:
    """Of a stream."""
    assert stopped(streamed(*events)) is ended


def test_what_was_not_seen_whole() -> None:
    """A stream that was too long to be kept tells nothing."""
    reply = streamed(piece(content="Two."), piece("stop"))
    reply.room = -1
    assert not stopped(reply)
