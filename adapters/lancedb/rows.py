"""What is kept in a table of passages: its schema, passages as Arrow data, and rows as passages."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, get_args

from adapters.lancedb.library import library
from adapters.ports import Material, Passage
from adapters.ports.terms import terms_of

STEMMED, EXACT, VECTOR, PARTS, LABELS, TERMS = "words", "text", "vector", "parts", "labels", "terms"
OWNER, BODY = "owner", "body"
"""Whose a row is, tenant and material in one, so that a search looks at one condition; and the whole passage in one, so
that reading it costs one column and not ten (of 40 rows 2 milliseconds and not 6)."""
PLAIN = ["id", "tenant", "source", "title", "text", "position", "digest"]
"""Columns of a passage in tables of the first version."""
SHAPE = 3
"""Raised whenever the columns change: tables of an older shape are made over, and read meanwhile."""
_EMBEDDER, _DIMENSIONS = b"rapport.embedder", b"rapport.dimensions"

Embedder = tuple[str, int] | None
"""Name and dimensions of what makes the vectors."""


def schema(embedder: Embedder) -> Any:
    """The Arrow schema of a table; the embedder stands in its metadata."""
    import pyarrow as pa

    names = ["key", OWNER, "source", "digest", LABELS, STEMMED, EXACT, BODY]
    fields = [pa.field(name, pa.string(), nullable=False) for name in names]
    fields.append(pa.field(TERMS, pa.binary()))
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
            own = replace(passage, tenant=tenant, source=source)
            row: dict[str, Any] = {"key": key, OWNER: owner(tenant, own.material), "source": source}
            row |= {"digest": own.digest, LABELS: labels(own), EXACT: own.text, STEMMED: f"{own.title}\n{own.text}"}
            row = {name: clean(value) for name, value in row.items()}
            row |= {TERMS: _terms(own), BODY: clean(json.dumps(body(own), ensure_ascii=False))}
            if embedder is not None:
                made = vectors.get(passage.id, ())
                whole, packed = _packed(made, embedder[1]) if len(made) else (None, None)
                row |= {VECTOR: whole, PARTS: packed}
            rows[key] = row
    names = schema(embedder)
    return pa.Table.from_pylist(list(rows.values()), schema=names)


def key_of(tenant: str, source: str, id: str) -> str:
    """The key of a row: two tenants may ingest the same file, and their rows must not share one."""
    return hashlib.sha256(f"{tenant}\0{source}\0{id}".encode("utf-8", "replace")).hexdigest()[:32]


def columns(stored: Sequence[str], vectors: bool) -> list[str]:
    """The columns that a hit is made of, in a table that has these; with `vectors` its similarity, too."""
    own = [BODY] if BODY in stored else [name for name in PLAIN if name in stored]
    return [*own, PARTS] if vectors else own


def owner(tenant: str, material: Material) -> str:
    """Whose a row is."""
    return f"{material}/{tenant}"


def owners(tenant: str, materials: Sequence[Material] = get_args(Material)) -> list[str]:
    """Whose the rows of a tenant are, of these materials."""
    return [clean(owner(tenant, each)) for each in materials]


def body(passage: Passage) -> dict[str, Any]:
    """A passage as JSON values; what only those have that a model wrote is left out of all others."""
    whole = asdict(passage)
    if passage.origin == "human":
        del whole["origin"], whole["roots"]
    return whole


def passage(row: Mapping[str, Any]) -> Passage:
    """A row as a passage, also of a table of the first version."""
    if BODY not in row:
        return Passage(**{name: row[name] for name in PLAIN})
    kept = json.loads(row[BODY])
    roots = tuple((source, digest) for source, digest in kept.get("roots", ()))
    return Passage(**{**kept, "aspects": tuple(kept["aspects"]), "roots": roots})


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
    """The indexes that every search needs, made while the table is new; those that it has stay."""
    index = library().index
    made = {column for each in await table.list_indices() for column in each.columns}
    if not made:
        # Several tasks that upsert one new key duplicate it, unless it is declared and has no index of its own.
        await table.set_unenforced_primary_key("key")
    if STEMMED not in made:
        await table.create_index(STEMMED, config=index.FTS(stem=True, remove_stop_words=True))
    if EXACT not in made:
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
