"""Embeddings of any provider that litellm knows."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.litellm_http import CALL, POOL, Call
from adapters.litellm_tables import NO_KEY, failures, library, loaded, openai_shaped
from adapters.ports import AdapterError, Timeout, Unavailable

# Most services take far more than this in one request; an answer of 100 vectors stays below 4 MB of JSON.
_BATCH = 100
_BATCH_CHARACTERS = 200_000
_CONNECT, _TOTAL = 10.0, 120.0


class LiteLLMEmbedder:
    """The port `Embedder` over `litellm.aembedding`: in batches, without retries, vectors of length 1 (float32)."""

    in_parts = False
    usual: float | None = None

    def __init__(self, model: str, dimensions: int, api_base: str | None = None, api_key: str | None = None) -> None:
        self.model = model
        self.dimensions = dimensions
        self.name = f"{model}@{dimensions}"
        self._api_base = api_base
        self._api_key = api_key

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector per text. Raises Timeout, Unavailable, or AdapterError for vectors that cannot be used."""
        if not loaded():
            await asyncio.to_thread(library)
        vectors: list[array[float]] = []
        for batch in _batches(texts):
            vectors += await self._embed(batch)
        return vectors

    async def close(self) -> None:
        """Let go of connections."""
        await POOL.release(self)

    async def _embed(self, texts: Sequence[str]) -> list[array[float]]:
        call = Call(POOL.wire(self), _CONNECT)
        token = CALL.set(call)
        try:
            async with asyncio.timeout(_TOTAL):
                said = await library().aembedding(
                    # Empty texts are refused by most services.
                    model=self.model, input=[text if text.strip() else "-" for text in texts], timeout=_TOTAL,
                    api_base=self._api_base, api_key=self._key(), max_retries=0, num_retries=0, **self._wanted(),
                )  # fmt: skip
        except TimeoutError as error:
            raise Timeout("The embedding service did not answer in time.") from error
        except failures() as error:
            if isinstance(error, library().Timeout):
                raise Timeout("The embedding service did not answer in time.") from error
            found = f" (status {call.status})" if call.status else ""
            raise Unavailable(f"The embedding service failed{found}.") from error
        finally:
            CALL.reset(token)
        rows = sorted(said.data, key=lambda row: row["index"])
        if len(rows) != len(texts):
            raise AdapterError(f"The embedding service returned {len(rows)} vectors for {len(texts)} texts.")
        return [self._unit(row["embedding"]) for row in rows]

    def _wanted(self) -> dict[str, Any]:
        # Models that cannot be asked for a length refuse the field. litellm knows which, but not of every server.
        able = "text-embedding-3" in self.model or not openai_shaped(self.model)
        return {"dimensions": self.dimensions, "drop_params": True} if able else {}

    def _key(self) -> str | None:
        # A key from the environment is meant for the provider's own URL, not for one that is configured.
        if self._api_key or not self._api_base or not openai_shaped(self.model):
            return self._api_key
        return NO_KEY

    def _unit(self, values: Sequence[float]) -> array[float]:
        if len(values) != self.dimensions:
            raise AdapterError(f"The embedding model makes vectors of {len(values)} numbers, not {self.dimensions}.")
        length = math.hypot(*values)
        if not math.isfinite(length) or not length:
            raise AdapterError("The embedding service returned a vector that is none.")
        return array("f", (value / length for value in values))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for index, text in enumerate(texts):
        if index > start and (index - start == _BATCH or size + len(text) > _BATCH_CHARACTERS):
            yield texts[start:index]
            start, size = index, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]
