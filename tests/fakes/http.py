"""A small and fast HTTP/1.1 connection for fakes: keep-alive, pipelining, and answers broken off anywhere."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine
from time import monotonic_ns
from typing import Any, NamedTuple, Protocol, cast

_REASONS = {200: b"OK", 400: b"Bad Request", 401: b"Unauthorized", 404: b"Not Found", 429: b"Too Many Requests"}
_EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"


class Request(NamedTuple):
    """A request as it came: `head` holds the request line and the headers, `received` monotonic nanoseconds."""

    method: str
    target: str
    head: bytes
    body: bytes
    received: int

    @property
    def path(self) -> str:
        """The path below /v1/, without the query."""
        return self.target.partition("?")[0].removeprefix("/v1/")

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.target.partition("?")[2]

    @property
    def headers(self) -> dict[str, str]:
        """Headers by lower-case name; a repeated one is joined with commas."""
        found: dict[str, str] = {}
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            key = name.strip().lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
        return found

    def seen(self) -> dict[str, Any]:
        """The record that tests read; bytes of the body that are no UTF-8 come as lone surrogates."""
        body = self.body.decode("utf-8", "surrogateescape")
        return {"method": self.method, "path": self.target, "headers": self.headers, "body": body}


class Server(Protocol):
    """What a connection needs of the server behind it."""

    stats: dict[str, int]

    def take(self, connection: Connection, request: Request) -> None:
        """Answer a request, now or by `connection.run`."""

    def common(self, request: Request) -> bytes:
        """Header lines that every answer of this provider has."""


class Connection(asyncio.Protocol):
    """One client connection: reads requests one by one and writes what the server answers."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None
        self._answering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and let small writes leave at once."""
        self.transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.stats["connections"] += 1
        self.server.stats["open"] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or we closed; an answer in progress counts as abandoned and is stopped."""
        self.server.stats["open"] -= 1
        self.transport = None
        if self._answering:
            self.server.stats["abandoned"] += 1
            self._ended()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Take bytes; serve every whole request in them unless one is being answered."""
        self._buffer = self._buffer + data if self._buffer else data
        if not self._answering:
            self._pump()

    def _pump(self) -> None:
        while self._buffer and not self._answering and self._writable():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            body, used = self._body(self._buffer[:end].lower(), end + 4)
            if used < 0:
                return
            head, self._buffer = self._buffer[:end], self._buffer[used:]
            line = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
            self.server.take(self, Request(line[0], line[1], head, body, monotonic_ns()))

    def _writable(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def _body(self, head: bytes, start: int) -> tuple[bytes, int]:
        """The body and where the next request begins, or -1 while it is not all here."""
        if b"\r\ntransfer-encoding: chunked" in head:
            return _dechunked(self._buffer, start)
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            return b"", start
        stop = head.find(b"\r\n", at + 2)
        end = start + int(head[at + 17 : stop if stop >= 0 else len(head)])
        if len(self._buffer) >= end:
            return self._buffer[start:end], end
        if b"\r\nexpect: 100-continue" in head:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return b"", -1

    def run(self, answer: Coroutine[Any, Any, None]) -> None:
        """Answer by a coroutine; the next request on this connection waits for its end."""
        self._answering = True
        self.server.stats["busy"] += 1
        self._task = asyncio.get_running_loop().create_task(answer)
        self._task.add_done_callback(self._settle)

    def _ended(self) -> None:
        self._answering = False
        self.server.stats["busy"] -= 1

    def _settle(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if self._answering:
            self._ended()
        if not task.cancelled() and task.exception() is not None:
            task.print_stack()
            self.close()
        self._pump()

    def write(self, data: bytes) -> None:
        """Write bytes as they are; a client that left is ignored."""
        if self.transport is not None:
            self.transport.write(data)

    def send(self, request: Request, status: int, body: bytes, extra: bytes = b"", kind: bytes = b"") -> None:
        """A whole answer. `extra` holds further header lines, each with its line end."""
        kind = kind or b"application/json"
        head = b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\n" % (status, _REASONS.get(status, b"Status"), kind)
        length = b"content-length: %d\r\n\r\n" % len(body)
        self.write(head + self.server.common(request) + extra + length + body)

    def open_body(self, request: Request, length: int) -> None:
        """The head of a whole answer whose bytes are written later."""
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
        self.write(head + self.server.common(request) + b"content-length: %d\r\n\r\n" % length)

    def open_stream(self, request: Request, head: bytes = _EVENTS) -> None:
        """The head of an answer in chunks; of server-sent events, unless `head` begins it in another way."""
        self.write(head + self.server.common(request) + b"transfer-encoding: chunked\r\n\r\n")

    def part(self, data: bytes) -> None:
        """One piece of a stream, as one HTTP chunk."""
        self.write(b"%x\r\n%s\r\n" % (len(data), data))

    def end_stream(self) -> None:
        """The end of a stream, in good order."""
        self.write(b"0\r\n\r\n")

    def close(self, reset: bool = False) -> None:
        """Leave by ourselves, with a TCP reset if asked; this does not count as abandoned."""
        if self._answering:
            self._ended()
        if self.transport is None:
            return
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        else:
            self.transport.close()


def _dechunked(buffer: bytes, at: int) -> tuple[bytes, int]:
    parts: list[bytes] = []
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return b"", -1
        size = int(buffer[at:line].split(b";")[0], 16)
        if len(buffer) < line + size + 4:
            return b"", -1
        at = line + size + 4
        if size == 0:
            return b"".join(parts), at
        parts.append(buffer[line + 2 : line + 2 + size])
