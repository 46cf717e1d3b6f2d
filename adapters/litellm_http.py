"""The connection below litellm: what really goes out, and what a backend really sent.

litellm takes the transport of every asynchronous client from one method; `adapters.litellm` puts `Gate` there. A call
that did not begin as one of ours cannot connect, a failed one is not repeated, and what litellm does not pass on (an
answer that was cut off, the body of an error) is seen here.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

import httpx

from adapters.envelope import MAX_ANSWER, MAX_EVENT, Unpack, unpacking
from adapters.ports import Unavailable

MAX_ERROR = 64 * 1024
# The last event of a stream, in OpenAI's format and in Anthropic's. A line break inside JSON text is escaped, so a
# model cannot write one of these itself.
_CLOSING = re.compile(rb"(?:^|[\r\n])(?:data: ?\[DONE\]|event: ?message_stop)")
_TAIL = 1024
_LINGER = 0.1
_COMMENT = re.compile(rb"^:[^\n]*\n", re.MULTILINE)
# Legal inside JSON strings as they are; to `str.splitlines` each ends a line.
_SEPARATORS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))


@dataclass(slots=True)
class Call:
    """One call to a backend: how it goes out, and what came back.

    `edit` makes the request that is sent out of the one that litellm wrote; then a copy of an answer that is no stream
    is kept (`keep`).
    `ended` is true once the HTTP body ended in good order, `closed` if its last event closes a stream; `secrets` are
    the credentials that were sent, which must not come back in an error.
    """

    wire: httpx.AsyncBaseTransport
    connect: float = 10
    edit: Callable[[httpx.Request], httpx.Request] | None = None
    keep: bool = False
    asked: set[str] = field(default_factory=set)
    secrets: tuple[str, ...] = ()
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    parts: list[bytes] = field(default_factory=list)
    body: Body | None = None
    size: int = 0
    too_large: bool = False
    ended: bool = False
    closed: bool = False

    @property
    def answer(self) -> bytes:
        """The copy of the answer: all of it where it is kept, the first 64 kB of an error."""
        return b"".join(self.parts)

    def take(self, data: bytes) -> None:
        """Count and keep a piece of the answer. Raises Unavailable above 64 MB."""
        self.size += len(data)
        if self.size > MAX_ANSWER:
            self.overflow()
        if self.keep or (self.status >= 300 and self.size <= MAX_ERROR):
            self.parts.append(data)

    def overflow(self) -> None:
        """Give up an answer that is too large. Raises Unavailable."""
        self.too_large = True
        raise Unavailable("The backend's answer is too large.")


CALL: ContextVar[Call | None] = ContextVar("CALL", default=None)


class Body(httpx.AsyncByteStream):
    """The body of an answer on its way up: unpacked, counted and watched for its end.

    Events for litellm (`lines`) are made safe for its readers: they take U+2028 and its like for ends of lines, and
    some end a stream at a comment that comes after the finish reason.
    """

    def __init__(self, inner: httpx.AsyncByteStream, call: Call, unpack: Unpack | None, lines: bool) -> None:
        self.inner = inner
        self.call = call
        self._unpack = unpack
        self.pieces = self._lines() if lines else self._pieces()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.pieces

    async def drain(self) -> None:
        """Read on to the end, where the reader stopped before it: the closing event may still have to come.

        The end of the body follows that at once, and lets the connection be used again; nobody waits for it for long.
        """
        if not self.call.closed:
            async for _ in self.pieces:
                if self.call.closed:
                    break
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                async for _ in self.pieces:
                    pass

    async def aclose(self) -> None:
        """Let go of the connection; one that was not read to its end is closed."""
        await self.pieces.aclose()
        await self.inner.aclose()

    async def _pieces(self) -> AsyncGenerator[bytes]:
        tail = b""
        async for raw in self.inner:
            data = self._unpacked(raw)
            self.call.take(data)
            tail = (tail + data)[-_TAIL:]
            # Looked for at once: who reads this may stop at the closing event, before the end of the body.
            self.call.closed = _CLOSING.search(tail) is not None
            yield data
        self.call.ended = True

    async def _lines(self) -> AsyncGenerator[bytes]:
        held = bytearray()
        async for data in self._pieces():
            end = data.rfind(b"\n") + 1
            held += data
            if end:
                whole = len(held) - len(data) + end
                lines = _COMMENT.sub(b"", bytes(held[:whole]))
                del held[:whole]
                for separator, escaped in _SEPARATORS:
                    lines = lines.replace(separator, escaped)
                yield lines
            if len(held) > MAX_EVENT:
                self.call.overflow()
        yield bytes(held)

    def _unpacked(self, raw: bytes) -> bytes:
        if self._unpack is None:
            return raw
        try:
            # One byte more than is allowed is as far as this goes.
            return self._unpack.feed(raw, MAX_ANSWER - self.call.size + 1)
        except Unavailable as error:
            raise httpx.DecodingError("not packed as was said") from error


class Gate(httpx.AsyncBaseTransport):
    """Sends the request of the current `Call`, and no other: once, without redirects and cookies."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises httpx.ConnectError for one that is none of ours, or was already sent."""
        call = CALL.get()
        target = f"{request.method} {request.url}"
        if call is None or target in call.asked:
            raise httpx.ConnectError("refused", request=request)
        call.asked.add(target)
        if call.edit is not None:
            request = call.edit(request)
        carried = (request.headers.get(name, "") for name in ("authorization", "x-api-key", "api-key"))
        call.secrets = tuple(value.removeprefix("Bearer ") for value in carried if value)
        request.headers["accept-encoding"] = "identity"
        # litellm's own timeout is per read; the clocks of a call are kept around it, and the connection's here.
        clocks = {"connect": call.connect, "pool": call.connect, "read": None, "write": None}
        request.extensions = {**request.extensions, "timeout": clocks}
        response = await call.wire.handle_async_request(request)
        try:
            unpack = unpacking(response.headers.get("content-encoding"))
        except Unavailable as error:
            await response.aclose()
            raise httpx.DecodingError("unknown content-encoding", request=request) from error
        return _watched(response, request, call, unpack)


def _watched(response: httpx.Response, request: httpx.Request, call: Call, unpack: Unpack | None) -> httpx.Response:
    dropped = ("location", "set-cookie", "content-encoding", "content-length")
    kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in dropped]
    call.status, call.headers = response.status_code, tuple((name.lower(), value) for name, value in kept)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    # A picture that litellm fetched before may have left something here.
    call.parts, call.size = [], 0
    events = response.headers.get("content-type", "").startswith("text/event-stream")
    call.keep = call.edit is not None and not events
    call.body = Body(response.stream, call, unpack, events and call.edit is None)
    return httpx.Response(response.status_code, headers=kept, stream=call.body, request=request)


class Pool:
    """The connections of all backends of this process; closed with the last of them."""

    def __init__(self) -> None:
        self.users: WeakSet[Any] = WeakSet()
        self._wire: httpx.AsyncBaseTransport | None = None

    def wire(self, user: Any) -> httpx.AsyncBaseTransport:
        """litellm's own transport below httpx (aiohttp), with its settings of certificates and proxies."""
        self.users.add(user)
        if self._wire is None:
            from litellm.llms.custom_httpx import http_handler

            trust = http_handler.get_ssl_configuration()
            made: httpx.AsyncBaseTransport = http_handler.AsyncHTTPHandler.create_aiohttp_transport(
                ssl_context=trust if isinstance(trust, ssl.SSLContext) else None,
                ssl_verify=trust if isinstance(trust, bool) else None,
            )
            self._wire = made
        return self._wire

    async def release(self, user: Any) -> None:
        """`user` needs no connection any more."""
        self.users.discard(user)
        if not self.users and self._wire is not None:
            wire, self._wire = self._wire, None
            await wire.aclose()


POOL = Pool()
