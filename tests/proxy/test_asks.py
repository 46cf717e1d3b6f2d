"""What clients ask is read strictly: what is wrong is named, what is right becomes a value."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.ports import Compare, Compound
from adapters.ports.shelf import Chunking
from proxy.asks import (
    DEEPEST,
    MOST_COMPARED,
    ChangedStore,
    NewBatch,
    NewFile,
    NewStore,
    Search,
    attributes_of,
    chunking_of,
    filter_of,
    parse,
)
from proxy.wire import HttpError


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "eq", "key": "a", "value": "b"}
    for _ in range(depth - 1):
        inner = {"type": "and", "filters": [inner]}
    return inner


@pytest.mark.parametrize(("given", "made"), [
    ({"type": "eq", "key": "a", "value": 1}, Compare("a", "eq", (1.0,))),
    ({"type": "ne", "key": "a", "value": True}, Compare("a", "ne", (True,))),
    ({"type": "in", "key": "a", "value": ["x", 2]}, Compare("a", "in", ("x", 2.0))),
    ({"type": "nin", "key": "", "value": []}, Compare("", "nin", ())),
    ({"type": "or", "filters": [{"type": "lt", "key": "a", "value": 1.5}]},
     Compound("or", (Compare("a", "lt", (1.5,)),))),
])
def test_filters(given: Any, made: Any) -> None:
    """Numbers are floats, truth stays truth."""
    assert filter_of(given) == made and repr(filter_of(given)) == repr(made)


@pytest.mark.parametrize("given", [
    {}, {"type": "eq"}, {"type": "eq", "key": "a"}, {"type": "eq", "key": 1, "value": 1}, {"type": ["eq"], "key": "a"},
    {"type": "eq", "key": "a", "value": None}, {"type": "eq", "key": "a", "value": {}}, {"type": "and"},
    {"type": "in", "key": "a", "value": [[1]]}, {"type": "eq", "key": "a", "value": 1, "more": 1},
    {"type": "and", "filters": {}}, {"type": "and", "filters": ["x"]}, {"type": "eq", "key": "a", "value": 10**400},
    nested(DEEPEST + 1), {"type": "or", "filters": [nested(1)] * (MOST_COMPARED + 1)},
])
def test_no_filters(given: Any) -> None:
    """400 about `filters`."""
    with pytest.raises(HttpError) as caught:
        filter_of(given)
    assert (caught.value.status, caught.value.error["param"]) == (400, "filters")


def test_the_largest_filter() -> None:
    """As deep and as wide as may be."""
    assert filter_of(nested(DEEPEST)) and filter_of({"type": "or", "filters": [nested(1)] * MOST_COMPARED})


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b'{"name": NaN}', b"[" * 100_000,
                                  b'{"name": "\xed\xa0\x80"}'])
def test_no_json(body: bytes) -> None:
    """400, whatever the bytes."""
    with pytest.raises(HttpError) as caught:
        parse(body, NewStore)
    assert caught.value.status == 400


def test_what_is_left_out() -> None:
    """An empty body makes a vector store; what a change does not name it does not touch, null it takes away."""
    assert parse(b"", NewStore) == NewStore()
    changed = parse(b'{"name": null}', ChangedStore)
    assert changed.name is None and changed.metadata is ChangedStore().metadata
    assert parse(b'{"query": ["a", "b"]}', Search).max_num_results == 10


def test_a_batch_is_one_or_the_other() -> None:
    """Ids with what is known of all, or files with what is known of each."""
    same = parse(b'{"file_ids": ["a", "b"], "attributes": {"n": 1}}', NewBatch)
    assert same.each() == [NewFile(file_id=id, attributes={"n": 1.0}) for id in ("a", "b")]
    each = parse(b'{"files": [{"file_id": "a"}], "attributes": {"n": 1}}', NewBatch)
    assert each.each() == [NewFile(file_id="a")]
    for body in (b"{}", b'{"files": [], "file_ids": []}'):
        with pytest.raises(HttpError):
            parse(body, NewBatch).each()


def test_attributes() -> None:
    """Clean, and none that is ours."""
    assert attributes_of(None) == {} and attributes_of({"a\x00": "b\x00", "n": 1.0}) == {"a\ufffd": "b\ufffd", "n": 1.0}
    for name in ("vector_store", "file"):
        with pytest.raises(HttpError, match=name):
            attributes_of({name: "x"})


def test_chunking() -> None:
    """None is ours, `auto` too; an overlap is at most half."""
    def strategy(size: int, overlap: int) -> Any:
        sizes = f'{{"max_chunk_size_tokens": {size}, "chunk_overlap_tokens": {overlap}}}'
        body = f'{{"file_id": "a", "chunking_strategy": {{"type": "static", "static": {sizes}}}}}'
        return parse(body.encode(), NewFile).chunking_strategy

    assert chunking_of(None) is chunking_of(parse(b'{"file_id": "a", "chunking_strategy": {"type": "auto"}}', NewFile)
                                            .chunking_strategy) is None
    assert chunking_of(strategy(100, 50)) == Chunking(100, 50) and chunking_of(strategy(4096, 0)) == Chunking(4096, 0)
    for size, overlap in ((100, 51), (99, 0), (4097, 0), (100, -1)):
        with pytest.raises(HttpError):
            chunking_of(strategy(size, overlap))
