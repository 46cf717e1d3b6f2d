"""A chat as it travels: the request as a view over its own bytes, the reply, and the port to a backend."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import msgspec
from msgspec import Raw

from adapters.ports.text import Block

_INSTRUCTING = ("system", "developer")
# Open WebUI asks for titles, tags and search queries through ordinary chat calls that open with this line.
_HOUSEKEEPING = re.compile(r"\s*#{1,3} Task:\s")


class MalformedRequest(Exception):
    """The client's body cannot be a chat request. `param` names the field, the message what would have been right."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation: its role, its text parts joined, and its position in the body."""

    role: str
    text: str
    index: int


class _Message(msgspec.Struct):
    role: Any = ""
    content: Any = None


_fields = msgspec.json.Decoder(dict[str, Raw])
_raws = msgspec.json.Decoder(list[Raw])
_message = msgspec.json.Decoder(_Message)


@dataclass(frozen=True)
class ChatRequest:
    """Frozen view over a Chat Completions body. What nobody asks for is never decoded, and leaves as it came.

    `headers` are those of the client that the backend shall see, lower-case names.
    """

    fields: dict[str, Raw]
    messages: tuple[Raw, ...]
    original: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> ChatRequest:
        """Read a body. Raises MalformedRequest when it is no JSON object with `model` and `messages`."""
        try:
            fields = _fields.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedRequest("We could not parse the JSON body of your request: it must be one JSON object.") \
                from error
        return cls(fields, cls._check(fields), body, headers)

    @staticmethod
    def _check(fields: dict[str, Raw]) -> tuple[Raw, ...]:
        for name in ("model", "messages"):
            if name not in fields:
                raise MalformedRequest(f"Missing required parameter: '{name}'.", name)
        try:
            msgspec.json.decode(fields["model"], type=str)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedRequest("Invalid type for 'model': expected a string.", "model") from error
        try:
            messages = tuple(_raws.decode(fields["messages"]))
            for raw in messages:
                _message.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedRequest("Invalid type for 'messages': expected an array of objects.", "messages") from error
        if not messages:
            raise MalformedRequest("Invalid 'messages': empty array. Expected at least one message.", "messages")
        return messages

    def get(self, name: str, default: Any = None) -> Any:
        """The decoded value of a top-level field, or the default where it is absent or no plain JSON."""
        raw = self.fields.get(name)
        if raw is None:
            return default
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return default

    @cached_property
    def model(self) -> str:
        return str(self.get("model", ""))

    @cached_property
    def stream(self) -> bool:
        return self.get("stream") is True

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Every message with its text; parts that are no text (images, audio, files) read as nothing."""
        turns = []
        for index, raw in enumerate(self.messages):
            message = _message.decode(raw)
            turns.append(Turn(str(message.role), _text(message.content), index))
        return tuple(turns)

    @cached_property
    def last_user(self) -> Turn | None:
        """The last turn of the person, or None."""
        return next((turn for turn in reversed(self.turns) if turn.role == "user"), None)

    @property
    def last_user_text(self) -> str:
        return self.last_user.text if self.last_user else ""

    @cached_property
    def opens(self) -> bool:
        """Whether this request starts a conversation: no assistant turn yet."""
        return all(turn.role != "assistant" for turn in self.turns)

    @cached_property
    def housekeeping(self) -> bool:
        """Whether a client asks on its own behalf (a title, tags, a search query) and not the person."""
        return _HOUSEKEEPING.match(self.last_user_text) is not None

    def with_context(self, block: Block, turn: int | None = None) -> ChatRequest:
        """The request with a block added; every message of the client keeps its bytes as a prefix.

        A profile block becomes a message of its own after the leading system or developer messages, in their role.
        A tail block is put behind the text of user message `turn`, the last one by default.
        """
        if block.place == "tail":
            target = turn if turn is not None else (self.last_user.index if self.last_user else None)
            return self if target is None else self._with_messages(self._tailed(target, block.render()))
        lead = 0
        while lead < len(self.turns) and self.turns[lead].role in _INSTRUCTING:
            lead += 1
        role = self.turns[lead - 1].role if lead else "system"
        added = Raw(msgspec.json.encode({"role": role, "content": block.render()}))
        return self._with_messages((*self.messages[:lead], added, *self.messages[lead:]))

    def _tailed(self, index: int, text: str) -> tuple[Raw, ...]:
        message = msgspec.json.decode(self.messages[index], type=dict[str, Raw])
        content = bytes(message.get("content", b'""')).strip()
        if content.startswith(b'"'):
            message["content"] = Raw(content[:-1] + msgspec.json.encode("\n\n" + text)[1:])
        elif content.startswith(b"["):
            part = msgspec.json.encode({"type": "text", "text": text})
            head = content[:-1].rstrip()
            message["content"] = Raw(head + (b"," if head != b"[" else b"") + part + b"]")
        else:
            message["content"] = Raw(msgspec.json.encode(text))
        return (*self.messages[:index], Raw(msgspec.json.encode(message)), *self.messages[index + 1 :])

    def _with_messages(self, messages: Sequence[Raw]) -> ChatRequest:
        fields = {**self.fields, "messages": Raw(msgspec.json.encode(list(messages)))}
        return replace(self, fields=fields, messages=tuple(messages), original=None)

    def with_model(self, model: str) -> ChatRequest:
        """The request under another model name."""
        if model == self.model:
            return self
        fields = {**self.fields, "model": Raw(msgspec.json.encode(model))}
        return replace(self, fields=fields, original=None)

    def with_fields(self, extra: dict[str, Any]) -> ChatRequest:
        """The request with fields that the operator sets; what the client said itself stays."""
        added = {name: Raw(msgspec.json.encode(value)) for name, value in extra.items() if name not in self.fields}
        return replace(self, fields={**self.fields, **added}, original=None) if added else self

    def body(self) -> bytes:
        """The body to send: the client's own bytes where nothing changed."""
        return self.original if self.original is not None else msgspec.json.encode(self.fields)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


@dataclass(slots=True)
class Reply:
    """A backend's answer: a whole `body`, or `chunks` of bytes as they arrive.

    `complete` becomes true only when the backend itself finished: all bytes of a body, or the end that its stream
    format has. Whoever makes the chunks sets it before handing out the last one. Headers are
    lower-case names without the hop-by-hop ones.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunks: AsyncIterator[bytes] | None = None
    complete: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Backend(Protocol):
    """Carries one request to a model and brings the answer."""

    async def complete(self, request: ChatRequest) -> Reply:
        """Send the request. A backend's own error is a Reply with its status; raises AdapterError when none came."""

    async def close(self) -> None:
        """Let go of connections."""
