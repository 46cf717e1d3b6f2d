"""A client connection that costs little: it reads just enough of an answer to know when it begins and ends."""

from __future__ import annotations

import asyncio
import re
import socket
from time import monotonic_ns
from typing import cast

_TOKEN = re.compile(rb'"content":\s*"t=\d')


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request in flight.

    Of the last answer: its `status`, the monotonic nanoseconds of its `first` token (of a stream of the fake), and
    whether its stream was `done` with the closing event.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self.status = 0
        self.first = 0
        self.done = False
        self._buffer = b""
        self._left = -1
        self._chunked = False

    def ask(self, data: bytes) -> asyncio.Future[None]:
        """Send a request; the future is done when the whole answer is here."""
        self._begin()
        self.waiter = asyncio.get_running_loop().create_future()
        cast(asyncio.Transport, self.transport).write(data)
        return self.waiter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let small writes leave at once."""
        self.transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer that was not all here is an error."""
        self.transport = None
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        """Read the head, then the body by its length or by its chunks."""
        now = monotonic_ns()
        self._buffer += data
        if not self.status and not self._head():
            return
        if self._chunked:
            self._chunks(now)
        elif len(self._buffer) >= self._left:
            self._finish()

    def _head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head, self._buffer = self._buffer[:end].lower(), self._buffer[end + 4 :]
        self.status = int(head[9:12])
        self._chunked = b"\r\ntransfer-encoding: chunked" in head
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        self._left = int(length or 0)
        return True

    def _chunks(self, now: int) -> None:
        while (line := self._buffer.find(b"\r\n")) >= 0:
            size = int(self._buffer[:line].split(b";")[0], 16)
            end = line + 2 + size
            if len(self._buffer) < end + 2:
                return
            payload, self._buffer = self._buffer[line + 2 : end], self._buffer[end + 2 :]
            if not self.first and _TOKEN.search(payload):
                self.first = now
            self.done = self.done or b"[DONE]" in payload
            if size == 0:
                self._finish()
                return

    def _finish(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)
