"""Anthropic's Messages: `messages` of user and assistant, `system` by itself, results of tools in user turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    UNDECODABLE,
    Fields,
    Items,
    Turn,
    decoded,
    joined,
    last_longer,
    longer,
    put,
    text_of,
    with_block,
)
from adapters.ports.formats.chat import ChatCompletions


class _Message(msgspec.Struct):
    role: Any = ""
    content: Any = None


_decode = msgspec.json.Decoder(_Message).decode


class Messages:
    """The format of `POST /v1/messages`. The client's own `cache_control` marks stay where they are, and ours is never
    among them. What is added to the system prompt stands behind the client's marks there, so that all people share
    what ends at them; what is added to a turn stands inside of its last text, so that a mark of the client covers it.
    """

    name = "messages"
    path = "/messages"
    field = "messages"
    chat = True
    anthropic = True
    items = ChatCompletions.items

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """The system prompt, then every message; one that only brings results of tools is a turn of the tools."""
        system = _system(fields)
        if system:
            yield Turn("system", system, -1)
        for index, message in enumerate(decoded(items, self.field, _decode)):
            role = str(message.role)
            yield Turn("tool" if role == "user" and _only_results(message.content) else role,
                       text_of(message.content), index)

    def opens(self, fields: Fields) -> bool:
        """Always: clients send the whole conversation."""
        return True

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """Behind the system prompt: a longer string, or one more block; what is neither is wrong, and stays so."""
        system = bytes(fields.get("system", b"null")).strip()
        if system.startswith(b'"'):
            return {**fields, "system": longer(system, text)}, items
        if system.startswith(b"["):
            return {**fields, "system": with_block(system, text)}, items
        return {**fields, "system": Raw(msgspec.json.encode(text))} if system == b"null" else fields, items

    def tailed(self, fields: Fields, items: Items, index: int, text: str) -> tuple[Fields, Items]:
        """Behind the text of a message."""
        items = put(items, index, last_longer(items[index], text))
        return {**fields, self.field: joined(items)}, items


def _system(fields: Fields) -> str:
    try:
        return text_of(msgspec.json.decode(fields.get("system", b"null")))
    except UNDECODABLE:
        return ""


def _only_results(content: Any) -> bool:
    if not isinstance(content, list) or not content:
        return False
    kinds = [part.get("type") for part in content if isinstance(part, dict)]
    return "tool_result" in kinds and "text" not in kinds
