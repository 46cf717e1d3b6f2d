"""The relay: the client's JSON out, the backend's bytes back, and a clock around each part."""

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from adapters.ports import Block, ChatRequest, Reply, Timeout, Unavailable
from adapters.relay import Clocks, Relay, Target, Wires
from tests.fakes.process import Fake, serving


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


def chat(model: str, **fields: Any) -> ChatRequest:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **fields}
    headers = (("authorization", "Bearer sk-client"), ("openai-organization", "org-1"))
    return ChatRequest.parse(json.dumps(body).encode(), headers)


async def read(reply: Reply) -> bytes:
    if reply.chunks is None:
        return reply.body
    async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
        return b"".join([chunk async for chunk in chunks])


@asynccontextmanager
async def answering(status: bytes, head: bytes, body: bytes) -> AsyncIterator[str]:
    """A server that answers one request with these bytes in good order. Yields its base URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n%s\r\n" % (status, len(body), head) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def told(status: bytes, head: bytes, body: bytes, stream: bool = False) -> tuple[Reply, bytes]:
    """What the relay makes of one answer."""

    async def go() -> tuple[Reply, bytes]:
        wires = Wires()
        async with answering(status, head, body) as base:
            try:
                reply = await Relay(wires, Target(base, None, CLOCKS), "m").complete(chat("m", stream=stream))
                return reply, await read(reply)
            finally:
                await wires.close()

    return asyncio.run(go())


CLOCKS = Clocks()


def send(fake: Fake, request: ChatRequest, clocks: Clocks = CLOCKS, key: str | None = "sk-op") -> tuple[Reply, bytes]:
    async def go() -> tuple[Reply, bytes]:
        wires = Wires()
        try:
            reply = await Relay(wires, Target(fake.base, key, clocks), request.model).complete(request)
            return reply, await read(reply)
        finally:
            await wires.close()

    return asyncio.run(go())


def test_the_bytes_of_the_client_arrive(fake: Fake) -> None:
    """A request that nobody changed leaves as it came, key order and odd spaces included."""
    body = b'{ "zeta":1.0, "model":"gpt-x",  "messages":[{"role":"user","content":"h\\u00e9"}],"a":{"b":[1,2]} }'
    send(fake, ChatRequest.parse(body))
    assert fake.last().body.encode() == body


def test_a_block_changes_one_message_and_no_other_byte(fake: Fake) -> None:
    """What is injected stands beside the client's own messages, which keep their bytes."""
    body = b'{"model":"gpt-x","messages":[{"role":"system","content":"S"}, {"content":"u\\u0020","role":"user"}],"n":1}'
    send(fake, ChatRequest.parse(body).with_context(Block("profile", "Diet: vegan")))
    arrived = fake.last().body
    assert '{"role":"system","content":"S"}' in arrived
    assert '{"content":"u\\u0020","role":"user"}' in arrived
    assert [message["role"] for message in json.loads(arrived)["messages"]] == ["system", "system", "user"]


@pytest.mark.parametrize(("key", "arrives"), [("sk-op", "Bearer sk-op"), ("client", "Bearer sk-client"), (None, None)])
def test_whose_key_is_sent(fake: Fake, key: str | None, arrives: str | None) -> None:
    """The operator's key replaces the client's; `client` passes the client's on; without a key none is sent."""
    send(fake, chat("gpt-x"), key=key)
    assert fake.last().headers.get("authorization") == arrives
    assert fake.last().headers["openai-organization"] == "org-1"


def test_a_stream_comes_back_as_it_was(fake: Fake) -> None:
    """Events pass untouched, whatever the packets cut."""
    reply, body = send(fake, chat("gpt-x;split", stream=True))
    assert reply.status == 200
    assert body.endswith(b"data: [DONE]\n\n")
    assert ": " in body.decode()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503])
def test_an_error_of_the_backend_stays_what_it_is(fake: Fake, status: int) -> None:
    """Status, body and the headers that tell a client when to retry come back unchanged."""
    reply, body = send(fake, chat(f"gpt-x;e={status}", stream=True))
    assert reply.status == status
    assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}
    assert not reply.complete
    if status == 429:
        assert "retry-after" in dict(reply.headers)


def test_one_failed_call_is_one_call(fake: Fake) -> None:
    """The relay does not retry: the client does."""
    fake.reset()
    send(fake, chat("gpt-x;e=500"))
    assert len(fake.requests()) == 1


@pytest.mark.parametrize("status", [401, 429, 502, 503])
def test_a_gateways_page_keeps_its_status(fake: Fake, status: int) -> None:
    """Status and hints go on; of the page, which may quote credentials, nothing does."""
    reply, body = send(fake, chat(f"gpt-x;page={status}", stream=True))
    headers = dict(reply.headers)
    assert (reply.status, headers["retry-after"], headers["content-type"]) == (status, "7", "application/json")
    assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}
    assert b"sk-op" not in body and b"<" not in body and not reply.complete


@pytest.mark.parametrize("status", [200, 307])
def test_a_page_is_no_answer(fake: Fake, status: int) -> None:
    """A page that says all is well, or leads elsewhere, is a fault of the backend."""
    with pytest.raises(Unavailable) as caught:
        send(fake, chat(f"gpt-x;page={status}"))
    assert "sk-op" not in str(caught.value)


@pytest.mark.parametrize("model", ["gpt-x;cut=3", "gpt-x;reset"])
def test_a_cut_stream_is_an_error(fake: Fake, model: str) -> None:
    """A connection that breaks off is no end of an answer."""
    with pytest.raises(Unavailable):
        send(fake, chat(model, stream=True))


@pytest.mark.parametrize(("model", "clocks"), [
    ("gpt-x;hang", Clocks(first=0.3)), ("gpt-x;stall", Clocks(gap=0.3)), ("gpt-x;d=50;c=100", Clocks(total=0.3)),
])
def test_every_part_has_its_clock(fake: Fake, model: str, clocks: Clocks) -> None:
    """A backend that hangs before its head, between two chunks, or drips for ever is given up in time."""
    with pytest.raises(Timeout):
        send(fake, chat(model, stream=True), clocks)


def test_nobody_there() -> None:
    """A backend that cannot be reached is unavailable, and its address is not told."""
    nowhere = Fake("http://127.0.0.1:9", 0)
    with pytest.raises(Unavailable, match="cannot be reached"):
        send(nowhere, chat("gpt-x"))


def test_a_stream_left_early_ends_the_call(fake: Fake) -> None:
    """Whoever stops reading ends the backend's work within a second."""
    fake.reset()

    async def leave() -> None:
        wires = Wires()
        model = "gpt-x;d=50;c=200"
        reply = await Relay(wires, Target(fake.base, None, CLOCKS), model).complete(chat(model, stream=True))
        assert reply.chunks is not None
        await anext(reply.chunks)
        await reply.chunks.aclose()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(fake.wait, "abandoned", 1, 3.0), fake.open()
        await wires.close()

    asyncio.run(leave())


@pytest.mark.parametrize("model", ["gpt-x;reset=99", "gpt-x;stall=99", "gpt-x;cut=99"])
def test_nothing_is_awaited_behind_the_closing_event(fake: Fake, model: str) -> None:
    """A backend that breaks or hangs after `[DONE]` has said all: the answer ends there, in order and at once."""
    start = time.perf_counter()
    reply, body = send(fake, chat(model, stream=True))
    assert reply.complete and body.endswith(b"data: [DONE]\n\n")
    assert time.perf_counter() - start < 20


def test_a_finished_stream_leaves_its_connection_to_the_next(fake: Fake) -> None:
    """The end of the body is read behind `[DONE]`, so that three chats need one connection."""
    fake.reset()

    async def go() -> None:
        wires = Wires()
        for _ in range(3):
            reply = await Relay(wires, Target(fake.base, None, CLOCKS), "gpt-x").complete(chat("gpt-x", stream=True))
            assert reply.chunks is not None
            async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    if b"[DONE]" in chunk:
                        break
        await wires.close()

    asyncio.run(go())
    assert fake.stats()["connections"] <= 2, "one of them asks for these figures"


@pytest.mark.parametrize(("n", "fault", "complete"), [(2, "nodone", True), (2, "short=67", False), (2, "", True)])
def test_every_choice_must_end(fake: Fake, n: int, fault: str, complete: bool) -> None:
    """Of several choices the first finish is not the end of the answer."""
    reply, body = send(fake, chat(f"gpt-x;c=32;{fault}", stream=True, n=n))
    assert reply.complete is complete
    assert body.count(b'"finish_reason":"stop"') == (n if complete else 1)


EVENTS = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
BODY = b'{"choices":[]}'


@pytest.mark.parametrize(("packing", "pack"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)])
def test_packed_answers_are_read(packing: bytes, pack: Any) -> None:
    """A backend that packs although it was asked not to is understood, streamed or not."""
    head = b"content-encoding: %s\r\ncontent-type: " % packing
    reply, body = told(b"200 OK", head + b"application/json\r\n", pack(BODY))
    assert body == BODY and reply.complete and "content-encoding" not in dict(reply.headers)
    reply, body = told(b"200 OK", head + b"text/event-stream\r\n", pack(EVENTS), True)
    assert body == EVENTS and reply.complete


JSON, SSE = b"application/json", b"text/event-stream"
BOMB = gzip.compress(bytes(65 << 20), 1)


@pytest.mark.parametrize(("packing", "body", "kind"), [
    (b"br", b"\x0b", JSON), (b"br", b"\x0b", SSE), (b"gzip", b"no gzip", JSON), (b"gzip", b"no gzip", SSE),
    (b"gzip", BOMB, JSON), (b"gzip", BOMB, SSE), (b"gzip", gzip.compress(BODY, mtime=0)[:-9], JSON),
])
def test_what_cannot_be_unpacked_is_no_answer(packing: bytes, body: bytes, kind: bytes) -> None:
    """Unknown packing, garbage, one that unpacks to more than the limit, and half an answer."""
    with pytest.raises(Unavailable):
        told(b"200 OK", b"content-encoding: %s\r\ncontent-type: %s\r\n" % (packing, kind), body)


def test_headers_of_the_connection_stay_behind() -> None:
    """What the backend's `Connection` lists is meant for us alone."""
    head = b"content-type: application/json\r\nConnection: close, X-Hop\r\nx-hop: 1\r\nx-kept: 2\r\n"
    headers = dict(told(b"200 OK", head, BODY)[0].headers)
    assert headers["x-kept"] == "2" and not {"x-hop", "connection"} & set(headers)
