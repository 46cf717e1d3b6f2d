"""The wire: reading bodies, errors in OpenAI's shape, and answers to the client, chunk by chunk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from adapters.ending import Ending, error_event
from adapters.envelope import enveloped, kind_of
from adapters.ports import CHAT, AdapterError, Format, Reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# uvicorn has no clock for a body that drips.
BODY_SECONDS = 120.0


class HttpError(Exception):
    """An answer of our own that is no success; `error` has all four keys of OpenAI's, `headers` go with it."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None,
                 headers: tuple[tuple[str, str], ...] = ()) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.error = {"message": message, "type": kind_of(status), "param": param, "code": code}

    def body(self, format: Format = CHAT) -> bytes:
        """The body of the answer, as clients of the format read it."""
        return enveloped(self.error, self.status, format)

    def event(self, format: Format) -> bytes:
        """The last event of a stream that had begun, set apart so that no half-sent line can swallow it."""
        return b"\n\n" + error_event(format, self.error)


class ClientGone(Exception):
    """The client closed the connection: nobody is left to answer."""


async def read_body(receive: Receive, headers: dict[str, str], limit: int) -> bytes:
    """The request's body. Raises HttpError 413 as soon as it is over `limit` bytes, 415 where it is compressed, and
    408 where it does not come to its end."""
    if headers.get("content-encoding", "identity") != "identity":
        raise HttpError(415, "Compressed request bodies are not accepted; send the JSON as it is.")
    declared = headers.get("content-length", "")
    too_large = f"The request body is larger than {limit} bytes."
    if declared.isdigit() and int(declared) > limit:
        raise HttpError(413, too_large, "request_too_large")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _all_of(receive, limit, too_large)
    except TimeoutError as error:
        raise HttpError(408, "The request body did not come to its end in time.", "request_timeout") from error


async def _all_of(receive: Receive, limit: int, too_large: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise HttpError(413, too_large, "request_too_large")
        if not message.get("more_body"):
            return b"".join(parts)


async def send_head(send: Send, status: int, headers: Iterable[tuple[str, str]]) -> None:
    """Status and headers; a backend's in the bytes that they came in."""
    raw = [(name.encode("latin-1", "replace"), value.encode("utf-8", "surrogateescape")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def send_whole(send: Send, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
    """A whole answer; JSON unless the headers say otherwise."""
    named = [(name, value) for name, value in headers if name != "content-length"]
    if not any(name == "content-type" for name, _ in named):
        named.append(("content-type", "application/json"))
    await send_head(send, status, [*named, ("content-length", str(len(body)))])
    await send({"type": "http.response.body", "body": body})


async def send_stream(
    send: Send, reply: Reply, ending: Ending, before_last: Callable[[], Awaitable[None]]
) -> None:
    """The chunks of a stream as they arrive. What ends it waits for `before_last`.

    Bytes pass untouched. A stream that its backend did not finish, as its carrier says (`reply.complete`), ends with
    an error event, never with a made-up end.
    """
    try:
        message = await _pass(send, reply, ending, before_last)
        if not ending.done:
            await before_last()
            if not (reply.complete or ending.failed):
                await send({"type": "http.response.body", "body": ending.cut(message), "more_body": True})
    except asyncio.CancelledError:
        # The process stops, or the client is gone: whoever still reads must not take this for the end.
        if not (ending.done or ending.failed or reply.complete):
            await send({"type": "http.response.body", "body": ending.cut("The proxy stops."), "more_body": False})
        raise
    await send({"type": "http.response.body", "body": b""})


async def _pass(send: Send, reply: Reply, ending: Ending, before_last: Callable[[], Awaitable[None]]) -> str:
    """Send on up to `[DONE]` or as far as it goes; returns how to call it if that was too early."""
    try:
        async for chunk in reply.chunks or _nothing():
            shown = ending.see(chunk)
            if reply.room > 0:
                reply.see(shown)
            if ending.over:
                await before_last()
            await send({"type": "http.response.body", "body": shown, "more_body": True})
            if ending.done:
                break
    except AdapterError as error:
        return str(error)
    return "The backend cut the answer off."


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
