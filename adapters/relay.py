"""Carries a chat to a server that speaks the client's own wire format: its JSON goes out, its bytes come back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import aiohttp
import msgspec

from adapters.ending import Ending, awaited
from adapters.envelope import MAX_ANSWER, MAX_EVENT, Unpack, end_to_end, failure, unpacking
from adapters.ports import AdapterError, ChatRequest, Reply, Timeout, Unavailable

# Seconds to wait behind `[DONE]` for the end of the body, which lets the connection be used again.
LINGER = 0.1


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds: to connect, to the head of the answer, between two pieces of content, and in all."""

    connect: float = 10
    first: float = 600
    gap: float = 600
    total: float = 3600


class Wires:
    """The connections of this process to all backends: one pool, kept alive, no cookies, no redirects."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The session, made inside the running loop at first use."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30, socket_factory=_no_delay)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Content-Type"), timeout=aiohttp.ClientTimeout(total=None),
                read_bufsize=256 * 1024,
            )
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


class Relay:
    """The port `Backend` over plain HTTP. `api_key` "client" leaves the caller's own Authorization in place."""

    def __init__(self, wires: Wires, api_base: str, model: str, api_key: str | None, clocks: Clocks) -> None:
        self.wires = wires
        self.url = api_base.rstrip("/") + "/chat/completions"
        self.model = model
        self.api_key = api_key
        self.clocks = clocks

    async def complete(self, request: ChatRequest) -> Reply:
        """Send the request and return once the head has come; raises Timeout or Unavailable when none does."""
        body = request.with_model(self.model).body()
        with _translated():
            async with asyncio.timeout(self.clocks.first):
                response = await self.wires.session().post(
                    self.url, data=body, headers=self._headers(request), allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.clocks.connect),
                )
            headers = end_to_end(response.headers.items())
            try:
                unpack = unpacking(response.headers.get("content-encoding"))
            except Unavailable:
                response.close()
                raise
            if response.content_type == "text/event-stream":
                reply = Reply(response.status, headers)
                reply.chunks = self._chunks(response, unpack, reply, Ending(awaited(request)))
                return reply
            async with asyncio.timeout(self.clocks.total):
                whole = await _whole(response, unpack)
        page = response.content_type == "text/html"
        if response.status >= 400:
            known = _is_json(whole) and not page
            return Reply(response.status, headers, whole) if known else failure(response.status, headers, None)
        if page or response.status >= 300:
            raise Unavailable(f"The backend answered with no JSON (status {response.status}).")
        return Reply(response.status, headers, whole, complete=True)

    async def close(self) -> None:
        """The pool is shared; whoever made it closes it."""

    def _headers(self, request: ChatRequest) -> dict[str, str]:
        headers = dict(request.headers)
        if self.api_key != "client":
            headers.pop("authorization", None)
            if self.api_key:
                headers["authorization"] = f"Bearer {self.api_key}"
        headers["content-type"] = "application/json"
        # Compressed answers could hide a bomb, and an event stream must be readable to know its end.
        headers["accept-encoding"] = "identity"
        return headers

    async def _chunks(
        self, response: aiohttp.ClientResponse, unpack: Unpack | None, reply: Reply, ending: Ending
    ) -> AsyncGenerator[bytes]:
        """The bytes of a stream as they arrive. Comments do not count as content for the clock of gaps."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.clocks.total
        content_at, size, since_event = loop.time(), 0, 0
        with _let_go(response), _translated():
            while not ending.done:
                deadline = min(content_at + self.clocks.gap, end)
                async with asyncio.timeout_at(deadline):
                    chunk = await response.content.readany()
                if not chunk:
                    return
                if unpack is not None:
                    chunk = unpack.feed(chunk, MAX_ANSWER - size + 1)
                size += len(chunk)
                since_event = 0 if b"\n\n" in chunk or b"\r\n\r\n" in chunk else since_event + len(chunk)
                if size > MAX_ANSWER or since_event > MAX_EVENT:
                    raise Unavailable("The backend's answer is too large.")
                if not _only_comments(chunk):
                    content_at = loop.time()
                chunk = ending.see(chunk)
                reply.complete = ending.complete
                try:
                    yield chunk
                finally:
                    if ending.done:
                        await _linger(response)


async def _whole(response: aiohttp.ClientResponse, unpack: Unpack | None) -> bytes:
    parts: list[bytes] = []
    size = 0
    with _let_go(response):
        async for chunk in response.content.iter_any():
            parts.append(chunk if unpack is None else unpack.feed(chunk, MAX_ANSWER - size + 1))
            size += len(parts[-1])
            if size > MAX_ANSWER:
                raise Unavailable("The backend's answer is too large.")
    if unpack is not None and size and not unpack.ended:
        raise Unavailable("The backend cut the connection.")
    return b"".join(parts)


async def _linger(response: aiohttp.ClientResponse) -> None:
    """Read on to the end of the body, for as long as anybody may be kept for it."""
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(LINGER):
            while not response.content.at_eof():
                await response.content.readany()


@contextmanager
def _let_go(response: aiohttp.ClientResponse) -> Iterator[None]:
    """Close, not release, at the end: a connection whose answer was not read to its end must not serve anybody else."""
    try:
        yield
    finally:
        if not response.content.at_eof():
            response.close()


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict | list)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _only_comments(chunk: bytes) -> bool:
    return all(not line.strip() or line.startswith(b":") for line in chunk.split(b"\n"))


@contextmanager
def _translated() -> Iterator[None]:
    """aiohttp's errors as ours. Their text may hold URLs and keys, so none of it is kept."""
    try:
        yield
    except (TimeoutError, aiohttp.ServerTimeoutError) as error:
        raise Timeout("The backend did not answer in time.") from error
    except AdapterError:
        raise
    except (aiohttp.ClientPayloadError, ConnectionResetError) as error:
        raise Unavailable("The backend cut the connection.") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unavailable("The backend cannot be reached.") from error


def _no_delay(address: tuple[object, ...]) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family=family, type=kind, proto=protocol)  # type: ignore[arg-type]
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
