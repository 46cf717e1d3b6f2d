"""Anthropic's Messages: `messages` of user and assistant, `system` by itself, results of tools in user turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    UNDECODABLE,
    Fields,
    Items,
    Turn,
    decoded,
    last_longer,
    longer,
    text_of,
    with_block,
    with_items,
)
from adapters.ports.formats.chat import ChatCompletions, decode


class Messages(ChatCompletions):
    """The format of `POST /v1/messages`. The client's own `cache_control` marks stay where they are, and ours is never
    among them. What is added to the system prompt stands behind the client's marks there, so that all people share
    what ends at them; what is added to a turn stands inside of its last text, so that a mark of the client covers it.
    """

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """The system prompt, then every message; one that only brings results of tools is a turn of the tools."""
        system = _system(fields)
        if system:
            yield Turn("system", system, -1)
        for index, message in enumerate(decoded(items, self.field, decode)):
            role = str(message.role)
            yield Turn("tool" if role == "user" and _only_results(message.content) else role,
                       text_of(message.content), index)

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """Behind the system prompt: a longer string, or one more block; what is neither is wrong, and stays so."""
        system = bytes(fields.get("system", b"null")).strip()
        if system.startswith(b'"'):
            return {**fields, "system": longer(system, text)}, items
        if system.startswith(b"["):
            return {**fields, "system": with_block(system, text)}, items
        return {**fields, "system": Raw(msgspec.json.encode(text))} if system == b"null" else fields, items

    def tailed(self, fields: Fields, items: Items, texts: Mapping[int, str]) -> tuple[Fields, Items]:
        """Behind the texts of messages."""
        changed = tuple(last_longer(item, texts[at]) if at in texts else item for at, item in enumerate(items))
        return with_items(fields, self.field, changed)


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
