"""Embeddings without a model: a table with a vector for each token, of which a text's vector is the sum.

The table was regressed onto sentence vectors of all-MiniLM-L6-v2 by `training/` in the repository; NOTICE.md beside it
tells of what. How much a token counts is folded into the length of its row (as in Arora et al., A simple but
tough-to-beat baseline for sentence embeddings, 2017, but learnt), so the sum is a weighted mean but for its length.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
LONGEST = 20_000
"""Characters of a text that are read: what follows hardly moves a mean over thousands of words."""
INLINE = 4_000
"""Characters in all up to which a thread would cost more than it saves: about a millisecond."""


class Table(NamedTuple):
    """Rows of int8, the factor of each, and what turns a text into numbers of rows."""

    rows: Any
    scales: Any
    tokenizer: Any
    unknown: int | None


class StaticEmbedder:
    """The port `Embedder` over the table that comes with Rapport: length 1, no network, no model.

    The table is mapped into memory on first use, or by `ready`. A text of which it knows no word (in a script that the
    vocabulary lacks, say) has a vector that is near its own alone, so that no two of them look alike.
    """

    in_parts = True
    usual: float | None = 0.42

    def __init__(self, folder: Path = FOLDER) -> None:
        described = json.loads((folder / "table.json").read_text())
        self.name: str = described["name"]
        self.dimensions: int = described["dimensions"]
        self._folder = folder
        self._table: Table | None = None

    async def ready(self) -> None:
        """Open the table, so that the first text need not wait for it."""
        await asyncio.to_thread(self._load)

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 per text (float32); the same text always gets the same one."""
        if self._table is not None and sum(map(len, texts)) <= INLINE:
            return self._vectors(texts)
        return await asyncio.to_thread(self._vectors, texts)

    def _vectors(self, texts: Sequence[str]) -> list[array[float]]:
        table = self._load()
        # A lone surrogate, which JSON may carry, is no text to the tokenizer.
        clean = [text[:LONGEST].encode("utf-8", "replace").decode() for text in texts]
        if len(clean) == 1:
            return [_vector(table, clean[0], table.tokenizer.encode(clean[0], add_special_tokens=False).ids)]
        read = table.tokenizer.encode_batch(clean, add_special_tokens=False)
        return [_vector(table, text, found.ids) for text, found in zip(clean, read, strict=True)]

    def _load(self) -> Table:
        if self._table is None:
            self._table = _open(self._folder)
        return self._table


def _vector(table: Table, text: str, tokens: Sequence[int]) -> array[float]:
    ids = [id for id in tokens if id != table.unknown]
    if not ids:
        drawn = array("b", hashlib.shake_128(text.encode()).digest(table.rows.shape[1]))
        size = math.hypot(*drawn)
        return array("f", [value / size for value in drawn])
    summed = table.scales[ids] @ table.rows[ids].astype("float32")
    return array("f", (summed / max(float(summed @ summed) ** 0.5, 1e-12)).tobytes())


def _open(folder: Path) -> Table:
    # numpy and the tokenizer take a tenth of a second to import, which a start does not wait for.
    import numpy
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = numpy.asarray(numpy.load(folder / "rows.npy", mmap_mode="r"))
    return Table(rows, numpy.load(folder / "scales.npy"), tokenizer, tokenizer.token_to_id("[UNK]"))
