"""LanceDB as Knowledge: what only this adapter promises, on real folders and with real other processes."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.fusion import fuse
from adapters.lancedb import LanceKnowledge
from adapters.lancedb.library import library
from adapters.lancedb.renewing import BATCH
from adapters.lancedb.rows import key_of
from adapters.lancedb.writing import COMMITS
from adapters.ports import AdapterError, Hit, Passage, Unavailable

WRITER = """
import asyncio, sys
from adapters.lancedb import LanceKnowledge
from adapters.lancedb.library import library
from adapters.lancedb.rows import key_of
from adapters.lancedb.renewing import BATCH
from adapters.lancedb.writing import COMMITS
from adapters.ports import Passage

async def main(folder, name, count):
    knowledge = LanceKnowledge(folder)
    for number in range(count):
        source = f"{name}-{number}"
        passage = Passage(source, "acme", source, "Title", f"The kumquat number {number} of {name}.", 0, "d")
        await knowledge.replace("acme", {source: [passage], "shared": [Passage("s", "acme", "shared", "", name)]}, {})
    await knowledge.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name, str(count)])


def sources(*texts: str, title: str = "") -> dict[str, list[Passage]]:
    return {str(n): [Passage(str(n), "acme", str(n), title, text, 0, f"d{n}")] for n, text in enumerate(texts)}


def tables(folder: Path) -> list[Path]:
    return sorted(folder.glob("passages*.lance"))


async def found(knowledge: LanceKnowledge, text: str, vector: Sequence[float] | None = None) -> list[str]:
    return [hit.passage.text for hit in await knowledge.search("acme", text, vector, 10)]


def test_import_is_late() -> None:
    """The adapter's module does not import LanceDB, which takes over a second, nor does an index that is not there."""
    code = (
        "import asyncio, sys; from adapters.lancedb import LanceKnowledge; knowledge = LanceKnowledge('nowhere');"
        "assert list(asyncio.run(knowledge.search('acme', 'word', None, 1))) == []; assert 'lancedb' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_name_of_a_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder whose name begins with "db" is a folder, not LanceDB's cloud."""
    monkeypatch.chdir(tmp_path)

    async def main() -> None:
        knowledge = LanceKnowledge("db-knowledge")
        await knowledge.replace("acme", sources("a persimmon"), {})
        assert await found(knowledge, "persimmon") == ["a persimmon"]
        await knowledge.close()

    asyncio.run(main())
    assert len(tables(tmp_path / "db-knowledge")) == 1


def test_other_process(tmp_path: Path) -> None:
    """What another process ingests while we serve is found within two seconds, without a restart."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("a persimmon"), {})
        assert await found(knowledge, "kumquat") == []
        other = writer(tmp_path, "other", 3)
        assert await asyncio.to_thread(other.wait) == 0
        deadline = time.monotonic() + 2.0
        while not await found(knowledge, "kumquat") and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        assert len(await found(knowledge, "kumquat")) >= 1
        assert await found(knowledge, "persimmon") == ["a persimmon"]
        await knowledge.close()

    asyncio.run(main())


def test_two_writers(tmp_path: Path) -> None:
    """Two processes that write at once lose nothing and duplicate nothing, and neither fails."""
    writers = [writer(tmp_path, name, 8) for name in ("one", "two")]
    assert [each.wait() for each in writers] == [0, 0]

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        assert len(await knowledge.sources("acme")) == 17
        assert await knowledge.replace("acme", {"shared": []}, {}) == 16
        await knowledge.close()

    asyncio.run(main())


def test_killed_writer(tmp_path: Path) -> None:
    """A writer that is killed leaves an index that reads and writes, and its lock is free."""
    doomed = writer(tmp_path, "doomed", 10_000)
    while not tables(tmp_path):
        time.sleep(0.05)
    time.sleep(0.5)
    doomed.kill()
    doomed.wait()

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        known = await knowledge.sources("acme")
        assert await knowledge.replace("acme", sources("a persimmon"), {}) == len(known) + 1
        assert await found(knowledge, "persimmon") == ["a persimmon"]
        await knowledge.close()

    asyncio.run(main())


def test_same_source_at_once(tmp_path: Path) -> None:
    """Many tasks that put in the same new source leave it there once."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await asyncio.gather(*(knowledge.replace("acme", sources("a persimmon"), {}) for _ in range(8)))
        assert await knowledge.replace("acme", {}, {}) == 1
        await knowledge.close()

    asyncio.run(main())


def test_hostile_names(tmp_path: Path) -> None:
    """A source or a tenant with quotes is a name like any other, and removes nothing but itself."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("a persimmon"), {})
        for name in ("x' OR '1'='1", 'x" OR 1=1', "x'; DROP TABLE passages; --", "\\' OR true"):
            assert await knowledge.replace(name, {name: [Passage("1", name, name, "", "kumquat")]}, {}) == 1
            assert await knowledge.replace("acme", {name: []}, {}) == 1
            assert len(await knowledge.search(name, "kumquat persimmon", None, 10)) == 1
        await knowledge.close()

    asyncio.run(main())


def test_scripts(tmp_path: Path) -> None:
    """Words are found in scripts without spaces, with and without accents, and codes by their exact form."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("退款需要三十天", "Das Café öffnet um acht", "Fehler 0x80070005"), {})
        assert await found(knowledge, "退款") == ["退款需要三十天"]
        assert await found(knowledge, "cafe") == ["Das Café öffnet um acht"]
        assert await found(knowledge, "0x80070005") == ["Fehler 0x80070005"]
        await knowledge.close()

    asyncio.run(main())


def test_other_embedder(tmp_path: Path) -> None:
    """Vectors of two embedders never meet: under a new one the old passages are found by their words until they are
    made over, nothing is put in before, and afterwards the old table is gone."""

    async def main() -> None:
        vectors: Mapping[str, Sequence[float]] = {"0": [1.0, 0.0], "1": [0.0, 1.0]}
        old = LanceKnowledge(str(tmp_path), "old", 2)
        await old.replace("acme", sources("a persimmon", "a kumquat"), vectors)
        await old.close()

        new = LanceKnowledge(str(tmp_path), "new", 3)
        assert await found(new, "persimmon", [1.0, 0.0, 0.0]) == ["a persimmon"]
        assert await new.sources("acme") == {"0": "d0", "1": "d1"}
        with pytest.raises(AdapterError, match="made over"):
            await new.replace("acme", sources("a persimmon"), {"0": [0.0, 0.0, 1.0]})
        assert (await new.status("acme")).waiting == 2

        async def make(passages: Sequence[Passage]) -> dict[str, list[list[float]]]:
            return {each.id: [[0.0, float(each.id), 1.0]] for each in passages}

        assert await new.renew(make) == 2
        assert len(tables(tmp_path)) == 1
        assert await new.sources("acme") == {"0": "d0", "1": "d1"}
        assert await found(new, "nothing", [0.0, 0.0, 1.0]) == ["a persimmon", "a kumquat"]
        assert await new.renew(make) == 0
        await new.replace("acme", {"1": []}, {})
        assert await found(new, "kumquat") == []
        await new.close()

        plain = LanceKnowledge(str(tmp_path))
        assert await found(plain, "persimmon", [1.0, 0.0]) == ["a persimmon"]
        await plain.close()

    asyncio.run(main())


def test_renewal_is_no_outage(tmp_path: Path) -> None:
    """While passages are made over searches go on, in this process and in one that has the old embedder; an
    interruption loses nothing, and what was made is not made again."""

    async def main() -> None:
        old, new = LanceKnowledge(str(tmp_path), "old", 2), LanceKnowledge(str(tmp_path), "new", 2)
        texts = [f"a persimmon {n}" for n in range(BATCH + 20)]
        await old.replace("acme", sources(*texts), {str(n): [1.0, 0.0] for n in range(len(texts))})
        asked: list[int] = []

        async def make(passages: Sequence[Passage]) -> dict[str, list[list[float]]]:
            asked.append(len(passages))
            assert len(await found(new, "persimmon", [0.0, 1.0])) == 10
            assert (await found(old, "nothing", [1.0, 0.0])) != []
            if len(asked) == 2:
                raise Unavailable("The embedding service failed.")
            return {each.id: [[0.0, 1.0]] for each in passages}

        with pytest.raises(Unavailable):
            await new.renew(make)
        assert await new.renew(make) == 20
        assert asked == [BATCH, 20, 20]
        assert (await new.status("acme")).passages == len(texts)
        assert (await new.status("acme")).waiting == 0
        assert len(await found(old, "persimmon")) == 10
        await old.close()
        await new.close()

    asyncio.run(main())


def test_rebuild(tmp_path: Path) -> None:
    """A rebuilt index takes the place of a damaged one once it is whole; one that fails leaves the old as it was."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("a persimmon", "a kumquat"), {})
        with pytest.raises(RuntimeError, match="halfway"):
            async with knowledge.rebuild() as fresh:
                assert await fresh.sources("acme") == {}
                await fresh.replace("acme", sources("a medlar"), {})
                assert await found(knowledge, "medlar persimmon") == ["a persimmon"]
                raise RuntimeError("halfway")
        assert len(tables(tmp_path)) == 1
        assert await found(knowledge, "medlar persimmon") == ["a persimmon"]
        for file in (tables(tmp_path)[0] / "data").iterdir():
            file.write_bytes(b"xx")
        async with knowledge.rebuild() as fresh:
            assert await fresh.replace("acme", sources("a medlar"), {}) == 1
        assert await found(knowledge, "medlar persimmon") == ["a medlar"]
        assert len(tables(tmp_path)) == 1
        await knowledge.close()

    asyncio.run(main())


def test_warns(tmp_path: Path) -> None:
    """A server says at its start that the index was made without its embedder; with the same one it says nothing."""

    async def main() -> None:
        old = LanceKnowledge(str(tmp_path))
        await old.replace("acme", sources("a persimmon"), {})
        await old.close()
        for embedder, said in ((("new", 2), ["knowledge_of_another_embedder"]), ((None, None), [])):
            knowledge = LanceKnowledge(str(tmp_path), *embedder)
            with capture_logs() as logs:
                await knowledge.ready()
            assert [entry["event"] for entry in logs] == said
            await knowledge.close()

    asyncio.run(main())


def test_earlier_version(tmp_path: Path) -> None:
    """A table of an earlier version, which lacks columns, is searched by its words until it is made over."""
    rows = [{"key": key_of("acme", text, text), "id": text, "tenant": "acme", "source": text, "title": "Fruit",
             "text": text, "position": 0, "digest": "d", "words": text} for text in ("a persimmon", "a kumquat")]

    async def main() -> None:
        connection = await library().connect_async(str(tmp_path))
        table = await connection.create_table("passages", rows)
        for column in ("words", "text"):
            await table.create_index(column, config=library().index.FTS())

        new = LanceKnowledge(str(tmp_path), "same", 2)
        await new.ready()
        assert await found(new, "persimmon", [0.0, 1.0]) == ["a persimmon"]
        assert await new.search("acme", "persimmon", None, 5, materials=("experiences",)) == []
        assert await new.corpus("acme", 1000) is not None
        assert new.terms("acme") is None

        async def make(passages: Sequence[Passage]) -> dict[str, list[list[float]]]:
            return {each.id: [[1.0, 0.0]] for each in passages}

        assert await new.renew(make) == 2
        assert await found(new, "nothing", [1.0, 0.0]) == ["a kumquat", "a persimmon"]
        assert await new.sources("acme") == {"a persimmon": "d", "a kumquat": "d"}
        await new.close()

    asyncio.run(main())


def test_wrong_length(tmp_path: Path) -> None:
    """A vector of another length than the embedder's is refused before anything is written."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path), "test", 2)
        with pytest.raises(Exception, match="right number"):
            await knowledge.replace("acme", sources("a persimmon"), {"0": [1.0, 2.0, 3.0]})
        assert await knowledge.sources("acme") == {}
        await knowledge.close()

    asyncio.run(main())


def test_corrupt(tmp_path: Path) -> None:
    """A damaged index is an error that says what to do, and the words are ours."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("a persimmon"), {})
        await knowledge.close()
        for manifest in (tables(tmp_path)[0] / "_versions").iterdir():
            manifest.write_bytes(b"xx")
        broken = LanceKnowledge(str(tmp_path))
        with pytest.raises(Unavailable, match="run `rapport knowledge rebuild`") as caught:
            await broken.ready()
        assert "lance error" not in str(caught.value)
        with pytest.raises(Unavailable):
            await broken.search("acme", "persimmon", None, 1)
        with pytest.raises(Unavailable):
            await broken.replace("acme", sources("a persimmon"), {})

    asyncio.run(main())


def test_gone(tmp_path: Path) -> None:
    """An index that vanishes under a server is reported once, is empty then, and is found again when made anew."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources(*(f"a persimmon {n}" for n in range(30))), {})
        shutil.rmtree(tables(tmp_path)[0])
        with pytest.raises(Unavailable, match="run `rapport knowledge rebuild`"):
            # What is in memory may answer for a moment.
            for _ in range(30):
                await knowledge.search("acme", "persimmon", None, 1)
                await asyncio.sleep(0.1)
        assert await found(knowledge, "persimmon") == []
        other = writer(tmp_path, "new", 1)
        assert await asyncio.to_thread(other.wait) == 0
        assert len(await found(knowledge, "kumquat")) == 1

    asyncio.run(main())


def test_cleaned_up_version(tmp_path: Path) -> None:
    """A reader whose version another process cleaned away opens the index again and answers."""
    code = (
        "import asyncio, sys, warnings, datetime, lancedb\n"
        "warnings.simplefilter('ignore')\n"
        "async def main():\n"
        "    table = await (await lancedb.connect_async(sys.argv[1])).open_table(sys.argv[2])\n"
        "    await table.delete(\"source = 'nowhere'\")\n"
        "    await table.optimize(cleanup_older_than=datetime.timedelta(0), delete_unverified=True)\n"
        "asyncio.run(main())\n"
    )

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        await knowledge.replace("acme", sources("a persimmon", "a kumquat"), {})
        subprocess.run([sys.executable, "-c", code, str(tmp_path), tables(tmp_path)[0].stem], check=True)
        assert await found(knowledge, "kumquat") == ["a kumquat"]
        await knowledge.close()

    asyncio.run(main())


def test_compaction(tmp_path: Path) -> None:
    """Many small writes do not pile up: after twenty of them they are one fragment again."""

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path))
        for number in range(COMMITS + 1):
            text = f"The kumquat number {number}"
            await knowledge.replace("acme", {str(number): [Passage(str(number), "acme", str(number), "", text)]}, {})
        opened = await knowledge.tables.serving()
        assert opened is not None
        statistics = await opened.table.stats()
        assert statistics["fragment_stats"]["num_fragments"] <= 3
        assert len(await found(knowledge, "kumquat")) >= 1
        await knowledge.close()

    asyncio.run(main())


def test_read_only(tmp_path: Path) -> None:
    """A folder that cannot be made is our error and not the system's."""
    (tmp_path / "file").write_text("in the way")

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path / "file" / "knowledge"))
        with pytest.raises(Unavailable, match="cannot write"):
            await knowledge.replace("acme", sources("a persimmon"), {})

    asyncio.run(main())


def hit(id: str, text_score: float, similarity: float | None = None, text: str | None = None) -> Hit:
    return Hit(Passage(id, "acme", id, "", text or f"words of {id} alone {id * 3}"), 0.0, text_score, similarity)


@pytest.mark.parametrize(
    ("hits", "order"),
    [
        ([hit("a", 1.0), hit("b", 9.0)], ["b", "a"]),
        ([hit("b", 2.0), hit("a", 2.0)], ["a", "b"]),
        ([hit("a", 9.0, 0.1), hit("b", 3.0, 0.9)], ["a", "b"]),
        ([hit("a", 8.8, 0.5), hit("b", 9.0, 0.0), hit("c", 0.0, 0.9)], ["a", "b", "c"]),
        ([hit("a", 0.0, 0.5), hit("b", 0.0, 0.9)], ["b", "a"]),
        ([hit("a", 0.0, -0.5)], ["a"]),
        ([hit("a", 2.0, text="the very same words"), hit("b", 1.0, text="the very same words")], ["a"]),
    ],
)
def test_fusion(hits: Sequence[Hit], order: Sequence[str]) -> None:
    """Scores are weighed, not ranks: a strong match in the text outweighs a near vector, ties go by id."""
    fused = fuse(hits, 10)
    assert [each.passage.id for each in fused] == list(order)
    assert all(0 <= each.score <= 1 for each in fused)
