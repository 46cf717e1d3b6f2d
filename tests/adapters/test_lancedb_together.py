"""Processes that fill and rebuild one index at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge, tables
from adapters.lancedb.locks import lock
from adapters.ports import Passage, Timeout, Unavailable


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
