"""Attachments become passages once, also after a death; what is taken out meanwhile never comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, Library, Passage
from adapters.ports.shelf import Attachment, Batch, VectorStore
from adapters.shelf import FolderShelf
from proxy import attaching
from proxy.attaching import TRIES, Attaching

STORE = VectorStore(f"vs_{1:028x}", "shop", 1)
FAQ = b"id,text\n1,Refunds take days.\n2,Returns are free.\n"


class Held(FolderShelf):
    """A shelf whose files come only when they are let."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def content(self, tenant: str, id: str) -> AsyncIterator[bytes]:
        self.asked.set()
        await self.let.wait()
        async for piece in super().content(tenant, id):
            yield piece


@dataclass
class Slow:
    """An embedder that answers only when it is let."""

    name: str = "slow"
    dimensions: int = 2
    in_parts: bool = False
    usual: float | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked.set()
        await self.let.wait()
        return [(1.0, 0.0)] * len(texts)


class Away(MemoryKnowledge):
    """An index that does not answer for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.away = True

    async def replace(
        self, tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[float]],
        parts: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ) -> int:  # fmt: skip
        if self.away:
            raise AdapterError("The index is away.")
        return await super().replace(tenant, passages, vectors, parts)


class Desk:
    """A shelf with one vector store, and what attaches to it."""

    def __init__(self, folder: Path, shelf: FolderShelf | None = None, library: Library | None = None,
                 embedder: Slow | None = None) -> None:  # fmt: skip
        self.shelf = shelf or FolderShelf(str(folder))
        self.library: Any = library or MemoryKnowledge()
        self.attaching = Attaching(self.shelf, self.library, embedder)

    async def attached(self, name: str = "a.md", content: bytes = b"refund", **more: Any) -> Attachment:
        if await self.shelf.store("acme", STORE.id) is None:
            await self.shelf.put("acme", STORE)
        async with self.shelf.draft("acme") as draft:
            await draft.write(content)
            file = await draft.keep(name, "assistants", None)
        held = Attachment(STORE.id, file.id, name, 1, **more)
        await self.attaching.attach("acme", [held])
        return held

    async def now(self, held: Attachment) -> Attachment:
        found = await self.shelf.attachment("acme", held.store, held.file)
        assert found is not None
        return found

    async def sources(self) -> list[str]:
        return sorted(source.rpartition("/")[2] for source in await self.library.sources("acme"))


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 30))


def test_in_turn(tmp_path: Path) -> None:
    """What waits is done, each with its text's size; then nothing waits."""
    async def story() -> None:
        desk = Desk(tmp_path)
        one, two, bad = await desk.attached(), await desk.attached("faq.csv", FAQ), await desk.attached("c.zip")
        await desk.attaching.turn()
        states = [(await desk.now(held)).status for held in (one, two, bad)]
        assert states == ["completed", "completed", "failed"] and (await desk.now(one)).usage == len("refund")
        assert await desk.sources() == ["a.md", "faq.csv#1", "faq.csv#2"] and await desk.shelf.waiting() == []

    play(story())


def test_a_death_is_made_good(tmp_path: Path) -> None:
    """Another process does what one had begun, as often as it makes sense; a file that kills it is left then."""
    async def story() -> None:
        desk, begun, deadly = Desk(tmp_path), None, None
        begun = await desk.attached(tries=1)
        deadly = await desk.attached("b.md", tries=TRIES)
        again = Desk(tmp_path)
        await again.attaching.turn()
        done, left = await again.now(begun), await again.now(deadly)
        assert (done.status, left.status) == ("completed", "failed") and left.fault and left.fault[0] == "server_error"
        assert await again.sources() == ["a.md"] and await again.shelf.waiting() == []

    play(story())


def test_a_try_is_counted_before_it_begins(tmp_path: Path) -> None:
    """So that a death in the middle counts."""
    async def story() -> None:
        shelf = Held(str(tmp_path))
        desk = Desk(tmp_path, shelf)
        held = await desk.attached()
        turn = asyncio.create_task(desk.attaching.turn())
        await shelf.asked.wait()
        assert (await desk.now(held)).tries == 1
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        assert (await desk.now(held)).status == "in_progress" and len(await desk.shelf.waiting()) == 1

    play(story())


def test_changed_while_it_is_read(tmp_path: Path) -> None:
    """The next turn does it as it is wanted by then; what was detached, cancelled or dropped is not done at all."""
    async def story() -> None:
        shelf = Held(str(tmp_path))
        desk = Desk(tmp_path, shelf)
        held = await desk.attached()
        turn = asyncio.create_task(desk.attaching.turn())
        await shelf.asked.wait()
        changed = await desk.attaching.change("acme", held, {"n": 1.0})
        assert changed is not None and changed.status == "in_progress"
        shelf.let.set()
        await turn
        assert await desk.sources() == [] and (await desk.now(held)).status == "in_progress"
        await desk.attaching.turn()
        (hit,) = await desk.library.search("acme", "refund", None, 5)
        assert hit.passage.attributes == {"n": 1.0, "vector_store": STORE.id, "file": held.file}

    play(story())


@pytest.mark.parametrize("how", ["detach", "drop_store", "drop_file", "cancel"])
def test_gone_while_it_is_read(tmp_path: Path, how: str) -> None:
    """It does not come back."""
    async def story() -> None:
        shelf = Held(str(tmp_path))
        desk = Desk(tmp_path, shelf)
        held, batch = await desk.attached(batch="vsfb"), Batch("vsfb", STORE.id, 1)
        turn = asyncio.create_task(desk.attaching.turn())
        await shelf.asked.wait()
        asked: Any = {"detach": held, "drop_store": STORE, "drop_file": held.file, "cancel": batch}[how]
        await getattr(desk.attaching, how)("acme", asked)
        shelf.let.set()
        await turn
        await desk.attaching.turn()
        left = await desk.shelf.attachment("acme", held.store, held.file)
        assert await desk.sources() == [] and (left is None or left.status == "cancelled")

    play(story())


def test_gone_while_it_is_embedded(tmp_path: Path) -> None:
    """Whoever detaches does not wait for a slow embedder, and it does not come back."""
    async def story() -> None:
        embedder = Slow()
        desk = Desk(tmp_path, embedder=embedder)
        held = await desk.attached()
        turn = asyncio.create_task(desk.attaching.turn())
        await embedder.asked.wait()
        await desk.attaching.detach("acme", held)
        embedder.let.set()
        await turn
        assert await desk.sources() == [] and await desk.shelf.attachment("acme", held.store, held.file) is None

    play(story())


def test_an_index_that_is_away(tmp_path: Path) -> None:
    """Costs nothing but time; what cannot be taken out stays attached, and can be asked for again."""
    async def story() -> None:
        index = Away()
        desk = Desk(tmp_path, library=index)
        held = await desk.attached()
        await desk.attaching.turn()
        assert await desk.now(held) == held and await desk.shelf.waiting() != []
        index.away = False
        await desk.attaching.turn()
        assert await desk.now(held) == held  # it is not tried again at once
        await desk.attaching.attach("acme", [held])
        await desk.attaching.turn()
        assert (await desk.now(held)).status == "completed"
        index.away = True
        for work in (desk.attaching.detach("acme", held), desk.attaching.drop_store("acme", STORE),
                     desk.attaching.drop_file("acme", held.file)):
            with pytest.raises(AdapterError):
                await work
        assert (await desk.now(held)).status == "completed" and await desk.shelf.file("acme", held.file)
        index.away = False
        await desk.attaching.drop_file("acme", held.file)
        assert await desk.sources() == [] and await desk.shelf.file("acme", held.file) is None

    play(story())


def test_tried_again_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index did not take in is tried again later, the others first; after many tries it has failed."""
    async def story() -> None:
        index = Away()
        desk = Desk(tmp_path, library=index)
        held = await desk.attached()
        await desk.attaching.turn()
        index.away = False
        other = await desk.attached("b.md")
        await desk.attaching.turn()
        assert [(await desk.now(each)).status for each in (held, other)] == ["in_progress", "completed"]
        await asyncio.sleep(0.1)
        await desk.attaching.turn()
        assert (await desk.now(held)).status == "completed" and await desk.sources() == ["a.md", "b.md"]
        index.away, hopeless = True, await desk.attached("c.md")
        while (await desk.now(hopeless)).status == "in_progress":
            await desk.attaching.turn()
        ended = await desk.now(hopeless)
        assert ended.status == "failed" and ended.fault and ended.fault[0] == "server_error"

    monkeypatch.setattr(attaching, "AGAIN", (0.1, 0.0, 0.0, 0.0, 0.0))
    play(story())


def test_attached_again_and_cancelled(tmp_path: Path) -> None:
    """What was in the index from before goes, too."""
    async def story() -> None:
        desk = Desk(tmp_path)
        held = await desk.attached("faq.csv", FAQ)
        await desk.attaching.turn()
        batch = Batch(f"vsfb_{1:028x}", STORE.id, 1)
        await desk.attaching.attach("acme", [replace(held, batch=batch.id)])
        assert (await desk.attaching.cancel("acme", batch)).cancelled
        assert await desk.sources() == [] and (await desk.now(held)).status == "cancelled"

    play(story())


def test_one_process_works(tmp_path: Path) -> None:
    """The others leave it to that one, and take over when it is gone."""
    async def story() -> None:
        desk, other = Desk(tmp_path), Desk(tmp_path)
        held = await desk.attached()
        async with desk.shelf.leading():
            await other.attaching.turn()
            assert (await desk.now(held)).status == "in_progress"
        await other.attaching.turn()
        assert (await desk.now(held)).status == "completed"

    play(story())


def test_what_expires_goes(tmp_path: Path) -> None:
    """A file from wherever it is; of a vector store all that it held. What has time left stays."""
    async def story() -> None:
        desk = Desk(tmp_path)
        held, kept = await desk.attached(), await desk.attached("b.md", b"another")
        await desk.attaching.turn()
        path = next(tmp_path.rglob(f"files/{held.file}.json"))
        path.write_bytes(path.read_bytes().replace(b'"expires":null', b'"expires":1'))
        again = Attaching(desk.shelf, desk.library, None)
        await again.turn()
        assert await desk.sources() == ["b.md"] and len(await desk.shelf.files("acme")) == 1
        path = next(tmp_path.rglob("store.json"))
        path.write_bytes(re.sub(b'"days":null', b'"days":1', path.read_bytes()))
        await Attaching(desk.shelf, desk.library, None).turn()
        assert await desk.sources() == [] and await desk.shelf.attachments("acme", STORE.id) == []
        assert await desk.shelf.store("acme", STORE.id) and await desk.shelf.file("acme", kept.file)

    play(story())


def test_a_loop_that_survives(tmp_path: Path) -> None:
    """A shelf that cannot be read for a while does not end the work."""
    async def story() -> None:
        desk = Desk(tmp_path / "files")
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "leader.lock").mkdir()
        work = asyncio.create_task(desk.attaching.run())
        held = await desk.attached()
        await asyncio.sleep(0.05)
        assert not work.done() and (await desk.now(held)).status == "in_progress"
        (tmp_path / "files" / "leader.lock").rmdir()
        await desk.attaching.attach("acme", [held])
        while (await desk.now(held)).status == "in_progress":
            await asyncio.sleep(0.005)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        assert (await desk.now(held)).status == "completed"

    play(story())
