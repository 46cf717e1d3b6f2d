"""What an answer cites, told in the answer itself where its API has a place for it: `annotations`.

Chat Completions have `url_citation`s in a message; in a stream they come in a chunk of their own before the last one.
Responses have annotations in the parts of messages; in a stream they stand in the events that repeat a whole part, so
that no event is added and none gets another number. All other bytes stay as they came, nothing is held back, and an
answer that is in any way not as expected stays as it is. Messages are left alone: Anthropic's citations point into
documents that the client sent along.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from adapters.ports import CHAT, RESPONSES, ChatRequest, Reply
from adapters.ports.events import GAP, all_data, data_of
from adapters.ports.formats.base import decoded_or
from policies.base import Exchange
from policies.citing import Citation, Sources, cited

LONGEST_EVENT = 256 * 1024
"""Bytes of one event of a stream of Chat Completions beyond which nothing is told any more."""
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"')
_ANNOTATED = re.compile(rb'"annotations"\s*:\s*\[')
# OpenAI's servers say in the first chunk that there is no refusal; strict ones that refuse what they do not know (Groq:
# "property 'annotations' is unsupported", once a client sends the message back) know of neither.
_KNOWS = re.compile(rb'"refusal"\s*:')
_TEXT = ("text", None)
_ENDED = ("stop", "length")
_WHOLE = (b'"response.content_part.done"', b'"response.output_item.done"', b'"response.completed"')
_HEAD = ("id", "object", "created", "model", "service_tier", "system_fingerprint")


class _Message(msgspec.Struct):
    content: str
    tool_calls: Any = None
    function_call: Any = None
    refusal: Any = None
    audio: Any = None
    annotations: Raw | UnsetType = UNSET


class _Choice(msgspec.Struct):
    message: Raw


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class _Last(msgspec.Struct):
    index: int
    finish_reason: str


class _Part(msgspec.Struct):
    type: str
    text: str
    annotations: Raw


class _Item(msgspec.Struct):
    type: str
    content: list[Raw] | None = None


class _Response(msgspec.Struct):
    status: str = ""
    output: list[_Item] = []


class _Event(msgspec.Struct):
    part: Raw = Raw(b"")
    item: _Item | None = None
    response: _Response | None = None


@dataclass(frozen=True, slots=True)
class Annotations:
    """Tells in the answers to a request what they cite of `sources`."""

    request: ChatRequest
    sources: Sources

    @classmethod
    def of(cls, exchange: Exchange) -> Annotations | None:
        """What annotates the answer of an exchange; None where it may not be touched."""
        sources, request = exchange.sources, exchange.received
        if sources is None or sources.attach == "receipt" or request.format not in (CHAT, RESPONSES):
            return None
        return cls(request, sources) if _free(request) else None

    def whole(self, body: bytes) -> bytes:
        """A whole answer."""
        return self._message(body) if self.request.format is CHAT else self._response(body)

    def event(self, event: bytes) -> bytes:
        """An event of a stream of the Responses API, without the empty line behind it."""
        if not any(kind in event for kind in _WHOLE):
            return event
        found = decoded_or(data_of(event), _Event, _Event())
        parts = [found.part]
        for item in (found.item, *(found.response.output if found.response else ())):
            parts += _parts(item)
        return self._with_parts(event, parts)

    async def watch(self, reply: Reply, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """A stream of Chat Completions, to be closed like `chunks`; the first chunk is empty, so that what never ran
        can be closed, too. `reply` keeps what has left."""
        place = _Place()
        async with aclosing(chunks):
            yield b""
            async for chunk in chunks:
                found = None if place.over else place.find(chunk)
                if found is None:
                    yield chunk
                    continue
                event, cut, end = found
                made = self._chunk(event, [*reply.seen, chunk[:end]]) if reply.room > 0 else b""
                yield chunk[:cut] + made + chunk[cut:]

    def _message(self, body: bytes) -> bytes:
        choices = decoded_or(body, _Completion, _Completion([])).choices
        raw = bytes(choices[0].message) if len(choices) == 1 else b""
        said = decoded_or(raw, _Message | None, None)
        if said is None or said.tool_calls or said.function_call or said.refusal or said.audio:
            return body
        if said.annotations is UNSET and self.sources.attach != "always":
            return body
        found = [_chat(each) for each in self._cited(said.content)]
        return _spliced(body, raw, _longer(raw, said.annotations, found))

    def _chunk(self, event: bytes, seen: list[bytes]) -> bytes:
        """The chunk that goes beside the last one of a stream, as its event."""
        fields = decoded_or(data_of(event), dict[str, Raw], {})
        last = decoded_or(bytes(fields.get("choices", b"")), list[_Last], [])
        if len(last) != 1 or last[0].index or last[0].finish_reason not in _ENDED:
            return b""
        whole = b"".join(seen)
        # The official client cannot put two lists of annotations together.
        if _ANNOTATED.search(whole) or not (_KNOWS.search(whole) or self.sources.attach == "always"):
            return b""
        found = [_chat(each) for each in self._cited(self.request.format.streamed(all_data([whole])))]
        if not found:
            return b""
        head: dict[str, Any] = {name: fields[name] for name in _HEAD if name in fields}
        head["choices"] = [{"index": 0, "delta": {"annotations": found}, "logprobs": None, "finish_reason": None}]
        if bytes(fields.get("usage", b"")) == b"null":
            head["usage"] = None
        return b"data: " + msgspec.json.encode(head) + b"\n\n"

    def _response(self, body: bytes) -> bytes:
        response = decoded_or(body, _Response, _Response())
        if response.status != "completed":
            return body
        return self._with_parts(body, [part for item in response.output for part in _parts(item)])

    def _with_parts(self, data: bytes, parts: list[Raw]) -> bytes:
        for part in parts:
            said = decoded_or(bytes(part), _Part | None, None)
            if said is not None and said.type == "output_text":
                found = [_part(each) for each in self._cited(said.text)]
                data = _spliced(data, bytes(part), _longer(bytes(part), said.annotations, found))
        return data

    def _cited(self, text: str) -> tuple[Citation, ...]:
        return cited(text, self.sources.known).citations


class _Place:
    """Looks for the event with the finish reason in the chunks of a stream, however they are cut."""

    def __init__(self) -> None:
        self.over = False
        self._open = b""

    def find(self, chunk: bytes) -> tuple[bytes, int, int] | None:
        """The event, where in the chunk another one can stand beside it, and where it ends; None where it has not come
        to its end. The other one goes before it, or behind it where a part of it has left already."""
        if not self._open and chunk.endswith(b"\n\n") and not _FINISH.search(chunk):
            return None
        gone = len(self._open)
        data, start = self._open + chunk, 0
        for gap in GAP.finditer(data):
            event = data[start : gap.start()]
            if _FINISH.search(event):
                self.over = True
                end = gap.end() - gone
                return event, start - gone if start >= gone else end, end
            start = gap.end()
        self._open = data[start:]
        self.over = len(self._open) > LONGEST_EVENT
        return None


def _free(request: ChatRequest) -> bool:
    """Whether the client asked for one text, and for nothing that is read by programs."""
    told = request.get("response_format") if request.format is CHAT else request.get("text")
    if request.format is RESPONSES and isinstance(told, dict):
        told = told.get("format")
    kind = told.get("type") if isinstance(told, dict) else told
    return kind in _TEXT and request.get("n") in (None, 1) and not request.get("logprobs")


def _parts(item: _Item | None) -> Iterator[Raw]:
    return iter(item.content or () if item is not None and item.type == "message" else ())


def _chat(each: Citation) -> dict[str, Any]:
    where = {"start_index": each.start, "end_index": each.end, "title": each.source.title, "url": each.source.url}
    return {"type": "url_citation", "url_citation": where}


def _part(each: Citation) -> dict[str, Any]:
    """A page is one; anything else is a file, of which `index` says where in the text it is cited, as OpenAI does."""
    source = each.source
    if source.url.startswith(("http://", "https://")):
        return {"type": "url_citation", "start_index": each.start, "end_index": each.end, "title": source.title,
                "url": source.url}
    return {"type": "file_citation", "index": each.start, "file_id": source.id, "filename": source.label}


def _longer(holder: bytes, listed: Raw | UnsetType, found: list[dict[str, Any]]) -> bytes:
    """An object with more in its `annotations`; the same object where that cannot be done."""
    made = msgspec.json.encode(found)
    if not found:
        return holder
    if listed is UNSET:
        return holder.rstrip()[:-1].rstrip() + b',"annotations":' + made + b"}"
    value = bytes(listed)
    place = list(re.finditer(rb'"annotations"\s*:\s*' + re.escape(value), holder))
    if len(place) != 1 or not (value == b"null" or value.startswith(b"[")):
        return holder
    head = value[:-1].rstrip()
    more = made if value == b"null" or head == b"[" else head + b"," + made[1:]
    start, end = place[0].end() - len(value), place[0].end()
    return holder[:start] + more + holder[end:]


def _spliced(data: bytes, old: bytes, new: bytes) -> bytes:
    """The bytes with a piece of them exchanged, if it is there once."""
    return data.replace(old, new) if old != new and data.count(old) == 1 else data
