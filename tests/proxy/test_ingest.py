"""Folders become an index: once, then only what changes; what fails is told, and costs nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.lancedb import LanceKnowledge
from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, ConfigError, Embedder, Knowledge
from proxy.ingest import BATCH, EMBED_BATCH, Progress, Report, ingest


@dataclass
class Desk:
    """A folder, an index, and a way to ingest one into the other."""

    folder: Path
    knowledge: Knowledge = field(default_factory=MemoryKnowledge)
    embedder: Embedder | None = None
    seen: list[Progress] = field(default_factory=list)

    def write(self, **files: str) -> Desk:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self

    def run(self, *paths: str, tenant: str = "acme") -> Report:
        named = paths or (str(self.folder),)
        return asyncio.run(ingest(named, self.knowledge, self.embedder, tenant, self.seen.append))

    def sources(self) -> list[str]:
        known = asyncio.run(self.knowledge.sources("acme"))
        return sorted(source.removeprefix(f"{self.folder}/") for source in known)

    def find(self, text: str) -> list[str]:
        return [hit.passage.text for hit in asyncio.run(self.knowledge.search("acme", text, None, 5))]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    table = "id,text\n1,Refunds\n2,Returns\n"
    return Desk(tmp_path / "docs").write(
        leave_md="# Leave\n\nSixteen weeks.", deep__travel_txt="Trains first.", faq_csv=table
    )


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


def test_ingests(desk: Desk) -> None:
    """A folder goes in with all below it: files whole, tables by row, under the tenant that was named."""
    report = desk.run()
    assert counts(report) == (4, 0, 0, 0)
    assert (report.passages, report.failed) == (4, {})
    assert desk.sources() == ["deep/travel.txt", "faq.csv#1", "faq.csv#2", "leave.md"]
    assert desk.find("sixteen") == ["# Leave\n\nSixteen weeks."]
    assert asyncio.run(desk.knowledge.sources("other")) == {}


def test_again(desk: Desk) -> None:
    """The second time nothing happens; then only what was changed, added or removed."""
    desk.run()
    assert counts(desk.run()) == (0, 0, 4, 0)
    desk.write(leave_md="# Leave\n\nTwenty weeks.", new_md="Something new.", faq_csv="id,text\n1,Refunds\n3,Repairs\n")
    (desk.folder / "deep" / "travel.txt").unlink()
    report = desk.run()
    assert counts(report) == (2, 1, 1, 2)
    assert report.passages == 4
    assert desk.sources() == ["faq.csv#1", "faq.csv#3", "leave.md", "new.md"]
    assert desk.find("sixteen trains returns") == []


def test_only_below_what_was_named(desk: Desk) -> None:
    """What is gone is removed only below the folders that were named this time, row by row for a single table."""
    desk.run()
    (desk.folder / "leave.md").unlink()
    assert counts(desk.run(str(desk.folder / "deep"))) == (0, 0, 1, 0)
    assert "leave.md" in desk.sources()
    desk.write(faq_csv="id,text\n1,Refunds\n")
    assert counts(desk.run(str(desk.folder / "faq.csv"))) == (0, 0, 1, 1)
    assert desk.sources() == ["deep/travel.txt", "faq.csv#1", "leave.md"]
    assert desk.run().removed == 1


def test_same_file_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named in several ways is one source."""
    monkeypatch.chdir(desk.folder)
    report = desk.run(".", "leave.md", "deep/../leave.md", f"{desk.folder}/*.md")
    assert counts(report) == (4, 0, 0, 0)


def test_patterns(desk: Desk) -> None:
    """A pattern finds files, also at any depth; one that finds nothing is an error."""
    desk.run(f"{desk.folder}/**/*.txt", f"{desk.folder}/*.md")
    assert desk.sources() == ["deep/travel.txt", "leave.md"]
    with pytest.raises(ConfigError, match="no file matches"):
        desk.run(f"{desk.folder}/*.pdf")


def test_gone_from_a_pattern(desk: Desk) -> None:
    """What fitted a pattern and was deleted is removed; what fits and is left out for what it is stays."""
    desk.write(faq__a_md="One.", faq__b_md="Two.", faq__deep__c_md="Three.", **{"faq___hidden_md": "Four."})
    desk.run(str(desk.folder / "faq"), f"{desk.folder}/faq/.hidden.md")
    for gone in ("b.md", "deep/c.md"):
        (desk.folder / "faq" / gone).unlink()
    assert counts(desk.run(f"{desk.folder}/faq/*.md")) == (0, 0, 1, 1)
    assert desk.sources() == ["faq/.hidden.md", "faq/a.md", "faq/deep/c.md"]
    assert counts(desk.run(f"{desk.folder}/**/*.md")) == (1, 0, 1, 1)
    assert desk.sources() == ["faq/.hidden.md", "faq/a.md", "leave.md"]


def test_brackets(desk: Desk) -> None:
    """A file that exists is meant as it is written, and not as a pattern."""
    desk.write(**{"[draft]_md": "Not yet.", "d_md": "Another one."})
    desk.run(f"{desk.folder}/[draft].md")
    assert desk.sources() == ["[draft].md"]


def test_missing(desk: Desk) -> None:
    """A path that does not exist is an error that names it, and nothing is written."""
    with pytest.raises(ConfigError, match=r"nowhere\.md: there is no such file"):
        desk.run(str(desk.folder), f"{desk.folder}/nowhere.md")
    assert desk.sources() == []


def test_passes_over(desk: Desk) -> None:
    """Hidden files, hidden folders and files of other types are passed over below a folder."""
    desk.write(photo_png="x", code_py="x", **{"_hidden_md": "secret", "_git__a_md": "secret"})
    assert counts(desk.run()) == (4, 0, 0, 0)


def test_failures(desk: Desk) -> None:
    """A file that cannot be read is told with its reason, the rest goes in, and what was known of it stays."""
    desk.write(rows_jsonl='{"text": "good"}\n')
    desk.run()
    desk.write(broken_pdf="no PDF", empty_md=" ", rows_jsonl='{"text": "new"}\nbroken\n', new_md="Something new.")
    report = desk.run(str(desk.folder), f"{desk.folder}/empty.md")
    assert counts(report) == (1, 0, 4, 0)
    reasons = {Path(path).name: reason for path, reason in report.failed.items()}
    assert reasons == {
        "broken.pdf": "cannot be converted (ParsingError)",
        "empty.md": "no text in it",
        "rows.jsonl": "line 2 is no JSON",
    }
    assert "rows.jsonl#1" in desk.sources()
    assert desk.run(str(desk.folder / "broken.pdf")).failed.keys() == {str(desk.folder / "broken.pdf")}


def test_emptied(desk: Desk) -> None:
    """A file that holds no text any more has nothing left in the index."""
    desk.run()
    desk.write(leave_md="", faq_csv="id,text\n")
    report = desk.run()
    assert report.removed == 3
    assert desk.sources() == ["deep/travel.txt"]


def test_links(desk: Desk, tmp_path: Path) -> None:
    """A link that leads out of the folder is not followed; one that stays inside is."""
    (tmp_path / "secret.md").write_text("The password is plum.")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "more.md").write_text("Also plum.")
    os.symlink(tmp_path / "secret.md", desk.folder / "out.md")
    os.symlink(tmp_path / "secrets", desk.folder / "elsewhere")
    os.symlink(desk.folder / "leave.md", desk.folder / "inside.md")
    report = desk.run()
    assert {Path(path).name for path in report.failed} == {"out.md"}
    assert "leads out of the folder" in report.failed[str(desk.folder / "out.md")]
    assert "inside.md" in desk.sources()
    for pattern in ("*.md", "*", "**/*.md", "else*/*.md"):
        assert "leads out of the folder" in " ".join(desk.run(f"{desk.folder}/{pattern}").failed.values())
    assert desk.find("plum") == []
    desk.run(f"{desk.folder}/*.md", f"{desk.folder}/out.md")  # the link itself was named
    assert desk.find("plum") != []


def test_odd_names(desk: Desk) -> None:
    """A name with spaces, quotes or another script is a source like any other; one that is no UTF-8 is told."""
    for name in (b"it's 'here'.md", "политика отпусков.md".encode(), b"row#7.md", b"broken\xff.md"):
        with open(os.path.join(os.fsencode(desk.folder), name), "w") as file:
            file.write("Some words.")
    desk.knowledge = LanceKnowledge(str(desk.folder.parent / "index"))
    report = desk.run()
    assert counts(report) == (7, 0, 0, 0)
    assert list(report.failed.values()) == ["its name is not UTF-8"]
    assert "политика отпусков.md" in desk.sources()
    assert counts(desk.run()) == (0, 0, 7, 0)


def test_progress(desk: Desk) -> None:
    """Progress comes as files are done, and ends with all of them."""
    for number in range(50):
        desk.write(**{f"file{number}_md": f"Text number {number}."})
    desk.run()
    assert [each.done for each in desk.seen] == [19, 39, 53]
    assert {each.total for each in desk.seen} == {53}
    assert desk.seen[-1].path.startswith(str(desk.folder))


class Counting:
    """An embedder that counts, and fails when told to."""

    name, dimensions, usual = "counting", 2, None

    def __init__(self, in_parts: bool = False) -> None:
        self.in_parts = in_parts
        self.sizes: list[int] = []
        self.broken = False

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.broken:
            raise AdapterError("The embedder is gone.")
        self.sizes.append(len(texts))
        return [[1.0, 0.0] for _ in texts]


def test_embeds(desk: Desk) -> None:
    """With an embedder every new passage gets a vector, in batches; what is unchanged is not embedded again."""
    embedder = Counting()
    desk.embedder = embedder
    desk.write(many_csv="text\n" + "".join(f"row {number}\n" for number in range(350)))
    desk.run()
    assert sum(embedder.sizes) == 354
    assert max(embedder.sizes) == EMBED_BATCH
    desk.write(leave_md="New.")
    desk.run()
    assert sum(embedder.sizes) == 355
    found = asyncio.run(desk.knowledge.search("acme", "", [1.0, 0.0], 3))
    assert [hit.similarity for hit in found] == [1.0, 1.0, 1.0]


def test_embeds_parts(desk: Desk) -> None:
    """An embedder that costs nothing makes vectors of the windows of a passage too, where it has more than one."""
    embedder = Counting(in_parts=True)
    desk.embedder = embedder
    desk.write(leave_md=" ".join(f"word{number}" for number in range(40)))
    desk.run()
    assert sum(embedder.sizes) == 4 + 4


def test_embedder_fails(desk: Desk) -> None:
    """An embedder that fails stops the ingest; run again it goes on where it stopped."""
    embedder = Counting()
    embedder.broken = True
    desk.embedder = embedder
    with pytest.raises(AdapterError):
        desk.run()
    embedder.broken = False
    assert counts(desk.run()) == (4, 0, 0, 0)


def test_real_index(tmp_path: Path) -> None:
    """The same over LanceDB, with more rows than one batch, and the loop is not blocked meanwhile."""
    folder = tmp_path / "docs"
    folder.mkdir()
    rows = "".join(f"{number},The locker number {number} is on a floor.\n" for number in range(BATCH + 5))
    (folder / "rows.csv").write_text("id,text\n" + rows)

    async def main() -> None:
        knowledge = LanceKnowledge(str(tmp_path / "index"))
        gaps = [0.0]

        async def beat() -> None:
            loop = asyncio.get_running_loop()
            while True:
                start = loop.time()
                await asyncio.sleep(0.01)
                gaps.append(loop.time() - start)

        heart = asyncio.create_task(beat())
        report = await ingest([str(folder)], knowledge, None, "acme", lambda progress: None)
        heart.cancel()
        assert counts(report) == (BATCH + 5, 0, 0, 0)
        assert report.passages == BATCH + 5
        assert max(gaps) < 0.5
        hits = await knowledge.search("acme", "Where is locker 734?", None, 3)
        assert hits[0].passage.source == f"{folder / 'rows.csv'}#734"
        again = await ingest([str(folder)], knowledge, None, "acme", lambda progress: None)
        assert counts(again) == (0, 0, BATCH + 5, 0)
        await knowledge.close()

    asyncio.run(main())


def test_material(desk: Desk) -> None:
    """What is ingested as another material changes, once; its passages are what they are taken for from then on, and a
    search finds them only where it asks for them."""
    run = lambda material: asyncio.run(  # noqa: E731
        ingest([str(desk.folder)], desk.knowledge, None, "acme", desk.seen.append, material))  # fmt: skip
    assert counts(desk.run()) == (4, 0, 0, 0)
    assert counts(run("experiences")) == (0, 4, 0, 0)
    assert counts(run("experiences")) == (0, 0, 4, 0)
    assert desk.find("sixteen") == []
    found = asyncio.run(desk.knowledge.search("acme", "sixteen", None, 5, None, ("knowledge", "experiences")))
    assert [hit.passage.material for hit in found] == ["experiences"]
    assert counts(run("knowledge")) == (0, 4, 0, 0)
    assert desk.find("sixteen") == ["# Leave\n\nSixteen weeks."]


def test_aspects(desk: Desk) -> None:
    """Each passage knows what it speaks of."""
    desk.run()
    (hit,) = asyncio.run(desk.knowledge.search("acme", "sixteen", None, 5))
    assert hit.passage.aspects == ("leave", "sixteen", "weeks")
