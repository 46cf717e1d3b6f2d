"""The file of `rapport taste fit`: directions of learnt axes, and what they are directions of. It needs no numpy: the
file is read at the start, where nothing else needs arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from adapters.ports import ConfigError

KIND = "rapport.factors"
MOST = 8
"""Axes without names that there may be."""
LARGEST = 1e9
"""A number of a direction, either side of 0: far beyond what any choices teach."""


class Learnt(NamedTuple):
    """`directions` of length len(axes) + dimensions each, over `axes` and the vectors of an `embedder` (None: none)."""

    axes: tuple[str, ...]
    embedder: str | None
    dimensions: int
    directions: tuple[tuple[float, ...], ...]

    @property
    def mark(self) -> float:
        """A whole number that tells these directions from others."""
        digest = blake2b(written(self).encode(), digest_size=6).digest()
        return float(int.from_bytes(digest, "big") or 1)


def written(learnt: Learnt) -> str:
    """The file's text."""
    return json.dumps({"object": KIND, **learnt._asdict()})


def read(text: str, place: str) -> Learnt:
    """The directions of a file. Raises ConfigError for what is none, naming `place` and what is wrong."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("object") != KIND:
        raise ConfigError(place, "is no file of `rapport taste fit`")
    axes, rows, wide = found.get("axes"), found.get("directions"), found.get("dimensions")
    embedder = found.get("embedder")
    sorts = type(wide) is int and wide >= 0 and isinstance(embedder, str | None)
    if not sorts or not isinstance(axes, list) or not isinstance(rows, list) or not isinstance(wide, int):
        raise ConfigError(place, "must have axes, embedder, dimensions and directions, as `rapport taste fit` writes")
    if not 1 <= len(rows) <= MOST:
        raise ConfigError(place, f"holds {len(rows)} directions; there may be 1 to {MOST}")
    if not all(_numbers(row, len(axes) + wide) for row in rows):
        numbers = f"{len(axes)} + {wide} finite numbers each, none beyond {LARGEST:.0e}"
        raise ConfigError(place, f"must hold directions of {numbers}")
    return Learnt(tuple(map(str, axes)), embedder, wide, tuple(tuple(map(float, row)) for row in rows))


def fits(learnt: Learnt, axes: Sequence[str], embedder: tuple[str, int] | None, place: str) -> Learnt:
    """The same. Raises ConfigError where a deployment has other axes, or another embedder (name and dimensions)."""
    again = "make it anew with `rapport taste fit`"
    if learnt.axes != tuple(axes):
        raise ConfigError(place, f"is about other axes than these: {', '.join(axes)}; {again}")
    made = (learnt.embedder or "", learnt.dimensions) if learnt.dimensions else None
    if made is not None and made != embedder:
        has = f"has {embedder[0]} with {embedder[1]}" if embedder else "has none"
        message = f"needs embedder {made[0]} with {made[1]} dimensions, and the configuration {has}; {again}"
        raise ConfigError(place, message)
    return learnt


def _numbers(row: Any, wide: int) -> bool:
    return isinstance(row, list) and len(row) == wide and all(
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) <= LARGEST for each in row
    )
