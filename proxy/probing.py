"""Servers that answer the Responses API in a way of their own: without state, or perhaps not at all."""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec

from adapters.envelope import UNSAID_404
from adapters.ports import Backend, ChatRequest, NotKept, Reply
from adapters.ports.formats.base import decoded_or

LACKING = frozenset({404, 405, 501})
"""What a server says that lacks an endpoint; it may get it by an update, so this is believed for `BELIEVED` seconds."""
BELIEVED = 600.0
_OF_ROUTES = re.compile(r"\b(?:url|endpoint|route|path|method)|unknown_url|/responses\b", re.IGNORECASE)


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
    """What is known of a server's endpoint; one that answered has it, whatever a single request comes to."""

    def __init__(self) -> None:
        self._lacks_until = self._has_until = 0.0

    def __bool__(self) -> bool:
        return self._lacks_until > time.monotonic()

    @property
    def proven(self) -> bool:
        """Whether it answered lately."""
        return self._has_until > time.monotonic()

    def found(self, there: bool) -> None:
        """It was just found to be there, or not."""
        self._lacks_until, self._has_until = (0.0, _later()) if there else (_later(), 0.0)


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
        if reply.ok:
            self.lacking.found(True)
        if self.lacking.proven or reply.status not in LACKING or not _lacks_route(reply):
            return reply
        other = await self.translated.complete(request)
        if other.ok:
            self.lacking.found(False)
        return other

    async def close(self) -> None:
        """Close both ways."""
        await self.native.close()
        await self.translated.close()


def _later() -> float:
    return time.monotonic() + BELIEVED


def _lacks_route(reply: Reply) -> bool:
    """Whether a refusal is about the URL, and not about a model or a file that the request names: says nothing, or
    speaks of it."""
    said = decoded_or(reply.body, dict[str, msgspec.Raw], {})
    error: dict[str, Any] = decoded_or(bytes(said.get("error", b"{}")), dict[str, Any], {})
    words = f"{error.get('code')} {error.get('message')}"
    return reply.status != 404 or error.get("message") == UNSAID_404 or _OF_ROUTES.search(words) is not None
