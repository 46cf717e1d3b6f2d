"""Pages: by order, limit and cursors, in any combination, also past what is gone."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.ports.shelf import Attachment, Batch, State
from proxy.objects import batch_object, listing, page
from proxy.wire import HttpError

IDS = ["a", "c", "e", "g", "i"]


@pytest.mark.parametrize(("query", "shown", "more"), [
    ({}, "igeca", False), ({"order": "asc"}, "acegi", False), ({"limit": "2"}, "ig", True),
    ({"limit": "2", "after": "g"}, "ec", True), ({"limit": "2", "after": "c"}, "a", False),
    ({"limit": "2", "after": "f"}, "ec", True), ({"after": "a"}, "", False),
    ({"limit": "2", "after": "c", "order": "asc"}, "eg", True), ({"after": "d", "order": "asc"}, "egi", False),
    ({"limit": "2", "before": "c"}, "ge", True), ({"limit": "3", "before": "c"}, "ige", False),
    ({"limit": "2", "before": "g", "order": "asc"}, "ce", True), ({"before": "d", "order": "asc"}, "ac", False),
    ({"after": "i", "before": "a"}, "gec", False), ({"limit": "1", "after": "i", "before": "a"}, "g", True),
])
def test_pages(query: dict[str, str], shown: str, more: bool) -> None:
    """Newest first unless asked otherwise; a page before a cursor ends at it."""
    assert page(IDS, lambda id: id, query, (20, 100)) == (list(shown), more)


@pytest.mark.parametrize(("query", "param"), [
    ({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"limit": "-1"}, "limit"), ({"limit": ""}, "limit"),
    ({"limit": "1" * 5000}, "limit"), ({"limit": "1.5"}, "limit"),
    ({"order": "DESC"}, "order"), ({"order": ""}, "order"),
])
def test_bad_pages(query: dict[str, str], param: str) -> None:
    """400 that names the parameter."""
    with pytest.raises(HttpError) as caught:
        page(IDS, lambda id: id, query, (20, 100))
    assert (caught.value.status, caught.value.error["param"]) == (400, param)


def test_ends() -> None:
    """A page tells its ends; an empty one has none."""
    assert listing([{"id": "a"}, {"id": "b"}], True)["last_id"] == "b"
    empty: Any = listing([], False)
    assert (empty["first_id"], empty["last_id"], empty["object"]) == (None, None, "list")


@pytest.mark.parametrize(("states", "cancelled", "status"), [
    (["completed", "in_progress"], False, "in_progress"), (["completed", "failed"], False, "completed"),
    (["failed", "failed"], False, "failed"), (["completed", "cancelled"], True, "cancelled"), ([], False, "completed"),
])
def test_a_batch_in_all(states: list[State], cancelled: bool, status: str) -> None:
    """In progress while anything is, failed where everything did; another batch's files do not count."""
    held = [Attachment("vs", str(number), "a.md", 1, state, batch="b") for number, state in enumerate(states)]
    made = batch_object(Batch("b", "vs", 1, cancelled), [*held, Attachment("vs", "x", "x.md", 1, batch="other")])
    assert (made["status"], made["file_counts"]["total"]) == (status, len(states))
