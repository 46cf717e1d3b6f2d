"""What every Cache promises, over each adapter of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.diskcache import DiskCache
from adapters.memory.cache import BEGAN, MemoryCache
from adapters.ports import Cache

MAKERS: dict[str, Callable[[Path], Cache]] = {
    "memory": lambda folder: MemoryCache(),
    "diskcache": lambda folder: DiskCache(str(folder / "cache")),
}


@pytest.fixture(params=MAKERS)
def check(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Callable[[Cache], Awaitable[None]]], None]:
    """Runs a test body against an adapter of the table."""

    def run(body: Callable[[Cache], Awaitable[None]]) -> None:
        async def main() -> None:
            cache = MAKERS[request.param](tmp_path)
            await body(cache)
            if isinstance(cache, DiskCache):
                await cache.close()

        asyncio.run(main())

    return run


Check = Callable[[Callable[[Cache], Awaitable[None]]], None]


@pytest.mark.parametrize("value", [b"", b"\x00\xff", b"x" * 1_000_000])
def test_keeps(check: Check, value: bytes) -> None:
    """Bytes come back as they were, small and large, and the last ones set win."""

    async def body(cache: Cache) -> None:
        assert await cache.get("key") is None
        await cache.set("key", b"old")
        await cache.set("key", value)
        assert await cache.get("key") == value

    check(body)


def test_ages(check: Check) -> None:
    """What is older than its time is gone; what has no time stays."""

    async def body(cache: Cache) -> None:
        await cache.set("short", b"1", 0.05)
        await cache.set("long", b"2", 60)
        await cache.set("ever", b"3")
        await asyncio.sleep(0.1)
        assert [await cache.get(key) for key in ("short", "long", "ever")] == [None, b"2", b"3"]

    check(body)


def test_drops(check: Check) -> None:
    """Every key of a prefix is dropped, and no other."""

    async def body(cache: Cache) -> None:
        for key in ("user/1/a", "user/1/b", "user/10", "use", "user_1"):
            await cache.set(key, b"x")
        await cache.drop("user/1/")
        left = [key for key in ("user/1/a", "user/1/b", "user/10", "use", "user_1") if await cache.get(key)]
        assert left == ["user/10", "use", "user_1"]
        await cache.drop("")
        assert await cache.get("use") is None

    check(body)


@pytest.mark.parametrize("key", ["", "a" * 10_000, "ключ", "a\0b", "' OR 1=1 --"])
def test_keys(check: Check, key: str) -> None:
    """Any string is a key."""

    async def body(cache: Cache) -> None:
        await cache.set(key, b"x")
        assert await cache.get(key) == b"x"

    check(body)


def test_many_at_once(check: Check) -> None:
    """Many tasks at once each read what they wrote."""

    async def body(cache: Cache) -> None:
        async def one(number: int) -> bytes | None:
            await cache.set(f"key{number}", b"%d" % number)
            return await cache.get(f"key{number}")

        assert await asyncio.gather(*(one(number) for number in range(50))) == [b"%d" % n for n in range(50)]

    check(body)


def test_memory_is_bounded() -> None:
    """The cache in memory never holds more than it may; what was used longest ago goes first."""

    async def main() -> None:
        cache = MemoryCache(max_bytes=2500)
        for number in range(4):
            await cache.set(f"key{number}", b"x" * 500)
            await cache.get("key0")
        assert cache.bytes <= 2500
        assert await cache.get("key0") is not None
        assert await cache.get("key1") is None
        await cache.set("huge", b"x" * 5000)
        assert await cache.get("huge") is None
        await cache.set("key0", b"x" * 5000)
        assert await cache.get("key0") is None
        await cache.drop("")
        assert (cache.bytes, len(cache)) == (0, 0)

    asyncio.run(main())


def test_what_had_begun_keeps_nothing_of_what_was_dropped() -> None:
    """It may have read what is gone; whoever begins later keeps it, and so does other work under other keys."""

    async def work(cache: MemoryCache, began: float) -> None:
        BEGAN.set(began)
        await cache.set("person/ann/pin", b"1")
        await cache.set("person/ben/pin", b"2")

    async def body() -> None:
        clock = [100.0]
        cache = MemoryCache(clock=lambda: clock[0])
        await asyncio.create_task(work(cache, 99.0))
        assert await cache.get("person/ann/pin") == b"1"
        await cache.drop("person/ann/")
        clock[0] = 101.0
        await asyncio.create_task(work(cache, 99.0))
        assert await cache.get("person/ann/pin") is None and await cache.get("person/ben/pin") == b"2"
        await cache.set("person/ann/pin", b"3")
        assert await cache.get("person/ann/pin") == b"3", "of which nobody said when it began"
        await cache.drop("person/ann/")
        clock[0] = 102.0
        await asyncio.create_task(work(cache, 101.5))
        assert await cache.get("person/ann/pin") == b"1"

    asyncio.run(body())
