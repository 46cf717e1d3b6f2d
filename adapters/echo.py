"""What a backend repeats of a request in its answer, as the client wrote it and without what was injected there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports import strip_blocks
from adapters.ports.formats.base import UNDECODABLE, decoded_or

# Some servers write `<` as an escape.
MARK = b"rapport-"
_BLOCK = re.compile(
    rb"(?:<|\\u003c)rapport-(\w{1,40}).{0,200000}?(?:<|\\u003c)/rapport-\1(?:>|\\u003e)", re.DOTALL | re.IGNORECASE
)
_PREVIOUS = b'"previous_response_id"'


@dataclass(frozen=True, slots=True)
class Echo:
    """Mends responses of the Responses API; all else in them stays byte for byte.

    `instructions` are the client's own, as JSON: where they are not known any more, what is left of those repeated.
    `previous` is the response that this one goes on from, where the backend was not told of it.
    """

    instructions: bytes | None = None
    previous: str | None = None

    def response(self, body: bytes) -> bytes:
        """A response without what was injected."""
        if not self._concerned(body):
            return body
        fields = _fields(body)
        if fields is None:
            return _BLOCK.sub(b"", body)
        mended: dict[str, Any] = {}
        said = bytes(fields.get("instructions", b"null"))
        if MARK in said:
            mended["instructions"] = _left(said) if self.instructions is None else Raw(self.instructions)
        if self.previous and bytes(fields.get("previous_response_id", b"")) == b"null":
            mended["previous_response_id"] = self.previous
        return msgspec.json.encode({**fields, **mended}) if mended else body

    def event(self, event: bytes) -> bytes:
        """An event of a stream, likewise; without the empty line behind it."""
        if not self._concerned(event):
            return event
        lines = event.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        data = b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))
        payload = _fields(data)
        if payload is None:
            return _BLOCK.sub(b"", event)
        if "response" not in payload:
            return event
        mended = {**payload, "response": Raw(self.response(bytes(payload["response"])))}
        others = [line for line in lines if not line.startswith(b"data:")]
        return b"\n".join([*others, b"data: " + msgspec.json.encode(mended)])

    def _concerned(self, data: bytes) -> bool:
        return MARK in data or (self.previous is not None and _PREVIOUS in data)


def of_items(body: bytes) -> bytes:
    """A list of input items, without the blocks that were put into their texts."""
    if MARK not in body:
        return body
    try:
        return msgspec.json.encode(_stripped(msgspec.json.decode(body)))
    except UNDECODABLE:
        return _BLOCK.sub(b"", body)


def _fields(data: bytes) -> dict[str, Raw] | None:
    """The undecoded fields of an object, None for anything else; also of what only Python calls JSON (Infinity)."""
    fields: dict[str, Raw] | None = decoded_or(data, dict[str, Raw], None)
    if fields is not None:
        return fields
    try:
        loose = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return {name: Raw(json.dumps(value).encode()) for name, value in loose.items()} if isinstance(loose, dict) else None


def _left(said: bytes) -> Any:
    """Instructions without blocks: a text, or items."""
    value = _stripped(decoded_or(said, Any, None))
    return value or None


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return strip_blocks(value)
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    return [_stripped(inner) for inner in value] if isinstance(value, list) else value
