"""Server-sent events out of bytes, cut anywhere, and into bytes."""

import asyncio
import json
import random
import time
import tracemalloc
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

import pytest

from adapters.echo import Echo
from adapters.ending import begun
from adapters.envelope import MAX_EVENT
from adapters.ports import Block, Unavailable
from adapters.sse import LastResponse, framed, payloads


async def source(parts: Iterable[bytes]) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


def read(parts: Iterable[bytes]) -> list[dict[str, Any]]:
    async def go() -> list[dict[str, Any]]:
        return [payload async for payload in payloads(source(parts))]

    return asyncio.run(go())


def cut(data: bytes, dice: random.Random) -> list[bytes]:
    """The data in pieces of any length, some of them empty."""
    places = sorted(dice.choices(range(len(data) + 1), k=dice.randint(0, 40)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


WORDS = [{"a": "é\u2028🙂"}, {"b": "data: [DONE]\n\n: x\r\n\r\n"}, {"c": {"d": [1, None]}}, {}]
STREAM = "".join(f": ping\n\nevent: x\nid: 7\ndata: {json.dumps(word, ensure_ascii=False)}\n\n" for word in WORDS)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("seed", range(5))
def test_events_are_found_wherever_they_are_cut(end: str, seed: int) -> None:
    """In characters, line ends and gaps; comments, names and ids are no payloads, and words of a model are no events.
    """
    data = (STREAM + "data: [DONE]\n\n").replace("\n", end).encode()
    dice = random.Random(seed)
    assert read(data[at : at + 1] for at in range(len(data))) == WORDS
    for _ in range(20):
        assert read(cut(data, dice)) == WORDS


@pytest.mark.parametrize(("data", "expected"), [
    (b'data: {"a":\ndata: 1}\n\n', [{"a": 1}]),
    (b'data:{"a":1}\n\n', [{"a": 1}]),
    (b'data: {"a":1}', [{"a": 1}]),
    (b'data: {"a":1}\n', [{"a": 1}]),
    (b'\n\n\n\ndata: {"a":1}\n\n\n\n', [{"a": 1}]),
    (b': {"a":1}\n\nevent: x\n\nretry: 5\n\n', []),
    (b"data:\n\ndata: \n\n", []),
    (b"", []),
])
def test_odd_events_are_read(data: bytes, expected: list[Any]) -> None:
    """Data over several lines, without a space, without an end, or none at all."""
    assert read([data]) == expected


@pytest.mark.parametrize("data", [b"data: {\n\n", b"data: 5\n\n", b'data: "x"\n\n', b"data: \xff\n\n", b"data: {",
                                  b'data: {"a":' + b"[" * 5000 + b"]" * 5000 + b"}\n\n"], ids=range(6))
def test_what_makes_no_sense(data: bytes) -> None:
    """Anything but an object is a fault of the backend, which is not quoted."""
    with pytest.raises(Unavailable, match="makes no sense"):
        read([b'data: {"a":1}\n\n', data])


def test_an_event_has_a_limit() -> None:
    """One that does not end is given up, and a long one costs no more than its length."""
    part = b"data: " + b"x" * (1 << 20)
    with pytest.raises(Unavailable, match="too large"):
        read([part] * 9)
    small = [b'data: {"a":"', *[b"x" * 1000] * (MAX_EVENT // 1000 - 1), b'"}\n\n']
    start = time.process_time()
    assert len(read(small)[0]["a"]) > MAX_EVENT - 2000
    assert time.process_time() - start < 1


def test_an_event_is_framed_under_its_type() -> None:
    """As the clients of the Responses API and of Anthropic's read it."""
    data = framed({"type": "message_stop", "text": "a\nb"})
    assert data == b'event: message_stop\ndata: {"type":"message_stop","text":"a\\nb"}\n\n'
    assert read([data]) == [{"type": "message_stop", "text": "a\nb"}]


def watch(parts: Iterable[bytes], mend: Callable[[bytes], bytes] | None = None) -> tuple[bytes, bytes]:
    """What passes, and what was found."""
    last = LastResponse(mend)

    async def go() -> bytes:
        return b"".join([chunk async for chunk in last.watch(source(parts))])

    return asyncio.run(go()), last.found


RESPONSE = b'{"id":"resp_1", "n":1.0,"output":[{"text":"\\n\\n \\"response.completed\\" \xc3\xa9"}]}'
DELTA = framed({"type": "response.output_text.delta", "delta": 'x "response.completed" y'})


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\n", b""])
@pytest.mark.parametrize("kind", [b"completed", b"incomplete"])
def test_the_last_response_is_seen_on_its_way(kind: bytes, end: bytes) -> None:
    """Its JSON, byte for byte, however the stream is cut; the stream itself passes as it is."""
    data = DELTA * 3 + b'event: response.%s\ndata: {"type":"response.%s","response":%s}' % (kind, kind, RESPONSE) + end
    dice = random.Random(1)
    more = [data, b"data: [DONE]\n\n" if len(end) > 1 else b""]
    for parts in (*(cut(data, dice) for _ in range(30)), [data], more):
        assert watch(parts) == (b"".join(parts), RESPONSE)


@pytest.mark.parametrize("data", [
    DELTA, b'data: {"type":"response.failed","response":{"id":"r"}}\n\n', b'data: "response.completed"\n\n',
    b'data: {"type":"response.completed"}\n\n', b'data: {"x": "response.completed"',
    framed({"type": "response.created", "response": {"metadata": {"a": "response.completed"}}}),
])
def test_no_response_is_made_up(data: bytes) -> None:
    """A stream that was cut, that failed, or that says nothing of the kind has none, and passes as it is."""
    assert watch([data]) == (data, b"")


def peak(parts: int, mend: Callable[[bytes], bytes] | None = None) -> int:
    """The most bytes that were held while an event without end came in, a MiB at a time."""
    async def go() -> None:
        async for _ in LastResponse(mend).watch(source(b"x" * (1 << 20) for _ in range(parts))):
            pass

    tracemalloc.start()
    try:
        asyncio.run(go())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_endless_event_is_not_kept() -> None:
    """Who sends one is stopped elsewhere; here it takes no memory, and what must be looked through is refused."""
    assert peak(60) < peak(12) + (2 << 20)
    with pytest.raises(Unavailable, match="too large"):
        peak(70, Echo().event)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\n", b""])
def test_what_was_injected_is_not_repeated(end: bytes) -> None:
    """However the stream is cut, and whether or not anything stands behind its last event."""
    said = "Be kind." + Block("preferences", "Knows German.", "profile").render()
    response = {"id": "resp_1", "instructions": said, "output": []}
    data = framed({"type": "response.created", "response": response})
    data += framed({"type": "response.completed", "response": response}).rstrip() + end
    dice = random.Random(2)
    for parts in (*(cut(data, dice) for _ in range(30)), [data]):
        passed, found = watch(parts, Echo().event)
        assert b"German" not in passed + found
        assert [event["response"]["instructions"] for event in read([passed])] == ["Be kind."] * 2
        assert json.loads(found)["instructions"] == "Be kind."


def test_what_is_watched_can_be_closed_unread() -> None:
    """The stream below lets go of its connection then."""
    closed = []

    async def held() -> AsyncGenerator[bytes]:
        try:
            yield b""
            yield b"x"
        finally:
            closed.append(True)

    async def go() -> None:
        chunks = await begun(LastResponse().watch(await begun(held())))
        await chunks.aclose()

    asyncio.run(go())
    assert closed
