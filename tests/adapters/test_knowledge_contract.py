"""What every Knowledge promises, over each adapter of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge
from adapters.memory.knowledge import MemoryKnowledge
from adapters.ports import AdapterError, Knowledge, Passage

MAKERS: dict[str, Callable[[Path], Knowledge]] = {
    "memory": lambda folder: MemoryKnowledge(),
    "lancedb": lambda folder: LanceKnowledge(str(folder / "knowledge"), "test-embedder", 3),
}
TEXTS = {
    "leave.md": ("Parental leave", "Parents of a new child take sixteen weeks of leave, paid in full."),
    "travel.md": ("Travel", "Book trains before planes; a receipt is needed above twenty euros."),
    "codes.md": ("Error codes", "E-4021 means that the card reader lost its connection to the till."),
}
VECTORS = {"leave.md:0": [1.0, 0.0, 0.0], "travel.md:0": [0.0, 1.0, 0.0], "codes.md:0": [0.0, 0.0, 1.0]}


def passage(source: str, title: str, text: str, tenant: str = "acme", position: int = 0) -> Passage:
    return Passage(f"{source}:{position}", tenant, source, title, text, position, f"digest of {text}")


def corpus(tenant: str = "acme") -> dict[str, list[Passage]]:
    return {source: [passage(source, *pair, tenant)] for source, pair in TEXTS.items()}


@pytest.fixture(params=MAKERS)
def check(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Callable[[Knowledge], Awaitable[None]]], None]:
    """Runs a test body against an adapter of the table, and closes it."""

    def run(body: Callable[[Knowledge], Awaitable[None]]) -> None:
        async def main() -> None:
            knowledge = MAKERS[request.param](tmp_path)
            await body(knowledge)
            await knowledge.close()

        asyncio.run(main())

    return run


Check = Callable[[Callable[[Knowledge], Awaitable[None]]], None]


async def ids(knowledge: Knowledge, text: str, vector: Sequence[float] | None = None) -> list[str]:
    return [hit.passage.id for hit in await knowledge.search("acme", text, vector, 10)]


def test_empty(check: Check) -> None:
    """An index that nothing was put into finds nothing and knows no sources."""

    async def body(knowledge: Knowledge) -> None:
        assert list(await knowledge.search("acme", "leave", None, 5)) == []
        assert await knowledge.sources("acme") == {}
        assert await knowledge.replace("acme", {}, {}) == 0

    check(body)


def test_finds(check: Check) -> None:
    """The passage that holds the words of the question comes first, whole and with scores that explain it."""

    async def body(knowledge: Knowledge) -> None:
        assert await knowledge.replace("acme", corpus(), VECTORS) == 3
        hits = await knowledge.search("acme", "How many weeks of parental leave?", None, 5)
        assert hits[0].passage == corpus()["leave.md"][0]
        assert hits[0].score == 1.0
        assert hits[0].text_score > 0
        assert hits[0].similarity is None
        assert all(0 <= hit.score <= 1 for hit in hits)

    check(body)


def test_title(check: Check) -> None:
    """A word of the title alone finds the passage."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), {})
        assert await ids(knowledge, "error") == ["codes.md:0"]

    check(body)


def test_codes(check: Check) -> None:
    """A code is found by its words however it is written, on either side."""

    async def body(knowledge: Knowledge) -> None:
        more = {"parts.md": [passage("parts.md", "Parts", "The pump is an XJ900.")]}
        await knowledge.replace("acme", {**corpus(), **more}, {})
        for text in ("E-4021", "E4021", "What is E 4021?", "e4021"):
            assert (await ids(knowledge, text))[:1] == ["codes.md:0"]
        for text in ("XJ-900", "xj900", "Which one is XJ 900?"):
            assert (await ids(knowledge, text))[:1] == ["parts.md:0"]

    check(body)


def test_limit(check: Check) -> None:
    """No more passages come back than were asked for."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), {})
        assert len(await knowledge.search("acme", "leave receipt reader", None, 2)) == 2

    check(body)


def test_vector(check: Check) -> None:
    """A vector finds what shares no word with the question, and its cosine is reported."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        hits = await knowledge.search("acme", "railway", [0.0, 1.0, 0.0], 1)
        assert hits[0].passage.source == "travel.md"
        assert hits[0].similarity == pytest.approx(1.0)

    check(body)


def test_parts(check: Check) -> None:
    """A passage is as near as the nearest of its sentences, also where the whole points elsewhere."""

    async def body(knowledge: Knowledge) -> None:
        parts = {"codes.md:0": [[0.6, 0.8, 0.0], [0.8, 0.6, 0.0]]}
        await knowledge.replace("acme", corpus(), VECTORS, parts)
        hits = {hit.passage.id: hit for hit in await knowledge.search("acme", "railway", [0.0, 1.0, 0.0], 3)}
        assert hits["codes.md:0"].similarity == pytest.approx(0.8, abs=0.005)
        assert hits["travel.md:0"].similarity == pytest.approx(1.0)
        assert hits["leave.md:0"].similarity == pytest.approx(0.0)
        with pytest.raises(AdapterError):
            await knowledge.replace("acme", corpus(), VECTORS, {"codes.md:0": [[float("nan"), 0.0, 0.0]]})

    check(body)


def test_exact_beats_vector(check: Check) -> None:
    """A vector that points elsewhere cannot erase the one passage that holds the very words."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        assert (await ids(knowledge, "E-4021 card reader", [0.0, 1.0, 0.0]))[0] == "codes.md:0"

    check(body)


def test_tenants(check: Check) -> None:
    """One tenant never sees what another put in, not even under the same ids."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        await knowledge.replace("other", {"leave.md": [passage("leave.md", "Ours", "Leave is long", "other")]}, VECTORS)
        found = await knowledge.search("other", "leave receipt reader", [1.0, 0.0, 0.0], 10)
        assert [(hit.passage.tenant, hit.passage.title) for hit in found] == [("other", "Ours")]
        assert len(await knowledge.sources("acme")) == 3
        assert list(await knowledge.search("acme' OR '1'='1", "leave", None, 10)) == []
        assert sorted(await knowledge.tenants()) == ["acme", "other"]
        await knowledge.replace("other", {"leave.md": []}, {})
        assert list(await knowledge.tenants()) == ["acme"]

    check(body)


def test_replaces(check: Check) -> None:
    """A source that is put in again has its new passages only, the others stay as they were."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        new = [passage("leave.md", "Leave", "Now it is twenty weeks.", position=place) for place in (0, 1)]
        assert await knowledge.replace("acme", {"leave.md": new[:1]}, {}) == 3
        assert await ids(knowledge, "sixteen") == []
        assert await ids(knowledge, "twenty weeks") == ["leave.md:0", "travel.md:0"]
        assert (await knowledge.sources("acme"))["leave.md"] == "digest of Now it is twenty weeks."

    check(body)


def test_removes(check: Check) -> None:
    """A source without passages is gone, from searches and from the list; doing it twice changes nothing."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        for _ in range(2):
            assert await knowledge.replace("acme", {"leave.md": []}, {}) == 2
        assert await ids(knowledge, "parental leave", [1.0, 0.0, 0.0]) != ["leave.md:0"]
        assert set(await knowledge.sources("acme")) == {"travel.md", "codes.md"}

    check(body)


def test_alike(check: Check) -> None:
    """Of nearly the same text only one passage comes back."""

    async def body(knowledge: Knowledge) -> None:
        title, text = TEXTS["leave.md"]
        copies: Mapping[str, Sequence[Passage]] = {
            name: [passage(name, title, text)] for name in ("one.md", "two.md", "three.md")
        }
        await knowledge.replace("acme", {**corpus(), **copies}, {})
        assert len(await ids(knowledge, "parental leave sixteen weeks")) == 1

    check(body)


@pytest.mark.parametrize("text", ["", "   ", "?!", "the of and", "\ud800 leave", "x" * 100_000, "a' OR 1=1; --", "\0"])
def test_odd_text(check: Check, text: str) -> None:
    """No text of a person makes a search fail."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        for vector in (None, [1.0, 0.0, 0.0]):
            assert isinstance(list(await knowledge.search("acme", text, vector, 3)), list)

    check(body)


def test_bad_vector(check: Check) -> None:
    """An infinite vector is refused, and the index stays as it was."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", corpus(), VECTORS)
        with pytest.raises(AdapterError):
            await knowledge.replace("acme", corpus(), {"leave.md:0": [float("inf"), 0.0, 0.0]})
        assert len(await knowledge.sources("acme")) == 3

    check(body)


WRITTEN = Passage("wb_1", "acme", "write-back/wb_1", "Parental leave", "Leave is sixteen weeks.", digest="d",
                  origin="model", roots=(("leave.md", "digest 1"), ("travel.md", "digest 2")))  # fmt: skip


def test_what_a_model_wrote(check: Check) -> None:
    """It comes back with all that it rests on, and is found like any other."""

    async def body(knowledge: Knowledge) -> None:
        await knowledge.replace("acme", {**corpus(), WRITTEN.source: [WRITTEN]}, VECTORS)
        hits = await knowledge.search("acme", "weeks of leave", None, 5)
        assert [hit.passage for hit in hits if hit.passage.origin == "model"] == [WRITTEN]
        assert list(await knowledge.passages("acme", [(WRITTEN.source, "wb_1")])) == [WRITTEN]

    check(body)


def test_digests(check: Check) -> None:
    """Of the sources that are there, as they are now, and of this tenant alone."""

    async def body(knowledge: Knowledge) -> None:
        assert await knowledge.digests("acme", ["leave.md"]) == {}
        await knowledge.replace("acme", corpus(), VECTORS)
        named = ["leave.md", "gone.md"]
        assert await knowledge.digests("acme", named) == {"leave.md": f"digest of {TEXTS['leave.md'][1]}"}
        assert await knowledge.digests("other", named) == {}
        await knowledge.replace("acme", {"leave.md": [passage("leave.md", "Leave", "Twenty weeks.")]}, {})
        assert await knowledge.digests("acme", named) == {"leave.md": "digest of Twenty weeks."}
        await knowledge.replace("acme", {"leave.md": []}, {})
        assert await knowledge.digests("acme", named) == {}

    check(body)
