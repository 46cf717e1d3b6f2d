"""`rapport knowledge`, on real folders: how the index stands, taking out of it, and making it anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

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
