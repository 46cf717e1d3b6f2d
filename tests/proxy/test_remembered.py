"""What was ingested from where is remembered, per tenant, until it is taken out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.ports import Unavailable
from proxy.remembered import NAME, Paths, Remembered


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


def test_the_last_one_counts(tmp_path: Path) -> None:
    """A path in a folder that is ingested later is forgotten, one that is ingested again comes last."""
    remembered = Remembered(str(tmp_path))
    remembered.add("acme", ["/srv/docs", "/srv/faq"], "knowledge")
    remembered.add("acme", ["/srv/docs/r.md", "/srv/docs/*.txt", "/srv/old.md"], "experiences")
    remembered.add("acme", ["/srv/docs", "/srv/*.md"], "knowledge")
    assert list(remembered.read()["acme"].paths) == ["/srv/faq", "/srv/docs", "/srv/*.md"]


def test_in_again(tmp_path: Path) -> None:
    """Of a folder that was taken out only what is ingested afterwards is in again, by a path or by a pattern."""
    remembered = Remembered(str(tmp_path))
    remembered.add("acme", ["/srv", "/srv/faq/*.md", "/srv/faq/t.csv"], "knowledge")
    remembered.remove("acme", ["/srv/faq/a.md", "/srv/faq/t.csv#1"])
    remembered.remove("acme", ["/srv/faq"])
    assert remembered.read()["acme"] == Paths({"/srv": "knowledge"}, ["/srv/faq"])
    found = [Path("/srv/faq/t.csv"), Path("/srv/faq/c.md")]
    remembered.add("acme", ["/srv/faq/t.csv", "/srv/*/c.md"], "knowledge", found)
    own = remembered.read()["acme"]
    names = ("a.md", "t.csv#1", "c.md", "t.csv.md")
    assert [own.out(f"/srv/faq/{each}") for each in names] == [True, False, False, True]
    assert not own.out("/srv/other.md")


def test_a_pattern_brings_back(tmp_path: Path) -> None:
    """A file that was taken out and is found by a pattern is in again."""
    remembered = Remembered(str(tmp_path))
    for _ in range(2):
        remembered.add("acme", ["/srv/faq/*.md"], "knowledge", [Path("/srv/faq/a.md")])
        assert remembered.read()["acme"] == Paths({"/srv/faq/*.md": "knowledge"})
        remembered.remove("acme", ["/srv/faq/a.md"])
        assert remembered.read()["acme"].out("/srv/faq/a.md")


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
