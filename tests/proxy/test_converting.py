"""An attached file's passages say where they come from, and all of them can be made again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import Hit
from adapters.ports.shelf import Attachment, VectorStore
from adapters.shelf import FolderShelf
from proxy.attaching import Attaching
from proxy.converting import Unreadable, converted, restore, source
from proxy.ingest import Progress, ingest

ROWS = b"id,text\nr1,Refunds take days.\nr2,Returns are free.\n"


def vs(number: int, **more: Any) -> VectorStore:
    return VectorStore(f"vs_{number:028x}", "shop", 1, **more)


async def put(shelf: FolderShelf, tenant: str, store: VectorStore, name: str, content: bytes,
              **more: Any) -> Attachment:  # fmt: skip
    async with shelf.draft(tenant) as draft:
        await draft.write(content)
        file = await draft.keep(name, "assistants", None)
    held = Attachment(store.id, file.id, name, 1, **more)
    await shelf.put(tenant, store)
    await shelf.put(tenant, held)
    return held


async def all_of(index: MemoryKnowledge, tenant: str) -> Sequence[Hit]:
    found = await index.search(tenant, "refunds returns take are", None, 100, None, ("knowledge", "experiences"))
    return sorted(found, key=lambda hit: hit.passage.id)


@pytest.mark.parametrize("name", ["faq.csv", 'say "hi".csv', "ünï#1.csv", "  .csv", "a b.CSV", "-x.csv"])
def test_sources(tmp_path: Path, name: str) -> None:
    """Vector store, file and name, with the row of a table; each passage carries the ids and the attributes."""
    async def story() -> None:
        shelf = FolderShelf(str(tmp_path))
        held = await put(shelf, "acme", vs(1), name, ROWS, attributes={"n": 1.0})
        made = await converted(shelf, "acme", held, "experiences")
        assert list(made) == [f"vector_store/{held.store}/{held.file}/{name}#{row}" for row in ("r1", "r2")]
        for (passage,) in made.values():
            assert passage.attributes == {"n": 1.0, "vector_store": held.store, "file": held.file}
            assert (passage.material, passage.tenant) == ("experiences", "acme")

    asyncio.run(story())


@pytest.mark.parametrize(("name", "content", "code", "said"), [
    ("a.exe", b"x", "unsupported_file", "known: .md"), ("a.md", b"", "invalid_file", "no text"),
    ("a.jsonl", b'{"text": "x"}\n[]', "invalid_file", "line 2 is no JSON object"),
])
def test_why_not(tmp_path: Path, name: str, content: bytes, code: str, said: str) -> None:
    """In words for whoever sent it: no path, no id."""
    async def story() -> None:
        shelf = FolderShelf(str(tmp_path))
        held = await put(shelf, "acme", vs(1), name, content)
        with pytest.raises(Unreadable, match=said) as caught:
            await converted(shelf, "acme", held, "knowledge")
        assert caught.value.code == code and held.store not in str(caught.value) and "/" not in str(caught.value)

    asyncio.run(story())


def test_all_again(tmp_path: Path) -> None:
    """An empty index gets just what the first one had: of all tenants, in their material, and nothing else."""
    async def story() -> None:
        shelf, first, second = FolderShelf(str(tmp_path)), MemoryKnowledge(), MemoryKnowledge()
        reviews = vs(2, metadata={"material": "experiences"})
        await put(shelf, "acme", vs(1), "faq.csv", ROWS, attributes={"lang": "en"})
        await put(shelf, "acme", reviews, "review.md", b"Refunds were quick.")
        await put(shelf, "acme", vs(1), "bad.zip", b"x")
        lost = await put(shelf, "other", vs(3), "a.md", b"Returns of others.")
        await put(shelf, "other", vs(3), "b.md", b"Other refunds.")
        await Attaching(shelf, first, None).turn()
        waiting = await put(shelf, "acme", vs(1), "later.md", b"Refunds, later.")
        await shelf.discard("other", lost.file)
        seen: list[Progress] = []
        report = await restore(shelf, second, None, seen.append)
        assert await all_of(second, "acme") == await all_of(first, "acme") and len(await all_of(second, "acme")) == 3
        assert [hit.passage.text for hit in await all_of(second, "other")] == ["Other refunds."]
        assert (report.added, report.passages, list(report.failed)) == (4, 4, [str(source(lost))])
        assert [step.done for step in seen] == [1, 2, 3, 4] and seen[-1].total == 4
        assert str(source(waiting)) not in await second.sources("acme")

    asyncio.run(story())


@pytest.mark.parametrize("attached", [True, False])
def test_gone_while_it_is_restored(tmp_path: Path, attached: bool) -> None:
    """A file that vanishes while it is opened costs the others nothing; who detached it need not hear of it."""
    class Vanishing(FolderShelf):
        async def content(self, tenant: str, id: str) -> AsyncIterator[bytes]:
            if id == lost.file:
                await self.discard(tenant, id)
                if not attached:
                    await self.drop(tenant, lost)
            async for piece in super().content(tenant, id):
                yield piece

    async def story() -> None:
        nonlocal lost
        shelf, index = FolderShelf(str(tmp_path)), MemoryKnowledge()
        lost = await put(shelf, "acme", vs(1), "faq.csv", ROWS)
        kept = await put(shelf, "acme", vs(1), "a.md", b"Refunds.")
        await Attaching(shelf, MemoryKnowledge(), None).turn()
        report = await restore(Vanishing(str(tmp_path)), index, None, lambda step: None)
        assert list(report.failed) == ([str(source(lost))] if attached else [])
        assert list(await index.sources("acme")) == [str(source(kept))]

    lost = Attachment("", "", "", 1)
    asyncio.run(story())


def test_an_ingest_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an ingest removes because its file is gone is never what was uploaded, whatever lies at such a path."""
    async def story() -> None:
        shelf, index = FolderShelf(str(tmp_path / "files")), MemoryKnowledge()
        held = await put(shelf, "default", vs(1), "faq.csv", ROWS)
        await Attaching(shelf, index, None).turn()
        docs = tmp_path / "vector_store" / held.store / held.file
        docs.mkdir(parents=True)
        (docs / "a.md").write_text("Mine.")
        monkeypatch.chdir(tmp_path)
        for path in (".", "vector_store", str(tmp_path)):
            report = await ingest([path], index, None, "default", lambda step: None)
            assert report.removed == 0 and len(await index.sources("default")) == 3
        (docs / "a.md").unlink()
        assert (await ingest(["vector_store"], index, None, "default", lambda step: None)).removed == 1
        assert sorted(await index.sources("default")) == [f"{source(held)}#r1", f"{source(held)}#r2"]

    asyncio.run(story())
