"""The end of a stream is seen however its bytes are cut, and nothing else is taken for one."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator

import pytest

from adapters.ending import ChatEnding, EventEnding, awaited, begun, ending, error_event
from adapters.ports import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, ChatRequest, Format
from adapters.ports.formats import COMPLETIONS

PIECE = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'
FINISH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason": "stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error": {"message":"x"}}\n\n'
TALK = {"choices": [{"delta": {"content": 'data: [DONE]\n\ndata: [DONE] "finish_reason": "stop" {"error": "x"}'}}]}


def watched(data: bytes, step: int, choices: int = 1) -> tuple[ChatEnding, bytes]:
    ending = ChatEnding(choices)
    return ending, b"".join(ending.see(data[at : at + step]) for at in range(0, len(data), step))


@pytest.mark.parametrize("step", [1, 7, 40, 1000])
@pytest.mark.parametrize(("data", "choices", "complete", "done", "failed"), [
    (PIECE + FINISH + DONE, 1, True, True, False),
    (PIECE + DONE, 1, True, True, False),
    (PIECE + FINISH, 1, True, False, False),
    (PIECE + FINISH, 2, False, False, False),
    (FINISH + PIECE + FINISH, 2, True, False, False),
    (FINISH + DONE, 2, True, True, False),
    (PIECE, 1, False, False, False),
    (PIECE.replace(b"null", b'""'), 1, False, False, False),
    (PIECE + ERROR, 1, False, False, True),
    (FINISH + ERROR + DONE, 1, False, True, True),
    (FINISH.replace(b"stop", b"error") + DONE, 1, False, True, True),
    (b'data: {"error": null, "choices": []}\n\n' + FINISH, 1, True, False, False),
    (b"data: " + json.dumps(TALK).encode() + b"\n\n", 1, False, False, False),
])
def test_what_is_an_end(data: bytes, choices: int, complete: bool, done: bool, failed: bool, step: int) -> None:
    """`[DONE]`, or a finish reason per choice; no error, and no words that only look like one of these."""
    ending, shown = watched(data, step, choices)
    assert (ending.complete, ending.done, ending.failed) == (complete, done, failed)
    assert shown == data


@pytest.mark.parametrize("step", [1, 5, 1000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r", b"\r\n\r", b"\n\n", b"\r\n\r\n", b": x", b"\n\n: x\n\n"])
def test_nothing_goes_on_behind_the_closing_event(end: bytes, step: int) -> None:
    """What follows `[DONE]` is left out, and the empty line that ends its event is always there."""
    ending, shown = watched(FINISH + b"data:[DONE]" + end + ERROR, step)
    behind = shown.removeprefix(FINISH + b"data:[DONE]")
    assert ending.complete and behind.replace(b"\r\n", b"\n") == b"\n\n"
    assert ending.see(PIECE) == b""


def test_an_error_stands_on_a_line_of_its_own() -> None:
    """A half-sent line is ended first; between events nothing is put in."""
    ending = ChatEnding()
    error = ending.cut("m")
    assert error.startswith(b"data: {")
    ending.see(PIECE)
    assert ending.cut("m") == error
    ending.see(PIECE[:20])
    assert ending.cut("m") == b"\n\n" + error
    assert json.loads(error[6:])["error"]["message"] == "m"


def event(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more}, separators=(',', ':'))}\n\n".encode()


def nameless(data: bytes) -> bytes:
    return re.sub(rb"event: [^\n]*\n", b"", data)


DELTA = event("response.output_text.delta", sequence_number=7, delta='event: error\n\n"type":"response.completed"')
COMPLETED = event("response.completed", sequence_number=8, response={"id": "r", "output": [{"text": "\n\n" * 9}]})
ECHOED = event("response.created", response={"metadata": {"type": "response.completed"}, "object": "error"})
NUMBERED = b'event: x\ndata: {"sequence_number": 123456, "type": "response.completed", "response": {}}\n\n'
BLOCK = event("content_block_delta", index=0, delta={"type": "text_delta", "text": '{"type":"message_stop"}'})
STOP = event("message_stop")
BROKEN = event("error", error={"type": "overloaded_error", "message": "x"})


@pytest.mark.parametrize("step", [1, 7, 60, 1000])
@pytest.mark.parametrize(("format", "data", "complete", "over", "failed"), [
    (RESPONSES, DELTA + COMPLETED, True, True, False),
    (RESPONSES, DELTA + COMPLETED + b"data: [DONE]\n\n", True, True, False),
    (RESPONSES, DELTA + COMPLETED.replace(b"completed", b"incomplete"), True, True, False),
    (RESPONSES, DELTA + COMPLETED.replace(b"completed", b"failed"), False, True, True),
    (RESPONSES, DELTA + COMPLETED[:-2], True, False, False),
    (RESPONSES, DELTA + COMPLETED[:-20], False, False, False),
    (RESPONSES, DELTA + COMPLETED.replace(b"\n", b"\r\n"), True, True, False),
    (RESPONSES, DELTA + BROKEN, False, True, True),
    (RESPONSES, DELTA + b'data: {"error": {"message": "x"}}\n\n', False, True, True),
    (RESPONSES, DELTA, False, False, False),
    (RESPONSES, ECHOED + DELTA, False, False, False),
    (RESPONSES, ECHOED + DELTA + COMPLETED, True, True, False),
    (RESPONSES, DELTA + NUMBERED, True, True, False),
    (RESPONSES, nameless(DELTA + COMPLETED), True, True, False),
    (RESPONSES, nameless(DELTA + b'data: {"response":{},"type":"response.completed"}\n\n'), True, True, False),
    (RESPONSES, COMPLETED.replace(b'"type":', b'"sequence_number":9,"type" : ', 1), True, True, False),
    (MESSAGES, BLOCK + STOP, True, True, False),
    (MESSAGES, BLOCK + STOP.replace(b"event: message_stop\n", b""), True, True, False),
    (MESSAGES, BLOCK + BROKEN, False, True, True),
    (MESSAGES, BLOCK, False, False, False),
])
def test_what_is_the_last_event(
    format: Format, data: bytes, complete: bool, over: bool, failed: bool, step: int
) -> None:
    """The event that ends an answer, once it is whole; an error is an end too, and words of a model never are."""
    watching = EventEnding(format)
    assert b"".join(watching.see(data[at : at + step]) for at in range(0, len(data), step)) == data
    assert (watching.complete, watching.over, watching.failed) == (complete, over, failed)


@pytest.mark.parametrize("step", [1, 9, 1000])
def test_a_cut_response_goes_on_counting(step: int) -> None:
    """The error event has the next number, what the specification asks for, and the key that makes clients raise."""
    watching, data = EventEnding(RESPONSES), DELTA * 3
    for at in range(0, len(data), step):
        watching.see(data[at : at + step])
    said = json.loads(watching.cut("m").partition(b"data: ")[2])
    assert (said["type"], said["code"], said["message"], said["param"]) == ("error", "backend_stream_error", "m", None)
    assert said["sequence_number"] == 3
    assert said["error"]["message"] == "m"


def test_a_cut_message_is_an_error_of_anthropics() -> None:
    """Under the event name and with the type that its clients look for."""
    cut = EventEnding(MESSAGES).cut("m")
    assert cut.startswith(b"event: error\ndata: ")
    assert json.loads(cut.partition(b"data: ")[2])["error"]["type"] == "api_error"


def test_which_ending_a_request_has() -> None:
    """By its format; what is no chat ends as chats do."""
    body = b'{"model":"m","input":"x","messages":[{"role":"user"}]}'
    assert isinstance(ending(ChatRequest.parse(body)), ChatEnding)
    assert isinstance(ending(ChatRequest.parse(body, format=RESPONSES)), EventEnding)
    assert isinstance(ending(ChatRequest.parse(body, format=MESSAGES)), EventEnding)
    assert isinstance(ending(ChatRequest.parse(body, format=EMBEDDINGS)), ChatEnding)


@pytest.mark.parametrize(("n", "choices"), [("1", 1), ("3", 3), ("0", 1), ("null", 1), ('"2"', 1), ("true", 1)])
def test_how_many_ends_a_request_awaits(n: str, choices: int) -> None:
    """As many as `n` says, one where it says nothing sensible."""
    assert awaited(ChatRequest.parse(b'{"model":"m","messages":[{"role":"user"}],"n":%s}' % n.encode())) == choices


@pytest.mark.parametrize(("prompt", "choices"), [
    ('"a"', 2), ('["a","b"]', 4), ("[1,2,3]", 2), ("[[1],[2],[3]]", 6), ("[]", 2), ("null", 2),
])
def test_every_prompt_has_its_choices(prompt: str, choices: int) -> None:
    """A list of texts, or of lists of tokens; tokens alone are one prompt."""
    body = b'{"model":"m","n":2,"prompt":%s}' % prompt.encode()
    assert awaited(ChatRequest.parse(body, format=COMPLETIONS)) == choices


def test_what_has_begun_can_be_closed_unread() -> None:
    """A generator that never ran would let go of nothing."""
    closed = []

    async def held() -> AsyncGenerator[bytes]:
        try:
            yield b""
            yield b"first"
        finally:
            closed.append(True)

    async def go() -> None:
        assert [chunk async for chunk in await begun(held())] == [b"first"]
        await (await begun(held())).aclose()

    asyncio.run(go())
    assert closed == [True, True]


@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_an_error_event_ends_its_format(format: Format) -> None:
    """What we write as one is seen as one, and as nothing else."""
    event = error_event(format, {"message": "m", "type": "t", "param": None, "code": "c"}, 3)
    watching = ChatEnding() if format is CHAT else EventEnding(format)
    watching.see(event)
    assert watching.failed and not watching.complete
    assert event.endswith(b"\n\n") and event.count(b"\n\n") == 1
