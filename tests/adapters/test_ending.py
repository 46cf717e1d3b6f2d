"""The end of a stream is seen however its bytes are cut, and nothing else is taken for one."""

import json

import pytest

from adapters.ending import Ending, awaited, cut
from adapters.ports import ChatRequest

PIECE = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'
FINISH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason": "stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error": {"message":"x"}}\n\n'
TALK = {"choices": [{"delta": {"content": 'data: [DONE]\n\ndata: [DONE] "finish_reason": "stop" {"error": "x"}'}}]}


def watched(data: bytes, step: int, choices: int = 1) -> tuple[Ending, bytes]:
    ending = Ending(choices)
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
    ending = Ending()
    assert ending.cut("m") == cut("m")
    ending.see(PIECE)
    assert ending.cut("m") == cut("m")
    ending.see(PIECE[:20])
    assert ending.cut("m") == b"\n\n" + cut("m")
    assert json.loads(cut("m")[6:])["error"]["message"] == "m"


@pytest.mark.parametrize(("n", "choices"), [("1", 1), ("3", 3), ("0", 1), ("null", 1), ('"2"', 1), ("true", 1)])
def test_how_many_ends_a_request_awaits(n: str, choices: int) -> None:
    """As many as `n` says, one where it says nothing sensible."""
    assert awaited(ChatRequest.parse(b'{"model":"m","messages":[{"role":"user"}],"n":%s}' % n.encode())) == choices
