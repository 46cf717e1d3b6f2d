"""OpenAI's Responses: `input` is a text or a list of items, `instructions` a field of its own; a server may keep state.

`instructions` are not carried over to the next response, so that what is added there never piles up in kept state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports.formats.base import (
    UNDECODABLE,
    Fields,
    Format,
    Items,
    MalformedRequest,
    Turn,
    decoded,
    decoding,
    each_longer,
    listed,
    longer,
    parted,
    string,
    text_of,
    with_items,
)
from adapters.ports.formats.chat import instructed, leading


class _Item(msgspec.Struct):
    type: Any = "message"
    role: Any = ""
    content: Any = None


class _Response(msgspec.Struct):
    output: list[_Item] = []


_decode = msgspec.json.Decoder(_Item).decode
_response = decoding(_Response, _Response())
_NOBODYS = ("reasoning", "additional_tools")
_STATE = ("previous_response_id", "conversation")


class Responses(Format):
    """The format of `POST /v1/responses`."""

    field = "input"
    chat = True

    def items(self, fields: Fields) -> Items:
        """The items; a text is one item that stands for itself. None where a prompt or kept state is all there is."""
        given = bytes(fields.get(self.field, b"null")).strip()
        if given.startswith(b'"'):
            return (_checked(Raw(given)),)
        if given != b"null":
            return listed(fields, self.field, "a string or an array of objects")
        if not any(_given(fields, name) for name in (*_STATE, "prompt")):
            message = "One of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided."
            raise MalformedRequest(message, self.field)
        return ()

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """The instructions, then messages, calls of tools as the assistant's turns and results as those of tools.

        Reasoning is nobody's turn: some clients leave it out when they send a conversation again. Tools are none, too.
        """
        instructions = bytes(fields.get("instructions", b"null")).strip()
        if instructions.startswith(b'"'):
            yield Turn("system", msgspec.json.decode(instructions, type=str), -1)
        if _is_text(items):
            yield Turn("user", msgspec.json.decode(items[0], type=str), 0)
            return
        for index, item in enumerate(decoded(items, self.field, _decode)):
            if item.type in ("message", None):
                yield Turn(str(item.role), text_of(item.content), index)
            elif item.type not in _NOBODYS:
                yield Turn("tool" if str(item.type).endswith("_output") else "assistant", "", index)

    def opens(self, fields: Fields) -> bool:
        """Not where a server keeps what was said before."""
        return not any(_given(fields, name) for name in _STATE)

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """Behind the instructions. Where the client instructs by items instead, and nothing of them is kept, an item
        behind those: what all people share then stays in front."""
        if self._by_items(fields, items):
            return with_items(fields, self.field, instructed(items, text))
        instructions = bytes(fields.get("instructions", b"null")).strip()
        if instructions.startswith(b'"'):
            return {**fields, "instructions": longer(instructions, text)}, items
        return {**fields, "instructions": Raw(msgspec.json.encode(text))} if instructions == b"null" else fields, items

    def fronted(self, fields: Fields, items: Items, text: str, own: tuple[Fields, Items]) -> tuple[Fields, Items]:
        """Directly behind the client's own instructions or items; what is neither is wrong, and stays so."""
        if self._by_items(*own):
            return with_items(fields, self.field, instructed(items, text, leading(own[1])))
        now, before = (bytes(each.get("instructions", b"null")).strip() for each in (fields, own[0]))
        if now != b"null" and not now.startswith(b'"'):
            return fields, items
        said, put = parted(now, before) if now != b"null" else (b"", b"")
        return {**fields, "instructions": string(said, msgspec.json.encode(text)[1:-1], put)}, items

    def _by_items(self, fields: Fields, items: Items) -> bool:
        """Whether the client instructs by items of which nothing is kept."""
        kept = bytes(fields.get("store", b"null")).strip() != b"false" or not self.opens(fields)
        by_items = not _is_text(items) and leading(items)[0] > 0
        return by_items and not kept and not _given(fields, "instructions")

    def tailed(self, fields: Fields, items: Items, texts: Mapping[int, str]) -> tuple[Fields, Items]:
        """Behind the texts of items, or of the one text that the input is. Not where a conversation is named: its items
        stay there for good, and so the instructions take it."""
        if _given(fields, "conversation"):
            return self.profiled(fields, items, "\n\n".join(texts.values()))
        if not _is_text(items):
            return with_items(fields, self.field, each_longer(items, texts, "input_text"))
        text = longer(bytes(items[0]), texts[0]) if 0 in texts else items[0]
        return {**fields, self.field: text}, (text,)

    def answer(self, body: bytes) -> str:
        """The messages among the output, a line each; the last event of a stream holds all of it, too."""
        output = _response(body).output
        return _spoken(output) if output and output[-1].type == "message" else ""


def spoken(output: Sequence[Raw]) -> str:
    """What the messages among output items say, a line each."""
    return _spoken([_decode(item) for item in output])


def _spoken(output: Sequence[_Item]) -> str:
    return "\n".join(text_of(item.content) for item in output if item.type == "message")


def as_items(items: Items) -> Items:
    """The items of a list: a text becomes a message of the person."""
    if not _is_text(items):
        return items
    return (Raw(b'{"type":"message","role":"user","content":' + bytes(items[0]) + b"}"),)


def _is_text(items: Items) -> bool:
    return len(items) == 1 and bytes(items[0]).startswith(b'"')


def _given(fields: Fields, name: str) -> bool:
    return bytes(fields.get(name, b"null")).strip() != b"null"


def _checked(text: Raw) -> Raw:
    try:
        msgspec.json.decode(text, type=str)
    except UNDECODABLE as error:
        raise MalformedRequest("Invalid 'input': this is no text.", "input") from error
    return text
