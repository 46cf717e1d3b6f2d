"""Servers that answer the Responses API in a way of their own: without state, or perhaps not at all."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from adapters.envelope import UNSAID_404
from adapters.ports import Backend, ChatRequest, NotKept, Reply
from adapters.ports.formats.base import decoded_or

LACKING = frozenset({404, 405, 501})
"""What a server says that lacks an endpoint; it may get it by an update, so this is believed for `BELIEVED` seconds."""
BELIEVED = 600.0


class Stateless:
    """A server that has the endpoint and keeps no responses: one that is not kept here is nowhere."""

    def __init__(self, native: Backend) -> None:
        self.native = native

    async def complete(self, request: ChatRequest) -> Reply:
        """The server's answer. Raises NotKept for a request that names an earlier response."""
        previous = request.get("previous_response_id")
        if isinstance(previous, str):
            raise NotKept(previous)
        return await self.native.complete(request)

    async def close(self) -> None:
        """Close what carries the requests."""
        await self.native.close()


class Lacking:
    """Until when a server is believed to lack the endpoint, in seconds of the monotonic clock."""

    until = 0.0

    def __bool__(self) -> bool:
        return self.until > time.monotonic()

    def found(self) -> None:
        """It was just found to lack it."""
        self.until = time.monotonic() + BELIEVED


class Probing:
    """Asks a server for a response, and where it has no such endpoint, for a chat: then for a while nothing else."""

    def __init__(self, lacking: Lacking, native: Backend, translated: Backend) -> None:
        self.lacking = lacking
        self.native = native
        self.translated = translated

    async def complete(self, request: ChatRequest) -> Reply:
        """The answer, by whichever way the server has."""
        if self.lacking:
            return await self.translated.complete(request)
        reply = await self.native.complete(request)
        if reply.status not in LACKING or _names_model(reply):
            return reply
        other = await self.translated.complete(request)
        if other.ok:
            self.lacking.found()
        return other

    async def close(self) -> None:
        """Close both ways."""
        await self.native.close()
        await self.translated.close()


def _names_model(reply: Reply) -> bool:
    """Whether a 404 says that the model is unknown, and not the URL."""
    said = decoded_or(reply.body, dict[str, msgspec.Raw], {})
    error: dict[str, Any] = decoded_or(said.get("error", b"{}"), dict[str, Any], {})
    if error.get("message") == UNSAID_404:
        return False
    return "model" in f"{error.get('code')} {error.get('message')}".lower()
