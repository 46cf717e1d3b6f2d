"""Sends an answer, whole or as server-sent events, at the pace and with the fault that a behaviour asks for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tests.fakes.behaviour import Behaviour
from tests.fakes.framing import packed
from tests.fakes.http import Connection, Request

_BREAKS = ("cut", "short", "reset", "stall")
# Cuts inside: a character of several bytes, the closing event, a field's name, the empty line that ends an event.
_CUTS = re.compile(
    rb"[\xc2-\xf4](?=[\x80-\xbf])|\[DO(?=NE\])|\bresponse\.comp(?=leted)|\b(?:da(?=ta: )|ev(?=ent: ))|\n(?=\n)"
)
_GAP = 0.001
_SOUND = b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\n"
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1><pre>%s</pre></body></html>\n"


class Talk(NamedTuple):
    """An answer made ready: whole, and as framed events, the last of which closes the stream. `trouble` is the
    provider's error event; `sent` is called at the end, even of a broken answer, but not where that event was sent or
    the client left."""

    whole: Mapping[str, Any]
    events: Iterable[bytes]
    trouble: bytes
    sent: Callable[[], None] = lambda: None


async def talk(connection: Connection, request: Request, made: Talk, streamed: bool, plan: Behaviour) -> None:
    """Send an answer in the way that the client asked for."""
    if streamed:
        await stream(connection, request, [*made.events], made.trouble, plan)
    else:
        await send(connection, request, packed(made.whole), plan)
    if not (streamed and plan.fault == "errorevent"):
        made.sent()


async def refuse(connection: Connection, request: Request, plan: Behaviour) -> bool:
    """Act out a fault that comes before any answer; False where there is none and an answer is due."""
    if plan.fault == "hang":
        await asyncio.Event().wait()
    if plan.fault == "html502":
        connection.send(request, 502, _PAGE % request.head, kind=b"text/html; charset=utf-8")
        return True
    if plan.fault == "page":
        hint = b"retry-after: 7\r\n"
        connection.send(request, plan.after, _PAGE % request.head, hint, kind=b"text/html; charset=utf-8")
        return True
    return False


async def send(connection: Connection, request: Request, body: bytes, plan: Behaviour) -> None:
    """A whole answer: in good order, in pieces, or broken off half-way."""
    half = len(body) // 2
    if plan.fault == "short":
        connection.send(request, 200, body[:half])
    elif plan.fault in _BREAKS:
        connection.open_body(request, len(body))
        connection.write(body[:half])
        await _break_off(connection, plan.fault)
    elif plan.fault == "split":
        connection.open_body(request, len(body))
        for number, piece in enumerate(_pieces(body)):
            if number:
                await asyncio.sleep(_GAP)
            connection.write(piece)
    else:
        connection.send(request, 200, body)


async def stream(
    connection: Connection, request: Request, events: Sequence[bytes], trouble: bytes, plan: Behaviour
) -> None:
    """Framed events, the last of which closes the stream; `trouble` is the provider's error event."""
    connection.open_stream(request)
    if plan.fault == "split":
        events = _pieces(b": ping\n\n" + b": ping\n\n".join(events))
    elif plan.fault == "nodone":
        events = events[:-1]
    elif plan.fault == "errorevent":
        events = [*events[: plan.after], trouble]
    await _parts(connection, events, plan, _GAP if plan.fault == "split" else plan.delay)


async def binary(connection: Connection, request: Request, parts: Sequence[bytes], plan: Behaviour) -> None:
    """Sound, in chunks; the faults of a stream of events that need events do not come about."""
    connection.open_stream(request, _SOUND)
    await _parts(connection, parts, plan, plan.delay)


async def _parts(connection: Connection, parts: Sequence[bytes], plan: Behaviour, gap: float) -> None:
    for number, part in enumerate(parts):
        if number == plan.after and plan.fault in _BREAKS:
            await _break_off(connection, plan.fault)
            return
        if number:
            await asyncio.sleep(gap)
        connection.part(part)
    if plan.fault in _BREAKS and plan.after >= len(parts):
        await _break_off(connection, plan.fault)
    else:
        connection.end_stream()


async def _break_off(connection: Connection, fault: str) -> None:
    if fault == "stall":
        await asyncio.Event().wait()
    elif fault == "short":
        connection.end_stream()
    else:
        await asyncio.sleep(0.01)  # a reset overtakes bytes that are still on their way
        connection.close(reset=fault == "reset")


def _pieces(data: bytes) -> list[bytes]:
    edges = [0, *(found.end() for found in _CUTS.finditer(data)), len(data)]
    return [data[start:end] for start, end in pairwise(edges) if end > start]
