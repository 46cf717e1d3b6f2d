"""Which requests are taken for questions of fact, which get what concerns answers and nothing else of a person; and
which need knowledge (`needs`).

`gate` holds requests with labels by their source: `personal` (it depends on who asks) and `needs_knowledge`.
The rules were made on the rows at even places of the file; these are the others.

factual/personal          share of the personal requests that are taken for questions of fact: each is a mistake
factual/knowledge         share of the requests for knowledge that are recognised; those that speak of "I" are not meant
factual/knowledge_impersonal    the same without those that name the person or whom they speak to
factual/SOURCE            the same for each source of requests for knowledge
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench import needs
from policies.questions.factual import factual

FILE = "gate/requests.jsonl.gz"
_SPOKEN = re.compile(r"\b(?:i|i'm|me|my|we|our|you|your)\b", re.IGNORECASE)


def run(data: Path) -> dict[str, float]:
    """The metrics `gate/factual/...` and those of `needs`; none where the set is absent."""
    path = data / FILE
    if not path.is_file():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {**needs.run(rows), **score(rows[1::2])}


def score(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The metrics over these rows; a metric without rows is left out."""
    shares: dict[str, list[bool]] = {}
    for row in rows:
        taken = factual(row["text"])
        if row["personal"] == 1:
            shares.setdefault("personal", []).append(taken)
        if row["needs_knowledge"] == 1 and row["personal"] != 1:
            shares.setdefault("knowledge", []).append(taken)
            shares.setdefault(row["source"], []).append(taken)
            if not _SPOKEN.search(row["text"]):
                shares.setdefault("knowledge_impersonal", []).append(taken)
    return {f"gate/factual/{name}": round(sum(found) / len(found), 4) for name, found in sorted(shares.items())}
