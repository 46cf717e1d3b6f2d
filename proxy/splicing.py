"""The objects of an answer that have a place for annotations, found in its bytes, made longer and put back there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from adapters.ports.events import data_of
from adapters.ports.formats.base import decoded_or

ENDED = ("stop", "length")
_TOLD = ("completed", "incomplete")
_LISTED = re.compile(rb'"annotations"\s*:\s*')


class _Choice(msgspec.Struct):
    message: Raw
    finish_reason: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class _Item(msgspec.Struct):
    type: str
    content: list[Raw] | None = None


class _Response(msgspec.Struct):
    status: str = ""
    output: list[_Item] = []


class _Event(msgspec.Struct):
    part: Raw = Raw(b"")
    item: _Item | None = None
    response: _Response | None = None


def messages(body: bytes) -> list[bytes]:
    """The message of an answer that is one and came to its end."""
    choices = decoded_or(body, _Completion, _Completion([])).choices
    return [bytes(each.message) for each in choices if len(choices) == 1 and each.finish_reason in (None, *ENDED)]


def response_parts(body: bytes) -> list[bytes]:
    """The parts of the messages of a response, in their order."""
    response = decoded_or(body, _Response, _Response())
    return _parts(response.output) if response.status in _TOLD else []


def event_parts(event: bytes) -> list[bytes]:
    """Those of an event that repeats a part, an item or a response."""
    found = decoded_or(data_of(event), _Event, _Event())
    items = [found.item] if found.item else found.response.output if found.response else []
    return [bytes(found.part)] if found.part else _parts(items)


def _parts(items: list[_Item]) -> list[bytes]:
    return [bytes(part) for item in items if item.type == "message" for part in item.content or ()]


def longer(holder: bytes, listed: Raw | UnsetType, found: list[dict[str, Any]]) -> bytes:
    """An object with more in its `annotations`; the same object where that cannot be done."""
    made = msgspec.json.encode(found)
    if not found:
        return holder
    if listed is UNSET:
        return holder.rstrip()[:-1].rstrip() + b',"annotations":' + made + b"}"
    value = bytes(listed)
    place = [each.end() for each in _LISTED.finditer(holder) if holder.startswith(value, each.end())]
    if len(place) != 1 or not (value == b"null" or value.startswith(b"[")):
        return holder
    head = value[:-1].rstrip()
    more = made if value == b"null" or head == b"[" else head + b"," + made[1:]
    return holder[: place[0]] + more + holder[place[0] + len(value) :]


def exchanged(data: bytes, old: list[bytes], new: list[bytes], read: Callable[[bytes], list[bytes]]) -> bytes:
    """The bytes with the objects that `read` found there exchanged, in their order; as they were, if it then finds
    anything else: they may stand at a second place as well."""
    if old == new:
        return data
    made, at = list[bytes](), 0
    for before, after in zip(old, new, strict=True):
        start = data.find(before, at)
        if start < 0:
            return data
        made += (data[at:start], after)
        at = start + len(before)
    whole = b"".join((*made, data[at:]))
    return whole if read(whole) == new else data
