"""One of several calls for the same question, while it is answered."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import replace
from typing import Any

from adapters.ending import begun
from adapters.ports import CHAT, MESSAGES, RESPONSES, ChatRequest, Reply
from adapters.ports.chat import MOST_SEEN
from adapters.sse import LastResponse
from proxy.chain import contained

LIMITS = {CHAT: ("max_completion_tokens", "max_tokens"), RESPONSES: ("max_output_tokens",), MESSAGES: ("max_tokens",)}
"""The fields that bound an answer; the first of them is set where the client set none."""
# Quotation marks in JSON text are escaped: a model cannot write any of these itself.
_CUT = re.compile(rb'"(?:finish_reason|stop_reason)"\s*:\s*"(?:length|max_tokens|content_filter|refusal)"|'
                  rb'"type"\s*:\s*"response\.incomplete"|"incomplete_details"\s*:\s*\{')  # fmt: skip
_ASKED = re.compile(rb'"(?:prompt|input)_tokens"\s*:\s*(\d{1,9})')
_SAID = re.compile(rb'"(?:completion|output)_tokens"\s*:\s*(\d{1,9})')


def limited(request: ChatRequest, most: int) -> ChatRequest:
    """The request with an answer of so many tokens at most, where the client wants no less."""
    names = LIMITS.get(request.format, ())
    said = {name: value for name in names if (value := request.get(name)) is not None}
    if not names or any(isinstance(value, int | float) and value <= most for value in said.values()):
        return request
    # Also without those that are null, which would stay as they are.
    return request.without(*names).with_fields({next(iter(said), names[0]): most})


class Call:
    """A call: its `place` among them, 0 for the ordinary one, what came of its answer, and what that says.

    `complete` once the answer is there to its end; of the further calls one that reached its limit, or that says
    nothing, never is. `begun`: it is a stream. `long`: it is too long to be held, which ends any call but the ordinary
    one. `spent` are the tokens of the prompt and of the answer, as far as the backend told, `tokens` those of
    instructions that were added.
    """

    def __init__(self, request: ChatRequest, place: int, changed: asyncio.Event, tokens: int = 0) -> None:
        self.request = request
        self.place = place
        self.changed = changed
        self.tokens = tokens
        self.reply: Reply | None = None
        self.parts: deque[bytes] = deque()
        self.text = ""
        self.spent = (0, 0)
        self.complete = self.long = self.ended = self.begun = False
        self._size = 0
        self._handed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more is read, for whatever reason."""
        return self._task is not None and self._task.done()

    def start(self, asking: Coroutine[Any, Any, Reply]) -> None:
        """Begin to ask and to read."""
        self._task = asyncio.create_task(self._read(asking))
        self._task.add_done_callback(lambda _: self.changed.set())

    def answer(self) -> Reply:
        """The reply. Raises what the call did where there is none."""
        if self.reply is None and self._task is not None:
            self._task.result()
        if self.reply is None:
            raise RuntimeError("no answer was read")
        return self.reply

    async def hand_over(self) -> AsyncGenerator[bytes]:
        """What was read of a stream, and then what still comes. Raises what broke it."""
        self._handed = True
        while self.parts or not self.over:
            if self.parts:
                yield self.parts.popleft()
            elif self._task is not None:
                await asyncio.wait({self._task})
        if self._task is not None:
            self._task.result()
        if not self.ended and (chunks := self.answer().chunks) is not None:
            async for chunk in chunks:
                yield chunk

    async def close(self) -> None:
        """End the call wherever it is, and let go of its connection."""
        if self._task is None:
            return
        if not self._task.cancelling():  # a second time would break off what closes it
            self._task.cancel()
        await asyncio.wait({self._task})
        if self.reply is not None:
            # What breaks while it is closed was given up already.
            await contained(self.reply.close())
        if not self._task.cancelled():
            # Looked at, so that it is not reported as one that nobody heard of.
            self._task.exception()

    async def _read(self, asking: Coroutine[Any, Any, Reply]) -> None:
        self.reply = reply = await asking
        if reply.chunks is None:
            return self._judge(reply, reply.body, reply)
        last = LastResponse() if self.request.format is RESPONSES else None
        if last is not None:
            reply.chunks = await begun(last.watch(reply.chunks))
        self.begun = True
        self.changed.set()
        async for chunk in reply.chunks:
            self.parts.append(chunk)
            self._size += len(chunk)
            self.long = self._size > MOST_SEEN
            if self._handed or self.long:
                return
        self.ended = True
        seen = Reply(reply.status, body=last.found) if last else replace(reply, chunks=None, seen=list(self.parts))
        self._judge(reply, b"".join(self.parts), seen)

    def _judge(self, reply: Reply, whole: bytes, seen: Reply) -> None:
        """Whether it is complete, and what it says and costs."""
        asked, said = _ASKED.findall(whole), _SAID.findall(whole)
        self.spent = (int(asked[-1]) if asked else 0, int(said[-1]) if said else 0)
        if reply.ok and reply.complete:
            self.text = seen.text(self.request.format).strip()
            self.complete = self.place == 0 or (bool(self.text) and not _CUT.search(whole))
