"""Requests of any route: their bytes out, the answer's bytes back, and nothing read of either."""

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from adapters.ports import AdapterError, Reply, Timeout, Unavailable
from adapters.relay import Clocks, Outgoing, Passing, Target, Wires
from tests.adapters.relay.raw import Raw, answering
from tests.fakes.openai_media import SPEECH
from tests.fakes.process import Fake

EVERY_BYTE = bytes(range(256)) * 300
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
NONE = Clocks()


async def uploaded(*parts: bytes) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


async def read(reply: Reply) -> bytes:
    assert reply.chunks is not None
    async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
        return b"".join([chunk async for chunk in chunks])


async def sent(
    base: str, method: str = "GET", path: str = "/files", body: AsyncIterator[bytes] | None = None, **more: Any
) -> tuple[Reply, bytes]:
    wires = Wires()
    target = Target(base, more.pop("key", None), more.pop("clocks", NONE), more.pop("dialect", "openai"))
    try:
        reply = await Passing(wires, target).send(Outgoing(method, path, body=body, **more))
        return reply, await read(reply)
    finally:
        await wires.close()


def told(*parts: bytes | float | None, **more: Any) -> tuple[Reply, bytes, Raw]:
    """What comes of one answer, and the server that gave it."""

    async def go() -> tuple[Reply, bytes, Raw]:
        async with answering(*parts) as raw:
            return *await sent(raw.base, **more), raw

    return asyncio.run(go())


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_passes(method: str) -> None:
    """With its body where it has one, and with none where it has none."""
    _, body, raw = told(OK, method=method)
    assert raw.line == f"{method} /v1/files HTTP/1.1" and body == b"ok"
    assert raw.head.get("content-length", "0") == "0" and "transfer-encoding" not in raw.head
    _, _, raw = told(OK, method=method, body=uploaded(b"ab", b"", b"c"))
    assert raw.seen[-1][1] == b"abc"


def test_a_head_has_no_body() -> None:
    """Its length is that of the body that a GET would have."""
    reply, body, _ = told(b"HTTP/1.1 200 OK\r\ncontent-length: 4711\r\n\r\n", method="HEAD")
    assert body == b"" and reply.complete and dict(reply.headers)["content-length"] == "4711"


@pytest.mark.parametrize(("path", "query"), [
    ("/files/a%2Fb%20c", ""), ("/files/%C3%A9/content", "limit=2&after=a%2Fb"), ("/a//b/", "x=%20+&&y=;=&z"),
    ("/models/org%2Fmodel:free", "q=%E2%82%AC&r=a%26b"), ("/a/%2e%2e/b", "url=http://x/?a=b"), ("/x", "%zz"),
])
def test_a_path_stays_as_it_was_quoted(path: str, query: str) -> None:
    """To a server, a quoted slash and a plain one are two things."""
    _, _, raw = told(OK, path=path, query=query)
    assert raw.line == f"GET /v1{path}{'?' if query else ''}{query} HTTP/1.1"


@pytest.mark.parametrize("length", [True, False])
def test_the_bytes_of_a_body_arrive(length: bool) -> None:
    """Framed as the client framed it, by a length or in chunks; nobody says what they are but the client."""
    headers = (("content-type", "multipart/form-data; boundary=x"), *([("content-length", "76800")] if length else []))
    _, _, raw = told(OK, method="POST", headers=headers,
                     body=uploaded(*(EVERY_BYTE[at : at + 1000] for at in range(0, len(EVERY_BYTE), 1000))))
    assert raw.seen[-1][1] == EVERY_BYTE
    assert raw.head["content-type"] == "multipart/form-data; boundary=x"
    assert raw.head.get("content-length") == ("76800" if length else None)
    assert "content-type" not in told(OK, method="POST", body=uploaded(b"x"))[2].head


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd"])
def test_a_packed_answer_stays_packed(packing: str) -> None:
    """What says so stays with it, even where nobody here could unpack it."""
    packed = gzip.compress(EVERY_BYTE)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: x/y\r\ncontent-encoding: %s\r\ncontent-length: %d\r\n\r\n"
    reply, body, _ = told(head % (packing.encode(), len(packed)) + packed)
    assert body == packed and reply.complete
    headers = dict(reply.headers)
    assert (headers["content-encoding"], headers["content-type"]) == (packing, "x/y")
    assert headers["content-length"] == str(len(packed))


def test_an_answer_in_chunks_streams() -> None:
    """Each piece goes on when it is here, whatever it holds."""
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: audio/mpeg\r\n\r\n"

    async def go() -> None:
        async with answering(head, b"3\r\n\x00\xff\n\r\n", None) as raw:
            wires = Wires()
            reply = await Passing(wires, Target(raw.base)).send(Outgoing("GET", "/x"))
            assert reply.chunks is not None and not reply.complete
            assert await asyncio.wait_for(anext(reply.chunks), 5) == b"\x00\xff\n"
            assert "content-length" not in dict(reply.headers)
            await reply.chunks.aclose()  # type: ignore[attr-defined]
            await asyncio.wait_for(raw.gone.wait(), 5)
            await wires.close()

    asyncio.run(go())


@pytest.mark.parametrize("status", [201, 204, 304, 307, 404, 429, 503])
def test_a_status_is_what_it_is(status: int) -> None:
    """Errors, pages that lead elsewhere, and answers without a body come back as they are."""
    body = b"" if status in (204, 304) else b'{"detail":"odd"}'
    head = b"HTTP/1.1 %d X\r\nlocation: /elsewhere\r\nretry-after: 7\r\ncontent-length: %d\r\n\r\n"
    reply, got, raw = told(head % (status, len(body)) + body)
    assert (reply.status, got, reply.complete, len(raw.seen)) == (status, body, True, 1)
    assert dict(reply.headers)["retry-after"] == "7"


def test_headers_of_the_connection_stay_behind() -> None:
    """And cookies, which would tie all callers together; a header that comes twice comes twice."""
    head = (b"HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nset-cookie: a=b\r\nx-two: 1\r\nX-Two: 2\r\n"
            b"content-length: 0\r\n\r\n")

    async def go() -> None:
        wires = Wires()
        async with answering(head) as raw:
            for _ in range(2):
                reply = await Passing(wires, Target(raw.base)).send(Outgoing("GET", "/x"))
                assert await read(reply) == b""
                assert reply.headers == (("x-two", "1"), ("x-two", "2"), ("content-length", "0"))
            assert "cookie" not in raw.head
        await wires.close()

    asyncio.run(go())


CLIENTS = (("authorization", "Bearer sk-client"), ("x-api-key", "sk-client-2"), ("x-own", "1"))


@pytest.mark.parametrize(("key", "dialect", "authorization", "x_api_key"), [
    ("sk-op", "openai", "Bearer sk-op", None), (None, "openai", None, None),
    ("client", "openai", "Bearer sk-client", "sk-client-2"), ("sk-op", "anthropic", None, "sk-op"),
    ("client", "anthropic", "Bearer sk-client", "sk-client-2"), (None, "anthropic", None, None),
])
def test_whose_key_is_sent(key: str | None, dialect: str, authorization: str | None, x_api_key: str | None) -> None:
    """The operator's takes the place of the client's; `client` leaves them; without a key none is sent."""
    _, _, raw = told(OK, key=key, dialect=dialect, headers=(*CLIENTS, ("accept-encoding", "br")))
    assert (raw.head.get("authorization"), raw.head.get("x-api-key")) == (authorization, x_api_key)
    assert (raw.head["x-own"], raw.head["accept-encoding"]) == ("1", "identity")
    assert raw.head.get("anthropic-version") == ("2023-06-01" if dialect == "anthropic" else None)
    assert "user-agent" not in raw.head


def test_an_answer_before_the_end_of_the_body() -> None:
    """A server that refuses an upload need not read it."""

    async def endless() -> AsyncGenerator[bytes]:
        while True:
            yield bytes(1 << 16)
            await asyncio.sleep(0)

    async def go() -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 413 X\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            reply, body = await asyncio.wait_for(sent(base, "POST", body=endless()), 5)
            assert (reply.status, body) == (413, b"no")

    asyncio.run(go())


def test_a_body_that_breaks_off_is_no_request() -> None:
    """Whoever sent it went away, or was stopped: an error of ours, and the server gets no end of it."""

    async def broken() -> AsyncGenerator[bytes]:
        yield b"begun"
        raise ValueError("private")

    async def go() -> None:
        async with answering(OK) as raw:
            with pytest.raises(AdapterError) as caught:
                await sent(raw.base, "POST", body=broken())
            assert "private" not in str(caught.value)
            assert raw.seen == []

    asyncio.run(go())


@pytest.mark.parametrize("parts", [
    (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",),
])
def test_half_an_answer_is_none(parts: tuple[bytes, ...]) -> None:
    """What broke off breaks off for the client, too."""
    with pytest.raises(Unavailable, match="cut"):
        told(*parts)


@pytest.mark.parametrize("parts", [(b"",), (b"nonsense\r\n\r\n",), (b"HTTP/1.1 200 OK\r\n",)])
def test_what_is_no_http_is_no_answer(parts: tuple[bytes, ...]) -> None:
    """In words that quote nothing of it."""
    with pytest.raises(Unavailable) as caught:
        told(*parts)
    assert "nonsense" not in str(caught.value)


@pytest.mark.parametrize(("parts", "clocks"), [
    ((None,), Clocks(first=0.2)), ((b"HTTP/1.1 200 OK\r\n", None), Clocks(first=0.2)),
    ((b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", None), Clocks(gap=0.2)),
])
def test_every_part_has_its_clock(parts: tuple[bytes | None, ...], clocks: Clocks) -> None:
    """The head of the answer, and each piece of it."""
    with pytest.raises(Timeout):
        told(*parts, clocks=clocks)


def test_nobody_there() -> None:
    """A server that cannot be reached is unavailable, and its address is not told."""
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        asyncio.run(sent("http://127.0.0.1:9/v1"))
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("unread", [True, False])
def test_who_leaves_closes_the_connection(unread: bool) -> None:
    """After a piece of the answer, or before the first one."""

    async def go() -> None:
        async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", None) as raw:
            wires = Wires()
            reply = await Passing(wires, Target(raw.base)).send(Outgoing("GET", "/x"))
            assert reply.chunks is not None
            if not unread:
                await anext(reply.chunks)
            await reply.chunks.aclose()  # type: ignore[attr-defined]
            await asyncio.wait_for(raw.gone.wait(), 5)
            assert not reply.complete
            await wires.close()

    asyncio.run(go())


def test_cancelling_closes_the_connection() -> None:
    """While the server still thinks."""

    async def go() -> None:
        async with answering(None) as raw:
            wires = Wires()
            task = asyncio.create_task(Passing(wires, Target(raw.base)).send(Outgoing("GET", "/x")))
            while not raw.seen:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(raw.gone.wait(), 5)
            await wires.close()

    asyncio.run(go())


def test_files_go_there_and_back(openai_fake: Fake) -> None:
    """Through a form to a real server and back by its id, byte for byte; sound too."""
    form = (b'--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n%s\r\n--x--\r\n' % EVERY_BYTE)
    kind = (("content-type", "multipart/form-data; boundary=x"),)

    async def go() -> None:
        reply, body = await sent(openai_fake.base, "POST", body=uploaded(form[:70_000], form[70_000:]), headers=kind)
        assert reply.status == 200, body
        _, content = await sent(openai_fake.base, path=f"/files/{json.loads(body)['id']}/content")
        assert content == EVERY_BYTE
        spoken = uploaded(b'{"model":"tts-1","input":"a","voice":"alloy"}')
        reply, sound = await sent(openai_fake.base, "POST", "/audio/speech", spoken)
        assert sound == SPEECH and dict(reply.headers)["content-type"] == "audio/mpeg" and reply.complete

    asyncio.run(go())
