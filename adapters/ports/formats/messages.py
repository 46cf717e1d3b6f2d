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
    joined,
    last_longer,
    longer,
    parted,
    text_of,
    with_block,
    with_items,
)
from adapters.ports.formats.chat import ChatCompletions, decode

MOST_MARKS = 4
"""So many `cache_control` marks the service takes in one request; one that lasts an hour must not follow a shorter one.
"""


class _Answer(msgspec.Struct):
    content: list[dict[str, Any]] = []


class _Event(msgspec.Struct):
    index: int = 0
    content_block: dict[str, Any] = {}
    delta: dict[str, Any] = {}


_answer = decoding(_Answer, _Answer())
_event = decoding(_Event, _Event())


class Messages(ChatCompletions):
    """The format of `POST /v1/messages`. The client's own `cache_control` marks stay where they are. What is added to
    the system prompt stands behind the client's marks there, so that all people share what ends at them; what is added
    to a turn stands inside of its last text, so that a mark of the client covers it. The only mark of ours ends what is
    put in front of what is known of a person, where the client leaves one: all people of a tenant share it.
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

    def fronted(self, fields: Fields, items: Items, text: str, own: tuple[Fields, Items]) -> tuple[Fields, Items]:
        """A block of its own directly behind the client's, which become blocks where they are a string. Whether it is
        marked changes no other byte, so that what is cached holds when the client's marks move."""
        now, before = (bytes(each.get("system", b"null")).strip() for each in (fields, own[0]))
        block = {"type": "text", "text": text, **({"cache_control": {"type": "ephemeral"}} if _room(own[0]) else {})}
        marked = Raw(msgspec.json.encode(block))
        if now.startswith(b"["):
            parts = _blocks(now)
            at = len(_blocks(before)) if before.startswith(b"[") else 0
            return {**fields, "system": joined((*parts[:at], marked, *parts[at:]))}, items
        if now != b"null" and not now.startswith(b'"'):
            return fields, items
        said, put = parted(now, before) if now != b"null" else (b"", b"")
        return {**fields, "system": joined((*_text(said), marked, *_text(put)))}, items

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


def _room(fields: Fields) -> bool:
    """Whether one more mark is allowed: not beside four, nor in front of one that lasts longer. What only looks like
    one counts as one."""
    raws = [bytes(raw) for raw in fields.values()]
    marks = sum(raw.count(b'"cache_control"') for raw in raws) + ("cache_control" in fields)
    return marks < MOST_MARKS and not any(b'"1h"' in raw for raw in raws)


_blocks = msgspec.json.Decoder(list[Raw]).decode


def _text(said: bytes) -> tuple[Raw, ...]:
    """A text block of a piece of a JSON string; none of an empty one, which the service refuses."""
    return (Raw(b'{"type":"text","text":"' + said + b'"}'),) if said else ()


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
