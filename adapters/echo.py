"""What a backend repeats of a request in its answer, without what was injected there."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.ports import strip_blocks
from adapters.ports.formats.base import UNDECODABLE, decoded_or

MARK = b"</rapport-"


def of_response(body: bytes) -> bytes:
    """A response of the Responses API: its `instructions` as the client wrote them, all else byte for byte."""
    if MARK not in body:
        return body
    fields = decoded_or(body, dict[str, msgspec.Raw], {})
    said = decoded_or(fields.get("instructions", b"null"), Any, None)
    if not isinstance(said, str):
        return body
    return msgspec.json.encode({**fields, "instructions": strip_blocks(said) or None})


def of_event(event: bytes) -> bytes:
    """An event of a stream, likewise; without the empty line behind it."""
    if MARK not in event:
        return event
    lines = event.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(_line(line) for line in lines)


def of_items(body: bytes) -> bytes:
    """A list of input items, without the blocks that were put into their texts."""
    if MARK not in body:
        return body
    try:
        return msgspec.json.encode(_stripped(msgspec.json.decode(body)))
    except UNDECODABLE:
        return body


def _line(line: bytes) -> bytes:
    if not line.startswith(b"data:"):
        return line
    payload = decoded_or(line[5:], dict[str, msgspec.Raw], {})
    if "response" not in payload:
        return line
    mended = {**payload, "response": msgspec.Raw(of_response(bytes(payload["response"])))}
    return b"data: " + msgspec.json.encode(mended)


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return strip_blocks(value)
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    return [_stripped(inner) for inner in value] if isinstance(value, list) else value
