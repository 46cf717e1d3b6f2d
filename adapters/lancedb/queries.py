"""What is asked of a table of passages, and what was found as hits."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.fusion import blend
from adapters.lancedb.library import among, library
from adapters.lancedb.rows import BODY, EXACT, LABELS, OWNER, PARTS, STEMMED, VECTOR, nearest, owners, passage
from adapters.ports import Corpus, Filter, Hit, Material, Passage
from adapters.ports.filters import matches
from adapters.ports.words import content, spellings

STEMMED_WEIGHT, EXACT_WEIGHT = 0.8, 0.2
"""A stemmed index finds more, an exact one ranks names and codes better; their sum beats either (measured on one half
of SQuAD 2.0 paragraphs: R@1 .77 stemmed, .76 exact, .80 both)."""
READ_MORE = 14
"""Rows that are read beside those that are wanted: the nearest part, which decides, is not known before."""
CELLS = 32
"""Cells of the vectors' index that are searched: of 125 of 100,000 passages they hold .88 of the nearest 20."""
Scores = Mapping[int, float]
"""By row id."""


def wanted(columns: Sequence[str], tenant: str, materials: Sequence[Material], fitting: Sequence[str] | None) -> Any:
    """The condition for rows of a tenant, of these materials, with these `labels` where that matters; None where no
    row can fulfil it."""
    if BODY not in columns:  # a table of the first version
        return among("tenant", [tenant]) if "knowledge" in materials and (fitting is None or "" in fitting) else None
    if not materials or (fitting is not None and not fitting):
        return None
    where = among(OWNER, owners(tenant, materials))
    return where if fitting is None else where & among(LABELS, fitting)


def meant(passage: Passage, tenant: str, filter: Filter | None, materials: Sequence[Material]) -> bool:
    """Whether a passage that was found is one that was asked for: looked at again on every hit."""
    own = passage.tenant == tenant and passage.material in materials
    return own and (filter is None or matches(filter, passage.attributes))


def of_tenant(columns: Sequence[str], tenant: str) -> Any:
    """The condition for all rows of a tenant."""
    return among(OWNER, owners(tenant)) if BODY in columns else among("tenant", [tenant])


async def labels_of(table: Any, columns: Sequence[str], tenant: str) -> list[str]:
    """The distinct `labels` of a tenant's passages."""
    if BODY not in columns:
        return [""]
    query = table.query().where(of_tenant(columns, tenant)).select([LABELS])
    return list((await query.to_arrow())[LABELS].unique().to_pylist())


def fitting(known: Iterable[str], filter: Filter) -> list[str]:
    """Of the distinct `labels` of a tenant those that fulfil a filter."""
    return [each for each in known if matches(filter, json.loads(each) if each else {})]


async def nothing() -> Scores:
    """What a search finds that is not made."""
    return {}


async def by_text(table: Any, where: Any, words: str, limit: int) -> Scores:
    """The best rows by BM25, up to `limit` of each of the two indexes, and the sum of what each of them adds.

    Two queries, since a Boolean one over both columns reads every posting: at 100,000 passages 11 ms instead of 4.
    Words that nearly every passage has are left out where there are others: they say nothing, and cost most.
    """
    bare = " ".join([*(word for _, word in content(words)), *spellings(words)]) or words

    async def one(column: str) -> Scores:
        found = table.query().nearest_to_text(library().query.MatchQuery(bare, column)).where(where)
        return await _scored(found, "_score", limit)

    stemmed, exact = await asyncio.gather(one(STEMMED), one(EXACT))
    both = {**stemmed, **exact}
    return {id: STEMMED_WEIGHT * stemmed.get(id, 0.0) + EXACT_WEIGHT * exact.get(id, 0.0) for id in both}


async def by_vector(table: Any, where: Any, vector: Sequence[float], limit: int) -> Scores:
    """The `limit` rows whose whole passage is nearest, and their cosines."""
    found = table.query().nearest_to(list(vector)).column(VECTOR).distance_type("cosine").nprobes(CELLS).where(where)
    return {id: 1.0 - far for id, far in (await _scored(found, "_distance", limit)).items()}


async def _scored(query: Any, column: str, limit: int) -> Scores:
    found = await query.select([column]).with_row_id().limit(limit).to_arrow()
    return dict(zip(found["_rowid"].to_pylist(), found[column].to_pylist(), strict=True))


async def hits(
    table: Any, columns: Sequence[str], texts: Scores, cosines: Scores, limit: int, vector: Sequence[float] | None
) -> list[Hit]:
    """The passages that are read of what was found: those that are best by words and by the whole passage. Their
    similarity is the cosine of `vector` and the nearest of the passage and its parts."""
    scores = blend(texts, cosines)
    best = sorted(scores, key=lambda id: (-scores[id], id))[: limit + READ_MORE]
    if not best:
        return []
    rows = await table.take_row_ids(best).select([*columns]).with_row_id().to_arrow()
    made = []
    for row in rows.to_pylist():
        similarity = nearest(row[PARTS], vector) if vector is not None and row.get(PARTS) else None
        made.append(Hit(passage(row), 0.0, texts.get(row["_rowid"], 0.0), similarity))
    return made


async def whole(table: Any, columns: Sequence[str], tenant: str, most: int) -> Corpus | None:
    """All passages of material `knowledge`, by source and position; None where their texts have more than `most`
    characters, which is found out without reading all of them."""
    query = table.query().where(wanted(columns, tenant, ("knowledge",), None)).select([*columns])
    found: list[Passage] = []
    size = 0
    async for batch in await query.to_batches(max_batch_length=1000):
        more = [passage(row) for row in batch.to_pylist()]
        size += sum(len(each.text) for each in more)
        if size > most:
            return None
        found += more
    found.sort(key=lambda each: (each.source, each.position))
    digest = hashlib.sha256("\0".join(f"{each.source}\0{each.id}" for each in found).encode("utf-8", "replace"))
    return Corpus(digest.hexdigest()[:32], tuple(found))
