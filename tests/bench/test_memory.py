"""The memory bench counts what its description says, and skips what is not there."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bench.memory import BUDGETS, UNRELATED, run, words


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def session(preferences: dict[str, list[str]], *said: str) -> dict[str, Any]:
    return {"preferences": preferences, "turns": [{"role": "user", "text": text} for text in said]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One person of whom half is understood, one with a single session, and requests about nothing."""
    told = session({"likes": ["jazz music"], "other": ["the far side of the moon"]}, "I love jazz music")
    dialogues = [{"user": "a", "sessions": [told, session({}, "bye")]}, {"user": "b", "sessions": [told]}]
    requests = [{"text": f"set alarm {n}", "personal": 0, "source": "x"} for n in range(120)]
    requests += [{"text": "I love everything", "personal": 1, "source": "x"}]
    write(tmp_path / "laps" / "dialogues.jsonl.gz", dialogues)
    write(tmp_path / "gate" / "requests.jsonl.gz", requests)
    return tmp_path


def test_coverage_precision_and_length(data: Path) -> None:
    """Half of the values are covered, at every budget and after any number of unrelated requests."""
    metrics = run(data, seeds=())
    assert len(metrics) == 3 * len(BUDGETS) * len(UNRELATED)
    for budget in BUDGETS:
        for unrelated in UNRELATED:
            where = f"@B{budget},N{unrelated}"
            assert metrics[f"laps/coverage{where}"] == 0.5
            assert 0.5 <= metrics[f"laps/precision{where}"] <= 1
            assert metrics[f"laps/tokens{where}"] <= budget


def test_style_plays_stand_beside_the_dialogues(data: Path) -> None:
    """The figures of both sets, each where its data is."""
    pair = {"person": "a", "n": 1, "input": "What do you say to that, my lord?", "output": "I say nothing to it, sir."}
    write(data / "style_plays" / "pairs.jsonl.gz", [pair, {**pair, "n": 16}])
    metrics = run(data, seeds=())
    assert metrics["style_plays/outputs@1"] == metrics["style_plays/inputs@5"] == 1
    assert len(metrics) == 3 * len(BUDGETS) * len(UNRELATED) + 5


def test_absent_data_is_skipped(tmp_path: Path) -> None:
    """Without the data there are no figures."""
    assert run(tmp_path, seeds=()) == {}


def test_content_words() -> None:
    """Function words go, plurals are cut, possessives too."""
    assert words("I'd like the chef's berries, with 2 classes and no bus") == ["chef", "berry", "2", "classe", "bus"]
