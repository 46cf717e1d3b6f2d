"""Server-sent events: payloads out of bytes as they arrive, and bytes out of payloads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import msgspec

from adapters.envelope import MAX_ANSWER, MAX_EVENT
from adapters.ports import Unavailable
from adapters.ports.events import Events, data_of

T = TypeVar("T")
_LAST = (b'"response.completed"', b'"response.incomplete"')
_decode = msgspec.json.Decoder(dict[str, Any])
_shallow = msgspec.json.Decoder(dict[str, msgspec.Raw])


async def payloads(chunks: AsyncIterator[bytes]) -> AsyncGenerator[dict[str, Any]]:
    """The JSON objects of a stream, in order; comments and `[DONE]` are none. Raises Unavailable for what is no JSON,
    or for an event that does not end."""
    events = Events()
    async for chunk in chunks:
        for event in events.feed(chunk):
            for found in _payload(event, _decode):
                yield found
        if len(events.held) > MAX_EVENT:
            raise Unavailable("The backend's answer is too large.")
    for found in _payload(events.rest(), _decode):
        yield found


def _payload(event: bytes, decoder: msgspec.json.Decoder[T]) -> Iterator[T]:
    data = data_of(event)
    if not data:
        return
    try:
        yield decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable("The backend's stream makes no sense.") from error


class LastResponse:
    """A stream of the Responses API; `found` is the response of its last event, as JSON, once that passed.

    Its bytes pass as they are, or event by event, without the empty line behind each, through `mend`.
    """

    def __init__(self, mend: Callable[[bytes], bytes] | None = None) -> None:
        self.found = b""
        self.mend = mend

    async def watch(self, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The chunks, to be closed like these; the first is empty, so that what never ran can be closed, too. Raises
        Unavailable for an event without end in which something must be looked for."""
        events = Events()
        async with aclosing(chunks):
            yield b""
            async for chunk in chunks:
                found = [self._passed(event) for event in events.feed(chunk)]
                if len(events.held) > (MAX_ANSWER if self.mend else MAX_EVENT):
                    if self.mend:
                        raise Unavailable("The backend's answer is too large.")
                    events.rest()
                yield b"".join(event + b"\n\n" for event in found) if self.mend else chunk
            rest = self._passed(events.rest())
            if self.mend and rest:
                yield rest

    def _passed(self, event: bytes) -> bytes:
        event = self.mend(event) if self.mend else event
        self._look(event)
        return event

    def _look(self, event: bytes) -> None:
        if b'"response.completed"' in event or b'"response.incomplete"' in event:
            with suppress(Unavailable):
                for payload in _payload(event, _shallow):
                    if bytes(payload.get("type", b"")).strip() in _LAST:
                        self.found = bytes(payload.get("response", b""))


def framed(payload: Mapping[str, Any]) -> bytes:
    """An event under the name of its type."""
    return b"event: %s\ndata: %s\n\n" % (payload["type"].encode(), msgspec.json.encode(payload))
