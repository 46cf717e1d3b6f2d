"""What a wire format of chats has to answer about a body, and the pieces that all of them are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

T = TypeVar("T")
Fields = dict[str, Raw]
Items = tuple[Raw, ...]
INSTRUCTING = ("system", "developer")
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_raws = msgspec.json.Decoder(list[Raw])
_GAP = b"\\n\\n"


def decoded_or(raw: bytes, type: Any, otherwise: Any) -> Any:
    """The JSON value of this msgspec type, else `otherwise`."""
    try:
        return msgspec.json.decode(raw, type=type)
    except UNDECODABLE:
        return otherwise


class MalformedRequest(Exception):
    """The client's body cannot be a chat request. `param` names the field, the message what would have been right."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation: its role, its text parts joined, and its position in the body (-1: a field of
    its own, above the others)."""

    role: str
    text: str
    index: int


class Format:
    """A wire format, and as it stands here one of bodies that name a model and are no chat: nothing in them is read,
    and nothing is added.

    Bodies are shown as their undecoded fields and the undecoded items that hold the turns. `name` is how a format is
    called, `path` its endpoint below a base URL, `field` where the items stand. `chat` says that a person speaks in
    it, `anthropic` that its errors are written as Anthropic's.
    """

    field = ""
    chat = False

    def __init__(self, name: str, path: str, anthropic: bool = False) -> None:
        self.name = name
        self.path = path
        self.anthropic = anthropic

    def items(self, fields: Fields) -> Items:
        """The items of a body. Raises MalformedRequest."""
        return ()

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """The turns, oldest first; parts that are no text (images, audio, files) read as nothing."""
        return iter(())

    def opens(self, fields: Fields) -> bool:
        """Whether nothing but the turns comes before these turns: no state that a server keeps."""
        return True

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """Fields and items with a text behind the client's leading instructions."""
        return fields, items

    def fronted(self, fields: Fields, items: Items, text: str, own: tuple[Fields, Items]) -> tuple[Fields, Items]:
        """The same, but in front of what was put there before: `own` are the client's fields and items."""
        return fields, items

    def tailed(self, fields: Fields, items: Items, texts: Mapping[int, str]) -> tuple[Fields, Items]:
        """Fields and items with texts behind those of the items at these positions."""
        return fields, items

    def answer(self, body: bytes) -> str:
        """The text of a whole answer as the person reads it; "" where it has none, or waits for a tool's result: then
        what they read comes with a later answer."""
        return ""

    def streamed(self, events: Iterable[bytes]) -> str:
        """The same, of the data of an answer's events."""
        return ""


def decoding(type: type[T], otherwise: T) -> Callable[[bytes], T]:
    """What reads JSON as this msgspec type, else as `otherwise`."""
    decode = msgspec.json.Decoder(type).decode

    def read(raw: bytes) -> T:
        try:
            return decode(raw)
        except UNDECODABLE:
            return otherwise

    return read


def listed(fields: Fields, name: str, right: str = "an array of objects") -> Items:
    """The items of a list field, each one undecoded. Raises MalformedRequest where it is no list of objects; `right`
    is what it should have been."""
    try:
        items = tuple(_raws.decode(fields[name]))
    except UNDECODABLE as error:
        raise MalformedRequest(f"Invalid type for '{name}': expected {right}.", name) from error
    for index, raw in enumerate(items):
        if not bytes(raw).lstrip().startswith(b"{"):
            raise MalformedRequest(f"Invalid type for '{name}[{index}]': expected an object.", f"{name}[{index}]")
    return items


def decoded(items: Items, name: str, decode: Callable[[Raw], T]) -> Iterator[T]:
    """The items, decoded as far as `decode` reads them. Raises MalformedRequest."""
    for index, raw in enumerate(items):
        try:
            yield decode(raw)
        except UNDECODABLE as error:
            message = f"Invalid type for '{name}[{index}]': expected an object with a role and its content."
            raise MalformedRequest(message, f"{name}[{index}]") from error


def joined(items: Sequence[Raw]) -> Raw:
    """Items as a list field."""
    return Raw(b"[" + b",".join(map(bytes, items)) + b"]")


def with_items(fields: Fields, name: str, items: Items) -> tuple[Fields, Items]:
    """Fields with items as the list `name`, and the items."""
    return {**fields, name: joined(items)}, items


def each_longer(items: Items, texts: Mapping[int, str], part: str) -> Items:
    """Messages, those at these positions `lengthened`."""
    return tuple(lengthened(item, texts[at], part) if at in texts else item for at, item in enumerate(items))


def lengthened(item: Raw, text: str, part: str) -> Raw:
    """A message with a text behind its content; what the client wrote stays as a prefix.

    A string becomes a longer string, a list gets a part of the type `part`; what is neither is wrong, and stays so.
    """
    message = msgspec.json.decode(item, type=dict[str, Raw])
    content = bytes(message.get("content", b"null")).strip()
    if content.startswith(b'"'):
        message["content"] = longer(content, text)
    elif content.startswith(b"["):
        message["content"] = Raw(_with_part(content, {"type": part, "text": text}))
    elif content == b"null":
        message["content"] = Raw(msgspec.json.encode(text))
    return Raw(msgspec.json.encode(message))


def last_longer(item: Raw, text: str) -> Raw:
    """A message with a text behind that of its last part, if that is a text: whatever the client marks there as the
    end of what is cached then ends behind our text, and reads the same once the mark has moved on."""
    message = msgspec.json.decode(item, type=dict[str, Raw])
    content = bytes(message.get("content", b"null")).strip()
    parts = msgspec.json.decode(content, type=list[Raw]) if content.startswith(b"[") else []
    last = msgspec.json.decode(parts[-1], type=dict[str, Raw]) if parts else {}
    said = bytes(last.get("text", b"")).strip()
    if not said.startswith(b'"'):
        return lengthened(item, text, "text")
    last["text"] = longer(said, text)
    message["content"] = joined((*parts[:-1], Raw(msgspec.json.encode(last))))
    return Raw(msgspec.json.encode(message))


def longer(string: bytes, text: str) -> Raw:
    """A JSON string with a paragraph behind it."""
    return Raw(string[:-1] + msgspec.json.encode("\n\n" + text)[1:])


def parted(now: bytes, own: bytes) -> tuple[bytes, bytes]:
    """A JSON string in two: the client's `own` one that it began as, and what was put behind as `longer` does it; each
    without its quotation marks, and empty where there is none."""
    if not own.startswith(b'"') or not now.startswith(own[:-1]):
        return b"", now[1:-1]
    return own[1:-1], now[len(own) - 1 : -1].removeprefix(_GAP)


def string(*parts: bytes) -> Raw:
    """Pieces of JSON strings, those that are not empty, as paragraphs of one."""
    return Raw(b'"' + _GAP.join(filter(None, parts)) + b'"')


def with_block(blocks: bytes, text: str) -> Raw:
    """A JSON list of text blocks with one more."""
    return Raw(_with_part(blocks.strip(), {"type": "text", "text": text}))


def _with_part(parts: bytes, part: dict[str, Any]) -> bytes:
    head = parts[:-1].rstrip()
    return head + (b"," if head != b"[" else b"") + msgspec.json.encode(part) + b"]"


def text_of(content: Any) -> str:
    """The text of a content: a string, or the text parts of a list, a line each."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))
