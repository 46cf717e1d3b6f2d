"""The remembering embedder, over a real cache on disk."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from adapters.cached import CachedEmbedder
from adapters.diskcache import DiskCache
from adapters.memory import MemoryCache
from adapters.ports import AdapterError


class Lengths:
    """An embedder that knows only how long a text is, and what it was asked."""

    name = "lengths@2"
    dimensions = 2
    in_parts = False
    usual = 0.3

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.closed = False

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked.append(list(texts))
        return [[len(text) / 8, 0.5] for text in texts]

    async def close(self) -> None:
        self.closed = True


class Broken:
    """A cache that fails whatever it is asked."""

    async def get(self, key: str) -> bytes | None:
        raise AdapterError("gone")

    async def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        raise AdapterError("gone")

    async def drop(self, prefix: str) -> None:
        raise AdapterError("gone")


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    """Equal texts of a call, and texts of earlier calls, cost nothing; the order stays."""

    async def go() -> None:
        inner, cache = Lengths(), DiskCache(str(tmp_path / "cache"))
        embedder = CachedEmbedder(inner, cache)
        first = await embedder.embed(["a", "bb", "a"])
        again = await CachedEmbedder(inner, cache).embed(["bb", "ccc", "a", "\ud800"])
        assert [list(vector) for vector in first] == [[0.125, 0.5], [0.25, 0.5], [0.125, 0.5]]
        assert [list(vector) for vector in again][:3] == [[0.25, 0.5], [0.375, 0.5], [0.125, 0.5]]
        assert inner.asked == [["a", "bb"], ["ccc", "\ud800"]]
        assert (embedder.name, embedder.dimensions) == (inner.name, 2)
        await cache.close()

    asyncio.run(go())


def test_values_are_float32_under_a_hash(tmp_path: Path) -> None:
    """The key holds the model's name and the text's SHA-256; a value of the wrong size counts as none."""

    async def go() -> None:
        inner, cache = Lengths(), DiskCache(str(tmp_path / "cache"))
        await CachedEmbedder(inner, cache).embed(["secret"])
        key = f"embedding:lengths@2:{hashlib.sha256(b'secret').hexdigest()}"
        assert await cache.get(key) == b"\x00\x00\x40\x3f\x00\x00\x00\x3f"
        await cache.set(key, b"short")
        await CachedEmbedder(inner, cache).embed(["secret"])
        assert inner.asked == [["secret"], ["secret"]]
        await cache.close()

    asyncio.run(go())


def test_a_broken_cache_costs_a_call_only() -> None:
    """Where the cache fails the embedder still answers."""
    inner = Lengths()
    vectors = asyncio.run(CachedEmbedder(inner, Broken()).embed(["a"]))
    assert list(vectors[0]) == [0.125, 0.5] and inner.asked == [["a"]]


def test_closing_reaches_the_embedder() -> None:
    """Connections of the embedder behind are let go."""
    inner = Lengths()
    asyncio.run(CachedEmbedder(inner, Broken()).close())
    assert inner.closed


def test_it_says_of_itself_what_its_embedder_says() -> None:
    """Name, length, whether vectors of parts are cheap, and what a cosine means, are the embedder's."""
    embedder = Lengths()
    cached = CachedEmbedder(embedder, MemoryCache())
    for name in ("name", "dimensions", "in_parts", "usual"):
        assert getattr(cached, name) == getattr(embedder, name)
