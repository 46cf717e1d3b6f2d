"""Processes that fill and rebuild one index at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge, tables
from adapters.lancedb.locks import lock
from adapters.lancedb.renewing import BATCH
from adapters.ports import AdapterError, Passage, Timeout, Unavailable


def passages(*names: str) -> dict[str, list[Passage]]:
    return {name: [Passage(name, "acme", name, "Fruit", f"a {name}")] for name in names}


def test_nothing_is_put_in_while_it_is_rebuilt(tmp_path: Path) -> None:
    """What another process puts in during a rebuild waits for its end, and is in the new index."""

    async def main() -> None:
        one, other = LanceKnowledge(str(tmp_path)), LanceKnowledge(str(tmp_path))
        await one.replace("acme", passages("medlar"), {})
        async with one.rebuild() as fresh:
            late = asyncio.create_task(other.replace("acme", passages("quince"), {}))
            await fresh.replace("acme", passages("medlar", "kaki"), {})
            await asyncio.sleep(0.2)
            assert not late.done()
        await late
        assert set(await other.sources("acme")) == {"medlar", "kaki", "quince"}
        await one.close()
        await other.close()

    asyncio.run(main())


def test_two_rebuilds(tmp_path: Path) -> None:
    """A second one waits for the first."""

    async def main() -> None:
        one, other = LanceKnowledge(str(tmp_path)), LanceKnowledge(str(tmp_path))

        async def rebuild(knowledge: LanceKnowledge, name: str) -> None:
            async with knowledge.rebuild() as fresh:
                await fresh.replace("acme", passages(name), {})

        await asyncio.gather(rebuild(one, "medlar"), rebuild(other, "quince"))
        assert len(await one.sources("acme")) == 1
        assert len(list(tmp_path.glob(f"{tables.PREFIX}*.lance"))) == 1
        await one.close()
        await other.close()

    asyncio.run(main())


async def make(passages: Sequence[Passage]) -> dict[str, list[list[float]]]:
    return {each.id: [[1.0, 0.0]] for each in passages}


def test_removed_while_a_make_over_waits(tmp_path: Path) -> None:
    """What is removed, or changed, after a make-over was interrupted, is not in the new index; removing needs none."""
    many = passages(*(f"kaki{number}" for number in range(BATCH + 5)))

    async def main() -> None:
        old, new = LanceKnowledge(str(tmp_path)), LanceKnowledge(str(tmp_path), "two", 2)
        await old.replace("acme", many, {})
        made = 0

        async def once(found: Sequence[Passage]) -> dict[str, list[list[float]]]:
            nonlocal made
            made += len(found)
            if made > BATCH:
                raise Unavailable("The embedder is gone.")
            return await make(found)

        with pytest.raises(Unavailable):
            await new.renew(once)
        await new.replace("acme", {name: [] for name in list(many)[:10]}, {})
        changed = list(many)[10]
        await old.replace("acme", {changed: [replace(many[changed][0], text="a medlar", digest="new")]}, {})
        await old.replace("acme", {list(many)[11]: []}, {})
        assert await new.renew(make) >= 1
        known = await new.sources("acme")
        assert set(known) == set(list(many)[10:]) - {list(many)[11]}
        assert known[changed] == "new"
        assert [hit.passage.text for hit in await new.search("acme", "medlar", None, 5)] == ["a medlar"]
        await old.close()
        await new.close()

    asyncio.run(main())


def test_left_over(tmp_path: Path) -> None:
    """A table that a killed rebuild left, perhaps without its indexes, never serves."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        left = await knowledge.tables.create()
        await left.drop_index("text_idx")
        assert await knowledge.sources("acme") == {}
        await knowledge.replace("acme", passages("medlar"), {})
        assert set(await knowledge.sources("acme")) == {"medlar"}
        assert len(list(tmp_path.glob(f"{tables.PREFIX}*.lance"))) == 1
        await knowledge.close()

    asyncio.run(main())


def test_two_embedders_do_not_fight(tmp_path: Path) -> None:
    """A process makes an index over once; if another undoes it, that is told and not done again."""

    async def main() -> None:
        one, other = LanceKnowledge(str(tmp_path), "one", 2), LanceKnowledge(str(tmp_path), "other", 2)
        await one.replace("acme", passages("medlar"), {"medlar": [1.0, 0.0]})
        assert await other.renew(make) == 1
        assert await one.renew(make) == 1
        with pytest.raises(AdapterError, match="another embedder"):
            await other.renew(make)
        assert [hit.passage.id for hit in await other.search("acme", "medlar", [1.0, 0.0], 1)] == ["medlar"]
        assert await one.tenants() == ["acme"]
        await one.close()
        await other.close()

    asyncio.run(main())


def test_lock(tmp_path: Path) -> None:
    """A lock is shared with those who share it, and refused in time to who does not."""

    async def main() -> None:
        first = await lock(str(tmp_path), "x", shared=True)
        second = await lock(str(tmp_path), "x", shared=True, seconds=0)
        with pytest.raises(Timeout):
            await lock(str(tmp_path), "x", seconds=0)
        for handle in (first, second):
            assert handle is not None
            handle.close()
        third = await lock(str(tmp_path), "x", seconds=0)
        assert third is not None
        third.close()
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable):
            await lock(str(tmp_path / "file"), "x")
        assert await lock("s3://bucket/knowledge", "x") is None

    asyncio.run(main())
