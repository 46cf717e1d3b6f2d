"""How the vectors of a text's tokens become one of length 1. Pure; arrays of numpy, tokens first, padding behind."""

from __future__ import annotations

from array import array
from typing import Any

from adapters.ports import AdapterError


def pooled(how: str, hidden: Any, mask: Any) -> Any:
    """(texts, tokens, dimensions) and (texts, tokens) of 0 and 1 to (texts, dimensions); `how` as `Folder.pooling`."""
    if how == "cls":
        return hidden[:, 0]
    if how == "lasttoken":
        return hidden[range(len(hidden)), mask.sum(1) - 1]
    seen = mask[:, :, None]
    if how == "max":
        return hidden.max(1, initial=float("-inf"), where=seen.astype(bool))
    weights = seen * mask.cumsum(1)[:, :, None] if how == "weightedmean" else seen
    return (hidden * weights.astype(hidden.dtype)).sum(1) / weights.sum(1)


def units(vectors: Any) -> list[array[float]]:
    """Each at length 1, as float32. Raises AdapterError for one without a direction."""
    made = []
    for row in vectors.astype("float64"):
        length = float(row @ row) ** 0.5
        if not 0 < length < float("inf"):
            raise AdapterError("The embedding model made a vector that is none.")
        made.append(array("f", (row / length).tolist()))
    return made
