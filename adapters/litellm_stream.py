"""Streams on their way to the client: relayed as they are, or translated; each with an end only if its backend had one.

What tells a finished stream from one that was cut off: OpenAI's format has a finish reason and `[DONE]`, Anthropic's
the same under other names; for other formats there is only the finish reason that litellm says it received
(`CustomStreamWrapper.received_finish_reason`), never the one in its last chunk, which it makes up. A stream cut off
behind its finish reason lacks nothing of the text, but gets no `[DONE]` where its format has a closing event.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters import litellm_wire as wire
from adapters.ending import ChatEnding
from adapters.envelope import MAX_EVENT
from adapters.litellm_http import Body, Call
from adapters.ports import AdapterError, Reply, Timeout, Unavailable

CUT = "The backend cut the answer off."
_CONTENT = re.compile(rb"(?:^|[\r\n])data:")
_UNENDED = (b"data: [DONE]", b"data:[DONE]")


@dataclass(slots=True)
class Clock:
    """The clocks of one stream, in seconds: to the first content, between contents, in all (0: no limit)."""

    first: float
    gap: float
    total: float
    _started: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _last: float | None = None

    def content(self) -> None:
        """Something that the client waits for has come; comments are not."""
        self._last = asyncio.get_running_loop().time()

    @property
    def deadline(self) -> float | None:
        """When the next content is due, in the loop's time."""
        due = [] if not self.total else [self._started + self.total]
        if self._last is None and self.first:
            due.append(self._started + self.first)
        elif self._last is not None and self.gap:
            due.append(self._last + self.gap)
        return min(due, default=None)

    async def next(self, source: AsyncIterator[Any]) -> Any:
        """The next item, None at the end. Raises Timeout, and Unavailable where the source breaks off."""
        try:
            async with asyncio.timeout_at(self.deadline):
                return await anext(source, None)
        except TimeoutError as error:
            raise Timeout("The backend did not go on in time.") from error
        except (httpx.HTTPError, OSError) as error:
            raise Unavailable(CUT) from error


async def relay(reply: Reply, body: Body, clock: Clock, choices: int) -> AsyncGenerator[bytes]:
    """The backend's events, whole and untouched; an error event of ours if it ends before its `choices` do."""
    ending, held, source = ChatEnding(choices), bytearray(), body.pieces
    try:
        yield b""
        while not ending.done and (data := await clock.next(source)):
            start = max(len(held) - 3, 0)
            held += data
            whole = wire.boundary(held, start)
            if whole:
                events = ending.see(bytes(held[:whole]))
                del held[:whole]
                if _CONTENT.search(events):
                    clock.content()
                reply.complete = ending.complete
                yield events
            if len(held) > MAX_EVENT:
                raise Unavailable("The backend's answer is too large.")
        if bytes(held).strip() in _UNENDED:
            events = ending.see(bytes(held))
            reply.complete = ending.complete
            yield events
        if not (ending.complete or ending.failed):
            yield ChatEnding().cut(CUT)
    except AdapterError as error:
        if not (ending.complete or ending.failed):
            yield ChatEnding().cut(str(error))
    finally:
        if ending.done:
            with suppress(AdapterError, httpx.HTTPError, OSError):
                await body.drain()
        await body.aclose()


async def translate(
    reply: Reply, parts: AsyncGenerator[dict[str, Any]], call: Call, clock: Clock, closing: bool
) -> AsyncGenerator[bytes]:
    """litellm's chunks, dumped, as events, with `[DONE]` if the backend finished.

    A finish reason in `parts` must be the backend's own; `closing` says that its format has a closing event, which
    then must have come.
    """
    finished = False
    try:
        yield b""
        while part := await clock.next(parts):
            finished = finished or any(choice.get("finish_reason") for choice in part["choices"])
            event = wire.chunk(part)
            if event:
                clock.content()
                reply.complete = finished
                yield event
        if not finished:
            yield ChatEnding().cut(CUT)
        elif call.closed or not closing:
            yield wire.DONE
    except AdapterError as error:
        if not finished:
            yield ChatEnding().cut(str(error))
    finally:
        await parts.aclose()
        if call.body is not None:
            await call.body.aclose()
