"""Anthropic's Messages: `messages` of user and assistant, `system` by itself, results of tools in user turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    UNDECODABLE,
    Fields,
    Items,
    Turn,
    decoded,
    decoding,
    last_longer,
    longer,
    text_of,
    with_block,
    with_items,
)
from adapters.ports.formats.chat import ChatCompletions, decode


class _Answer(msgspec.Struct):
    content: list[dict[str, Any]] = []


class _Event(msgspec.Struct):
    index: int = 0
    content_block: dict[str, Any] = {}
    delta: dict[str, Any] = {}


_answer = decoding(_Answer, _Answer())
_event = decoding(_Event, _Event())


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

    def answer(self, body: bytes) -> str:
        """The text blocks, a line each."""
        blocks = _answer(body).content
        return "" if any(map(_calls, blocks)) else text_of(blocks)

    def streamed(self, events: Iterable[bytes]) -> str:
        """The text blocks as they come, a line each."""
        blocks: dict[int, list[str]] = {}
        for event in map(_event, events):
            if _calls(event.content_block):
                return ""
            for part in (event.content_block.get("text"), event.delta.get("text")):
                if part and isinstance(part, str):
                    blocks.setdefault(event.index, []).append(part)
        return "\n".join("".join(blocks[index]) for index in sorted(blocks))


def _system(fields: Fields) -> str:
    try:
        return text_of(msgspec.json.decode(fields.get("system", b"null")))
    except UNDECODABLE:
        return ""


def _calls(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "tool_use"


def _only_results(content: Any) -> bool:
    if not isinstance(content, list) or not content:
        return False
    kinds = [part.get("type") for part in content if isinstance(part, dict)]
    return "tool_result" in kinds and "text" not in kinds
