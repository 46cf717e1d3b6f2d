"""Pages of a list, as OpenAI answers them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs


def page(rows: list[dict[str, Any]], query: str, usual: int) -> dict[str, Any]:
    """One page of `rows`, the oldest of which comes first. `query` may hold `order` (the newest first unless it is
    `asc`), `after` (the id of the row before the page) and `limit`, which is `usual` where it is absent."""
    asked = parse_qs(query)
    ordered = rows if asked.get("order") == ["asc"] else rows[::-1]
    ids = [row["id"] for row in ordered]
    after = asked.get("after", [""])[0]
    start = ids.index(after) + 1 if after in ids else 0
    limit = asked.get("limit", [""])[0]
    stop = start + (int(limit) if limit.isdigit() else usual)
    found = ordered[start:stop]
    ends = {"first_id": found[0]["id"], "last_id": found[-1]["id"]} if found else {"first_id": "", "last_id": ""}
    return {"object": "list", "data": found, **ends, "has_more": stop < len(ordered)}
