"""Responses and messages over backends that only chat: answers, errors and faults, end to end."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from adapters.litellm import LiteLLMBackend
from adapters.litellm import Target as LiteLLMTarget
from adapters.ports import MESSAGES, RESPONSES, AdapterError, Backend, ChatRequest, Format, Reply, Timeout, Unavailable
from adapters.relay import Clocks, Relay, Target, Wires
from adapters.translated import Translated
from tests.adapters.translated.strict import EVENTS, check, check_response, folded
from tests.adapters.translated.strict import request as asked
from tests.adapters.translated.test_messages import folded as message_of
from tests.fakes.answer import REASONING, REFUSAL, SPLIT
from tests.fakes.process import Fake, serving

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
KEY = "sk-operator-0123456789"
FORMATS = {"responses": RESPONSES, "messages": MESSAGES}
SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}, "n": {"type": "integer"}}}
TOOLS: dict[Any, list[dict[str, Any]]] = {
    "responses": [{"type": "function", "name": name, "parameters": SCHEMA} for name in ("look", "find")],
    "messages": [{"name": name, "input_schema": SCHEMA} for name in ("look", "find")],
}


@pytest.fixture(scope="module")
def anthropic() -> Iterator[Fake]:
    with serving("anthropic_api") as running:
        yield running


@pytest.fixture
def fakes(openai_fake: Fake, anthropic: Fake) -> dict[str, Fake]:
    return {"openai": openai_fake, "anthropic": anthropic}


def request(format: Format, stream: bool = False, **fields: Any) -> ChatRequest:
    limit = {"max_tokens": 99} if format is MESSAGES else {}
    return asked(format, **{"model": "client-name", **limit, **({"stream": True} if stream else {}), **fields})


def behind(way: str, fakes: dict[str, Fake], model: str, wires: Wires, gap: float, first: float = 60) -> Translated:
    """What answers as `model` says, over one of three backends that chat."""
    if way == "openai":
        target = Target(fakes[way].base, KEY, Clocks(first=first, gap=gap, total=60))
        chat: Backend = Relay(wires, target, model)
    elif way == "anthropic":
        chat = LiteLLMBackend(LiteLLMTarget(f"anthropic/{model}", fakes[way].base, KEY, first=first, gap=gap))
    else:
        chat = LiteLLMBackend(LiteLLMTarget("demo"))
    return Translated(chat, way != "openai", {"openai": model, "anthropic": f"anthropic/{model}"}.get(way, "demo"))


def send(way: str, fakes: dict[str, Fake], model: str, asking: ChatRequest, gap: float = 60,
         ) -> tuple[Reply, bytes, AdapterError | None]:  # fmt: skip
    """The reply, all that could be read of it, and what ended that."""

    async def go() -> tuple[Reply, bytes, AdapterError | None]:
        wires = Wires()
        backend = behind(way, fakes, model, wires, gap, first=60 if asking.stream else gap)
        parts, fault = [], None
        try:
            reply = await backend.complete(asking)
            if reply.chunks is None:
                return reply, reply.body, None
            async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
                try:
                    async for chunk in chunks:
                        parts.append(chunk)
                except AdapterError as error:
                    fault = error
            return reply, b"".join(parts), fault
        finally:
            await backend.close()
            await wires.close()

    return asyncio.run(go())


def events(raw: bytes) -> list[dict[str, Any]]:
    """The payloads of a stream, each under the name of its type."""
    found = []
    for event in raw.decode().split("\n\n")[:-1]:
        name, data = event.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {found[-1]['type']}"
    return found


def answer(format: str, raw: bytes, stream: bool) -> dict[str, Any]:
    """The response or message, checked, whichever way it came."""
    if not stream:
        value: dict[str, Any] = json.loads(raw)
    elif format == "messages":
        value = message_of(events(raw))
    else:
        told = events(raw)
        assert [event["sequence_number"] for event in told] == list(range(len(told)))
        for event in told:
            check(EVENTS[event["type"]], event)
        value = told[-1]["response"]
        assert folded(told) == value["output"]
    if format == "responses":
        check_response(value)
    return value


def said(format: str, value: dict[str, Any]) -> list[tuple[str, Any]]:
    """What an answer holds: kinds, with their texts or arguments."""
    if format == "messages":
        return [(block["type"], block.get("text", block.get("thinking", block.get("input"))))
                for block in value["content"]]  # fmt: skip
    found: list[tuple[str, Any]] = []
    for item in value["output"]:
        if item["type"] == "function_call":
            found.append(("tool_use", json.loads(item["arguments"])))
        else:
            kind = {"message": "text", "reasoning": "thinking"}[item["type"]]
            parts = item.get("content") or item["summary"]
            found += [(kind, part.get("text", part.get("refusal"))) for part in parts]
    return found


def patience(fault: str) -> float:
    """Short where nothing comes any more; a busy machine must not miss what does."""
    return 0.15 if fault.startswith(("stall", "hang")) else 60


WAYS, BOTH = ["openai", "anthropic"], pytest.mark.parametrize("stream", [False, True])
EVERY = pytest.mark.parametrize("format", FORMATS)


@BOTH
@EVERY
@pytest.mark.parametrize("way", [*WAYS, "demo"])
def test_a_question_is_answered(way: str, format: str, stream: bool, fakes: dict[str, Fake]) -> None:
    """In the format that it was asked in, under the name that the client has for the model, with counts and headers."""
    reply, raw, fault = send(way, fakes, "gpt-x", request(FORMATS[format], stream))
    assert (reply.status, reply.complete, reply.kept, fault) == (200, True, False, None)
    kind = "text/event-stream; charset=utf-8" if stream else "application/json"
    assert [value for name, value in reply.headers if name == "content-type"] == [kind]
    value = answer(format, raw, stream)
    assert value["model"] == "client-name"
    ((_, text),) = said(format, value)
    assert text and value["usage"]["output_tokens"] > 0 and value["usage"]["input_tokens"] > 0
    assert value["status" if format == "responses" else "stop_reason"] in ("completed", "end_turn")
    assert way == "demo" or dict(reply.headers)["x-request-id"].startswith("req_")


@BOTH
@EVERY
@pytest.mark.parametrize("way", WAYS)
def test_packets_may_cut_anything(way: str, format: str, stream: bool, fakes: dict[str, Fake]) -> None:
    """Characters, events and the closing event in pieces, with comments between: the text is whole."""
    reply, raw, _ = send(way, fakes, "gpt-x;split", request(FORMATS[format], stream))
    assert reply.complete and said(format, answer(format, raw, stream)) == [("text", SPLIT)]


@BOTH
@EVERY
@pytest.mark.parametrize("way", WAYS)
def test_tools_are_called_in_parallel(way: str, format: str, stream: bool, fakes: dict[str, Fake]) -> None:
    """Both calls come with their arguments, although a chat interleaves them."""
    reply, raw, _ = send(way, fakes, "gpt-x;tools", request(FORMATS[format], stream, tools=TOOLS[format]))
    value = answer(format, raw, stream)
    called = said(format, value)
    assert [kind for kind, _ in called] == ["tool_use", "tool_use"] and reply.complete
    assert all(arguments.keys() == {"q", "n"} for _, arguments in called)
    items = value["output"] if format == "responses" else value["content"]
    assert [item["name"] for item in items] == ["look", "find"]
    assert format == "responses" or value["stop_reason"] == "tool_use"


@BOTH
@EVERY
@pytest.mark.parametrize("way", WAYS)
def test_reasoning_comes_before_the_answer(way: str, format: str, stream: bool, fakes: dict[str, Fake]) -> None:
    """A summary of a response, a thinking block of a message; signed where the provider signed it."""
    _, raw, _ = send(way, fakes, "gpt-x;reasoning;usage", request(FORMATS[format], stream))
    value = answer(format, raw, stream)
    assert said(format, value)[0] == ("thinking", REASONING)
    if format == "messages":
        assert bool(value["content"][0]["signature"]) is (way == "anthropic")
    elif way == "openai":
        assert value["usage"]["output_tokens_details"]["reasoning_tokens"] > 0


@BOTH
@EVERY
def test_a_refusal_is_one(format: str, stream: bool, fakes: dict[str, Fake]) -> None:
    """As a part of a response, as the stop reason of a message."""
    _, raw, _ = send("openai", fakes, "gpt-x;refusal", request(FORMATS[format], stream))
    value = answer(format, raw, stream)
    assert said(format, value) == [("text", REFUSAL)]
    part = value["output"][0]["content"][0] if format == "responses" else {"type": value["stop_reason"]}
    assert part["type"] == "refusal"


def test_probabilities_come_along(fakes: dict[str, Fake]) -> None:
    """Where they were asked for, at every piece and at the whole."""
    for stream in (False, True):
        _, raw, _ = send("openai", fakes, "gpt-x;c=3", request(RESPONSES, stream, top_logprobs=2))
        (part,) = answer("responses", raw, stream)["output"][0]["content"]
        assert all(len(each["top_logprobs"]) == 2 for each in part["logprobs"]) and part["logprobs"]


@EVERY
@pytest.mark.parametrize("fault", ["cut=9", "short=9", "reset=9", "stall=9", "errorevent=9"])
@pytest.mark.parametrize("way", WAYS)
def test_a_stream_that_breaks_gets_no_end(way: str, format: str, fault: str, fakes: dict[str, Fake]) -> None:
    """What was said stays, and then comes an error or an event that is one: never an end that the backend did not
    give."""
    reply, raw, error = send(way, fakes, f"gpt-x;{fault}", request(FORMATS[format], True), patience(fault))
    told = events(raw)
    assert not reply.complete
    assert (error is None) is (told[-1]["type"] == "error")
    assert error is None or KEY not in str(error)
    assert {"response.completed", "response.incomplete", "message_stop", "message_delta"}.isdisjoint(
        event["type"] for event in told)
    assert isinstance(error, Timeout) or not fault.startswith("stall") or way == "anthropic"
    assert any("delta" in event for event in told) or fault.startswith("reset")
    assert fakes[way].wait("busy", 0), "the backend's work ends, too"


def test_an_error_event_says_what_the_backend_said(fakes: dict[str, Fake]) -> None:
    """With the next number of a response, and with the key by which the official client knows an error."""
    told = events(send("openai", fakes, "gpt-x;errorevent=9", request(RESPONSES, True))[1])
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert "The server had an error" in told[-1]["message"] and told[-1]["error"]["message"] == told[-1]["message"]
    told = events(send("openai", fakes, "gpt-x;errorevent=9", request(MESSAGES, True))[1])
    assert told[-1]["error"]["type"] == "api_error" and "The server had an error" in told[-1]["error"]["message"]


@EVERY
@pytest.mark.parametrize("way", WAYS)
def test_only_the_closing_event_may_lack(way: str, format: str, fakes: dict[str, Fake]) -> None:
    """A chat that told how it ended is whole."""
    reply, raw, fault = send(way, fakes, "gpt-x;nodone;c=2", request(FORMATS[format], True))
    assert reply.complete and fault is None
    assert said(format, answer(format, raw, True))


@EVERY
@pytest.mark.parametrize("fault", ["cut", "short", "reset", "stall", "hang"])
@pytest.mark.parametrize("way", WAYS)
def test_a_body_that_breaks_is_no_answer(way: str, format: str, fault: str, fakes: dict[str, Fake]) -> None:
    """Half of one is an error, and so is none in time."""
    with pytest.raises(Timeout if fault in ("stall", "hang") else Unavailable):
        send(way, fakes, f"gpt-x;{fault}", request(FORMATS[format]), patience(fault))


@BOTH
@EVERY
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
@pytest.mark.parametrize("way", WAYS)
def test_a_status_stays_one(way: str, format: str, stream: bool, status: int, fakes: dict[str, Fake]) -> None:
    """An error before the first byte has its status, its hints, and the envelope of the format it was asked in."""
    reply, raw, _ = send(way, fakes, f"gpt-x;e={status}", request(FORMATS[format], stream))
    assert (reply.status, reply.complete, reply.chunks) == (status, False, None)
    assert dict(reply.headers).get("retry-after") == ("1" if status == 429 else None)
    assert dict(reply.headers)["content-type"] == "application/json"
    body = json.loads(raw)
    assert body["error"]["message"] and KEY not in raw.decode()
    if format == "messages":
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 500: "api_error"}
        assert body["type"] == "error"
        assert body["error"]["type"] == kinds.get(status, "invalid_request_error")
    else:
        assert body.keys() == {"error"} and body["error"].keys() == {"message", "type", "param", "code"}
        assert status != 400 or body["error"]["code"] == "context_length_exceeded"


@EVERY
@pytest.mark.parametrize("status", [429, 502])
def test_a_page_is_no_answer_of_a_format(format: str, status: int, fakes: dict[str, Fake]) -> None:
    """Of a gateway's page the status and the hint go on, and none of its words."""
    reply, raw, _ = send("openai", fakes, f"gpt-x;page={status}", request(FORMATS[format], True))
    assert (reply.status, dict(reply.headers)["retry-after"]) == (status, "7")
    assert b"<" not in raw and KEY.encode() not in raw
    assert ("type" in json.loads(raw)) is (format == "messages")


@EVERY
@pytest.mark.parametrize("read", [0, 1, 3])
def test_who_leaves_ends_the_backends_work(format: str, read: int, fakes: dict[str, Fake]) -> None:
    """After some events, the first one, or none at all."""
    fake = fakes["openai"]
    fake.reset()

    async def leave() -> None:
        wires = Wires()
        backend = behind("openai", fakes, "gpt-x;d=50;c=200", wires, 60)
        reply = await backend.complete(request(FORMATS[format], True))
        assert reply.chunks is not None
        for _ in range(read):
            await anext(reply.chunks)
        await reply.chunks.aclose()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(fake.wait, "abandoned", 1), fake.open()
        await wires.close()

    asyncio.run(leave())


class Saying:
    """A backend that answers with these bytes, whatever it is asked."""

    def __init__(self, body: bytes, stream: bool) -> None:
        self.body = body
        self.stream = stream

    async def complete(self, request: ChatRequest) -> Reply:
        reply = Reply(200, (("x-kept", "1"), ("content-type", "odd")), b"" if self.stream else self.body, complete=True)
        if self.stream:
            reply.chunks = self._chunks()
        return reply

    async def _chunks(self) -> Any:
        yield self.body

    async def close(self) -> None:
        pass


async def taken(format: Format, body: bytes, stream: bool) -> tuple[Reply, bytes]:
    reply = await Translated(Saying(body, stream), False, "m").complete(request(format, stream))
    if reply.chunks is None:
        return reply, reply.body
    return reply, b"".join([chunk async for chunk in reply.chunks])


@EVERY
@pytest.mark.parametrize("body", [
    b"", b"[]", b'"x"', b"\xff", b"[" * 5000, b"{}", b'{"choices": []}', b'{"choices": null}', b'{"choices": [null]}',
    b'{"error": {"message": "no"}}', b'{"choices": [{"message": {"content": "a"}}], "error": {"code": 502}}',
    b'{"choices": [{"message": {"content": "a"}, "finish_reason": "error"}]}', b'{"choices": [{"message": 5}]}',
    b'{"choices": [{"message": {"tool_calls": ["x"]}}]}', b'{"choices": {"a": 1}}',
    b'{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": "many"}}',
    b'{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 1, "prompt_tokens_details": 5}}',
], ids=range(17))
def test_what_is_no_chat_is_no_answer(format: str, body: bytes) -> None:
    """Garbage, shapes that nobody foresaw, and errors under a status of success: an error of ours that quotes none."""
    with pytest.raises(Unavailable, match=r"makes no sense|with an error"):
        asyncio.run(taken(FORMATS[format], body, False))


@EVERY
@pytest.mark.parametrize("body", [
    b"data: {\n\n", b"data: 5\n\n", b'data: {"choices": [5]}\n\n', b'data: {"choices": [{"delta": 5}]}\n\n',
    b'data: {"choices": [{"delta": {"tool_calls": [5]}}]}\n\n',
    b'data: {"choices": [], "usage": {"prompt_tokens": "many"}}\n\n',
], ids=range(6))
def test_a_stream_of_nonsense_ends_as_an_error(format: str, body: bytes) -> None:
    """What came before it is told, and no end is."""
    begun = b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'

    async def go() -> list[bytes]:
        reply = await Translated(Saying(begun + body, True), False, "m").complete(request(FORMATS[format], True))
        assert reply.chunks is not None
        parts = []
        with pytest.raises(Unavailable, match="makes no sense"):
            async for chunk in reply.chunks:
                parts.append(chunk)
        assert not reply.complete
        return parts

    assert b'"a"' in b"".join(asyncio.run(go()))


def test_headers_of_the_backend_go_on() -> None:
    """But the type of the content is that of what is made of it."""
    body = b'{"choices": [{"message": {"content": "a"}}]}'
    reply, _ = asyncio.run(taken(MESSAGES, body, False))
    assert reply.headers == (("x-kept", "1"), ("content-type", "application/json"))
