"""Makes `policies/write_back/weights.py`: `python -m training.support --data DIR`; seconds, no chance in it.

DIR is laid out like the evaluation sets; of `begin_wow` only the rows are used whose `knowledge` is `fitted`: half of
the texts, whole ones, drawn by their hash. The other half is for the figures that it prints, as is the rest of both
halves for `bench/write_back.py`. A logistic regression by Newton's method, with a penalty on weights of scaled signs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.write_back.reading import Read
from policies.write_back.support import NAMES, features

FILE = Path(__file__).parents[1] / "policies" / "write_back" / "weights.py"
SET = "begin_wow/items.jsonl.gz"
PENALTY = 5.0
ROUNDS = 30
Numbers = NDArray[np.float64]
Row = Mapping[str, Any]


def fitted(knowledge: str) -> bool:
    """Whether rows of this text may be fitted on."""
    return blake2b(knowledge.lower().encode(), digest_size=8).digest()[0] % 2 == 0


def load(data: Path) -> list[dict[str, Any]]:
    """The rows of the set."""
    with gzip.open(data / SET, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def signs(rows: Sequence[Row]) -> Numbers:
    """One line of features for each row, in the order of `NAMES`."""
    found = [features(row["response"], Read.of(row["response"]), Read.of(row["knowledge"])) for row in rows]
    return np.array([[each[name] for name in NAMES] for each in found])


def fit(found: Numbers, positive: NDArray[np.bool_], penalty: float = PENALTY) -> tuple[Numbers, float]:
    """The weights of the signs as they are, and the bias."""
    middle, spread = found.mean(axis=0), found.std(axis=0)
    spread[spread < 1e-9] = 1.0
    scaled = np.hstack([(found - middle) / spread, np.ones((len(found), 1))])
    pull = np.diag([penalty] * found.shape[1] + [0.0])
    at = np.zeros(scaled.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-scaled @ at))
        slope = scaled.T @ (likely - positive) + pull @ at
        bend = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + pull
        at = at - np.linalg.solve(bend, slope)
    weights = at[:-1] / spread
    return weights, float(at[-1] - weights @ middle)


def auc(scores: Numbers, positive: NDArray[np.bool_]) -> float:
    """Area under the curve: how often a right one is above a wrong one; ties count half."""
    wrong = np.sort(scores[~positive])
    below = np.searchsorted(wrong, scores[positive], "left") + np.searchsorted(wrong, scores[positive], "right")
    return float(below.mean() / 2 / len(wrong))


def written(weights: Numbers, bias: float) -> str:
    """The module."""
    pairs = [f'"{name}": {weight:.3f},' for name, weight in zip(NAMES, weights, strict=True)]
    lines = ["    " + " ".join(pairs[at : at + 5]) for at in range(0, len(pairs), 5)]
    head = '"""What each sign of support counts, as `python -m training.support --data DIR` makes it."""'
    return "\n".join([head, "", f"BIAS = {bias:.3f}", "WEIGHTS = {", *lines, "}  # fmt: skip", ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the weights, print the figures of both halves."""
    parser = argparse.ArgumentParser("python -m training.support", description="Make the weights of support.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the evaluation sets")
    parser.add_argument("--out", type=Path, default=FILE, metavar="FILE")
    options = parser.parse_args(arguments)
    rows = load(options.data)
    found, positive = signs(rows), np.array([row["attributable"] for row in rows])
    used = np.array([fitted(row["knowledge"]) for row in rows])
    weights, bias = fit(found[used], positive[used])
    options.out.write_text(written(weights, bias))
    for name, half in (("fitted on", used), ("held out", ~used)):
        print(f"{name}: {int(half.sum())} rows, AUC {auc(found[half] @ weights, positive[half]):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
