"""OpenAI's Chat Completions: `messages`, each with a role; instructions are messages too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    INSTRUCTING,
    Fields,
    Format,
    Items,
    MalformedRequest,
    Turn,
    decoded,
    decoding,
    each_longer,
    listed,
    text_of,
    with_items,
)


class Message(msgspec.Struct):
    """What is read of a message."""

    role: Any = ""
    content: Any = None


class Said(msgspec.Struct):
    """What is read of an answer's message, or of a piece of it."""

    content: Any = None
    tool_calls: Any = None
    function_call: Any = None


class Choice(msgspec.Struct):
    """One of the answers: a whole `message`, or in a stream a `delta`."""

    index: Any = 0
    message: Said | None = None
    delta: Said | None = None


class Completion(msgspec.Struct):
    """What is read of an answer."""

    choices: list[Choice] = []


decode = msgspec.json.Decoder(Message).decode
_completion = decoding(Completion, Completion())


class ChatCompletions(Format):
    """The format of `POST /v1/chat/completions`: clients send the whole conversation."""

    field = "messages"
    chat = True

    def items(self, fields: Fields) -> Items:
        """The messages. Raises MalformedRequest where there are none."""
        if self.field not in fields:
            raise MalformedRequest("Missing required parameter: 'messages'.", "messages")
        items = listed(fields, self.field)
        if not items:
            raise MalformedRequest("Invalid 'messages': empty array. Expected at least one message.", "messages")
        return items

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """Every message."""
        for index, message in enumerate(decoded(items, self.field, decode)):
            yield Turn(str(message.role), text_of(message.content), index)

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """A message of its own after the leading system or developer messages, in their role."""
        return with_items(fields, self.field, instructed(items, text))

    def fronted(self, fields: Fields, items: Items, text: str, own: tuple[Fields, Items]) -> tuple[Fields, Items]:
        """A message of its own directly after the client's leading ones."""
        return with_items(fields, self.field, instructed(items, text, leading(own[1])))

    def tailed(self, fields: Fields, items: Items, texts: Mapping[int, str]) -> tuple[Fields, Items]:
        """Behind the texts of messages."""
        return with_items(fields, self.field, each_longer(items, texts, "text"))

    def answer(self, body: bytes) -> str:
        """The content of the first choice."""
        said = next((choice.message for choice in _completion(body).choices), None)
        return "" if said is None or _calls(said) else text_of(said.content)

    def streamed(self, events: Iterable[bytes]) -> str:
        """The pieces of the first choice's content."""
        parts: list[str] = []
        for event in events:
            for choice in _completion(event).choices:
                said = choice.delta
                if said is None or choice.index != 0:
                    continue
                if _calls(said):
                    return ""
                if isinstance(said.content, str):
                    parts.append(said.content)
        return "".join(parts)


def _calls(said: Said) -> bool:
    return bool(said.tool_calls or said.function_call)


def instructed(items: Items, text: str, behind: tuple[int, str] | None = None) -> Items:
    """Messages with one more instruction behind those at their start, or `behind` so many, in the role of the last."""
    lead, role = behind or leading(items)
    return (*items[:lead], Raw(msgspec.json.encode({"role": role, "content": text})), *items[lead:])


def leading(items: Items) -> tuple[int, str]:
    """How many messages at the start instruct the model, and the role of the last of them."""
    lead, role = 0, "system"
    for raw in items:
        found = str(decode(raw).role)
        if found not in INSTRUCTING:
            break
        lead, role = lead + 1, found
    return lead, role
