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
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters import litellm_wire as wire
from adapters.litellm_http import Body, Call
from adapters.ports import AdapterError, Reply, Timeout, Unavailable
from adapters.relay import MAX_EVENT

CUT = "The backend cut the answer off."
_CONTENT = re.compile(rb"(?:^|[\r\n])data:")
_DONE = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\]")
_ERROR = re.compile(rb'(?:^|[\r\n])data: ?\{\s*"error"')
# Inside a text the quotation marks are escaped, so a model cannot write this.
_FINISH = re.compile(rb'(?<!\\)"finish_reason"\s*:\s*"')


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


class _Watch:
    """What the events that went by say about the end."""

    def __init__(self, choices: int) -> None:
        self.missing = choices
        self.done = self.failed = False

    def see(self, events: bytes) -> None:
        self.missing -= len(_FINISH.findall(events))
        self.done = self.done or _DONE.search(events) is not None
        self.failed = self.failed or _ERROR.search(events) is not None

    @property
    def finished(self) -> bool:
        return not self.failed and (self.done or self.missing <= 0)


async def relay(reply: Reply, body: Body, clock: Clock, choices: int) -> AsyncIterator[bytes]:
    """The backend's events, whole and untouched; an error event of ours if it ends before its `choices` do."""
    watch, held, source = _Watch(choices), bytearray(), body.pieces
    try:
        while data := await clock.next(source):
            start = max(len(held) - 3, 0)
            held += data
            whole = wire.boundary(held, start)
            if whole:
                events = bytes(held[:whole])
                del held[:whole]
                watch.see(events)
                if _CONTENT.search(events):
                    clock.content()
                reply.complete = watch.finished
                yield events
            if len(held) > MAX_EVENT:
                raise Unavailable("The backend's answer is too large.")
        if _DONE.match(held):
            reply.complete = not watch.failed
            yield bytes(held)
        elif not (watch.finished or watch.failed):
            yield wire.cut(CUT)
    except AdapterError as error:
        if not watch.finished:
            yield wire.cut(str(error))
    finally:
        await body.aclose()


async def translate(
    reply: Reply, parts: AsyncGenerator[dict[str, Any]], call: Call, clock: Clock, closing: bool
) -> AsyncIterator[bytes]:
    """litellm's chunks, dumped, as events, with `[DONE]` if the backend finished.

    A finish reason in `parts` must be the backend's own; `closing` says that its format has a closing event, which
    then must have come.
    """
    finished = False
    try:
        while part := await clock.next(parts):
            finished = finished or any(choice.get("finish_reason") for choice in part["choices"])
            event = wire.chunk(part)
            if event:
                clock.content()
                reply.complete = finished
                yield event
        if not finished:
            yield wire.cut(CUT)
        elif call.closed or not closing:
            yield wire.DONE
    except AdapterError as error:
        if not finished:
            yield wire.cut(str(error))
    finally:
        await parts.aclose()
        if call.body is not None:
            await call.body.aclose()
