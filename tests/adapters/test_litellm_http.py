"""The connection below litellm: limits, redirects, and what is not ours."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.litellm import LiteLLMBackend, Target, warm
from adapters.litellm_http import CALL, Call, Gate
from adapters.ports import ChatRequest, Reply, Unavailable

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
JSON, EVENTS = b"application/json", b"text/event-stream"
MEGABYTE = b"x" * (1 << 20)
CHUNK = b'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":%s}]}\n\n'


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


@asynccontextmanager
async def answering(parts: Iterator[bytes], kind: bytes, *lines: bytes) -> AsyncIterator[str]:
    """A server that answers one request with these bytes, and closes. Yields its base URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        extra = b"".join(line + b"\r\n" for line in lines)
        status = b"200 OK" if not extra.startswith(b"location") else b"307 Moved"
        head = b"HTTP/1.1 %s\r\nconnection: close\r\ncontent-type: %s\r\n%s\r\n"
        writer.write(head % (status, kind, extra))
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def ask(base: str, provider: str, stream: bool) -> tuple[Reply, bytes]:
    backend = LiteLLMBackend(Target(f"{provider}/x", base, "sk-operator-0123456789", first=20))
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    try:
        reply = await backend.complete(ChatRequest.parse(json.dumps(body).encode()))
        if reply.chunks is None:
            return reply, reply.body
        return reply, b"".join([chunk async for chunk in reply.chunks])
    finally:
        await backend.close()


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_a_gzip_bomb_is_not_unpacked(provider: str) -> None:
    """An answer that unpacks to more than 64 MB is given up."""
    bomb = gzip.compress(b" " * (200 << 20), 1)

    async def go() -> None:
        async with answering(iter([bomb]), JSON, b"content-encoding: gzip") as base:
            with pytest.raises(Unavailable, match="too large"):
                await ask(base, provider, False)

    asyncio.run(go())


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_an_event_has_a_limit(provider: str) -> None:
    """Twenty megabytes without an end of line are cut off after eight, as an error."""

    async def go() -> None:
        head = CHUNK % b'{"content":"hi"}' if provider != "anthropic" else b""
        async with answering(iter([head, b"data: ", *[MEGABYTE] * 20]), EVENTS) as base:
            if provider == "anthropic":
                with pytest.raises(Unavailable, match="too large"):
                    await ask(base, provider, True)
                return
            reply, raw = await ask(base, provider, True)
        assert not reply.complete and len(raw) < 1000 and b'data: {"error"' in raw and b"[DONE]" not in raw

    asyncio.run(go())


def test_an_answer_has_a_limit() -> None:
    """A stream is cut off at 64 MB, however small its events are."""

    async def go() -> None:
        event = CHUNK % (b'{"content":"%s"}' % MEGABYTE)
        async with answering(iter([event] * 80), EVENTS) as base:
            reply, raw = await ask(base, "openai", True)
        assert not reply.complete and len(raw) < 65 << 20 and b"too large" in raw[-300:]

    asyncio.run(go())


def test_gzip_is_read() -> None:
    """A backend that packs its answer although it was asked not to is understood."""
    body = b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[]}'

    async def go() -> None:
        async with answering(iter([gzip.compress(body)]), JSON, b"content-encoding: gzip") as base:
            reply, raw = await ask(base, "openai", False)
        assert raw == body and "content-encoding" not in dict(reply.headers)

    asyncio.run(go())


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_redirects_are_not_followed(provider: str) -> None:
    """A backend that sends us elsewhere gets neither the chat nor the key sent there."""
    body = b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[]}'

    async def go() -> None:
        async with (
            answering(iter([body]), JSON) as elsewhere,
            answering(iter([]), JSON, b"location: " + elsewhere.encode()) as base,
        ):
            with pytest.raises(Unavailable):
                await ask(base, provider, False)

    asyncio.run(go())


def test_a_whole_answer_to_a_stream_is_passed_on() -> None:
    """A backend that ignores `stream` and answers with JSON is relayed as it is."""
    body = b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[]}'

    async def go() -> None:
        async with answering(iter([body]), JSON) as base:
            reply, raw = await ask(base, "openai", True)
        assert raw == body and reply.complete and reply.chunks is None

    asyncio.run(go())


class Counting(httpx.AsyncBaseTransport):
    """Counts what is sent, and answers with nothing."""

    sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))


def test_the_gate_lets_one_request_of_a_call_through() -> None:
    """Outside a call nothing goes out; inside one a request goes out once, however often litellm tries."""
    async def go() -> None:
        wire, gate = Counting(), Gate()
        request = httpx.Request("POST", "http://127.0.0.1:9/x", content=b"{}")
        with pytest.raises(httpx.ConnectError):
            await gate.handle_async_request(request)
        token = CALL.set(Call(wire))
        await gate.handle_async_request(request)
        with pytest.raises(httpx.ConnectError):
            await gate.handle_async_request(request)
        CALL.reset(token)
        assert wire.sent == 1

    asyncio.run(go())
