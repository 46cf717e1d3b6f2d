"""What is attached, changed and taken out while the index is made anew, over the real one, is in effect after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.lancedb import LanceKnowledge
from adapters.ports import Passage
from adapters.ports.shelf import Attachment, VectorStore
from adapters.shelf import FolderShelf
from proxy import entering
from proxy.attaching import Attaching
from proxy.converting import restore
from proxy.entering import LARGE, Busy, batches
from tests.inside import POLL, Shop, whole

STORE = VectorStore(f"vs_{1:028x}", "shop", 1)
FAQ = b"id,text\n1,Refunds take days.\n2,Returns are free.\n"


class Meeting:
    """A shelf and an index with somebody who attaches, and somebody who makes the index anew."""

    def __init__(self, folder: Path) -> None:
        self.shelf = FolderShelf(str(folder / "files"))
        self.index, self.other = LanceKnowledge(str(folder / "index")), LanceKnowledge(str(folder / "index"))
        self.attaching = Attaching(self.shelf, self.index, None)

    async def attached(self, name: str, content: bytes) -> Attachment:
        await self.shelf.put("acme", STORE)
        async with self.shelf.draft("acme") as draft:
            await draft.write(content)
            file = await draft.keep(name, "assistants", None)
        held = Attachment(STORE.id, file.id, name, 1)
        await self.attaching.attach("acme", [held])
        return held

    async def done(self, name: str, content: bytes) -> Attachment:
        held = await self.attached(name, content)
        await self.attaching.turn()
        return await self.now(held)

    async def now(self, held: Attachment) -> Attachment:
        found = await self.shelf.attachment("acme", held.store, held.file)
        assert found is not None
        return found

    @asynccontextmanager
    async def rebuilding(self) -> AsyncIterator[None]:
        async with self.other.rebuild() as fresh:
            await restore(self.shelf, fresh, None, lambda step: None)
            yield

    async def found(self) -> list[str]:
        """What a process that begins now finds, by the end of its source."""
        index = LanceKnowledge(self.index.path)
        return sorted(source.rpartition("/")[2] for source in await index.sources("acme"))


def play(story: Any) -> None:
    asyncio.run(asyncio.wait_for(story, 40))


def test_attached_meanwhile(tmp_path: Path) -> None:
    """Whoever attaches has the shelf and waits for the index, whoever rebuilds has the index and reads the shelf: both
    come to their end, and what was attached is in the new index."""
    async def story() -> None:
        meeting = Meeting(tmp_path)
        await meeting.done("a.md", b"Old.")
        late = await meeting.attached("faq.csv", FAQ)
        async with meeting.other.rebuild() as fresh:
            turn = asyncio.create_task(meeting.attaching.turn())
            await asyncio.sleep(0.3)
            await restore(meeting.shelf, fresh, None, lambda step: None)
            assert not turn.done() and (await meeting.now(late)).status == "in_progress"
        await turn
        assert (await meeting.now(late)).status == "completed"
        assert await meeting.found() == ["a.md", "faq.csv#1", "faq.csv#2"]

    play(story())


@pytest.mark.parametrize("how", ["detach", "drop_store", "drop_file", "change"])
def test_changed_meanwhile(tmp_path: Path, how: str) -> None:
    """What is taken out waits for the new index and goes from there, too; other attributes are those of the new one."""
    async def story() -> None:
        meeting = Meeting(tmp_path)
        held = await meeting.done("faq.csv", FAQ)
        wanted: Any = {"detach": [held], "drop_store": [STORE], "drop_file": [held.file], "change": [held, {"n": 1.0}]}
        async with meeting.rebuilding():
            asked = asyncio.create_task(getattr(meeting.attaching, how)("acme", *wanted[how]))
            await asyncio.sleep(0.3)
            assert not asked.done()
        await asked
        hits = await LanceKnowledge(meeting.index.path).search("acme", "refunds returns", None, 5)
        assert [hit.passage.attributes.get("n") for hit in hits] == ([1.0, 1.0] if how == "change" else [])

    play(story())


def test_told_before_it_is_read(tmp_path: Path) -> None:
    """Whoever took something out of the old index tells the shelf of it first, so that it does not come back."""
    class Slow(FolderShelf):
        async def drop(self, tenant: str, what: VectorStore | Attachment) -> None:
            out.set()
            await asyncio.sleep(0.3)
            await super().drop(tenant, what)

    async def story() -> None:
        meeting = Meeting(tmp_path)
        held = await meeting.done("a.md", b"Old.")
        slow = Attaching(Slow(str(tmp_path / "files")), meeting.index, None)
        gone = asyncio.create_task(slow.detach("acme", held))
        await out.wait()
        async with meeting.rebuilding():
            pass
        await gone
        assert await meeting.found() == []

    out = asyncio.Event()
    play(story())


def test_made_anew_between_two_batches(tmp_path: Path) -> None:
    """What was written of a file before a rebuild, which leaves out what is in progress, is written again."""
    class Torn(LanceKnowledge):
        async def replace(
            self, tenant: str, passages: Mapping[str, Sequence[Passage]], vectors: Mapping[str, Sequence[float]],
            parts: Mapping[str, Sequence[Sequence[float]]] | None = None,
        ) -> int:  # fmt: skip
            found = await super().replace(tenant, passages, vectors, parts)
            written.append(len(passages))
            if len(written) == 1:
                written.append(0)
                meeting.index = self
                rebuild.set()
            return found

    async def story() -> None:
        nonlocal meeting
        meeting = Meeting(tmp_path)
        meeting.attaching = Attaching(meeting.shelf, Torn(meeting.index.path), None)
        rows = "".join(f"{number},Answer {number}.\n" for number in range(2 * LARGE))
        held = await meeting.attached("faq.csv", f"id,text\n{rows}".encode())
        turn = asyncio.create_task(meeting.attaching.turn())
        await rebuild.wait()
        async with meeting.rebuilding():
            assert not turn.done()
        await turn
        assert (await meeting.now(held)).status == "completed" and len(await meeting.found()) == 2 * LARGE
        assert written == [LARGE, 0, LARGE, LARGE]

    meeting: Any = None
    written: list[int] = []
    rebuild = asyncio.Event()
    play(story())


def test_a_large_table_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background: until then it is in progress."""
    async def story() -> None:
        meeting = Meeting(tmp_path)
        held = await meeting.done("faq.csv", FAQ)
        changed = await meeting.attaching.change("acme", held, {"n": 1.0})
        assert changed is not None and changed.status == "in_progress"
        await meeting.attaching.turn()
        assert (await meeting.now(held)).status == "completed"
        hits = await meeting.index.search("acme", "refunds returns", None, 5)
        assert [hit.passage.attributes["n"] for hit in hits] == [1.0, 1.0]

    monkeypatch.setattr("proxy.attaching.LARGE", 1)
    play(story())


def test_batches() -> None:
    """A source is never torn, and none is lost."""
    passage = Passage("1", "acme", "a", "", "text")
    made = {"a": [passage] * 1500, **{f"r{number}": [passage] for number in range(1050)}, "empty": []}
    cut = batches(made)
    assert [sum(map(len, each.values())) for each in cut] == [1500, 1000, 50]
    assert [name for each in cut for name in each] == list(made) and batches({}) == []


def test_deleted_while_it_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 in OpenAI's shape and in good time, and nothing is deleted: a second one does it, after the rebuild."""
    async def story() -> None:
        async with whole(tmp_path, embedder={"kind": "full_text_only"}) as inside, inside.client() as client:
            store = await client.vector_stores.create(name="shop")
            second = await client.vector_stores.create(name="second")
            shop = Shop(inside, client, store.id)
            held = await shop.add("faq.csv", FAQ)
            await client.vector_stores.files.create_and_poll(held.id, vector_store_id=second.id, poll_interval_ms=POLL)
            paths = [f"/v1/vector_stores/{store.id}/files/{held.id}", f"/v1/vector_stores/{store.id}",
                     f"/v1/files/{held.id}"]  # fmt: skip
            async with LanceKnowledge(str(tmp_path / "data" / "knowledge")).rebuild() as fresh:
                monkeypatch.setattr(entering, "PATIENCE", 0.3)
                for path in paths:
                    refused = await inside.send("DELETE", path)
                    assert refused.status_code == 503 and refused.json()["error"]["message"] == str(Busy())
                    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}
                await restore(FolderShelf(str(tmp_path / "data" / "files")), fresh, None, lambda step: None)
            monkeypatch.undo()
            assert await shop.found("refunds") == ["faq.csv"]
            assert await Shop(inside, client, second.id).found("refunds") == ["faq.csv"]
            for path in paths:
                assert (await inside.send("DELETE", path)).status_code == 200
            assert (await client.files.list()).data == [] and await Shop(inside, client, second.id).found("x") == []

    play(story())
