"""A chat, carried to a server that speaks the client's own wire format."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import aiohttp
import msgspec
from yarl import URL

from adapters.ending import Ending, begun, ending
from adapters.envelope import MAX_ANSWER, Unpack, end_to_end, failure, unpacking
from adapters.ports import ChatRequest, Reply, Unavailable
from adapters.ports.formats.base import decoded_or
from adapters.relay.wires import Target, Wires, head, let_go, mapped_errors

# Seconds to wait behind the last event for the end of the body, which lets the connection be used again.
LINGER = 0.1


class Relay:
    """The port `Backend` over plain HTTP: every format has its own path below the target's base URL.

    `keeps` says whether the server keeps responses by itself, None that nobody knows yet.
    """

    def __init__(self, wires: Wires, target: Target, model: str, keeps: bool | None = False) -> None:
        self.wires = wires
        self.target = target
        self.clocks = target.clocks
        self.model = model
        self.keeps = keeps

    async def complete(self, request: ChatRequest) -> Reply:
        """Send the request and return once the head has come; raises Timeout or Unavailable when none does."""
        body = request.with_model(self.model).body()
        headers = head(request.headers, self.target)
        headers["content-type"] = "application/json"
        with mapped_errors():
            async with asyncio.timeout(self.clocks.first):
                response = await self.wires.session().post(
                    self._url(request), data=body, headers=headers, allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.clocks.connect),
                )
            return await self._reply(request, response)

    async def close(self) -> None:
        """The pool is shared; whoever made it closes it."""

    def _url(self, request: ChatRequest) -> URL:
        """What the client quoted stays quoted."""
        query = f"?{request.query}" if request.query else ""
        return URL(self.target.base + request.format.path + query, encoded=True)

    async def _reply(self, request: ChatRequest, response: aiohttp.ClientResponse) -> Reply:
        headers = end_to_end(response.headers.items())
        try:
            unpack = unpacking(response.headers.get("content-encoding"))
        except Unavailable:
            response.close()
            raise
        if response.content_type == "text/event-stream":
            reply = Reply(response.status, headers, kept=self.keeps)
            reply.chunks = await begun(self._chunks(response, unpack, reply, ending(request)))
            return reply
        async with asyncio.timeout(self.clocks.total):
            whole = await _whole(response, unpack, self.clocks.gap)
        page = response.content_type == "text/html"
        if response.status >= 400:
            if not page and _has_error(whole):
                return Reply(response.status, headers, whole)
            return failure(response.status, headers, None if page else whole, format=request.format)
        if page or response.status >= 300:
            raise Unavailable(f"The backend answered with no JSON (status {response.status}).")
        return Reply(response.status, headers, whole, complete=True, kept=self.keeps)

    async def _chunks(
        self, response: aiohttp.ClientResponse, unpack: Unpack | None, reply: Reply, ending: Ending
    ) -> AsyncGenerator[bytes]:
        """The bytes of a stream as they arrive. Comments do not count as content for the clock of gaps."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.clocks.total
        content_at, size = loop.time(), 0
        with let_go(response), mapped_errors():
            yield b""
            while not ending.done:
                deadline = loop.time() + LINGER if ending.over else min(content_at + self.clocks.gap, end)
                chunk = await _next(response, deadline, ending.over)
                if not chunk:
                    return
                if unpack is not None:
                    chunk = unpack.feed(chunk, MAX_ANSWER - size + 1)
                size += len(chunk)
                if size > MAX_ANSWER:
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


async def _next(response: aiohttp.ClientResponse, deadline: float, over: bool) -> bytes:
    """The next bytes; none at the end of the body, or where nothing has to follow, whatever happens instead."""
    try:
        async with asyncio.timeout_at(deadline):
            return await response.content.readany()
    except (TimeoutError, aiohttp.ClientError, OSError):
        if over:
            return b""
        raise


async def _whole(response: aiohttp.ClientResponse, unpack: Unpack | None, gap: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    loop = asyncio.get_running_loop()
    with let_go(response):
        async with asyncio.timeout(gap) as clock:
            while chunk := await response.content.readany():
                clock.reschedule(loop.time() + gap)
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


def _has_error(body: bytes) -> bool:
    """Whether clients will find an error where they look for one; not all servers write them as OpenAI does."""
    error = decoded_or(body, dict[str, msgspec.Raw], {}).get("error", b"")
    return bytes(error).lstrip().startswith(b"{")


def _only_comments(chunk: bytes) -> bool:
    return all(not line.strip() or line.startswith(b":") for line in chunk.split(b"\n"))
