"""A chat request as it travels: one view over the bytes of every wire format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats import CHAT, Fields, Format, Items, MalformedRequest, Turn
from adapters.ports.formats.base import UNDECODABLE, decoded_or, joined
from adapters.ports.formats.responses import as_items
from adapters.ports.text import Block

# Open WebUI asks for titles, tags and search queries through ordinary chat calls that open with this line.
_HOUSEKEEPING = re.compile(r"\s*#{1,3} Task:\s")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_fields = msgspec.json.Decoder(dict[str, Raw])


@dataclass(frozen=True, slots=True)
class Continued:
    """What of a conversation came before, where the client names an earlier response instead of sending it.

    Where it was put in front, `id` is that response's and the first `prior` items are the conversation up to it.
    Where only the backend keeps it, `turns` are the last turn and its answer, so that what is said now can be
    understood, and `marks` those of all turns up to it.
    """

    id: str | None = None
    prior: int = 0
    turns: tuple[Turn, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChatRequest:
    """Frozen view over a body. What nobody asks for is never decoded, and leaves as it came.

    `items` are the undecoded messages or input items. `headers` (lower-case names) and `query` are those of the client
    that the backend shall see. `own` are the fields and items as they were before anything was added.
    """

    fields: Fields
    items: Items
    original: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    format: Format = CHAT
    query: str = ""
    continued: Continued = Continued()
    own: tuple[Fields, Items] | None = None

    @classmethod
    def parse(cls, body: bytes, headers: tuple[tuple[str, str], ...] = (), format: Format = CHAT,
              query: str = "") -> ChatRequest:  # fmt: skip
        """Read a body. Raises MalformedRequest when it is no JSON object with a model and something to answer."""
        fields = read_fields(body)
        request = cls(fields, format.items(fields), body, headers, format, query)
        request.turns  # noqa: B018  malformed ones are told now, and whoever reads them later finds them here
        return request

    def get(self, name: str, default: Any = None) -> Any:
        """The decoded value of a top-level field, or the default where it is absent or no plain JSON."""
        raw = self.fields.get(name)
        return default if raw is None else decoded_or(raw, Any, default)

    @cached_property
    def model(self) -> str:
        return str(self.get("model", ""))

    @cached_property
    def stream(self) -> bool:
        return self.get("stream") is True

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Every turn with its text; parts that are no text (images, audio, files) read as nothing."""
        own, before = self._own, self.continued.turns
        lead = sum(turn.index < 0 for turn in own) if before else 0
        return (*own[:lead], *before, *own[lead:]) if before else own

    @cached_property
    def _own(self) -> tuple[Turn, ...]:
        return tuple(self.format.turns(self.fields, self.items))

    @cached_property
    def last_user(self) -> Turn | None:
        """The last turn of the person in this body, or None."""
        return next((turn for turn in reversed(self.turns) if turn.role == "user" and turn.index >= 0), None)

    @property
    def last_user_text(self) -> str:
        return self.last_user.text if self.last_user else ""

    @cached_property
    def opens(self) -> bool:
        """Whether this request starts a conversation: no assistant turn yet, and no state that a server keeps."""
        return self.format.opens(self.fields) and all(turn.role != "assistant" for turn in self.turns)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """A digest for each turn of the person, also those that only the backend keeps: of all that was said up to it.
        """
        found = list(self.continued.marks)
        running = blake2b("".join(found[-1:]).encode(), digest_size=16)
        for turn in self._own:
            for part in (turn.role, turn.text):
                data = part.encode("utf-8", "replace")
                running.update(len(data).to_bytes(8, "big") + data)
            if turn.role == "user":
                found.append(running.copy().hexdigest())
        return tuple(found)

    @cached_property
    def housekeeping(self) -> bool:
        """Whether a client asks on its own behalf (a title, tags, a search query) and not the person."""
        return _HOUSEKEEPING.match(self.last_user_text) is not None

    @property
    def size(self) -> int:
        """Bytes of all fields."""
        return sum(map(len, self.fields.values()))

    def with_context(self, block: Block, turn: int | None = None) -> ChatRequest:
        """The request with a block added; what the client wrote keeps its bytes as a prefix.

        A profile block goes behind the leading instructions, a front block behind the client's own ones, a tail block
        behind the text of the person's turn at position `turn`, the last one by default.
        """
        if block.place == "profile":
            return self._with(*self.format.profiled(self.fields, self.items, block.render()))
        if block.place == "front":
            own = self.own or (self.fields, self.items)
            return self._with(*self.format.fronted(self.fields, self.items, block.render(), own))
        target = turn if turn is not None else (self.last_user.index if self.last_user else None)
        return self if target is None else self.with_tails({target: block})

    def with_tails(self, blocks: Mapping[int, Block]) -> ChatRequest:
        """The request with blocks behind the texts of the turns at these positions."""
        texts = {place: block.render() for place, block in blocks.items()}
        return self._with(*self.format.tailed(self.fields, self.items, texts)) if texts else self

    def _with(self, fields: Fields, items: Items) -> ChatRequest:
        if fields is self.fields:
            return self
        return replace(self, fields=fields, items=items, original=None, own=self.own or (self.fields, self.items))

    def with_model(self, model: str) -> ChatRequest:
        """The request under another model name."""
        if model == self.model:
            return self
        return self._with({**self.fields, "model": Raw(msgspec.json.encode(model))}, self.items)

    def with_fields(self, extra: dict[str, Any]) -> ChatRequest:
        """The request with fields that the operator sets; what the client said itself stays."""
        added = {name: Raw(msgspec.json.encode(value)) for name, value in extra.items() if name not in self.fields}
        return self._with({**self.fields, **added}, self.items) if added else self

    def with_items(self, items: Items) -> ChatRequest:
        """The request with other items."""
        return self._with({**self.fields, self.format.field: joined(items)}, items)

    def continuing(self, id: str, prior: Items) -> ChatRequest:
        """The request with the items of a conversation in front, instead of the id of the response it goes on from."""
        items = (*prior, *as_items(self.items))
        fields = {name: raw for name, raw in self.fields.items() if name != "previous_response_id"}
        fields[self.format.field] = joined(items)
        return replace(self, fields=fields, items=items, original=None, continued=Continued(id, len(prior)))

    def without(self, *names: str) -> ChatRequest:
        """The request without some of its fields."""
        kept = {name: raw for name, raw in self.fields.items() if name not in names}
        return self._with(kept, self.items) if len(kept) < len(self.fields) else self

    def body(self) -> bytes:
        """The body to send: the client's own bytes where nothing changed."""
        return self.original if self.original is not None else msgspec.json.encode(self.fields)


def read_fields(body: bytes) -> Fields:
    """The undecoded fields of a body. Raises MalformedRequest when it is no JSON object with a model's name."""
    try:
        fields = _fields.decode(body)
    except UNDECODABLE as error:
        repaired = _paired(body)
        if repaired is None:
            message = "We could not parse the JSON body of your request: it must be one JSON object."
            raise MalformedRequest(message) from error
        fields = repaired
    if "model" not in fields:
        raise MalformedRequest("Missing required parameter: 'model'.", "model")
    try:
        msgspec.json.decode(fields["model"], type=str)
    except UNDECODABLE as error:
        raise MalformedRequest("Invalid type for 'model': expected a string.", "model") from error
    return fields


def _paired(body: bytes) -> Fields | None:
    """The fields of a body whose only fault are halves of surrogate pairs: what is left where a client cuts a text in
    the middle of a character. They are read as U+FFFD; the bytes still leave as they came where nothing is changed."""
    if not _SURROGATE.search(body):
        return None
    try:
        whole = json.loads(body, parse_constant=_refuse)
        text = json.dumps(whole, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return _fields.decode(text.encode())
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
