"""What an answer cites, told in the answer itself where its API has a place for it: `annotations`.

Chat Completions have `url_citation`s in a message; in a stream they come in a chunk of their own before the last one.
Responses have annotations in the parts of messages; in a stream they stand in the events that repeat a whole part, so
that no event is added and none gets another number. All other bytes stay as they came, nothing is held back, and an
answer that is in any way not as expected stays as it is. Plain or in a stream, what was cut short (`length`,
`incomplete`) is told of like what was not; what was filtered, is very long or cites very often is left alone. So are
Messages: Anthropic's citations point into documents that the client sent along.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from adapters.ports import CHAT, RESPONSES, ChatRequest, Reply
from adapters.ports.events import GAP, all_data, data_of
from adapters.ports.formats.base import decoded_or
from policies.base import Exchange
from policies.citing import LONGEST, MOST, Citation, Sources, cited
from proxy.splicing import ENDED, event_parts, exchanged, longer, messages, response_parts

LONGEST_EVENT = 256 * 1024
"""Bytes of one event of a stream of Chat Completions beyond which nothing is told any more."""
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"')
_ANNOTATED = re.compile(rb'"annotations"\s*:\s*\[')
# OpenAI's servers say in the first chunk that there is no refusal; strict ones that refuse what they do not know (Groq:
# "property 'annotations' is unsupported", once a client sends the message back) know of neither.
_KNOWS = re.compile(rb'"refusal"\s*:')
_TEXT = ("text", None)
_WHOLE = re.compile(rb'"response\.(?:content_part\.done|output_item\.done|completed|incomplete)"')
_HEAD = ("id", "object", "created", "model", "service_tier", "system_fingerprint")


class _Message(msgspec.Struct):
    content: str
    tool_calls: Any = None
    function_call: Any = None
    refusal: Any = None
    audio: Any = None
    annotations: Raw | UnsetType = UNSET


class _Last(msgspec.Struct):
    index: int
    finish_reason: str


class _Part(msgspec.Struct):
    type: str
    text: str
    annotations: Raw


@dataclass(slots=True)
class Annotations:
    """Tells in the answer to a request what it cites of `sources`. `read` and `told` count characters and citations:
    all events of a kind together hold an answer once."""

    request: ChatRequest
    sources: Sources
    read: Counter[bytes] = field(default_factory=Counter)
    told: Counter[bytes] = field(default_factory=Counter)

    @classmethod
    def of(cls, exchange: Exchange) -> Annotations | None:
        """What annotates the answer of an exchange; None where it may not be touched."""
        sources, request = exchange.sources, exchange.received
        if sources is None or sources.attach == "receipt" or request.format not in (CHAT, RESPONSES):
            return None
        return cls(request, sources) if _free(request) else None

    def whole(self, body: bytes) -> bytes:
        """A whole answer."""
        if self.request.format is CHAT:
            return self._message(body)
        return self._with_parts(body, response_parts, b"")

    def event(self, event: bytes) -> bytes:
        """An event of a stream of the Responses API, without the empty line behind it."""
        kind = _WHOLE.search(event)
        return self._with_parts(event, event_parts, kind[0]) if kind else event

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
        found = messages(body)
        return exchanged(body, found, [self._with_citations(raw) for raw in found], messages)

    def _with_citations(self, raw: bytes) -> bytes:
        said = decoded_or(raw, _Message | None, None)
        if said is None or said.tool_calls or said.function_call or said.refusal or said.audio:
            return raw
        if said.annotations is UNSET and self.sources.attach != "always":
            return raw
        return longer(raw, said.annotations, [_chat(each) for each in self._cited(said.content)])

    def _chunk(self, event: bytes, seen: list[bytes]) -> bytes:
        """The chunk that goes beside the last one of a stream, as its event."""
        fields = decoded_or(data_of(event), dict[str, Raw], {})
        last = decoded_or(bytes(fields.get("choices", b"")), list[_Last], [])
        if len(last) != 1 or last[0].index or last[0].finish_reason not in ENDED:
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

    def _with_parts(self, data: bytes, read: Callable[[bytes], list[bytes]], kind: bytes) -> bytes:
        """An answer or event with what its parts cite, each on its own; as it was, where it is too much."""
        parts = read(data)
        texts = [decoded_or(part, _Part | None, None) for part in parts]
        found = [self._cited(said.text) if said and said.type == "output_text" else () for said in texts]
        self.read[kind] += sum(len(said.text) for said in texts if said)
        self.told[kind] += sum(map(len, found))
        if self.read[kind] > LONGEST or self.told[kind] > MOST:
            return data
        made = [
            longer(part, said.annotations, [_part(each) for each in citations]) if said else part
            for part, said, citations in zip(parts, texts, found, strict=True)
        ]
        return exchanged(data, parts, made, read)

    def _cited(self, text: str) -> tuple[Citation, ...]:
        return cited(text, self.sources.known).citations


class _Place:
    """Looks for the event with the finish reason in the chunks of a stream, however they are cut."""

    def __init__(self) -> None:
        self.over = False
        self._open = bytearray()

    def find(self, chunk: bytes) -> tuple[bytes, int, int] | None:
        """The event, where in the chunk another one can stand beside it, and where it ends; None where it has not come
        to its end. The other one goes before it, or behind it where a part of it has left already."""
        if not self._open and chunk.endswith(b"\n\n") and not _FINISH.search(chunk):
            return None
        gone, start = len(self._open), 0
        self._open += chunk
        # No byte is looked at twice, but for the last three.
        for gap in GAP.finditer(self._open, max(gone - 3, 0)):
            event = bytes(self._open[start : gap.start()])
            if _FINISH.search(event):
                self.over = True
                end = gap.end() - gone
                return event, start - gone if start >= gone else end, end
            start = gap.end()
        del self._open[:start]
        self.over = len(self._open) > LONGEST_EVENT
        return None


def _free(request: ChatRequest) -> bool:
    """Whether the client asked for one text, and for nothing that is read by programs."""
    told = request.get("response_format") if request.format is CHAT else request.get("text")
    if request.format is RESPONSES and isinstance(told, dict):
        told = told.get("format")
    kind = told.get("type") if isinstance(told, dict) else told
    return kind in _TEXT and request.get("n") in (None, 1) and not request.get("logprobs")


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
