"""The relay in every wire format: paths, credentials, ends of streams and errors."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from adapters.ports import (
    CHAT,
    COUNT_TOKENS,
    EMBEDDINGS,
    MESSAGES,
    RESPONSES,
    Block,
    ChatRequest,
    Format,
    Reply,
    Timeout,
    Unavailable,
)
from adapters.ports.formats import COMPLETIONS, INPUT_TOKENS
from adapters.relay import Clocks, Relay, Target, Wires
from tests.adapters.relay.raw import answering
from tests.fakes.process import Fake, serving

CLIENTS = (("authorization", "Bearer sk-client"), ("x-api-key", "sk-client-2"))


@pytest.fixture(scope="module")
def anthropic() -> Iterator[Fake]:
    with serving("anthropic_api", "--bearer") as running:
        yield running


def request(
    format: Format, model: str = "gpt-x", query: str = "", headers: Any = CLIENTS, **fields: Any
) -> ChatRequest:
    usual = {"model": model, "input": "hi", "messages": [{"role": "user", "content": "hi"}], "prompt": "hi"}
    names = {CHAT: ("messages",), MESSAGES: ("messages",), COUNT_TOKENS: ("messages",), COMPLETIONS: ("prompt",)}
    kept = {name: usual[name] for name in ("model", *names.get(format, ("input",)))}
    limit = {"max_tokens": 9} if format is MESSAGES else {}
    return ChatRequest.parse(json.dumps({**kept, **limit, **fields}).encode(), headers, format, query)


def target(fake: Fake, format: Format, key: str | None = "sk-op", clocks: Clocks | None = None) -> Target:
    return Target(fake.base, key, clocks or Clocks(), "anthropic" if format.anthropic else "openai")


async def read(reply: Reply) -> bytes:
    if reply.chunks is None:
        return reply.body
    async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
        return b"".join([chunk async for chunk in chunks])


def send(where: Target, asked: ChatRequest, keeps: bool = False) -> tuple[Reply, bytes]:
    async def go() -> tuple[Reply, bytes]:
        wires = Wires()
        try:
            reply = await Relay(wires, where, asked.model, keeps).complete(asked)
            return reply, await read(reply)
        finally:
            await wires.close()

    return asyncio.run(go())


def told(asked: ChatRequest, *parts: bytes | float | None, clocks: Clocks | None = None) -> tuple[Reply, bytes]:
    """What the relay makes of one answer."""

    async def go() -> tuple[Reply, bytes]:
        async with answering(*parts) as raw:
            wires = Wires()
            try:
                reply = await Relay(wires, Target(raw.base, None, clocks or Clocks()), asked.model).complete(asked)
                return reply, await read(reply)
            finally:
                await wires.close()

    return asyncio.run(go())


@pytest.fixture
def fakes(openai_fake: Fake, anthropic: Fake) -> dict[bool, Fake]:
    return {False: openai_fake, True: anthropic}


@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES, COMPLETIONS, EMBEDDINGS, INPUT_TOKENS, COUNT_TOKENS],
                         ids=lambda format: format.name)
def test_every_format_has_its_path(format: Format, fakes: dict[bool, Fake]) -> None:
    """Below the base URL, with the client's query and the client's bytes, and its answer comes back."""
    fake, asked = fakes[format.anthropic], request(format, query="beta=true&x=a%2Fb", zeta=1.0)
    reply, body = send(target(fake, format), asked)
    seen = fake.last()
    assert seen.path == f"/v1{format.path}?beta=true&x=a%2Fb"
    assert seen.raw == asked.original
    assert reply.status == 200 and reply.complete and json.loads(body)


@pytest.mark.parametrize(("key", "authorization", "x_api_key"), [
    ("sk-op", None, "sk-op"), ("client", "Bearer sk-client", "sk-client-2"),
])
def test_anthropics_key_has_a_header_of_its_own(
    key: str, authorization: str | None, x_api_key: str, anthropic: Fake
) -> None:
    """The operator's takes the place of whatever the client sent; `client` leaves both."""
    send(target(anthropic, MESSAGES, key), request(MESSAGES))
    headers = anthropic.last().headers
    assert (headers.get("authorization"), headers.get("x-api-key")) == (authorization, x_api_key)
    assert headers["anthropic-version"] == "2023-06-01"


def test_the_version_is_the_clients(anthropic: Fake) -> None:
    """Where it says one; what it tries out beside that goes on, too."""
    headers = (("anthropic-version", "2026-01-01"), ("anthropic-beta", "a-1,b-2"))
    send(target(anthropic, MESSAGES), request(MESSAGES, headers=headers))
    assert {name: anthropic.last().headers[name] for name, _ in headers} == dict(headers)


def test_without_a_key_none_is_sent(anthropic: Fake) -> None:
    """And the server's own words about that come back."""
    reply, body = send(target(anthropic, MESSAGES, None), request(MESSAGES))
    assert reply.status == 401 and json.loads(body)["error"]["type"] == "authentication_error"
    assert "x-api-key" not in anthropic.last().headers and "authorization" not in anthropic.last().headers


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("keeps", [False, True])
def test_a_server_that_keeps_responses_says_so(keeps: bool, stream: bool, openai_fake: Fake) -> None:
    """With its answer, and not with an error."""
    reply, _ = send(target(openai_fake, RESPONSES), request(RESPONSES, stream=stream), keeps)
    assert reply.kept is keeps
    reply, _ = send(target(openai_fake, RESPONSES), request(RESPONSES, "gpt-x;e=429", stream=stream), keeps)
    assert reply.kept is False


@pytest.mark.parametrize("format", [RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_a_stream_comes_back_as_it_was(format: Format, fakes: dict[bool, Fake]) -> None:
    """Its end is seen wherever the packets are cut, and the connection is left to the next one."""
    fake = fakes[format.anthropic]
    fake.reset()

    async def go() -> None:
        wires = Wires()
        asked = request(format, "gpt-x;split", stream=True)
        for _ in range(3):
            reply = await Relay(wires, target(fake, format), asked.model).complete(asked)
            body = await read(reply)
            last = b"response.completed" if format is RESPONSES else b"message_stop"
            assert reply.complete and body.rstrip().rpartition(b"\n\n")[2].startswith(b"event: " + last)
            assert b": ping" in body
        await wires.close()

    asyncio.run(go())
    assert fake.stats()["connections"] <= 2, "one of them asks for these figures"


@pytest.mark.parametrize("fault", ["cut=9", "short=9", "reset=9", "stall=9", "errorevent=9", "nodone"])
@pytest.mark.parametrize("format", [RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_a_stream_that_breaks_is_not_complete(format: Format, fault: str, fakes: dict[bool, Fake]) -> None:
    """Whatever the way it breaks off in: no end is made up, and an error of the backend's own passes."""

    async def go() -> tuple[Reply, bytes, bool]:
        wires, asked, parts, failed = Wires(), request(format, f"gpt-x;{fault}", stream=True), [], False
        where = target(fakes[format.anthropic], format, clocks=Clocks(gap=0.15 if fault.startswith("stall") else 60))
        reply = await Relay(wires, where, asked.model).complete(asked)
        assert reply.chunks is not None
        try:
            async for chunk in reply.chunks:
                parts.append(chunk)
        except (Unavailable, Timeout):
            failed = True
        finally:
            await wires.close()
        return reply, b"".join(parts), failed

    reply, body, failed = asyncio.run(go())
    assert not reply.complete
    assert failed is fault.startswith(("cut", "reset", "stall"))
    assert b"response.completed" not in body and b"message_stop" not in body
    assert (b"event: error" in body) is fault.startswith("errorevent")


@pytest.mark.parametrize("fault", ["reset=999", "stall=999", "cut=999"])
@pytest.mark.parametrize("format", [RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_nothing_is_awaited_behind_the_last_event(format: Format, fault: str, fakes: dict[bool, Fake]) -> None:
    """A backend that hangs there has said all: the answer ends at once. One that breaks off has said all, too."""
    start = time.perf_counter()

    async def go() -> Reply:
        wires, asked = Wires(), request(format, f"gpt-x;{fault}", stream=True)
        reply = await Relay(wires, target(fakes[format.anthropic], format), asked.model).complete(asked)
        try:
            await read(reply)
        finally:
            await wires.close()
        return reply

    assert asyncio.run(go()).complete
    assert time.perf_counter() - start < 20


LAST = b'event: response.completed\ndata: {"type":"response.completed","response":{}}\n\n'
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def test_what_follows_the_last_event_at_once_goes_on() -> None:
    """Some servers close with another event, and leave the connection open; for that nobody waits long."""
    start = time.perf_counter()
    reply, body = told(request(RESPONSES, stream=True), STREAM, LAST, 0.02, DONE, None)
    assert body == LAST + DONE and reply.complete
    reply, body = told(request(RESPONSES, stream=True), STREAM, LAST[:-30], 0.02, LAST[-30:], DONE)
    assert body == LAST + DONE and reply.complete
    reply, body = told(request(RESPONSES, stream=True), STREAM, LAST[:-1])
    assert body == LAST[:-1] and reply.complete
    assert time.perf_counter() - start < 5


def test_an_event_that_fails_is_no_success() -> None:
    """A response that failed is told as it is, and is not complete."""
    failed = LAST.replace(b"completed", b"failed")
    reply, body = told(request(RESPONSES, stream=True), STREAM, failed)
    assert body == failed and not reply.complete


def error(status: bytes, body: bytes, kind: bytes = b"application/json") -> bytes:
    return b"HTTP/1.1 %s X\r\nretry-after: 7\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n" % (
        status, kind, len(body)) + body  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind", "message"), [
    (b"404", b'{"detail":"Not Found"}', "not_found_error",
     "The backend does not know this model, or lacks this endpoint."),
    (b"422", b'{"detail":"max_tokens: too many"}', "invalid_request_error", "max_tokens: too many"),
    (b"422", b'{"detail":[{"loc":["body"],"msg":"x"}]}', "invalid_request_error", "The backend failed (status 422)."),
    (b"500", b"plain words", "api_error", "The backend failed (status 500)."),
    (b"529", b"", "overloaded_error", "The backend failed (status 529)."),
    (b"429", b'{"message":"slow down"}', "rate_limit_error", "slow down"),
    (b"400", b'{"error":"odd"}', "invalid_request_error", "odd"),
    (b"400", b'{"error":null,"detail":"x"}', "invalid_request_error", "x"),
])  # fmt: skip
def test_an_error_gets_the_envelope_of_its_format(status: bytes, body: bytes, kind: str, message: str) -> None:
    """Where the server wrote none: clients look for their own; the status and the hints stay."""
    reply, raw = told(request(MESSAGES), error(status, body))
    said = json.loads(raw)
    assert (reply.status, dict(reply.headers)["retry-after"], reply.complete) == (int(status), "7", False)
    assert (said["type"], said["error"]["type"], said["error"]["message"]) == ("error", kind, message)
    for format in (CHAT, RESPONSES):
        said = json.loads(told(request(format), error(status, body))[1])
        assert said.keys() == {"error"} and said["error"].keys() == {"message", "type", "param", "code"}
        assert said["error"]["message"] == message


@pytest.mark.parametrize("body", [
    b'{"type":"error","error":{"type":"overloaded_error","message":"O"},"request_id":"r"}', b'{ "error" : {} }',
])
def test_an_envelope_stays_as_it_is(body: bytes) -> None:
    """Byte for byte, whoever wrote it."""
    reply, raw = told(request(MESSAGES), error(b"529", body))
    assert raw == body and reply.status == 529


def test_an_event_may_be_as_large_as_an_answer() -> None:
    """A picture comes in one event; the relay needs no room for it."""
    picture = b'event: response.completed\ndata: {"type":"response.completed","response":{"result":"%s"}}\n\n'
    data = picture % (b"x" * (9 << 20))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(data)
    reply, raw = told(request(RESPONSES, stream=True), head + data)
    assert raw == data and reply.complete


def test_a_page_in_the_midst_of_a_stream_request() -> None:
    """An error that is no stream is read whole, and its status is the answer's."""
    reply, raw = told(request(MESSAGES, stream=True), error(b"503", b"<html>sk-secret</html>", b"text/html"))
    assert reply.status == 503 and b"<" not in raw and json.loads(raw)["type"] == "error"


def test_a_refusal_that_streams_can_be_left() -> None:
    """Whoever does not want to read it lets go of the connection all the same."""

    async def go() -> None:
        head = STREAM.replace(b"200 OK", b"400 X")
        async with answering(head, b"event: error\n", None) as raw:
            wires = Wires()
            reply = await Relay(wires, Target(raw.base), "m").complete(request(RESPONSES, stream=True))
            assert reply.status == 400 and reply.chunks is not None
            await reply.chunks.aclose()  # type: ignore[attr-defined]
            await asyncio.wait_for(raw.gone.wait(), 5)
            await wires.close()

    asyncio.run(go())


@pytest.mark.parametrize(("parts", "clocks"), [
    ((b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", None), Clocks(gap=0.2)),
    ((b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", *[b" ", 0.02] * 30), Clocks(total=0.2)),
    ((STREAM, *[b": ping\n\n", 0.02] * 30), Clocks(gap=0.2)),
])
def test_a_body_has_its_clocks(parts: tuple[Any, ...], clocks: Clocks) -> None:
    """One that stalls, one that drips, and one that only says that it is there."""
    with pytest.raises(Timeout):
        told(request(RESPONSES, stream=True), *parts, clocks=clocks)


@pytest.mark.parametrize("format", [RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_what_was_injected_arrives(format: Format, fakes: dict[bool, Fake]) -> None:
    """In its place, beside the client's own bytes."""
    asked = request(format).with_context(Block("profile", "Diet: vegan")).with_context(Block("sources", "[1]", "tail"))
    send(target(fakes[format.anthropic], format), asked)
    seen = fakes[format.anthropic].last().json
    assert "Diet: vegan" in str(seen["instructions" if format is RESPONSES else "system"])
    assert "<rapport-sources" in str(seen[format.field])
