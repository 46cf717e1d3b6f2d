"""What was ingested from where is remembered, per tenant, until it is taken out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.ports import Unavailable
from proxy.remembered import NAME, Paths, Remembered, below


def test_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are kept absolute, with the material they last came as."""
    monkeypatch.chdir(tmp_path)
    remembered = Remembered(str(tmp_path / "files"))
    assert remembered.read() == {}
    remembered.add("acme", ["docs"], "experiences")
    remembered.add("acme", ["docs", "faq/*.md"], "knowledge")
    remembered.add("other", ["docs"], "knowledge")
    docs = f"{tmp_path}/docs"
    assert Remembered(str(tmp_path / "files")).read() == {
        "acme": Paths({docs: "knowledge", f"{tmp_path}/faq/*.md": "knowledge"}),
        "other": Paths({docs: "knowledge"}),
    }
    assert os.stat(tmp_path / "files").st_mode & 0o077 == 0


def test_removed(tmp_path: Path) -> None:
    """What is taken out stays out, until it is ingested again; a path that is taken out whole is forgotten."""
    remembered = Remembered(str(tmp_path))
    remembered.add("acme", ["/srv/docs", "/srv/faq.md"], "knowledge")
    remembered.remove("acme", ["/srv/docs/old.md", "/srv/faq.md"])
    assert remembered.read()["acme"] == Paths({"/srv/docs": "knowledge"}, ["/srv/docs/old.md", "/srv/faq.md"])
    remembered.add("acme", ["/srv/docs"], "knowledge")
    assert remembered.read()["acme"].removed == ["/srv/faq.md"]


def test_at_once(tmp_path: Path) -> None:
    """Many that write at once lose nothing of each other's."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Remembered(str(tmp_path)).add("acme", [f"/srv/{n}"], "knowledge"), range(40)))
    assert len(Remembered(str(tmp_path)).read()["acme"].paths) == 40


@pytest.mark.parametrize("text", ["{", "[]", '{"acme": {"nonsense": 1}}', '{"acme": 3}'])
def test_damaged(tmp_path: Path, text: str) -> None:
    """A damaged file is an error that names it."""
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Unavailable, match=NAME):
        Remembered(str(tmp_path)).read()


def test_in_the_way(tmp_path: Path) -> None:
    """A folder that cannot be made is our error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot write"):
        Remembered(str(tmp_path / "file" / "folder")).add("acme", ["x"], "knowledge")


@pytest.mark.parametrize(
    ("source", "inside"),
    [("/a/b", True), ("/a/b/c.md", True), ("/a/b#3", True), ("/a/bc", False), ("/a", False)],
)
def test_below(source: str, inside: bool) -> None:
    """A path holds itself, its rows and what is below it, and not its namesakes."""
    assert below(source, "/a/b") is inside
