"""OpenAI's Chat Completions: `messages`, each with a role; instructions are messages too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    INSTRUCTING,
    Fields,
    Items,
    MalformedRequest,
    Turn,
    decoded,
    joined,
    lengthened,
    listed,
    put,
    text_of,
)


class _Message(msgspec.Struct):
    role: Any = ""
    content: Any = None


_decode = msgspec.json.Decoder(_Message).decode


class ChatCompletions:
    """The format of `POST /v1/chat/completions`."""

    name = "chat"
    path = "/chat/completions"
    field = "messages"
    chat = True
    anthropic = False

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
        for index, message in enumerate(decoded(items, self.field, _decode)):
            yield Turn(str(message.role), text_of(message.content), index)

    def opens(self, fields: Fields) -> bool:
        """Always: clients send the whole conversation."""
        return True

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """A message of its own after the leading system or developer messages, in their role."""
        lead, role = leading(items)
        added = Raw(msgspec.json.encode({"role": role, "content": text}))
        return self._changed(fields, (*items[:lead], added, *items[lead:]))

    def tailed(self, fields: Fields, items: Items, index: int, text: str) -> tuple[Fields, Items]:
        """Behind the text of a message."""
        return self._changed(fields, put(items, index, lengthened(items[index], text, "text")))

    def _changed(self, fields: Fields, items: Items) -> tuple[Fields, Items]:
        return {**fields, self.field: joined(items)}, items


def leading(items: Items) -> tuple[int, str]:
    """How many messages at the start instruct the model, and the role of the last of them."""
    lead, role = 0, "system"
    for raw in items:
        found = str(_decode(raw).role)
        if found not in INSTRUCTING:
            break
        lead, role = lead + 1, found
    return lead, role
