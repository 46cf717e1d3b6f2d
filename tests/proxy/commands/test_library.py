"""`rapport knowledge`, on real folders: how the index stands, taking out of it, and making it anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, ConfigError
from proxy.app import Rapport, assemble
from proxy.commands.library import take_out
from proxy.config import from_dict
from proxy.ingest import Report, ingest
from proxy.rebuilding import VECTOR_STORES, rebuild
from proxy.remembered import NAME, Remembered
from tests.inside import POLL, library
from tests.rapport import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command over a folder of three documents; returns status, output and errors."""
    config = tmp_path / "config.yaml"
    config.write_text("embedder: {kind: full_text_only}\n")
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in (("leave.md", "Sixteen weeks of leave."), ("old.md", "Fax us."), ("travel.md", "Trains first.")):
        (docs / name).write_text(text)

    def command(*arguments: str) -> tuple[int, str, str]:
        done = cli(*arguments, config=config)
        return done.returncode, done.stdout, done.stderr

    assert command("ingest", str(docs))[0] == 0
    return command


def listed(run: Run) -> list[str]:
    return [Path(source).name for source in json.loads(run("knowledge", "sources", "--json")[1])]


def test_status(run: Run) -> None:
    """How much there is, in words and as JSON, per tenant."""
    status, said, _ = run("knowledge", "status")
    assert status == 0
    assert said.startswith("3 passages of 3 sources")
    found = json.loads(run("knowledge", "status", "--json")[1])
    assert (found["passages"], found["sources"], found["embedder"]) == (3, 3, None)
    assert json.loads(run("knowledge", "status", "--json", "--tenant", "other")[1])["passages"] == 0


def test_remove(run: Run, tmp_path: Path) -> None:
    """What is taken out stays out when the index is made anew, and comes back when it is ingested again."""
    old = str(tmp_path / "docs" / "old.md")
    assert run("knowledge", "remove", old)[:2] == (0, "1 sources removed.\n")
    assert listed(run) == ["leave.md", "travel.md"]
    assert run("knowledge", "rebuild")[0] == 0
    assert listed(run) == ["leave.md", "travel.md"]
    assert run("ingest", old)[0] == 0
    assert listed(run) == ["leave.md", "old.md", "travel.md"]
    assert run("knowledge", "remove", str(tmp_path / "docs"))[0] == 0
    assert listed(run) == []


def test_remove_nothing(run: Run) -> None:
    """A name that nothing has is an error, and nothing is taken out."""
    status, _, said = run("knowledge", "remove", "nowhere.md")
    assert status == 2
    assert "nowhere.md" in said
    assert len(listed(run)) == 3


def test_remove_for_good(run: Run, tmp_path: Path) -> None:
    """Rows that come to a table which was taken out stay out; a pattern that finds a file again brings it back."""
    table, faq = tmp_path / "docs" / "t.csv", tmp_path / "faq"
    table.write_text("id,text\n1,Refunds\n")
    faq.mkdir()
    (faq / "a.md").write_text("Yes.")
    for _ in range(2):
        assert run("ingest", str(tmp_path / "docs"), str(faq / "*.md"))[1].split()[0] in "21"
        assert run("knowledge", "remove", str(faq / "a.md"))[0] == 0
    assert run("ingest", str(faq / "*.md"))[0] == 0
    assert run("knowledge", "remove", str(table))[0] == 0
    table.write_text("id,text\n1,Refunds\nnew,Returns\n")
    assert run("knowledge", "rebuild")[0] == 0
    assert listed(run) == ["leave.md", "old.md", "travel.md", "a.md"]


def test_remove_what_is_gone(run: Run, tmp_path: Path) -> None:
    """A path of which nothing is left is forgotten by the same command."""
    docs = tmp_path / "docs"
    docs.rename(tmp_path / "elsewhere")
    assert run("knowledge", "rebuild")[0] == 1
    assert run("knowledge", "remove", str(docs))[:2] == (0, "0 sources removed.\n")
    assert run("knowledge", "remove", str(docs))[0] == 2


def test_rebuild_without_the_list(run: Run, tmp_path: Path) -> None:
    """What is in the old index is ingested again, as what it was, also where the list knows of other paths; a file that
    is gone is told."""
    docs, paths = tmp_path / "docs", tmp_path / "data" / "files" / NAME
    assert run("ingest", "--material", "experiences", str(docs / "old.md"))[0] == 0
    paths.unlink()
    (tmp_path / "more.md").write_text("More.")
    assert run("ingest", str(tmp_path / "more.md"))[0] == 0
    (docs / "leave.md").unlink()
    status, said, told = run("knowledge", "rebuild")
    assert (status, said) == (1, "default: 3 sources, 3 passages.\n")
    assert f"{docs}/leave.md: there is no such file" in told
    assert listed(run) == ["old.md", "travel.md", "more.md"]
    known = json.loads(paths.read_text())["default"]["paths"]
    assert {Path(path).name: material for path, material in known.items()} == {
        "more.md": "knowledge", "travel.md": "knowledge", "old.md": "experiences",
    }  # fmt: skip


def test_uploads(tmp_path: Path) -> None:
    """What was uploaded is taken out over HTTP alone, and comes back beside what was ingested, whose list is lost."""
    (tmp_path / "travel.md").write_text("Trains first.")

    async def story() -> dict[str, Report]:
        async with library(tmp_path) as inside, inside.client() as client:
            store = await client.vector_stores.create()
            held = await client.vector_stores.files.upload_and_poll(
                vector_store_id=store.id, file=("leave.md", b"Sixteen weeks."), poll_interval_ms=POLL)  # fmt: skip
            rapport = _over(tmp_path, inside.knowledge)
            await ingest([str(tmp_path / "travel.md")], inside.knowledge, None, "default", lambda step: None)
            before = dict(await inside.knowledge.sources("default"))
            uploaded = next(each for each in before if each.endswith("leave.md"))
            for named in (uploaded, uploaded.rpartition("/")[0], f"vector_store/{store.id}/"):
                with pytest.raises(ConfigError, match=f"DELETE /v1/vector_stores/{store.id}/files/{held.id}"):
                    await take_out(rapport, "default", [named])
            assert await inside.knowledge.sources("default") == before
            done = await rebuild(rapport, lambda step: None)
            assert await inside.knowledge.sources("default") == before
            return done

    done = asyncio.run(story())
    assert {tenant: report.added for tenant, report in done.items()} == {"default": 1, VECTOR_STORES: 1}


def test_remove_fails(tmp_path: Path) -> None:
    """Where the index fails nothing is remembered as taken out."""

    class Full(MemoryKnowledge):
        full = False

        async def replace(self, *given: Any) -> int:
            if self.full:
                raise AdapterError("The disk is full.")
            return await super().replace(*given)

    async def story() -> None:
        (tmp_path / "travel.md").write_text("Trains first.")
        index, path = Full(), str(tmp_path / "travel.md")
        rapport = _over(tmp_path, index)
        await ingest([path], index, None, "acme", lambda step: None)
        index.full = True
        with pytest.raises(AdapterError):
            await take_out(rapport, "acme", [path])
        assert Remembered(rapport.settings.knowledge.files).read() == {}
        index.full = False
        assert await take_out(rapport, "acme", [path]) == [path]
        assert Remembered(rapport.settings.knowledge.files).read()["acme"].removed == [path]

    asyncio.run(story())


def _over(folder: Path, index: MemoryKnowledge) -> Rapport:
    """Rapport over a folder with its knowledge in memory."""
    return replace(assemble(from_dict({"embedder": {"kind": "full_text_only"}}, folder)), library=index)


def test_rebuild_of_a_damaged_one(run: Run, tmp_path: Path) -> None:
    """A damaged index is told with what to do, and that mends it; what is gone meanwhile is told and left out."""
    for file in (tmp_path / "data" / "knowledge").rglob("*.manifest"):
        file.write_bytes(b"xx")
    status, _, said = run("knowledge", "status")
    assert (status, "rapport knowledge rebuild" in said) == (1, True)
    assert run("search", "trains")[0] == 1
    (tmp_path / "docs" / "old.md").unlink()
    status, said, _ = run("knowledge", "rebuild")
    assert (status, said) == (0, "default: 2 sources, 2 passages.\n")
    assert "Trains first." in run("search", "trains")[1]
    assert run("ingest", str(tmp_path / "docs"))[1].startswith("0 added, 0 changed, 2 unchanged")


def test_rebuild_without_the_files(run: Run, tmp_path: Path) -> None:
    """A path that is gone is told, and ends with status 1."""
    (tmp_path / "docs").rename(tmp_path / "elsewhere")
    status, _, said = run("knowledge", "rebuild")
    assert status == 1
    assert "there is no such file or folder" in said


def test_rebuild_of_nothing(tmp_path: Path) -> None:
    """Where nothing was ingested there is nothing to make anew."""
    config = tmp_path / "config.yaml"
    config.write_text("embedder: {kind: full_text_only}\n")
    done = cli("knowledge", "rebuild", config=config)
    assert done.returncode == 2
    assert "rapport ingest PATH" in done.stderr
