"""Formats that a backend does not speak, over the chat completions that it does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, cast

import msgspec

from adapters.envelope import failure, message_of
from adapters.ports import MESSAGES, Backend, ChatRequest, Reply, Unavailable
from adapters.translated.events import framed, payloads
from adapters.translated.messages import MessageAnswer
from adapters.translated.requests import as_chat
from adapters.translated.responses import ResponseAnswer

__all__ = ["Translated"]

Answer = ResponseAnswer | MessageAnswer
_FRAMING = ("content-type",)


class Translated:
    """The port `Backend` for Responses and Messages, over a backend of chat completions.

    `hosted` says that the backend is litellm's, which knows what providers offer beside tools of the client's.
    """

    def __init__(self, chat: Backend, hosted: bool) -> None:
        self.chat = chat
        self.hosted = hosted

    async def complete(self, request: ChatRequest) -> Reply:
        """Ask as a chat, and answer in the format of the request. Raises MalformedRequest, and what the chat does."""
        reply = await self.chat.complete(await as_chat(request, self.hosted))
        if not reply.ok:
            return await _failed(request, reply)
        headers = tuple(item for item in reply.headers if item[0] not in _FRAMING)
        answer = (MessageAnswer if request.format is MESSAGES else ResponseAnswer)(request)
        if reply.chunks is None:
            body = _whole(answer, reply.body)
            return Reply(reply.status, (*headers, ("content-type", "application/json")), body, complete=True)
        made = Reply(reply.status, (*headers, ("content-type", "text/event-stream; charset=utf-8")))
        made.chunks = _events(answer, reply, made)
        return made

    async def close(self) -> None:
        """Close what carries the chat."""
        await self.chat.close()


async def _failed(request: ChatRequest, reply: Reply) -> Reply:
    """A backend's error, in the envelope of the request's format."""
    if reply.chunks is not None:
        await cast("AsyncGenerator[bytes]", reply.chunks).aclose()
    return failure(reply.status, reply.headers, reply.body, format=request.format)


def _whole(answer: Answer, body: bytes) -> bytes:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
        for _ in (*answer.take(said), *answer.finish()):
            pass
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, AttributeError, TypeError) as error:
        raise Unavailable("The backend's answer makes no sense.") from error
    return msgspec.json.encode(answer.value)


async def _events(answer: Answer, reply: Reply, made: Reply) -> AsyncGenerator[bytes]:
    """The events of the answer. What the chat did not finish gets no end, whoever reads this has to tell."""
    async with aclosing(cast("AsyncGenerator[bytes]", reply.chunks)) as chunks:
        yield _frames(answer.start())
        async for chunk in payloads(chunks):
            if chunk.get("error"):
                raise Unavailable(message_of(chunk, "The backend failed in the middle of its answer."))
            events = _frames(answer.take(chunk))
            if events:
                yield events
        if not reply.complete:
            raise Unavailable("The backend cut the answer off.")
        made.complete = True
        yield _frames(answer.finish())


def _frames(events: Iterator[dict[str, Any]]) -> bytes:
    try:
        return b"".join(map(framed, events))
    except (AttributeError, TypeError) as error:
        raise Unavailable("The backend's stream makes no sense.") from error

