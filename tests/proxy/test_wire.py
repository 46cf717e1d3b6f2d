"""A stream passes untouched, its end is recognised, and a cut is never dressed up as an end."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from adapters.ending import ChatEnding
from adapters.ports import Reply, Unavailable
from proxy.wire import HttpError, read_body, send_stream

PIECE = b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\n'
FINISH = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error":{"message":"x"}}\n\n'


def play(chunks: Sequence[bytes], fault: bool = False, choices: int = 1) -> tuple[list[bytes], Reply, int]:
    """What the client got, the reply, and how many chunks had left when the record was made."""
    ending = ChatEnding(choices)
    sent: list[bytes] = []
    recorded: list[int] = []

    async def send(message: Any) -> None:
        sent.append(message["body"])

    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            # As every carrier does.
            ending.see(chunk)
            reply.complete = ending.complete
            yield chunk
        if fault:
            raise Unavailable("The backend cut the connection.")

    async def record() -> None:
        recorded.append(len(sent))

    reply = Reply(200, chunks=stream())
    asyncio.run(send_stream(send, reply, ChatEnding(), record))
    return [body for body in sent if body], reply, recorded[0]


@pytest.mark.parametrize("chunks", [
    [PIECE, FINISH, DONE], [PIECE + FINISH + DONE], [PIECE, FINISH + b"data: [DO", b"NE]\n\n"],
    [PIECE[:9], PIECE[9:], FINISH, b"\r\ndata:[DONE]\r\n\r\n"],
])
def test_the_end_waits_for_the_record(chunks: list[bytes]) -> None:
    """Bytes pass as they came, and the chunk with the end leaves only after the record was made."""
    sent, reply, recorded = play(chunks)
    assert sent == chunks
    assert reply.complete
    assert recorded == len(chunks) - 1


def test_an_end_without_its_closing_event_is_an_end() -> None:
    """A backend that finished but sends no `[DONE]` gets none made up, and no error either."""
    sent, reply, recorded = play([PIECE, FINISH])
    assert sent == [PIECE, FINISH]
    assert reply.complete
    assert recorded == 2


@pytest.mark.parametrize(("chunks", "fault"), [([PIECE], False), ([PIECE], True), ([PIECE[:20]], True), ([], False)])
def test_a_cut_is_told(chunks: list[bytes], fault: bool) -> None:
    """A stream that stops short ends with an error event on a line of its own, and is incomplete."""
    sent, reply, _ = play(chunks, fault)
    assert not reply.complete
    last = b"".join(sent).rsplit(b"\n\n", 2)[-2]
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "backend_stream_error"
    assert DONE not in sent


def test_an_error_event_of_the_backend_is_not_doubled() -> None:
    """The backend's own error passes, and nothing is added behind it."""
    sent, reply, _ = play([PIECE, ERROR])
    assert sent == [PIECE, ERROR]
    assert not reply.complete


@pytest.mark.parametrize(("chunks", "shown"), [
    ([PIECE, FINISH, DONE, ERROR], [PIECE, FINISH, DONE]), ([PIECE, DONE + ERROR], [PIECE, DONE]),
    ([FINISH, DONE[:-2], b"\n\n"], [FINISH, DONE]), ([PIECE, ERROR, DONE], [PIECE, ERROR, DONE]),
])
def test_nothing_follows_the_closing_event(chunks: list[bytes], shown: list[bytes]) -> None:
    """Whatever the backend still does after `[DONE]`, a fault included, the client's answer has ended."""
    sent, reply, recorded = play(chunks, fault=True)
    assert sent == shown
    assert reply.complete is (ERROR not in shown)
    assert recorded == len(shown) - 1


def test_a_fault_behind_the_finish_is_no_error() -> None:
    """An answer that lacks nothing but `[DONE]` is left as it is."""
    sent, reply, _ = play([PIECE, FINISH], fault=True)
    assert sent == [PIECE, FINISH] and reply.complete


def test_one_of_two_choices_is_a_cut() -> None:
    """The carrier knows how many choices were asked for, and its word counts."""
    sent, reply, _ = play([PIECE, FINISH], choices=2)
    assert len(sent) == 3 and not reply.complete


def test_an_empty_error_is_none() -> None:
    """Some backends write `"error": null` into every event."""
    sent, reply, _ = play([b'data: {"error": null, "choices":[{"delta":{},"finish_reason":null}]}\n\n'])
    assert len(sent) == 2 and not reply.complete


def test_words_in_the_text_are_no_end() -> None:
    """An answer that talks about `data: [DONE]` and finish reasons is not finished by that."""
    talk = {"choices": [{"delta": {"content": 'data: [DONE]\n\ndata: [DONE] "finish_reason": "stop"'}}]}
    _, reply, _ = play([b"data: " + json.dumps(talk).encode() + b"\n\n"])
    assert not reply.complete


def test_a_body_has_a_limit() -> None:
    """Declared or sent, compressed or not: too much is refused while it is read."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    for headers, status in (({}, 413), ({"content-length": "101"}, 413), ({"content-encoding": "gzip"}, 415)):
        with pytest.raises(HttpError) as caught:
            asyncio.run(read_body(receive, headers, 100))
        assert caught.value.status == status


def test_errors_have_all_four_keys() -> None:
    """The shape that the official clients read."""
    assert set(json.loads(HttpError(418, "x").body())["error"]) == {"message", "type", "param", "code"}
