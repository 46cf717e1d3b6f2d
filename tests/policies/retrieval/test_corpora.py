"""The text of a corpus is made once for each version, kept within bounds, and never waited for longer than allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, Block, Corpus, Passage, Unavailable, count_tokens
from policies.retrieval.corpora import CHARACTERS, Corpora, Whole, whole

LONG = 5.0


def passages(*texts: str, tenant: str = "acme") -> dict[str, Sequence[Passage]]:
    return {f"{n}.md": [Passage(f"p{n}", tenant, f"{n}.md", f"Title {n}", text)] for n, text in enumerate(texts)}


class Index(MemoryKnowledge):
    """An index that counts how often it is asked, and may take its time or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.open = asyncio.Event()
        self.broken = False
        self.open.set()

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        self.asked += 1
        await self.open.wait()
        if self.broken:
            raise Unavailable("The index is on fire.")
        return await super().corpus(tenant, most)


def test_whole() -> None:
    """What a conversation is given: the text, the passages in the order of their numbers, and the tokens it takes."""
    made = whole([Passage("b", "t", "1.md", "One", "Alpha."), Passage("a", "t", "2.md", "Two", "Beta.")])
    assert made.given.ids == ("b", "a")
    assert made.given.tokens == count_tokens(Block("corpus", made.given.text).render())
    assert made.block == Block("corpus", made.given.text, "front")
    same = whole([Passage("c", "t", "1.md", "One", "Alpha."), Passage("d", "t", "2.md", "Two", "Beta.")])
    other = whole([Passage("b", "t", "1.md", "One", "Alpha!"), Passage("a", "t", "2.md", "Two", "Beta.")])
    assert same.digest == made.digest != other.digest
    assert len(made.rows & other.rows) == 1
    assert whole([]).given.ids == ()


def test_made_once_for_each_version() -> None:
    """The same object as long as nothing changes, a new one afterwards, and the old one is still known."""

    async def go() -> None:
        index = MemoryKnowledge()
        await index.replace("acme", passages("Alpha.", "Beta."), {})
        known = Corpora(index, 1000)
        first = await known.newest("acme", LONG)
        assert first is not None and first.given.ids == ("p0", "p1")
        assert await known.newest("acme", LONG) is first
        await index.replace("other", passages("Gamma.", tenant="other"), {})
        assert await known.newest("acme", LONG) is not None
        await index.replace("acme", passages("Alpha.", "Beta.", "Delta."), {})
        second = await known.newest("acme", LONG)
        assert second is not None and first.rows < second.rows
        assert known.kept("acme", first.digest) is first
        assert known.kept("other", first.digest) is None
        other = await known.newest("other", LONG)
        assert other is not None and other.given.ids == ("p0",) and "Alpha" not in other.given.text
        await index.replace("acme", {"1.md": []}, {})
        third = await known.newest("acme", LONG)
        assert third is not None and third.given.ids == ("p0", "p2")
        assert known.kept("acme", first.digest) is known.kept("acme", second.digest) is None
        assert known.kept("other", other.digest) is other

    asyncio.run(go())


def test_too_large_and_empty() -> None:
    """What cannot fit is not read; of a tenant without passages there is an empty corpus."""

    async def go() -> None:
        index = MemoryKnowledge()
        await index.replace("acme", passages("x" * (100 * CHARACTERS + 1)), {})
        known = Corpora(index, 100)
        assert await known.newest("acme", LONG) is None
        nothing = await known.newest("nobody", LONG)
        assert nothing is not None and nothing.given.ids == ()

    asyncio.run(go())


def test_who_cannot_wait_leaves_it_to_the_next() -> None:
    """One read runs at a time, goes on when nobody waits, and costs the others no time until it has ended."""

    async def go() -> None:
        index = Index()
        await index.replace("acme", passages("Alpha."), {})
        index.open.clear()
        known = Corpora(index, 1000)
        together = await asyncio.gather(*(known.newest("acme", 0.01) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in together] == [TimeoutError] * 3
        patient = asyncio.ensure_future(known.newest("acme", 3600))
        await asyncio.wait({patient}, timeout=1)
        assert patient.done() and isinstance(patient.exception(), TimeoutError)
        assert index.asked == 1
        index.open.set()
        found = await asyncio.wait_for(_until(known), 5)
        assert found.given.ids == ("p0",)

    asyncio.run(go())


async def _until(known: Corpora) -> Whole:
    while True:
        try:
            found = await known.newest("acme", LONG)
        except TimeoutError:
            await asyncio.sleep(0)
            continue
        assert found is not None
        return found


def test_a_fault_is_told_and_the_next_reads_again() -> None:
    """Whoever waits hears of it; a fault that nobody waits for any more bothers nobody."""

    async def go() -> None:
        index = Index()
        await index.replace("acme", passages("Alpha."), {})
        index.broken = True
        known = Corpora(index, 1000)
        for _ in range(2):
            with pytest.raises(AdapterError):
                await known.newest("acme", LONG)
        index.open.clear()
        with pytest.raises(TimeoutError):
            await known.newest("acme", 0.01)
        index.open.set()
        await asyncio.sleep(0.01)
        index.broken = False
        assert await known.newest("acme", LONG) is not None

    asyncio.run(go())


def test_only_so_much_is_kept() -> None:
    """The least recently used texts go first; the newest is kept in any case."""

    async def go() -> None:
        index, known = MemoryKnowledge(), Corpora(MemoryKnowledge(), 0)
        known = Corpora(index, 10_000, room=1000)
        made = []
        for number in range(3):
            tenant = f"t{number}"
            await index.replace(tenant, passages(f"{number} " + "word " * 50, tenant=tenant), {})
            found = await known.newest(tenant, LONG)
            assert found is not None
            made.append((tenant, found.digest))
        kept = [known.kept(*each) is not None for each in made]
        assert kept == [False, True, True]

    asyncio.run(go())
