"""Objects are found in an answer's bytes, made longer, and put back where they stood."""

from __future__ import annotations

import pytest
from msgspec import UNSET, Raw, UnsetType

from proxy.splicing import event_parts, exchanged, longer, messages, response_parts

FOUND = [{"x": 1}]


@pytest.mark.parametrize(("holder", "listed", "made"), [
    (b'{"a":1} ', UNSET, b'{"a":1,"annotations":[{"x":1}]}'),
    (b'{"annotations": [], "a":1}', Raw(b"[]"), b'{"annotations": [{"x":1}], "a":1}'),
    (b'{"annotations":null}', Raw(b"null"), b'{"annotations":[{"x":1}]}'),
    (b'{"annotations":[7 ]}', Raw(b"[7 ]"), b'{"annotations":[7,{"x":1}]}'),
    (b'{"annotations":[],"b":{"annotations":[]}}', Raw(b"[]"), None), (b'{"annotations":7}', Raw(b"7"), None),
])
def test_longer(holder: bytes, listed: Raw | UnsetType, made: bytes | None) -> None:
    """What was listed stays in front, and what is no list, or stands there twice, stays as it is."""
    assert longer(holder, listed, FOUND) == (holder if made is None else made)
    assert longer(holder, listed, []) == holder


def test_reading() -> None:
    """Parts of messages are found in responses and in events, the message in an answer with one."""
    item = b'{"type":"message","content":[{"a":1},{"b":2}]}'
    response = b'{"status":"completed","output":[{"type":"other","content":[{}]},' + item + b"]}"
    assert response_parts(response) == [b'{"a":1}', b'{"b":2}']
    assert response_parts(response.replace(b"completed", b"failed")) == response_parts(b"[") == []
    assert event_parts(b'data: {"response":' + response + b"}") == [b'{"a":1}', b'{"b":2}']
    assert event_parts(b'data: {"item":' + item + b"}") == [b'{"a":1}', b'{"b":2}']
    assert event_parts(b'event: x\ndata: {"part":{"a": 1}}') == [b'{"a": 1}']
    assert event_parts(b"data: 7") == event_parts(b": ping") == []
    assert messages(b'{"choices":[{"message":{"a":1}}]}') == [b'{"a":1}']
    assert messages(b'{"choices":[{"message":{}},{"message":{}}]}') == messages(b"7") == []


def test_exchanged() -> None:
    """Equal objects are each exchanged in their place; if others would be, nothing is."""
    body = b'{"status":"completed","x":{},"output":[{"type":"message","content":[{"a":1}, {"a":1}, {}]}]}'
    old = [b'{"a":1}', b'{"a":1}', b"{}"]
    made = exchanged(body, old, [b"[1]", b"[2]", b"{}"], response_parts)
    assert made == body.replace(b'{"a":1}, {"a":1}', b"[1], [2]")
    elsewhere = body.replace(b'"x":{}', b'"x":{"a":1}')
    assert exchanged(elsewhere, old, [b"[1]", b"[2]", b"{}"], response_parts) == elsewhere
    assert exchanged(body, old, old, response_parts) == body
    assert exchanged(b"none", old, [b"", b"", b""], response_parts) == b"none"
