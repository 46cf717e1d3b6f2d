"""`rapport ingest`: what files are taken for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from proxy.__main__ import _parser
from proxy.app import assemble
from proxy.commands import knowledge
from proxy.config import load
from proxy.rebuilding import rebuild
from tests.rapport import configure


def test_material(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files become experiences where the operator says so, stay it, and become knowledge again without."""
    config = configure(tmp_path, embedder={"kind": "full_text_only"})
    (tmp_path / "review.txt").write_text("The pool was warm.")

    def ingest(*more: str) -> dict[str, int]:
        words = ["ingest", str(tmp_path / "review.txt"), "--json", "--config", str(config), *more]
        assert knowledge.ingest(_parser().parse_args(words)) == 0
        found: dict[str, int] = json.loads(capsys.readouterr().out)
        return {name: found[name] for name in ("added", "changed", "unchanged")}

    assert ingest("--material", "experiences") == {"added": 1, "changed": 0, "unchanged": 0}
    assert ingest("--material", "experiences") == {"added": 0, "changed": 0, "unchanged": 1}
    assert ingest() == {"added": 0, "changed": 1, "unchanged": 0}


def test_an_unknown_material_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names of those that there are."""
    with pytest.raises(SystemExit):
        _parser().parse_args(["ingest", "x", "--material", "rumours"])
    error = capsys.readouterr().err
    assert "knowledge" in error and "experiences" in error


def test_a_rebuild_keeps_what_files_are_taken_for(tmp_path: Path) -> None:
    """Each path is brought in again as it was."""
    config = configure(tmp_path, embedder={"kind": "full_text_only"})
    for name, more in (("review", ["--material", "experiences"]), ("manual", [])):
        (tmp_path / f"{name}.txt").write_text(f"The pool of this {name} was warm.")
        words = ["ingest", str(tmp_path / f"{name}.txt"), "--json", "--config", str(config), *more]
        assert knowledge.ingest(_parser().parse_args(words)) == 0

    async def found() -> list[list[str]]:
        rapport = assemble(load(config))
        await rebuild(rapport, lambda step: None)
        index, both = rapport.adapters.knowledge, ("knowledge", "experiences")
        hits = [await index.search("default", "pool", None, 5, None, both[:number]) for number in (1, 2)]
        await rapport.close()
        return [sorted(hit.passage.material for hit in each) for each in hits]

    assert asyncio.run(found()) == [["knowledge"], ["experiences", "knowledge"]]
