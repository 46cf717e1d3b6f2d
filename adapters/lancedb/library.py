"""The library itself: imported late, one bounded session, its faults, and the filters, which are typed."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

FAULTS = (RuntimeError, ValueError, OSError)
INDEX_CACHE, METADATA_CACHE = 96 << 20, 16 << 20


@functools.cache
def library() -> Any:
    """LanceDB, imported on first use: that takes over a second."""
    import lancedb
    import lancedb.expr
    import lancedb.index
    import lancedb.query

    return lancedb


@functools.cache
def session() -> Any:
    """The caches of all tables of this process, bounded; the library's own default is 7 GiB."""
    return library().Session(index_cache_size_bytes=INDEX_CACHE, metadata_cache_size_bytes=METADATA_CACHE)


def missing(error: Exception) -> bool:
    """Whether a fault says that something is not there: a table, or files of a version that was cleaned away."""
    return "not found" in str(error).lower()


def among(column: str, values: Sequence[str]) -> Any:
    """The rows whose column has one of these values. The one place that makes filters: typed, since a filter given as
    text can be injected into."""
    expr = library().expr
    return expr.col(column) == expr.lit(values[0]) if len(values) == 1 else expr.col(column).isin(list(values))
