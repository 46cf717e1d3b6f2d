"""An index inside the folder of another one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge, within
from adapters.ports import Passage


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("data/knowledge", "data/knowledge/written"), ("s3://bucket", "s3://bucket/written"),
        ("gs://bucket/a/", "gs://bucket/a/written"), ("memory://", "memory://written"),
        ("s3+ddb://bucket/a?ddbTableName=t", "s3+ddb://bucket/a/written?ddbTableName=t"),
    ],
)  # fmt: skip
def test_a_place_within(path: str, place: str) -> None:
    """An index inside another one has its own folder, or its own URI with the same parameters."""
    assert within(path, "written") == place


def test_one_within_another(tmp_path: Path) -> None:
    """Neither finds, counts or removes what the other has, whichever is made anew."""

    async def main() -> None:
        outer, inner = LanceKnowledge(str(tmp_path)), LanceKnowledge(within(str(tmp_path), "written"))
        for index, name in ((outer, "a"), (inner, "b")):
            await index.replace("acme", {name: [Passage(name, "acme", name, "", "words of both")]}, {})
        for index, name in ((outer, "a"), (inner, "b")):
            assert list(await index.sources("acme")) == [name]
            assert [hit.passage.id for hit in await index.search("acme", "words", None, 9)] == [name]
        async with outer.rebuild():
            pass
        # A table that was open shows it up to a second later.
        again, within_it = LanceKnowledge(str(tmp_path)), LanceKnowledge(within(str(tmp_path), "written"))
        assert (dict(await again.sources("acme")), list(await within_it.sources("acme"))) == ({}, ["b"])
        for each in (outer, inner, again, within_it):
            await each.close()

    asyncio.run(main())
