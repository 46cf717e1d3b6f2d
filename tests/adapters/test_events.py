"""Where events end and what data they hold."""

from __future__ import annotations

import random

import pytest

from adapters.ports.events import Events, all_data, data_of

STREAM = b': hello\n\nevent: a\ndata: {"x":1}\n\ndata:{"y":\ndata: 2}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"\r"])
def test_data_of_a_whole_stream(line: bytes) -> None:
    """Whatever ends its lines; comments and the closing mark hold none."""
    assert list(all_data([STREAM.replace(b"\n", line)])) == [b'{"x":1}', b'{"y":\n2}']


def test_it_does_not_matter_where_bytes_are_cut() -> None:
    """Cut anywhere, the same events, also the one without an end."""
    some = random.Random(5)
    whole = STREAM + b"data: 3"
    for _ in range(50):
        cuts = sorted(some.sample(range(len(whole)), 5))
        parts = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
        events = Events()
        found = [event for part in parts for event in events.feed(part)]
        assert [*map(data_of, found), data_of(events.rest())] == [b"", b'{"x":1}', b'{"y":\n2}', b"", b"3"]
        assert list(all_data(parts)) == [b'{"x":1}', b'{"y":\n2}', b"3"]


@pytest.mark.parametrize("event", [b"data: x", b"data:x", b"id: 1\ndata: x", b"data: x\r\nretry: 5", b"data: x\rid: 1"])
def test_the_data_of_an_event(event: bytes) -> None:
    """With or without a space, before or behind other fields."""
    assert data_of(event) == b"x"
