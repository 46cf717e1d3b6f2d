"""What a path or a pattern holds, without a look at the disk."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from proxy.patterns import absolute, below, file_of, fits, holds, is_pattern, root_of


@pytest.mark.parametrize(
    ("source", "inside"),
    [("/a/b", True), ("/a/b/c.md", True), ("/a/b#3", True), ("/a/bc", False), ("/a", False)],
)
def test_below(source: str, inside: bool) -> None:
    """A path holds itself, its rows and what is below it, and not its namesakes."""
    assert below(source, "/a/b") is inside


@pytest.mark.parametrize(
    ("pattern", "path", "fitting"),
    [
        ("/a/*.md", "/a/b.md", True),
        ("/a/*.md", "/a/c/b.md", False),
        ("/a/*", "/a/c/b.md", True),
        ("/a/*", "/a/.c/b.md", False),
        ("/a/.*", "/a/.c/b.md", True),
        ("/a/*/", "/a", False),
        ("/a/**/*.md", "/a/b.md", True),
        ("/a/**/*.md", "/a/c/d/b.md", True),
        ("/a/**/c/*.md", "/a/xc/b.md", False),
        ("/a/**/*.md", "/a/.git/b.md", False),
        ("/a/[[]b].md", "/a/[b].md", True),
    ],
)
def test_fits(pattern: str, path: str, fitting: bool) -> None:
    """A path fits part by part, `**` stands for any number of folders, and what is hidden is named or not in."""
    assert fits(PurePath(path), pattern) is fitting


def test_holds() -> None:
    """Rows are of their file."""
    assert file_of("/a/t.csv#3") == "/a/t.csv"
    assert file_of("/a/t#3.md") == "/a/t#3.md"
    assert holds("/a/*.csv", "/a/t.csv#3")
    assert holds("/a/t.csv", "/a/t.csv#3")
    assert not holds("/a/*.md", "/a/t.csv#3")


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What exists is no pattern, and brackets in the current folder belong to no pattern."""
    folder = tmp_path / "[old]"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "[draft].md").write_text("x")
    assert not is_pattern("[draft].md")
    assert absolute("[draft].md") == f"{folder}/[draft].md"
    assert absolute("*/") == f"{tmp_path}/[[]old]/*/"
    assert root_of("/srv/docs/l*/a?.md") == Path("/srv/docs")
