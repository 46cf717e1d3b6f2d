"""Files, vector stores and what is in them, as OpenAI's API shows them, and pages of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from adapters.ports.shelf import Attachment, Batch, Chunking, State, StoredFile, VectorStore
from proxy.converting import OURS
from proxy.wire import HttpError

T = TypeVar("T")
Json = dict[str, Any]
STATES: tuple[State, ...] = ("in_progress", "completed", "failed", "cancelled")


def file_object(file: StoredFile) -> Json:
    """A file."""
    return {
        "id": file.id, "object": "file", "bytes": file.size, "created_at": file.created, "expires_at": file.expires,
        "filename": file.name, "purpose": file.purpose, "status": "processed", "status_details": None,
    }  # fmt: skip


def store_object(store: VectorStore, held: Sequence[Attachment], now: float) -> Json:
    """A vector store with what is attached to it."""
    counts = _counts(held)
    status = "expired" if store.gone(now) else "in_progress" if counts["in_progress"] else "completed"
    expiry = None if store.days is None else {"anchor": "last_active_at", "days": store.days}
    return {
        "id": store.id, "object": "vector_store", "created_at": store.created, "name": store.name,
        "description": store.description, "usage_bytes": sum(each.usage for each in held), "file_counts": counts,
        "status": status, "expires_after": expiry, "expires_at": store.expires,
        "last_active_at": max(store.active, store.created), "metadata": store.metadata,
    }  # fmt: skip


def attachment_object(held: Attachment) -> Json:
    """A file in a vector store, with the chunking that is used for it."""
    code, message = held.fault or (None, None)
    return {
        "id": held.file, "object": "vector_store.file", "created_at": held.created, "vector_store_id": held.store,
        "status": held.status, "usage_bytes": held.usage, "attributes": held.attributes,
        "last_error": None if held.fault is None else {"code": code, "message": message},
        "chunking_strategy": _chunking(held.chunking or OURS),
    }  # fmt: skip


def batch_object(batch: Batch, held: Iterable[Attachment]) -> Json:
    """What was attached together, and is still there."""
    counts = _counts(each for each in held if each.batch == batch.id)
    status = "in_progress" if counts["in_progress"] else "cancelled" if batch.cancelled else "completed"
    if counts["total"] and counts["failed"] == counts["total"]:
        status = "failed"
    return {"id": batch.id, "object": "vector_store.files_batch", "created_at": batch.created, "status": status,
            "vector_store_id": batch.store, "file_counts": counts}  # fmt: skip


def deleted(id: str, kind: str) -> Json:
    """What tells that something is gone."""
    return {"id": id, "object": kind, "deleted": True}


def page(items: Sequence[T], of: Callable[[T], str], query: Mapping[str, str], most: tuple[int, int]
         ) -> tuple[list[T], bool]:  # fmt: skip
    """The part of `items` (in the order of their ids, which `of` tells) that a query asks for, and whether there is
    more: `limit` (`most`: usually, at most), `order` (`desc`, or `asc`), `after` and `before`, which are ids.

    A cursor may be gone by now: ids tell their place. Raises HttpError 400.
    """
    limit = _limit(query.get("limit"), *most)
    order = query.get("order", "desc")
    if order not in ("asc", "desc"):
        raise HttpError(400, "Invalid 'order': expected 'asc' or 'desc'.", "invalid_value", "order")
    after, before = query.get("after"), query.get("before")
    low, high = (after, before) if order == "asc" else (before, after)
    found = [each for each in items if (not low or of(each) > low) and (not high or of(each) < high)]
    if order == "desc":
        found.reverse()
    # With `before` alone it is the page that ends there.
    shown = found[-limit:] if before and not after else found[:limit]
    return shown, len(shown) < len(found)


def listing(rows: Sequence[Json], more: bool) -> Json:
    """A page as it is sent."""
    ends = {"first_id": rows[0]["id"] if rows else None, "last_id": rows[-1]["id"] if rows else None}
    return {"object": "list", "data": rows, **ends, "has_more": more}


def _limit(given: str | None, usual: int, most: int) -> int:
    if given is None:
        return usual
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= most):
        raise HttpError(400, f"Invalid 'limit': expected an integer from 1 to {most}.", "invalid_value", "limit")
    return int(given)


def _chunking(chunking: Chunking) -> Json:
    sizes = {"max_chunk_size_tokens": chunking.size, "chunk_overlap_tokens": chunking.overlap}
    return {"type": "static", "static": sizes}


def _counts(held: Iterable[Attachment]) -> dict[str, int]:
    found: Counter[str] = Counter(each.status for each in held)
    return {**{state: found[state] for state in STATES}, "total": found.total()}
