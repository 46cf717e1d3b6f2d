"""The clocks of a stream."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.litellm_stream import Clock
from adapters.ports import Timeout, Unavailable


async def items(*delays: float) -> AsyncGenerator[int]:
    for number, delay in enumerate(delays):
        await asyncio.sleep(delay)
        yield number + 1


def test_each_part_of_a_stream_has_its_clock() -> None:
    """The first content, the gap after it and the total end a stream that is late; 0 is no limit."""

    async def go() -> None:
        with pytest.raises(Timeout):
            await Clock(0.05, 9, 9).next(items(1))
        clock, source = Clock(9, 0.05, 9), items(0, 1)
        assert await clock.next(source) == 1
        clock.content()
        with pytest.raises(Timeout):
            await clock.next(source)
        with pytest.raises(Timeout):
            await Clock(9, 9, 0.05).next(items(1))
        assert Clock(0, 0, 0).deadline is None
        assert await Clock(0, 0, 0).next(items()) is None

    asyncio.run(go())


def test_a_source_that_breaks_is_unavailable() -> None:
    """What the connection raises is ours above it."""

    async def broken() -> AsyncGenerator[int]:
        raise ConnectionResetError
        yield 1

    async def go() -> None:
        with pytest.raises(Unavailable):
            await Clock(1, 1, 1).next(broken())

    asyncio.run(go())
