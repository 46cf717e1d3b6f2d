"""The terms of a corpus are read beside the requests, and never told of an older one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from adapters.lancedb import LanceKnowledge
from adapters.lancedb.counting import FORGET, TENANTS, Counting
from adapters.ports import Passage, Terms, Unavailable


def passages(*names: str, tenant: str = "acme") -> dict[str, list[Passage]]:
    return {name: [Passage(name, tenant, name, "Fruit", f"a {name}")] for name in names}


async def known(knowledge: LanceKnowledge, tenant: str = "acme") -> Terms:
    while (terms := knowledge.terms(tenant)) is None:
        await asyncio.sleep(0.01)
    return terms


async def version() -> str:
    return "1"


async def read(tenant: str) -> Terms | None:
    return Terms(1, (), ())


def test_what_was_put_in_here(tmp_path: Path) -> None:
    """Right after a change from this process the old terms are not told any more."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", passages("medlar"), {})
        assert (await known(knowledge)).passages == 1
        await knowledge.replace("acme", passages("quince"), {})
        terms = knowledge.terms("acme")
        assert terms is None or terms.passages == 2
        assert (await known(knowledge)).frequency("quinc") == 1
        await knowledge.close()

    asyncio.run(main())


def test_what_was_put_in_elsewhere(tmp_path: Path) -> None:
    """What another process put in is known within some seconds, though nobody asked meanwhile."""

    async def main() -> None:
        knowledge, other = LanceKnowledge(str(tmp_path)), LanceKnowledge(str(tmp_path))
        assert knowledge.terms("acme") is None
        await other.replace("acme", passages("medlar"), {})
        assert (await known(knowledge)).passages == 1
        await other.replace("acme", passages("quince"), {})
        await asyncio.sleep(2.5)
        assert (await known(knowledge)).passages == 2
        await knowledge.close()
        await other.close()

    asyncio.run(main())


def test_faults() -> None:
    """While the index cannot be read nothing is known of it; then it is again, by itself."""
    broken = False

    async def fails() -> str:
        if broken:
            raise Unavailable("The index is on fire.")
        return await version()

    async def main() -> None:
        nonlocal broken
        counting = Counting(fails, read)
        while counting.terms("acme") is None:
            await asyncio.sleep(0.01)
        broken = True
        counting.changed()
        await asyncio.sleep(0.05)
        assert counting.terms("acme") is None
        broken = False
        counting.changed()
        await asyncio.sleep(0.05)
        assert counting.terms("acme") == Terms(1, (), ())
        await counting.close()

    asyncio.run(main())


def test_a_change_while_it_is_read() -> None:
    """What was read of a corpus that changed meanwhile is not told."""
    reads = 0

    async def main() -> None:
        async def changes(tenant: str) -> Terms | None:
            nonlocal reads
            reads += 1
            if reads == 1:
                counting.changed()
            return Terms(reads, (), ())

        counting = Counting(version, changes)
        while (terms := counting.terms("acme")) is None:
            await asyncio.sleep(0.01)
        assert terms.passages == 2
        await counting.close()

    asyncio.run(main())


def test_many_tenants() -> None:
    """Only so many are kept, and none for ever."""

    async def main() -> None:
        counting = Counting(version, read)
        for number in range(TENANTS + 5):
            counting.terms(f"tenant {number}")
        while counting.terms("the last") is None:
            await asyncio.sleep(0.01)
        counting.changed()
        await asyncio.sleep(0.05)
        assert len(counting._asked) <= TENANTS
        counting._asked = dict.fromkeys(counting._asked, time.monotonic() - FORGET - 1)
        counting.changed()
        await asyncio.sleep(0.05)
        assert not counting._asked
        await counting.close()

    asyncio.run(main())


def test_it_ends_at_once() -> None:
    """Closing ends the reading, also right after something new was asked for."""

    async def main() -> None:
        counting = Counting(version, read)
        while counting.terms("acme") is None:
            await asyncio.sleep(0.01)
        counting.terms("other")
        async with asyncio.timeout(2):
            await counting.close()

    asyncio.run(main())
