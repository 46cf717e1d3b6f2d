"""The gate's bench counts what its description says, on the rows at odd places, and skips what is not there."""

import gzip
import json
from pathlib import Path
from typing import Any

from bench.gate import run, score


def row(text: str, knowledge: int | None = None, personal: int | None = None, source: str = "one") -> dict[str, Any]:
    return {"text": text, "needs_knowledge": knowledge, "personal": personal, "source": source, "relational": 0}


ROWS = [
    row("What is the boiling point of ethanol?", 1, 0),
    row("Do I need a visa for Peru?", 1, 0, "two"),
    row("Is Peru safe?", 1, 0, "two"),
    row("What should I cook?", None, 1),
    row("Who wrote the play?", None, 1),
]


def test_shares() -> None:
    """Of the personal ones what is taken wrongly, of the others what is recognised, in all and per source."""
    assert score(ROWS) == {
        "gate/factual/knowledge": 0.3333, "gate/factual/knowledge_impersonal": 0.5, "gate/factual/one": 1.0,
        "gate/factual/personal": 0.5, "gate/factual/two": 0.0,
    }  # fmt: skip


def test_only_the_half_that_no_rule_was_made_on(tmp_path: Path) -> None:
    """Rows at even places are left out; without the file there are no figures."""
    assert run(tmp_path) == {}
    (tmp_path / "gate").mkdir()
    with gzip.open(tmp_path / "gate" / "requests.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(each) + "\n" for each in ROWS)
    assert {name: figure for name, figure in run(tmp_path).items() if name.startswith("gate/factual/")} == {
        "gate/factual/knowledge": 0.0, "gate/factual/personal": 0.0, "gate/factual/two": 0.0,
    }  # fmt: skip
