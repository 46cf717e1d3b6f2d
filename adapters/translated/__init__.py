"""Formats that a backend does not speak, over the chat completions that it does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import msgspec

from adapters.ending import begun, error_event
from adapters.envelope import error_of, failure
from adapters.ports import MESSAGES, Backend, ChatRequest, Reply, Unavailable
from adapters.ports.formats.base import UNDECODABLE
from adapters.sse import framed, payloads
from adapters.translated.messages import MessageAnswer
from adapters.translated.requests import as_chat
from adapters.translated.responses import ResponseAnswer

__all__ = ["Translated"]

Answer = ResponseAnswer | MessageAnswer
_BROKEN = "The backend failed in the middle of its answer."
# What shapes that nobody foresaw end in.
_NONSENSE = (AttributeError, TypeError, LookupError, ValueError)


class Translated:
    """The port `Backend` for Responses and Messages, over a backend of chat completions.

    `hosted` says that the backend is litellm's, which knows what providers offer beside tools of the client's; `model`
    is the backend's own name of the model.
    """

    def __init__(self, chat: Backend, hosted: bool, model: str) -> None:
        self.chat = chat
        self.hosted = hosted
        self.model = model

    async def complete(self, request: ChatRequest) -> Reply:
        """Ask as a chat, and answer in the format of the request. Raises MalformedRequest, and what the chat does."""
        reply = await self.chat.complete(await as_chat(request, self.hosted, self.model))
        if not reply.ok:
            return await _failed(request, reply)
        headers = tuple(item for item in reply.headers if item[0] != "content-type")
        answer = (MessageAnswer if request.format is MESSAGES else ResponseAnswer)(request)
        if reply.chunks is None:
            body = _whole(answer, reply.body)
            return Reply(reply.status, (*headers, ("content-type", "application/json")), body, complete=True)
        made = Reply(reply.status, (*headers, ("content-type", "text/event-stream; charset=utf-8")))
        made.chunks = await begun(_events(request, answer, reply, reply.chunks, made))
        return made

    async def close(self) -> None:
        """Close what carries the chat."""
        await self.chat.close()


async def _failed(request: ChatRequest, reply: Reply) -> Reply:
    """A backend's error, in the envelope of the request's format."""
    await reply.close()
    return failure(reply.status, reply.headers, reply.body, format=request.format)


def _whole(answer: Answer, body: bytes) -> bytes:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
        _checked(said)
        for _ in (*answer.take(said), *answer.finish()):
            pass
    except (*UNDECODABLE, *_NONSENSE) as error:
        raise Unavailable("The backend's answer makes no sense.") from error
    return msgspec.json.encode(answer.value)


def _checked(said: dict[str, Any]) -> None:
    """Some servers say with a status of success that they failed. Raises Unavailable."""
    choices = said.get("choices")
    if said.get("error") or not choices or any(choice.get("finish_reason") == "error" for choice in choices):
        raise Unavailable("The backend answered with an error.")


async def _events(request: ChatRequest, answer: Answer, reply: Reply, chunks: AsyncGenerator[bytes],
                  made: Reply) -> AsyncGenerator[bytes]:  # fmt: skip
    """The events of the answer. What the chat did not finish gets no end: whoever reads this has to tell. An error of
    the backend's own is told here, and is the last event."""
    async with aclosing(chunks), aclosing(payloads(chunks)) as said:
        yield b""
        yield _frames(answer.start())
        async for chunk in said:
            if chunk.get("error"):
                yield error_event(request.format, error_of(chunk, _BROKEN), answer.number)
                return
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
    except _NONSENSE as error:
        raise Unavailable("The backend's stream makes no sense.") from error
