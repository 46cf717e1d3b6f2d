"""What every Knowledge promises of filters, materials, the whole corpus and its terms, over each adapter of it."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge
from adapters.memory import MemoryKnowledge
from adapters.ports import Compare, Compound, Filter, Passage, Status, Terms
from adapters.ports.words import words_of

Both = MemoryKnowledge | LanceKnowledge
MAKERS: dict[str, Callable[[Path], Both]] = {
    "memory": lambda folder: MemoryKnowledge(),
    "lancedb": lambda folder: LanceKnowledge(str(folder / "knowledge")),
}
BASE = Passage("", "acme", "", "Fruit", "")


def fruit(name: str, text: str, **more: object) -> Passage:
    return replace(BASE, id=name, source=name, text=text, digest="d", **more)  # type: ignore[arg-type]


FRUIT = [
    fruit("medlar", "A medlar is eaten soft.", attributes={"lang": "en", "year": 2020.0}, aspects=("medlar", "soft")),
    fruit("quince", "A quince is eaten cooked.", attributes={"lang": "en", "year": 2024.0, "draft": True}),
    fruit("kaki", "Eine Kaki is eaten raw.", attributes={"lang": "de'\x1f"}),
    fruit("review", "I have eaten a medlar and liked it.", material="experiences"),
]
Body = Callable[[Both], Awaitable[None]]


@pytest.fixture(params=MAKERS)
def check(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Body], None]:
    """Runs a test body against an adapter that holds the fruit, and closes it."""

    def run(body: Body) -> None:
        async def main() -> None:
            knowledge = MAKERS[request.param](tmp_path)
            await knowledge.replace("acme", {each.source: [each] for each in FRUIT}, {})
            await body(knowledge)
            await knowledge.close()

        asyncio.run(main())

    return run


async def found(knowledge: Both, filter: Filter | None, materials: Sequence[str] = ("knowledge",)) -> set[str]:
    hits = await knowledge.search("acme", "eaten", None, 10, filter, materials)  # type: ignore[arg-type]
    return {hit.passage.id for hit in hits}


def test_filters(check: Callable[[Body], None]) -> None:
    """A filter lets through what fulfils it and nothing else, whatever characters its values have."""

    async def body(knowledge: Both) -> None:
        english = Compare("lang", "eq", ("en",))
        assert await found(knowledge, None) == {"medlar", "quince", "kaki"}
        assert await found(knowledge, english) == {"medlar", "quince"}
        assert await found(knowledge, Compare("lang", "ne", ("en",))) == {"kaki"}
        assert await found(knowledge, Compare("lang", "in", ("de'\x1f", "fr"))) == {"kaki"}
        assert await found(knowledge, Compound("and", (english, Compare("year", "gt", (2020.0,))))) == {"quince"}
        assert await found(knowledge, Compare("draft", "eq", (True,))) == {"quince"}
        assert await found(knowledge, Compare("lang", "eq", ("en' OR '1'='1",))) == set()

    check(body)


def test_filter_follows(check: Callable[[Body], None]) -> None:
    """A filter sees the attributes of what was put in a moment ago."""

    async def body(knowledge: Both) -> None:
        new = Compare("lang", "eq", ("fr",))
        assert await found(knowledge, new) == set()
        late = fruit("poire", "Une poire is eaten.", attributes={"lang": "fr"})
        await knowledge.replace("acme", {"poire": [late]}, {})
        assert await found(knowledge, new) == {"poire"}
        assert (await knowledge.search("acme", "poire", None, 1))[0].passage == late

    check(body)


def test_materials(check: Callable[[Body], None]) -> None:
    """Experiences are found only where they are asked for."""

    async def body(knowledge: Both) -> None:
        assert await found(knowledge, None, ["experiences"]) == {"review"}
        assert await found(knowledge, None, ["knowledge", "experiences"]) == {"medlar", "quince", "kaki", "review"}

    check(body)


def test_corpus(check: Callable[[Body], None]) -> None:
    """The whole corpus comes in a fixed order, without experiences, under a version that changes with it; one that is
    too long does not come at all."""

    async def body(knowledge: Both) -> None:
        whole = await knowledge.corpus("acme", 1000)
        assert whole is not None
        assert [each.id for each in whole.passages] == ["kaki", "medlar", "quince"]
        assert whole.passages[1] == FRUIT[0]
        assert await knowledge.corpus("acme", 1000) == whole
        assert await knowledge.corpus("acme", 20) is None
        assert await knowledge.corpus("acme", 1000) == whole
        await knowledge.replace("acme", {"kaki": []}, {})
        after = await knowledge.corpus("acme", 1000)
        assert after is not None
        assert after.version != whole.version
        assert [each.id for each in after.passages] == ["medlar", "quince"]
        assert (await knowledge.corpus("other", 1000) or whole).passages == ()

    check(body)


def test_passages_by_name(check: Callable[[Body], None]) -> None:
    """Those that are still there come as they are now, of any material, and only to their tenant."""

    async def body(knowledge: Both) -> None:
        whole = await knowledge.corpus("acme", 1000)
        assert whole is not None
        named = [(each.source, each.id) for each in whole.passages]
        other = [("nowhere", "medlar"), (named[0][0], "nothing")]
        there = sorted(await knowledge.passages("acme", [*named, *other]), key=lambda each: each.id)
        assert tuple(there) == whole.passages
        assert await knowledge.passages("other", named) == []
        assert await knowledge.passages("acme", []) == []
        assert await knowledge.passages("acme", [("review", "review")]) == [FRUIT[3]]
        gone, changed, *_ = whole.passages
        await knowledge.replace("acme", {gone.source: [], changed.source: [replace(changed, text="Otherwise.")]}, {})
        after = {each.id: each.text for each in await knowledge.passages("acme", named)}
        assert gone.id not in after and after[changed.id] == "Otherwise."

    check(body)


def test_terms(check: Callable[[Body], None]) -> None:
    """How many passages hold a word is known soon after it is first asked, per tenant, and follows changes."""

    async def known(knowledge: Both, tenant: str) -> Terms:
        while (terms := knowledge.terms(tenant)) is None:
            await asyncio.sleep(0.01)
        return terms

    async def body(knowledge: Both) -> None:
        terms = await known(knowledge, "acme")
        assert terms.passages == len(FRUIT)
        assert [terms.frequency(stem) for stem in words_of("medlars eaten fruit kumquat")] == [2, 4, 4, 0]
        assert knowledge.terms("other") in (None, Terms(0, array("I"), array("I")))

    check(body)


def test_status(check: Callable[[Body], None]) -> None:
    """The status counts passages and sources of the tenant."""

    async def body(knowledge: Both) -> None:
        await knowledge.replace("acme", {"medlar": [FRUIT[0], replace(FRUIT[0], id="2", position=1)]}, {})
        status = await knowledge.status("acme")
        assert (status.passages, status.sources) == (5, 4)
        assert (await knowledge.status("other")) == replace(Status(), bytes=status.bytes, waiting=status.waiting)

    check(body)


def test_rebuild(check: Callable[[Body], None]) -> None:
    """What is filled anew takes the place of what was there."""

    async def body(knowledge: Both) -> None:
        async with knowledge.rebuild() as fresh:
            await fresh.replace("acme", {"quince": [FRUIT[1]]}, {})
        assert await found(knowledge, None) == {"quince"}

    check(body)
