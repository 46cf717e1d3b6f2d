"""The wire: reading bodies, errors in OpenAI's shape, and answers to the client, chunk by chunk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from adapters.ports import AdapterError, Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TYPES = {
    400: "invalid_request_error", 401: "invalid_request_error", 403: "permission_error", 404: "invalid_request_error",
    405: "invalid_request_error", 408: "timeout_error", 413: "invalid_request_error", 429: "rate_limit_error",
}
_DONE = re.compile(rb"[\r\n]data: ?\[DONE\]")
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"')
_ERROR = re.compile(rb'[\r\n]data: ?\{\s*"error"')
# Longer than any of the marks above, so that one split over two chunks is still seen.
TAIL = 40


class HttpError(Exception):
    """An answer of our own that is no success."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, code, param)


class ClientGone(Exception):
    """The client closed the connection before it had sent its request."""


def error_body(status: int, message: str, code: str | None = None, param: str | None = None) -> bytes:
    """An error as OpenAI writes it: all four keys."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


async def read_body(receive: Receive, headers: dict[str, str], limit: int) -> bytes:
    """The request's body. Raises HttpError 413 as soon as it is over `limit` bytes, 415 where it is compressed."""
    if headers.get("content-encoding", "identity") != "identity":
        raise HttpError(415, "Compressed request bodies are not accepted; send the JSON as it is.")
    declared = headers.get("content-length", "")
    too_large = f"The request body is larger than {limit} bytes."
    if declared.isdigit() and int(declared) > limit:
        raise HttpError(413, too_large, "request_too_large")
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
    """Status and headers."""
    raw = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def send_whole(send: Send, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
    """A whole answer; JSON unless the headers say otherwise."""
    named = [(name, value) for name, value in headers if name != "content-length"]
    if not any(name == "content-type" for name, _ in named):
        named.append(("content-type", "application/json"))
    await send_head(send, status, [*named, ("content-length", str(len(body)))])
    await send({"type": "http.response.body", "body": body})


async def send_stream(send: Send, reply: Reply, before_last: Callable[[], Awaitable[None]]) -> None:
    """The chunks of a stream as they arrive. The one that ends it waits for `before_last`.

    Bytes pass untouched. A stream that its backend did not finish ends with an error event, never with a made-up end.
    """
    ending = _Ending()
    try:
        async for chunk in reply.chunks or _nothing():
            if ending.see(chunk):
                reply.complete = True
                await before_last()
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        reply.complete = ending.complete
        await before_last()
        if not (ending.complete or ending.failed):
            await send({"type": "http.response.body", "body": ending.event("The backend cut the answer off."),
                        "more_body": True})
    except AdapterError as error:
        await before_last()
        await send({"type": "http.response.body", "body": ending.event(str(error)), "more_body": True})
    except asyncio.CancelledError:
        # The process stops, or the client is gone: whoever still reads must not take this for the end.
        if not ending.done:
            await send({"type": "http.response.body", "body": ending.event("The proxy stops."), "more_body": False})
        raise
    await send({"type": "http.response.body", "body": b""})


class _Ending:
    """Watches a stream for its end: `[DONE]`, a finish reason, an error event, or none of these."""

    def __init__(self) -> None:
        self.tail = b"\n"
        self.complete = False
        self.failed = False
        self.done = False

    def see(self, chunk: bytes) -> bool:
        """Take in a chunk; True if with this one the client has the end of the answer."""
        seen = self.tail + chunk
        self.failed = self.failed or _ERROR.search(seen) is not None
        self.complete = (self.complete or _FINISH.search(seen) is not None) and not self.failed
        ends = not self.done and _DONE.search(seen) is not None
        self.done = self.done or ends
        self.complete = self.complete or (self.done and not self.failed)
        self.tail = seen[-TAIL:]
        return ends

    def event(self, message: str) -> bytes:
        """An error event that no half-sent line can swallow."""
        gap = b"" if self.tail == b"\n" or self.tail.endswith((b"\n\n", b"\r\n\r\n")) else b"\n\n"
        return gap + b"data: " + error_body(502, message, "backend_stream_error") + b"\n\n"


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
