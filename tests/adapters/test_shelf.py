"""What is put on the shelf is there, whole, for its tenant alone, after any death; what is not, leaves nothing."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from adapters.ports.shelf import Attachment, Batch, Chunking, ShelfFault, StoredFile, VectorStore, new_id
from adapters.shelf import FolderShelf
from adapters.shelf.disk import held, read, write

T = TypeVar("T")
NASTY = ["", ".", "..", "../acme", "a/b", "tenant\x00", "ünï", "x" * 5000, "CON"]


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(str(tmp_path / "files"))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def put(shelf: FolderShelf, *pieces: bytes, tenant: str = "acme", name: str = "a.md") -> StoredFile:
    async with shelf.draft(tenant) as draft:
        for piece in pieces:
            await draft.write(piece)
        return await draft.keep(name, "assistants", None)


async def content(shelf: FolderShelf, file: StoredFile, tenant: str = "acme") -> bytes:
    return b"".join([piece async for piece in shelf.content(tenant, file.id)])


def vs(number: int = 1) -> VectorStore:
    return VectorStore(f"vs_{number:028x}", "name", 100, "why", {"a": "b"}, 7, 100)


def attached(store: VectorStore, number: int = 1, **more: Any) -> Attachment:
    return Attachment(store.id, f"file-{number:028x}", "a.md", 100, **more)


def below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_file_there_and_back(shelf: FolderShelf) -> None:
    """In pieces of any size, an empty one, too; listed by age; then gone."""
    async def story() -> None:
        big = os.urandom(700_000)
        one, two, three = await put(shelf, big[:5], big[5:]), await put(shelf), await put(shelf, *[b"x"] * 1000)
        assert await content(shelf, one) == big and one.size == len(big)
        assert await content(shelf, two) == b"" and await content(shelf, three) == b"x" * 1000
        assert await shelf.file("acme", one.id) == one
        assert list(await shelf.files("acme")) == sorted([one, two, three], key=lambda file: file.id)
        await shelf.discard("acme", one.id)
        assert await shelf.file("acme", one.id) is None and len(await shelf.files("acme")) == 2
        with pytest.raises(ShelfFault):
            await content(shelf, one)

    run(story())


def test_what_is_not_kept_leaves_nothing(shelf: FolderShelf) -> None:
    """An upload that breaks off."""
    async def story() -> None:
        with pytest.raises(ValueError, match="cut"):
            async with shelf.draft("acme") as draft:
                await draft.write(b"x" * 600_000)
                assert len(below(shelf.root)) == 2
                raise ValueError("cut")

    run(story())
    assert below(shelf.root) == ["tenant.json"]


def test_only_the_owner_may_look(shelf: FolderShelf) -> None:
    """Folders 0700, files 0600, whatever the umask."""
    async def story() -> None:
        await put(shelf, b"x")
        await shelf.put("acme", vs())
        await shelf.put("acme", attached(vs()))
        async with shelf.alone("acme"), shelf.leading():
            await shelf.touch("acme", vs().id)

    before = os.umask(0)
    try:
        run(story())
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (shelf.root, *shelf.root.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.parametrize("tenant", NASTY)
def test_a_tenant_may_be_called_anything(shelf: FolderShelf, tenant: str) -> None:
    """Its files stay below the folder, and are its own."""
    async def story() -> None:
        mine, theirs = await put(shelf, b"mine", tenant=tenant), await put(shelf, b"theirs", tenant="other")
        assert await shelf.file(tenant, mine.id) == mine and await shelf.file(tenant, theirs.id) is None
        assert sorted(await shelf.tenants()) == sorted([tenant, "other"])

    run(story())
    assert [path.name for path in shelf.root.parent.iterdir()] == ["files"]


@pytest.mark.parametrize("id", ["", "..", "../../tenant", "file-", "file-../../../../etc/passwd", "file-" + "g" * 28,
                                "file-" + "0" * 28 + "\n", "FILE-" + "0" * 28, "x" * 10_000, "file-\x00"])
def test_an_id_is_no_path(shelf: FolderShelf, id: str) -> None:
    """What does not look like an id of ours is not there."""
    async def story() -> None:
        await put(shelf, b"x")
        await shelf.put("acme", vs())
        assert await shelf.file("acme", id) is None
        assert await shelf.store("acme", id.replace("file-", "vs_")) is None
        assert await shelf.attachment("acme", vs().id, id) is await shelf.attachment("acme", id, id) is None
        assert await shelf.batch("acme", vs().id, id) is None
        await shelf.discard("acme", id)
        assert len(await shelf.files("acme")) == 1

    run(story())


def test_a_vector_store_there_and_back(shelf: FolderShelf) -> None:
    """With its attachments and batches, every field of them."""
    async def story() -> None:
        full = attached(vs(), 2, status="failed", attributes={"n": 3.0, "s": "x", "b": True},
                        chunking=Chunking(100, 50), fault=("invalid_file", "why"), usage=7, batch="b", tries=2)
        batch = Batch(f"vsfb_{1:028x}", vs().id, 100, True)
        for what in (vs(), attached(vs()), full, batch):
            await shelf.put("acme", what)
        assert await shelf.store("acme", vs().id) == vs() and list(await shelf.stores("acme")) == [vs()]
        assert list(await shelf.attachments("acme", vs().id)) == [attached(vs()), full]
        assert await shelf.attachment("acme", vs().id, full.file) == full
        assert await shelf.batch("acme", vs().id, batch.id) == batch
        assert await shelf.store("other", vs().id) is None
        assert await shelf.attachment("other", vs().id, full.file) is None
        await shelf.touch("acme", vs().id)
        used = await shelf.store("acme", vs().id)
        assert used is not None and used.active > time.time() - 60
        await shelf.drop("acme", full)
        assert list(await shelf.attachments("acme", vs().id)) == [attached(vs())]
        await shelf.drop("acme", vs())
        assert await shelf.store("acme", vs().id) is None and not await shelf.attachments("acme", vs().id)

    run(story())
    assert below(shelf.root / "waiting") == [f"{shelf.folder('acme').name}.{vs().id}.{attached(vs()).file}"]


def test_what_belongs_to_nothing_is_not_kept(shelf: FolderShelf) -> None:
    """An attachment, or a batch, to a vector store that is gone."""
    async def story() -> None:
        await shelf.put("acme", attached(vs()))
        await shelf.put("acme", Batch(f"vsfb_{1:028x}", vs().id, 100))
        await shelf.touch("acme", vs().id)
        assert await shelf.attachment("acme", vs().id, attached(vs()).file) is None

    run(story())
    assert below(shelf.root) == []


def test_what_waits_is_told_after_a_death(shelf: FolderShelf) -> None:
    """By anybody who opens the folder; what is done, or gone, waits no longer."""
    async def story() -> None:
        await shelf.put("acme", vs())
        for number in (1, 2, 3):
            await shelf.put("acme", attached(vs(), number))
        again = FolderShelf(str(shelf.root))
        assert {file for _, _, file in await again.waiting()} == {attached(vs(), n).file for n in (1, 2, 3)}
        assert {tenant for tenant, _, _ in await again.waiting()} == {"acme"}
        await shelf.put("acme", attached(vs(), 1, status="completed"))
        await shelf.drop("acme", attached(vs(), 2))
        assert list(await again.waiting()) == [("acme", vs().id, attached(vs(), 3).file)]
        # A death between the mark and what it tells of.
        path = shelf.folder("acme") / "stores" / vs().id / f"{attached(vs(), 3).file}.json"
        path.unlink()
        assert await again.waiting() == []
        (mark,) = (shelf.root / "waiting").iterdir()
        os.utime(mark, (1, 1))
        assert await again.waiting() == [] and not mark.exists()

    run(story())


def test_locks_hold(shelf: FolderShelf) -> None:
    """One works, one changes at a time; another tenant, and another order, are no obstacle."""
    other = FolderShelf(str(shelf.root))
    seen: list[int] = []

    async def change(by: FolderShelf, number: int) -> None:
        async with by.alone("acme"):
            seen.append(number)
            await asyncio.sleep(0)
            seen.append(number)

    async def story() -> None:
        async with shelf.leading() as leading:
            assert not leading  # there is nothing to do yet
        await put(shelf, b"x")
        async with shelf.leading() as one, other.leading() as two:
            assert (one, two) == (True, False)
        async with other.leading() as two, other.alone("other"), shelf.alone("acme"):
            assert two
        await asyncio.gather(*(change(by, number) for number, by in enumerate([shelf, other] * 10)))

    run(story())
    assert seen[::2] == seen[1::2] and len(set(seen)) == 20


def test_a_lock_is_not_waited_for_for_ever(shelf: FolderShelf) -> None:
    """Whoever keeps one all the time costs an error."""
    async def story() -> None:
        async with shelf.alone("acme"):
            with pytest.raises(ShelfFault, match="try again"):
                async with held(shelf.folder("acme") / "index.lock", 0.05):
                    pass

    run(story())


def test_a_file_is_written_whole_or_not(tmp_path: Path) -> None:
    """What cannot be JSON changes nothing; what is damaged is as good as not there."""
    path = tmp_path / "x.json"
    write(path, {"a": "b"})
    with pytest.raises(TypeError):
        write(path, {"a": object()})
    assert read(path, dict[str, str]) == {"a": "b"} and [each.name for each in tmp_path.iterdir()] == ["x.json"]
    path.write_bytes(b'{"a": ')
    assert read(path, dict[str, str]) is None


def test_damage_costs_one_thing(shelf: FolderShelf) -> None:
    """The others are still told of."""
    async def story() -> None:
        one, two = await put(shelf, b"1"), await put(shelf, b"2")
        (shelf.folder("acme") / "files" / f"{one.id}.json").write_bytes(b"\xff{")
        assert await shelf.file("acme", one.id) is None and list(await shelf.files("acme")) == [two]

    run(story())


def test_a_disk_that_takes_nothing(shelf: FolderShelf) -> None:
    """A folder that cannot be made is one kind of error, tells no path, and leaves nothing."""
    shelf.root.parent.mkdir(exist_ok=True)
    shelf.root.write_text("in the way")
    async def story() -> None:
        for work in (put(shelf, b"x"), shelf.put("acme", vs()), put(shelf)):
            with pytest.raises(ShelfFault) as caught:
                await work
            assert str(shelf.root) not in str(caught.value)

    run(story())
    assert shelf.root.read_text() == "in the way"


def test_what_was_cut_off_is_swept(shelf: FolderShelf) -> None:
    """An old part of an upload, and bytes without their JSON; nothing that is whole, and nothing new."""
    async def story() -> None:
        kept = await put(shelf, b"x")
        folder = shelf.folder("acme") / "files"
        for name in (".old.upload", "file-old", ".old.tmp", ".new.upload"):
            (folder / name).write_bytes(b"x")
        for path in folder.iterdir():
            if path.name != ".new.upload":
                os.utime(path, (1, 1))
        await shelf.tidy()
        assert below(folder) == sorted([".new.upload", kept.id, f"{kept.id}.json"])

    run(story())


def test_time_is_over() -> None:
    """A file at its second, a vector store so many days after it was last used, or made."""
    assert not StoredFile("i", "n", 1, "p", 5).gone(1e12)
    assert StoredFile("i", "n", 1, "p", 5, 10).gone(10) and not StoredFile("i", "n", 1, "p", 5, 10).gone(9.9)
    assert not replace(vs(), days=None).gone(1e12)
    assert replace(vs(), days=1, active=200).expires == 200 + 86_400


def test_ids_are_in_order_of_time() -> None:
    """So that a page can go on after something that is gone."""
    made = [new_id("vs_", now, "f" * 16 if now < 2e9 else "0" * 16) for now in (1.0, 1e9, 1.8e9, 2e9, 2.0000001e10)]
    assert made == sorted(made) and {len(id) for id in made} == {31}
