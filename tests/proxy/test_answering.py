"""One of several calls: when its answer counts, what it says and costs, and how it is bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from adapters.ending import begun
from adapters.ports import CHAT, MESSAGES, RESPONSES, ChatRequest, Format, Reply
from proxy.answering import Call, limited

FINISHED: dict[str, tuple[Format, dict[str, Any], str]] = {
    "chat": (CHAT, {"choices": [{"message": {"content": "Yes."}, "finish_reason": "%s"}],
                    "usage": {"prompt_tokens": 7, "completion_tokens": 3}}, "length"),
    "responses": (RESPONSES, {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Yes."}]}],
                              "incomplete_details": None, "usage": {"input_tokens": 7, "output_tokens": 3}}, ""),
    "messages": (MESSAGES, {"content": [{"type": "text", "text": "Yes."}], "stop_reason": "%s",
                            "usage": {"input_tokens": 7, "output_tokens": 3}}, "max_tokens"),
}  # fmt: skip


def request(format: Format, **more: Any) -> ChatRequest:
    told = [{"role": "user", "content": "hi"}]
    body = {"model": "m", "input" if format is RESPONSES else "messages": told, **more}
    return ChatRequest.parse(json.dumps(body).encode(), format=format)


def called(format: Format, reply: Reply, place: int = 1) -> Call:
    """A call that was answered so."""
    async def run() -> Call:
        async def asking() -> Reply:
            return reply

        call = Call(request(format), place, asyncio.Event())
        call.start(asking())
        while not call.over:
            await asyncio.sleep(0)
        await call.close()
        return call

    return asyncio.run(run())


@pytest.mark.parametrize("name", FINISHED)
def test_a_whole_answer(name: str) -> None:
    """Its text and what it cost, whatever the format calls that."""
    format, body, _ = FINISHED[name]
    call = called(format, Reply(200, body=json.dumps(body).replace("%s", "stop").encode(), complete=True))
    assert (call.complete, call.text, call.spent) == (True, "Yes.", (7, 3))


@pytest.mark.parametrize("name", FINISHED)
def test_an_answer_that_reached_its_limit(name: str) -> None:
    """Of the further calls none; of the ordinary one it is what the client gets without any plan."""
    format, body, reason = FINISHED[name]
    if format is RESPONSES:
        body = {**body, "incomplete_details": {"reason": "max_output_tokens"}}
    reply = Reply(200, body=json.dumps(body).replace("%s", reason).encode(), complete=True)
    assert not called(format, reply).complete
    assert called(format, reply, 0).complete


def test_what_a_model_writes_ends_nothing() -> None:
    """Words of an answer that read like the marks of an end."""
    text = '"finish_reason": "length", "completion_tokens": 99'
    body = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"completion_tokens": 3}}
    call = called(CHAT, Reply(200, body=json.dumps(body).encode(), complete=True))
    assert call.complete and call.spent == (0, 3)


@pytest.mark.parametrize("reply", [
    Reply(500, body=b"{}", complete=True), Reply(200, body=b'{"choices": [', complete=True), Reply(200, body=b"{}"),
])
def test_what_is_no_answer(reply: Reply) -> None:
    """An error, a body that is cut, one that its carrier did not finish."""
    assert not called(CHAT, reply).complete


def test_a_stream_cut_anywhere() -> None:
    """Within characters and events, without a closing event: its text, its usage, and each byte as it came."""
    said = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("Grüße 😀 ", "— 你好")]
    said += [{"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 8}}]
    whole = b"".join(b"data: " + json.dumps(each, ensure_ascii=False).encode() + b"\r\n\r\n" for each in said)

    async def chunks(reply: Reply) -> AsyncGenerator[bytes]:
        for place in range(len(whole)):
            reply.complete = place == len(whole) - 1
            yield whole[place : place + 1]

    reply = Reply(200)
    reply.chunks = chunks(reply)
    call = called(CHAT, reply)
    assert (call.complete, call.text, call.spent) == (True, "Grüße 😀 — 你好", (9, 8))
    assert b"".join(call.parts) == whole


def test_a_stream_is_handed_over_piece_by_piece() -> None:
    """What was read first, then what comes, in order and once."""
    async def run() -> list[bytes]:
        gate = asyncio.Event()

        async def chunks() -> AsyncGenerator[bytes]:
            yield b""
            yield b"a"
            yield b"b"
            await gate.wait()
            yield b"c"
            yield b"d"

        async def asking() -> Reply:
            return Reply(200, chunks=await begun(chunks()))

        call = Call(request(CHAT), 0, asyncio.Event())
        call.start(asking())
        while len(call.parts) < 2:
            await asyncio.sleep(0)
        got = []
        async for chunk in call.hand_over():
            got.append(chunk)
            if chunk == b"b":
                gate.set()
        await call.close()
        return got

    assert asyncio.run(run()) == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize(("format", "more", "expected"), [
    (CHAT, {}, {"max_completion_tokens": 50}), (CHAT, {"max_tokens": 80}, {"max_tokens": 50}),
    (CHAT, {"max_tokens": 20}, {"max_tokens": 20}), (RESPONSES, {}, {"max_output_tokens": 50}),
    (MESSAGES, {"max_tokens": 4096}, {"max_tokens": 50}),
    (CHAT, {"max_tokens": 80, "max_completion_tokens": 90}, {"max_completion_tokens": 50}),
    (CHAT, {"max_completion_tokens": None}, {"max_completion_tokens": 50}),
    (CHAT, {"max_completion_tokens": None, "max_tokens": 80}, {"max_tokens": 50}),
    (RESPONSES, {"max_output_tokens": None}, {"max_output_tokens": 50}),
    (CHAT, {"max_tokens": 20.0}, {"max_tokens": 20.0}),
])
def test_limits(format: Format, more: dict[str, Any], expected: dict[str, Any]) -> None:
    """Under the name that the client used, else the format's own; what is lower stays."""
    found = json.loads(limited(request(format, **more), 50).body())
    assert {name: value for name, value in found.items() if "token" in name} == expected
