"""The answer to a chat, and the port to the backend that gives it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from adapters.ports.errors import Unavailable
from adapters.ports.events import all_data
from adapters.ports.formats import Format
from adapters.ports.request import ChatRequest

MOST_SEEN = 512 * 1024
"""Bytes of a stream that may be looked at again behind its end: about 1,700 tokens of OpenAI's, more of others."""


@dataclass(slots=True)
class Reply:
    """A backend's answer: a whole `body`, or `chunks` of bytes as they arrive.

    `complete` becomes true only when the backend itself finished: all bytes of a body, or the end that its stream
    format has. Whoever makes the chunks sets it before handing out the last one. Headers are
    lower-case names without the hop-by-hop ones. `kept` says whether the backend keeps this response by itself, so
    that a later request may name it; None: nobody knows yet. `room` is how many bytes of a stream may still be
    `seen`, below 0 where it had more; of a stream of the Responses API `body` is at its end what its last event holds.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunks: AsyncGenerator[bytes] | None = None
    complete: bool = False
    kept: bool | None = False
    room: int = 0
    seen: list[bytes] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def see(self, chunk: bytes) -> None:
        """Keep what leaves, undecoded, while there is room; of a stream that is too long nothing."""
        self.room -= len(chunk)
        if self.room >= 0:
            self.seen.append(chunk)
        else:
            self.seen.clear()

    def text(self, format: Format) -> str:
        """The text that the client got, as far as it was seen; "" where there is none (see `Format.answer`)."""
        return format.answer(self.body) if self.body else format.streamed(all_data(self.seen))

    async def close(self) -> None:
        """Let go of chunks that nobody reads."""
        if self.chunks is not None:
            await self.chunks.aclose()

    async def whole(self, limit: int) -> bytes:
        """All bytes of it. Raises Unavailable where they are more than `limit`, and what its carrier does."""
        if self.chunks is None:
            return self.body
        parts, size = [], 0
        async with aclosing(self.chunks) as chunks:
            async for chunk in chunks:
                parts.append(chunk)
                size += len(chunk)
                if size > limit:
                    raise Unavailable("The backend's answer is too large.")
        return b"".join(parts)


class Backend(Protocol):
    """Carries one request to a model and brings the answer."""

    async def complete(self, request: ChatRequest) -> Reply:
        """Send the request. A backend's own error is a Reply with its status; raises AdapterError when none came."""

    async def close(self) -> None:
        """Let go of connections."""
