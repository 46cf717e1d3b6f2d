"""Whether what people wrote tells them apart better than what they were told: style profiles of two kinds, compared.

Metric `attribution@k` on tinyshakespeare's `style_plays`: a person's profile is what the real fold keeps of their first
pairs, once of the `output`s (what they answered) and once of the `input`s (what they were answering, folded as if it
were theirs). The speaker of each later `output` is named by which profile it fits best (`likeness.fits`), right if at
most k - 1 others fit as well. The claim under test is that outputs beat inputs: `ratio@1`. Four-hundred-year-old verse:
read the difference, not the level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.ports import Evidence, Profile
from policies.preferences.fold import fold
from policies.preferences.likeness import fits

FIRST = 15
"""Pairs of a person that make the profile; the others are the test."""


def score(pairs: Iterable[dict[str, Any]], first: int = FIRST) -> dict[str, float]:
    """The metrics `style_plays/outputs@1`, `outputs@5`, `inputs@1`, `inputs@5` and `ratio@1`."""
    rows = list(pairs)
    known, tests = [row for row in rows if row["n"] <= first], [row for row in rows if row["n"] > first]
    outputs, inputs = (ranks(tests, profiles(known, side)) for side in ("output", "input"))
    metrics = {
        f"style_plays/{name}@{most}": round(_within(found, most), 4)
        for name, found in (("outputs", outputs), ("inputs", inputs))
        for most in (1, 5)
    }
    return metrics | {"style_plays/ratio@1": round(_within(outputs, 1) / max(_within(inputs, 1), 1e-9), 2)}


def profiles(rows: Sequence[dict[str, Any]], side: str) -> dict[str, Profile]:
    """What the fold keeps of each person, from one side of their pairs."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row["person"], []).append(row[side])
    return {
        person: fold(Profile(), [Evidence(f"e{seq}", "artefact", text, seq=seq) for seq, text in enumerate(said, 1)])
        for person, said in texts.items()
    }


def ranks(tests: Iterable[dict[str, Any]], known: dict[str, Profile]) -> list[int]:
    """Of each text, how many others' profiles fit at least as well as its speaker's."""
    people, counts = list(known), [profile.counts for profile in known.values()]
    found = []
    for row in tests:
        fit = dict(zip(people, fits([row["output"]], counts), strict=True))
        own = fit.pop(row["person"])
        found.append(sum(other >= own for other in fit.values()))
    return found


def _within(found: Sequence[int], most: int) -> float:
    return sum(rank < most for rank in found) / len(found) if found else 0.0
