"""What of an answer is seen again behind its end: the text that the person got, in every format, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.ports import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Format, Reply

TEXT = "naïve \u2028 [DONE] \U0001f642"
CALL = {"id": "call_1", "function": {"name": "look", "arguments": "{}"}}
ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": TEXT}]}
THOUGHT = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]}


def stream(*payloads: Any) -> Reply:
    """A stream of them, seen whole."""
    reply = Reply(200, complete=True, room=10_000)
    for payload in payloads:
        reply.see(b"event: x\ndata: " + json.dumps(payload).encode() + b"\n\n")
    reply.see(b"data: [DONE]\n\n")
    return reply


def whole(payload: Any) -> Reply:
    return Reply(200, (), json.dumps(payload).encode(), complete=True)


def chat(**message: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message}, {"index": 1, "message": {"content": "another"}}]}


def piece(index: int = 0, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": None}]}


def block(**block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": 1, "content_block": block}


def delta(index: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


@pytest.mark.parametrize(("format", "reply", "expected"), [
    (CHAT, whole(chat(content=TEXT, tool_calls=[])), TEXT),
    (CHAT, whole(chat(content=[{"type": "text", "text": TEXT}], tool_calls=None)), TEXT),
    (CHAT, whole(chat(content="Let me see.", tool_calls=[CALL])), ""),
    (CHAT, whole(chat(content=None, refusal="no")), ""),
    (CHAT, stream(piece(role="assistant", content=""), piece(content=TEXT[:3]), piece(1, content="another"),
                  piece(content=TEXT[3:]), {"choices": [], "usage": {}}), TEXT),
    (CHAT, stream(piece(content="Let me see."), piece(tool_calls=[{"index": 0, **CALL}])), ""),
    (CHAT, stream(piece(content="a"), piece(reasoning_content="hm"), {"error": {}}, piece(content="b")), "ab"),
    (MESSAGES, whole({"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": TEXT}]}), TEXT),
    (MESSAGES, whole({"content": [{"type": "text", "text": "x"}, {"type": "tool_use", "id": "1"}]}), ""),
    (MESSAGES, stream(block(type="text", text="a"), delta(1, type="text_delta", text="b"), {"type": "ping"},
                      delta(0, type="thinking_delta", thinking="hm"), delta(2, type="text_delta", text="c"),
                      {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}), "ab\nc"),
    (MESSAGES, stream(delta(0, type="text_delta", text="x"), block(type="tool_use", name="look", input={})), ""),
    (RESPONSES, whole({"output": [THOUGHT, ITEM, ITEM]}), f"{TEXT}\n{TEXT}"),
    (RESPONSES, whole({"output": [ITEM, {"type": "function_call", "name": "look"}]}), ""),
    (RESPONSES, whole({"output": []}), ""),
    (EMBEDDINGS, whole({"data": []}), ""),
])  # fmt: skip
def test_the_text_of_an_answer(format: Format, reply: Reply, expected: str) -> None:
    """Without reasoning; none where a tool is called first, and of several choices the first."""
    assert reply.text(format) == expected


@pytest.mark.parametrize("format", [CHAT, MESSAGES, RESPONSES])
@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"choices":7,"content":7,"output":7}', b"\xff"])
def test_what_makes_no_sense_has_no_text(format: Format, body: bytes) -> None:
    """And breaks nothing."""
    assert Reply(200, (), body).text(format) == ""
    reply = Reply(200, room=100)
    reply.see(b"data: " + body + b"\n\n")
    assert reply.text(format) == ""


def test_a_stream_that_is_too_long_is_not_kept() -> None:
    """Not even its beginning: half an answer is another one."""
    reply = Reply(200, room=10)
    for _ in range(4):
        reply.see(b"data")
    assert (reply.room < 0, reply.seen) == (True, [])
