"""What is kept in a table of passages: its schema, passages as Arrow data, and rows as passages."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.lancedb.library import library
from adapters.ports import Passage
from adapters.ports.terms import terms_of

STEMMED, EXACT, VECTOR, PARTS, LABELS, TERMS = "words", "text", "vector", "parts", "labels", "terms"
PLAIN = ["id", "tenant", "source", "title", "text", "digest", "material"]
"""Columns that are fields of a passage, beside `position`."""
SHAPE = 2
"""Raised whenever the columns change: tables of an older shape are made over, and read meanwhile."""
_EMBEDDER, _DIMENSIONS = b"rapport.embedder", b"rapport.dimensions"

Embedder = tuple[str, int] | None
"""Name and dimensions of what makes the vectors."""


def schema(embedder: Embedder) -> Any:
    """The Arrow schema of a table; the embedder stands in its metadata."""
    import pyarrow as pa

    names = ["key", *PLAIN, LABELS, "aspects", STEMMED]
    fields = [pa.field(name, pa.string(), nullable=False) for name in names]
    fields += [pa.field("position", pa.int32(), nullable=False), pa.field(TERMS, pa.binary())]
    if embedder is None:
        return pa.schema(fields)
    fields += [pa.field(VECTOR, pa.list_(pa.float32(), embedder[1])), pa.field(PARTS, pa.binary())]
    return pa.schema(fields, metadata={_EMBEDDER: embedder[0].encode(), _DIMENSIONS: str(embedder[1]).encode()})


def embedder_of(stored: Any) -> Embedder:
    """The embedder that a stored schema names."""
    metadata = stored.metadata or {}
    return (metadata[_EMBEDDER].decode(), int(metadata[_DIMENSIONS])) if _EMBEDDER in metadata else None


def build(tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[Sequence[float]]],
          embedder: Embedder) -> Any:  # fmt: skip
    """Arrow data of the passages by source, one row per id. `vectors` are those of the whole passage and then of its
    parts. Raises ValueError for a vector of wrong length or not finite."""
    import pyarrow as pa

    rows: dict[str, dict[str, Any]] = {}
    for source, given in passages.items():
        for passage in given:
            key = key_of(tenant, source, passage.id)
            row = {name: clean(getattr(passage, name)) for name in PLAIN}
            row |= {"key": key, "tenant": tenant, "source": clean(source), "position": passage.position}
            row |= {LABELS: labels(passage), "aspects": json.dumps(passage.aspects), TERMS: _terms(passage)}
            row[STEMMED] = f"{row['title']}\n{row['text']}"
            if embedder is not None:
                own = vectors.get(passage.id, ())
                whole, packed = _packed(own, embedder[1]) if len(own) else (None, None)
                row |= {VECTOR: whole, PARTS: packed}
            rows[key] = row
    names = schema(embedder)
    return pa.Table.from_pylist(list(rows.values()), schema=names)


def key_of(tenant: str, source: str, id: str) -> str:
    """The key of a row: two tenants may ingest the same file, and their rows must not share one."""
    return hashlib.sha256(f"{tenant}\0{source}\0{id}".encode("utf-8", "replace")).hexdigest()[:32]


def passage(row: Mapping[str, Any]) -> Passage:
    """A row as a passage, also of a table that lacks later columns."""
    plain = {name: row[name] for name in [*PLAIN, "position"] if name in row}
    attributes = json.loads(row[LABELS]) if row.get(LABELS) else {}
    aspects = tuple(json.loads(row["aspects"])) if row.get("aspects") else ()
    return Passage(**plain, attributes=attributes, aspects=aspects)


def labels(passage: Passage) -> str:
    """The attributes of a passage as one text, the same for the same attributes."""
    return json.dumps(passage.attributes, sort_keys=True) if passage.attributes else ""


def clean(value: Any) -> Any:
    """Text that Arrow takes: a lone surrogate, which JSON may carry, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def nearest(packed: bytes, vector: Sequence[float]) -> float:
    """The highest cosine of a vector and those that were packed."""
    import numpy as np

    asked = np.asarray(vector, np.float32)
    kept = np.frombuffer(packed, _layout(len(asked)))
    cosines = kept["scale"] * (kept["row"].astype(np.float32) @ asked) / max(float(np.linalg.norm(asked)), 1e-12)
    return min(1.0, float(cosines.max()))


async def create_indexes(table: Any) -> None:
    """The indexes that every search needs, made while the table is new."""
    index = library().index
    # Several tasks that upsert one new key duplicate it, unless it is declared and has no index of its own.
    await table.set_unenforced_primary_key("key")
    await table.create_index("tenant", config=index.Bitmap())
    await table.create_index(STEMMED, config=index.FTS(stem=True, remove_stop_words=True))
    # The ICU tokeniser finds words in scripts without spaces.
    exact = index.FTS(stem=False, remove_stop_words=False, base_tokenizer="icu/split")
    await table.create_index(EXACT, config=exact)


def _terms(passage: Passage) -> bytes:
    import numpy as np

    return np.asarray(terms_of(passage.title, passage.text), "<u4").tobytes()


def _packed(vectors: Sequence[Sequence[float]], dimensions: int) -> tuple[Any, bytes]:
    """The first vector, and all of them of length 1, a byte a number: their cosines are off by less than 0.003."""
    import numpy as np

    rows = np.asarray([list(each) for each in vectors], np.float64)
    # LanceDB takes infinity, and then finds it everywhere.
    if rows.ndim != 2 or rows.shape[1] != dimensions or not np.isfinite(rows).all():
        raise ValueError("vector")
    whole = rows[0].astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    made = np.zeros(len(rows), _layout(dimensions))
    made["scale"] = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127
    made["row"] = np.round(rows / made["scale"][:, None])
    return (whole if math.isfinite(float(whole.sum())) else None), made.tobytes()


def _layout(dimensions: int) -> Any:
    import numpy as np

    return np.dtype([("scale", "<f4"), ("row", "i1", (dimensions,))])
