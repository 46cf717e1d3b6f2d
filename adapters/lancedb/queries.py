"""What is asked of a table of passages, and what was found as hits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.lancedb.library import among, library
from adapters.lancedb.rows import EXACT, LABELS, PARTS, PLAIN, STEMMED, VECTOR, nearest, passage
from adapters.ports import Filter, Hit, Material
from adapters.ports.filters import matches

STEMMED_WEIGHT, EXACT_WEIGHT = 0.8, 0.2
"""A stemmed index finds more, an exact one ranks names and codes better; their sum beats either (measured on one half
of SQuAD 2.0 paragraphs: R@1 .77 stemmed, .76 exact, .80 both)."""
COLUMNS = ["key", *PLAIN, "position", LABELS, "aspects"]
BOTH = 2


def wanted(columns: Sequence[str], tenant: str, materials: Sequence[Material], fitting: Sequence[str] | None) -> Any:
    """The condition for rows of a tenant, of these materials, with these `labels` where that matters; None where no
    row can fulfil it."""
    where = among("tenant", [tenant])
    if fitting is not None:
        if not fitting:
            return None
        where &= among(LABELS, fitting)
    if len(set(materials)) < BOTH:
        if "material" in columns and materials:
            where &= among("material", list(materials))
        elif tuple(materials) != ("knowledge",):
            return None
    return where


def fitting(known: Iterable[str], filter: Filter) -> list[str]:
    """Of the distinct `labels` of a tenant those that fulfil a filter."""
    return [each for each in known if matches(filter, json.loads(each) if each else {})]


async def by_text(table: Any, where: Any, words: str, limit: int, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The best rows by BM25, up to `limit` of each of the two indexes; `_score` holds what each adds to the sum.

    Two queries, since a Boolean one over both columns reads every posting: at 20,000 passages 20 ms instead of 3.
    """

    async def one(column: str, weight: float) -> list[dict[str, Any]]:
        found = table.query().nearest_to_text(library().query.MatchQuery(words, column)).where(where)
        rows = await found.select([*columns, "_score"]).limit(limit).to_list()
        return [row | {"_score": weight * row["_score"]} for row in rows]

    stemmed, exact = await asyncio.gather(one(STEMMED, STEMMED_WEIGHT), one(EXACT, EXACT_WEIGHT))
    return stemmed + exact


async def by_vector(
    table: Any, where: Any, vector: Sequence[float], limit: int, columns: Sequence[str]
) -> list[dict[str, Any]]:
    """The `limit` rows whose whole passage is nearest by cosine."""
    found = table.query().nearest_to(list(vector)).column(VECTOR).distance_type("cosine").where(where)
    rows: list[dict[str, Any]] = await found.select([*columns, "_distance"]).limit(limit).to_list()
    return rows


def merge(rows: Iterable[Mapping[str, Any]], vector: Sequence[float] | None = None) -> list[Hit]:
    """Rows of text and vector searches as hits, one per passage: text scores are added up, and the similarity is the
    cosine of `vector` and the nearest of the passage and its parts, also where the vector search did not find it."""
    hits: dict[str, Hit] = {}
    for row in rows:
        hit = hits.get(row["key"]) or Hit(passage(row), 0.0)
        if "_score" in row:
            hit = replace(hit, text_score=hit.text_score + float(row["_score"]))
        if vector is not None and hit.similarity is None and row.get(PARTS):
            hit = replace(hit, similarity=nearest(row[PARTS], vector))
        hits[row["key"]] = hit
    return list(hits.values())
