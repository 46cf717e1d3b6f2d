"""The end of a stream, format by format: what says that a backend finished, and what is said where it did not."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from adapters.ports import MESSAGES, RESPONSES, ChatRequest, Format
from adapters.ports.formats import COMPLETIONS

CODE = "backend_stream_error"
# A line break inside JSON text is escaped, and so are quotation marks: a model cannot write any of these itself.
_DONE = re.compile(rb"[\r\n]data: ?\[DONE\]([\r\n]*)")
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"[^"]')
_ERROR = re.compile(rb'[\r\n]data: ?\{\s*"error"\s*:\s*[{"]|"finish_reason"\s*:\s*"error"')
_EVENT_ERROR = re.compile(rb'[\r\n](event: ?error(?=[\r\n])|data: ?\{\s*"(?:type"\s*:\s*"error"|error"\s*:\s*[{"]))')
_NAMED = re.compile(rb"[\r\n]event: ?[^\r\n]")
_KINDS = {RESPONSES: (b"response.completed", b"response.incomplete", b"response.failed"), MESSAGES: (b"message_stop",)}
_ERROR_KIND = b"error"
_FAILED = (b"response.failed", _ERROR_KIND)
_GAP = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_NUMBERED = b'"sequence_number":'
# What a `[DONE]` still lacks of the empty line behind it. None of it is content.
_REST = {b"": b"\n\n", b"\n": b"\n", b"\r\n": b"\r\n", b"\r": b"\n\r\n", b"\r\n\r": b"\n"}
# Longer than any of the marks above, so that one split over two chunks is still seen.
_TAIL = 128


class Ending(Protocol):
    """Watches the bytes of a stream for its end, however they are cut; JSON is never decoded.

    `over` once the last event of the format is here, `done` where nothing may follow it, `failed` after an error event
    of the backend's, `complete` if nothing of the answer is missing.
    """

    over: bool
    done: bool
    failed: bool

    @property
    def complete(self) -> bool:
        """Whether the backend finished."""

    def see(self, chunk: bytes) -> bytes:
        """Take in a chunk; returns what of it may go on."""

    def cut(self, message: str) -> bytes:
        """The error event, set apart so that no half-sent line can swallow it."""


async def begun(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Chunks of which the first, an empty one, is taken: to close a generator that never ran lets go of nothing."""
    await anext(chunks)
    return chunks


def ending(request: ChatRequest) -> Ending:
    """What watches the answer to a request."""
    if request.format in (RESPONSES, MESSAGES):
        return EventEnding(request.format)
    return ChatEnding(awaited(request))


def awaited(request: ChatRequest) -> int:
    """How many choices a request asks for: `n`, for each of its prompts. So many finish reasons end its answer."""
    wanted, prompts = request.get("n"), request.get("prompt") if request.format is COMPLETIONS else None
    each = wanted if isinstance(wanted, int) and wanted > 1 else 1
    if not isinstance(prompts, list) or any(isinstance(prompt, int) for prompt in prompts):
        return each
    return each * max(len(prompts), 1)


class ChatEnding:
    """Chat Completions: `[DONE]`, behind which nothing goes on; a finish reason for each of `choices` is enough."""

    def __init__(self, choices: int = 1) -> None:
        self.over = self.done = self.failed = False
        self._missing = choices
        self._tail = b"\n"

    @property
    def complete(self) -> bool:
        return (self.done or self._missing <= 0) and not self.failed

    def see(self, chunk: bytes) -> bytes:
        """Take in a chunk; returns what of it may go on: all, or what is there up to the end of `[DONE]`."""
        if self.done:
            return b""
        held = len(self._tail)
        seen = self._tail + chunk
        end = _DONE.search(seen) if b"[DONE]" in seen else None
        if end:
            self.over = self.done = True
            seen = seen[: end.end()] + _REST.get(end[1], b"")
            chunk = seen[held:]
        # One that lies in the tail was counted with the chunk before.
        self._missing -= sum(found.end() > held for found in _FINISH.finditer(seen))
        self.failed = self.failed or (b'"error"' in seen and _ERROR.search(seen) is not None)
        self._tail = seen[-_TAIL:]
        return chunk

    def cut(self, message: str) -> bytes:
        """The error event of this format."""
        return _apart(self._tail, b"data: " + msgspec.json.encode({"error": _error(message)}) + b"\n\n")


class EventEnding:
    """Responses and Messages: a last event that has a type of its own; what still follows it is passed on."""

    done = False

    def __init__(self, format: Format) -> None:
        self.format = format
        self.over = self.failed = False
        self._kinds = _KINDS[format]
        self._named = self._begun = False
        self._tail = b"\n"
        self._events = 0

    @property
    def complete(self) -> bool:
        """Some servers leave out the empty line behind the last event."""
        return (self.over or (self._begun and self._tail.rstrip().endswith(b"}"))) and not self.failed

    def see(self, chunk: bytes) -> bytes:
        """Take in a chunk; all of it may go on."""
        seen = self._tail + chunk
        if self.format is RESPONSES:
            self._events += (self._tail[1 - len(_NUMBERED) :] + chunk).count(_NUMBERED)
        if not self.over:
            self._look(seen)
        self._tail = seen[-_TAIL:]
        return chunk

    def _look(self, seen: bytes) -> None:
        place = len(self._tail) - 3 if self._begun else -1
        self._named = self._named or _NAMED.search(seen) is not None
        if not self._begun and (found := self._ends(seen)):
            # A response that failed is finished, and so is a stream that says that it is broken.
            self._begun, self.failed, place = True, found[0] in _FAILED, found[1]
        self.over = self._begun and _GAP.search(seen, max(place, 0)) is not None

    def _ends(self, seen: bytes) -> tuple[bytes, int] | None:
        """The type of the last event, and where its beginning ends. Where events have names, it is looked for only
        there: a backend repeats what clients wrote, and that may hold such a type, too."""
        for kind in (*self._kinds, _ERROR_KIND):
            if kind in seen:
                pattern = _EVENT_ERROR if kind == _ERROR_KIND else _last(kind, self._named)
                if found := pattern.search(seen):
                    return kind, found.end()
        return None

    def cut(self, message: str) -> bytes:
        """The error event of this format."""
        return _apart(self._tail, error_event(self.format, _error(message), self._events))


def error_event(format: Format, error: dict[str, Any], number: int = 0) -> bytes:
    """An error of ours as the event of a stream; `number` is how many events came before it.

    For Responses it is both what the specification says and what makes the official clients raise: they take an event
    for an error by its key `error`.
    """
    body: dict[str, Any] = {"error": error}
    if format is RESPONSES:
        said = {name: error[name] for name in ("code", "message", "param")}
        body = {"type": "error", **said, "sequence_number": number, **body}
    elif format is MESSAGES:
        body = {"type": "error", "error": {**error, "type": "api_error"}}
    else:
        return b"data: " + msgspec.json.encode(body) + b"\n\n"
    return b"event: error\ndata: " + msgspec.json.encode(body) + b"\n\n"


@lru_cache
def _last(kind: bytes, named: bool) -> re.Pattern[bytes]:
    """What an event of a type begins with; where events have no names, their keys may come in any order."""
    typed = rb'"type"\s*:\s*"%s"' % re.escape(kind)
    if not named:
        return re.compile(typed)
    numbered = rb'(?:"sequence_number"\s*:\s*\d+\s*,\s*)?'
    return re.compile(rb"[\r\n](?:event: ?%s(?=[\r\n])|data: ?\{\s*%s%s)" % (re.escape(kind), numbered, typed))


def _error(message: str) -> dict[str, Any]:
    return {"message": message, "type": "server_error", "param": None, "code": CODE}


def _apart(tail: bytes, event: bytes) -> bytes:
    apart = tail == b"\n" or tail.endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))
    return event if apart else b"\n\n" + event
