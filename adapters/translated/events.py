"""Server-sent events: payloads out of bytes as they arrive, and bytes out of payloads."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, cast

import msgspec

from adapters.envelope import MAX_EVENT
from adapters.ports import Unavailable

_GAP = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(rb"\r\n|\n|\r")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


async def payloads(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    """The JSON objects of a stream, in order; comments and `[DONE]` are none. Raises Unavailable for what is no JSON,
    or for an event that does not end."""
    held = b""
    async for chunk in chunks:
        held += chunk
        *whole, held = _GAP.split(held)
        for event in whole:
            for found in _payload(event):
                yield found
        if len(held) > MAX_EVENT:
            raise Unavailable("The backend's answer is too large.")
    for found in _payload(held):
        yield found


def _payload(event: bytes) -> Iterator[dict[str, Any]]:
    lines = (line for line in _LINE.split(event) if line.startswith(b"data:"))
    data = b"\n".join(line[5:].removeprefix(b" ") for line in lines)
    if not data or data.startswith(b"[DONE]"):
        return
    try:
        yield _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable("The backend's stream makes no sense.") from error


class LastResponse:
    """Watches a stream of the Responses API; `found` is the response of its last event, as JSON, once that passed."""

    def __init__(self) -> None:
        self.found = b""

    async def watch(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
        """The chunks as they are."""
        held = b""
        async with aclosing(cast("AsyncGenerator[bytes]", chunks)) as source:
            async for chunk in source:
                *whole, held = _GAP.split(held + chunk)
                for event in whole:
                    self._look(event)
                # Who sends events without end is stopped elsewhere.
                held = held if len(held) <= MAX_EVENT else b""
                yield chunk
        self._look(held)

    def _look(self, event: bytes) -> None:
        if b'"response.completed"' in event or b'"response.incomplete"' in event:
            with suppress(Unavailable, msgspec.DecodeError):
                for payload in _payload(event):
                    self.found = msgspec.json.encode(payload.get("response"))


def framed(payload: Mapping[str, Any]) -> bytes:
    """An event under the name of its type."""
    return b"event: %s\ndata: %s\n\n" % (payload["type"].encode(), msgspec.json.encode(payload))
