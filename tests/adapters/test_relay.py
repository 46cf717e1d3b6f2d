"""The relay: the client's JSON out, the backend's bytes back, and a clock around each part."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from adapters.ports import Block, ChatRequest, Reply, Timeout, Unavailable
from adapters.relay import Clocks, Relay, Wires
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


CLOCKS = Clocks()


def send(fake: Fake, request: ChatRequest, clocks: Clocks = CLOCKS, key: str | None = "sk-op") -> tuple[Reply, bytes]:
    async def go() -> tuple[Reply, bytes]:
        wires = Wires()
        try:
            reply = await Relay(wires, fake.base, request.model, key, clocks).complete(request)
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


def test_a_page_of_html_is_no_answer(fake: Fake) -> None:
    """A gateway's page may quote credentials, so nothing of it goes on."""
    with pytest.raises(Unavailable) as caught:
        send(fake, chat("gpt-x;html502"))
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
        reply = await Relay(wires, fake.base, model, None, CLOCKS).complete(chat(model, stream=True))
        assert reply.chunks is not None
        await anext(reply.chunks)
        await reply.chunks.aclose()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(fake.wait, "abandoned", 1, 1.0), fake.open()
        await wires.close()

    asyncio.run(leave())
