"""What a backend repeats of a request in its answer, without what was injected there."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.ports import strip_blocks
from adapters.ports.formats.base import UNDECODABLE, decoded_or

MARK = b"</rapport-"
_PREVIOUS = "previous_response_id"


def of_response(body: bytes, previous: str | None = None) -> bytes:
    """A response of the Responses API: its `instructions` as the client wrote them, all else byte for byte.

    `previous` is the response that it goes on from, where the backend was not told of it.
    """
    if not _concerned(body, previous):
        return body
    fields = decoded_or(body, dict[str, msgspec.Raw], {})
    said, mended = decoded_or(fields.get("instructions", b"null"), Any, None), dict[str, Any]()
    if isinstance(said, str) and "</rapport-" in said:
        mended["instructions"] = strip_blocks(said) or None
    if previous and bytes(fields.get(_PREVIOUS, b"")) == b"null":
        mended[_PREVIOUS] = previous
    return msgspec.json.encode({**fields, **mended}) if mended else body


def of_event(event: bytes, previous: str | None = None) -> bytes:
    """An event of a stream, likewise; without the empty line behind it."""
    if not _concerned(event, previous):
        return event
    lines = event.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(_line(line, previous) for line in lines)


def _concerned(data: bytes, previous: str | None) -> bool:
    return MARK in data or (previous is not None and b'"previous_response_id"' in data)


def of_items(body: bytes) -> bytes:
    """A list of input items, without the blocks that were put into their texts."""
    if MARK not in body:
        return body
    try:
        return msgspec.json.encode(_stripped(msgspec.json.decode(body)))
    except UNDECODABLE:
        return body


def _line(line: bytes, previous: str | None) -> bytes:
    if not line.startswith(b"data:"):
        return line
    payload = decoded_or(line[5:], dict[str, msgspec.Raw], {})
    if "response" not in payload:
        return line
    mended = {**payload, "response": msgspec.Raw(of_response(bytes(payload["response"]), previous))}
    return b"data: " + msgspec.json.encode(mended)


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return strip_blocks(value)
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    return [_stripped(inner) for inner in value] if isinstance(value, list) else value
