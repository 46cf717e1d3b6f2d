"""An embedder that remembers: the same text is embedded once."""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Sequence
from contextlib import suppress

from adapters.ports import AdapterError, Cache, Embedder


class CachedEmbedder:
    """The port `Embedder` in front of another one. Keys hold the model's name and the text's SHA-256, never the text;
    values are little-endian float32. A cache that fails or forgets costs a call, nothing else."""

    def __init__(self, embedder: Embedder, cache: Cache) -> None:
        self.embedder = embedder
        self.cache = cache
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self.in_parts = embedder.in_parts
        self.usual = embedder.usual

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector per text; texts that are equal, or known, are not embedded again. Raises AdapterError."""
        keys = {text: self._key(text) for text in texts}
        known = {text: await self._recall(key) for text, key in keys.items()}
        missing = [text for text, vector in known.items() if vector is None]
        if missing:
            for text, made in zip(missing, await self.embedder.embed(missing), strict=True):
                known[text] = fresh = array("f", made)
                with suppress(AdapterError):
                    await self.cache.set(keys[text], _packed(fresh))
        return [vector for text in texts if (vector := known[text]) is not None]

    async def close(self) -> None:
        """Let go of the embedder's connections, where it has any; whoever made the cache closes that."""
        close = getattr(self.embedder, "close", None)
        if close is not None:
            await close()

    def _key(self, text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"embedding:{self.name}:{digest}"

    async def _recall(self, key: str) -> array[float] | None:
        value = None
        with suppress(AdapterError):
            value = await self.cache.get(key)
        if value is None or len(value) != 4 * self.dimensions:
            return None
        vector = array("f")
        vector.frombytes(value)
        if sys.byteorder == "big":
            vector.byteswap()
        return vector


def _packed(vector: array[float]) -> bytes:
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return vector.tobytes()
