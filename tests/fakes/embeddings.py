"""Vectors that depend on the words: a hashed bag of words, so that retrieval with a fake embedder means something."""

from __future__ import annotations

import base64
import math
import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

_WORD = re.compile(r"\w+")


def vector(item: str | list[int], dimensions: int) -> list[float]:
    """The L2-normalised vector of a text, or of a list of token ids, which count as words.

    Feature hashing with signs (Weinberger et al., 2009), counts damped by a square root. No word: the first axis.
    """
    words = _WORD.findall(item.lower()) if isinstance(item, str) else [f"token {number}" for number in item]
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    values = [0.0] * dimensions
    for word, count in counts.items():
        place, sign = _axis(word)
        values[place % dimensions] += sign * math.sqrt(count)
    norm = math.sqrt(sum(value * value for value in values))
    return [value / norm for value in values] if norm else [1.0] + [0.0] * (dimensions - 1)


@lru_cache(maxsize=100_000)
def _axis(word: str) -> tuple[int, float]:
    number = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    return number >> 1, 1.0 if number & 1 else -1.0


def inputs(given: Any) -> list[str | list[int]] | None:
    """The inputs, one by one: a text, texts, token ids, or lists of token ids. None where it is none of these."""
    if isinstance(given, str) or (isinstance(given, list) and given and all(isinstance(one, int) for one in given)):
        return [given]
    if not isinstance(given, list) or not given:
        return None
    texts = all(isinstance(one, str) for one in given)
    ids = all(isinstance(one, list) and one and all(isinstance(number, int) for number in one) for one in given)
    return given if texts or ids else None


def embeddings(body: dict[str, Any], items: list[str | list[int]], dimensions: int) -> dict[str, Any]:
    """The API's answer, floats or base64 of little-endian float32 as the client asks."""
    rows = list(_rows(body, items, body.get("dimensions") or dimensions))
    count = sum(len(_WORD.findall(one)) if isinstance(one, str) else len(one) for one in items)
    used = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": rows, "model": body["model"], "usage": used}


def _rows(body: dict[str, Any], items: list[str | list[int]], dimensions: int) -> Iterator[dict[str, Any]]:
    for index, item in enumerate(items):
        values: Any = vector(item, dimensions)
        if body.get("encoding_format") == "base64":
            values = base64.b64encode(struct.pack(f"<{dimensions}f", *values)).decode()
        yield {"object": "embedding", "index": index, "embedding": values}
