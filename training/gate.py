"""Makes `policies/questions/gate.bin`: `python -m training.gate --data DIR [--seen DIR]`; a minute, no chance in it.

DIR holds `gate.jsonl.gz`: rows of `text`, `label` (knowledge, none, relational) and `source`. Rows of sources that are
`EXCLUDED` are left out, and with `--seen` those whose text (letters and digits) is in `gate/requests.jsonl.gz` of the
evaluation sets there, which are used for nothing else. Two logistic regressions over hashed words: "needs knowledge",
and "asks for rows" with the signs of it. Every source counts as the square root of its rows, the classes the same in
sum.

Questions of the sources that are `LOOK_UPS` are labelled relational by the query that answers them, but read as if they
asked for one fact ("when did they offer ECON 899 last time"): they do not teach what asks for rows. That, the size of
the table and its `l2` were chosen with the rows at even places of the evaluation set `gate` in view.

How sure the odds are is learnt from rows whose whole source was left out of training, since in use every request is of
such a source. These rows also give the figures that it prints.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.questions.classifier import FILE, FOLDED, FORMAT, RULES
from policies.questions.gate import judge
from policies.questions.grams import BUCKETS, grams, tokens
from policies.questions.signs import MANY, SIGNS, signs

EXCLUDED = frozenset({"clinc150", "flare_aug"})
"""Sources that evaluation sets are of: CLINC150; flare_aug has TriviaQA questions, as RetrievalQA has."""
LOOK_UPS = frozenset({"wikisql", "tatqa", "advising"})
SIGN_NAMES = (*SIGNS, *(f"{number} signs" for number in range(MANY + 1)))
L2, L2_ROWS = 1e-5, 1e-4
Numbers = NDArray[np.float64]
Row = Mapping[str, Any]


class Sparse(NamedTuple):
    """Rows of features, as places and values: `value[i]` stands in row `row[i]` and column `place[i]`."""

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    value: Numbers
    shape: tuple[int, int]

    def scores(self, weights: Numbers) -> Numbers:
        """One number a row: its values times the weights, and the bias, which is the last weight."""
        return np.bincount(self.row, weights[self.place] * self.value, self.shape[0]) + weights[-1]


def sparse(features: Sequence[Iterable[int]], width: int, scaled: bool) -> Sparse:
    """The rows of these features; `scaled` rows have length 1."""
    lists = [sorted(each) for each in features]
    sizes = np.array([len(each) for each in lists])
    row = np.repeat(np.arange(len(lists)), sizes)
    place = np.array([each for found in lists for each in found], dtype=np.int64)
    value = 1 / np.sqrt(sizes)[row] if scaled else np.ones(len(place))
    return Sparse(row, place, value, (len(lists), width))


def fit(rows: Sparse, positive: NDArray[np.bool_], weight: Numbers, l2: float = L2) -> Numbers:
    """The weights (`width` and the bias) of a logistic regression over weighted rows."""
    kept = weight[rows.row] > 0
    used = Sparse(rows.row[kept], rows.place[kept], rows.value[kept], rows.shape)
    sign, share = np.where(positive, 1.0, -1.0), weight / weight.sum()

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * used.scores(weights)
        pull = -share * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        slope = np.bincount(used.place, pull[used.row] * used.value, rows.shape[1] + 1)
        slope[:-1] += l2 * weights[:-1]
        slope[-1] = pull.sum()
        return float(share @ np.logaddexp(0, -margin) + l2 / 2 * (weights[:-1] @ weights[:-1])), slope

    return minimum(loss, np.zeros(rows.shape[1] + 1))


def minimum(loss: Callable[[Numbers], tuple[float, Numbers]], at: Numbers, rounds: int = 60) -> Numbers:
    """Where a smooth function is least: L-BFGS (Nocedal and Wright, Numerical Optimization, section 7.2)."""
    past: list[tuple[Numbers, Numbers]] = []
    value, slope = loss(at)
    for _ in range(rounds):
        way, step = _way(slope, past), 1.0
        while (new := loss(at - step * way))[0] > value - 1e-4 * step * (slope @ way) and step > 1e-4:
            step /= 2
        past = [*past[-7:], (-step * way, new[1] - slope)]
        at, gained = at - step * way, value - new[0]
        value, slope = new
        if gained < 1e-6 * abs(value):
            break
    return at


def _way(slope: Numbers, past: Sequence[tuple[Numbers, Numbers]]) -> Numbers:
    way, shares = slope.copy(), []
    for moved, bent in reversed(past):
        shares.append((moved @ way) / (moved @ bent))
        way -= shares[-1] * bent
    way *= (past[-1][0] @ past[-1][1]) / (past[-1][1] @ past[-1][1]) if past else 1 / np.linalg.norm(slope)
    for (moved, bent), share in zip(past, reversed(shares), strict=True):
        way += (share - (bent @ way) / (moved @ bent)) * moved
    return way


def weigh(rows: Sequence[Row], positive: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Numbers:
    """What each row counts: a source and label as the square root of its rows, each class 1 in sum; 0 if not kept."""
    sizes = Counter((row["source"], row["label"]) for row in rows)
    weight = np.array([sizes[row["source"], row["label"]] ** -0.5 for row in rows]) * kept
    for side in (positive, ~positive):
        weight[side] /= weight[side].sum()
    return weight


def unseen(rows: Sequence[Row], features: Sparse, positive: NDArray[np.bool_], l2: float = L2) -> Numbers:
    """The score of every row by weights that saw no row of its source; sources of one maker are one."""
    makers = np.array([row["source"].split("_")[0] for row in rows])
    scores = np.zeros(len(rows))
    for maker in sorted(set(makers)):
        out = makers == maker
        scores[out] = features.scores(fit(features, positive, weigh(rows, positive, ~out), l2))[out]
    return scores


def calibrated(odds: Numbers, positive: NDArray[np.bool_], weight: Numbers) -> float:
    """By what to multiply log-odds so that they are as sure as they are right (temperature: Guo et al., ICML 2017)."""
    sign = np.where(positive, 1.0, -1.0)
    slopes = np.arange(0.2, 2.0, 0.01)
    return float(slopes[np.argmin([weight @ np.logaddexp(0, -sign * slope * odds) for slope in slopes])])


def told(rows: Sequence[Row], right: NDArray[np.bool_]) -> dict[str, float]:
    """The share that is right of each source and label of at least 100 rows, worst first."""
    found: dict[str, list[bool]] = {}
    for row, each in zip(rows, right, strict=True):
        found.setdefault(f"{row['source']} {row['label']}", []).append(bool(each))
    shares = {name: round(sum(each) / len(each), 3) for name, each in found.items() if len(each) >= 100}
    return dict(sorted(shares.items(), key=lambda item: item[1]))


def made(rows: Sequence[Row]) -> tuple[bytes, dict[str, dict[str, float]]]:
    """The bytes of the file, and how it does on rows of sources that were left out: rules, weights, both."""
    needs, everything = np.array([row["label"] != "none" for row in rows]), np.ones(len(rows), dtype=bool)
    features = sparse([grams(tokens(row["text"])) for row in rows], BUCKETS, scaled=True)
    scores, decisions = unseen(rows, features, needs), [judge(row["text"]).decision for row in rows]
    weight = weigh(rows, needs, everything)
    odds = scores + np.array([RULES[each] for each in decisions])
    weights = fit(features, needs, weight)
    table, scale = _whole(weights[:-1])
    over_rows, folded, asked = made_rows([row for row in rows if row["label"] != "relational"
                                          or row["source"] not in LOOK_UPS])  # fmt: skip
    head = {
        "format": FORMAT, "rows": len(rows), "scale": scale, "bias": round(float(weights[-1]), 4),
        "slope": round(calibrated(odds, needs, weight), 2), **over_rows,
    }  # fmt: skip
    figures = {
        "rules": told(rows, np.array([each == "yes" for each in decisions]) == needs),
        "weights": told(rows, (scores > 0) == needs), "both": told(rows, (odds > 0) == needs), "over rows": asked,
    }  # fmt: skip
    return json.dumps(head).encode() + b"\n" + table + folded, figures


def made_rows(rows: Sequence[Row]) -> tuple[dict[str, Any], bytes, dict[str, float]]:
    """The same for what asks for rows: numbers for the head, the table, and the shares that are right."""
    relational = np.array([row["label"] == "relational" for row in rows])
    words = [tokens(row["text"]) for row in rows]
    found = [[place % FOLDED for place in grams(each)] + [FOLDED + SIGN_NAMES.index(sign) for sign in signs(each)]
             for each in words]  # fmt: skip
    features = sparse(found, FOLDED + len(SIGN_NAMES), scaled=True)
    weight = weigh(rows, relational, np.ones(len(rows), dtype=bool))
    weights, scores = fit(features, relational, weight, L2_ROWS), unseen(rows, features, relational, L2_ROWS)
    table, scale = _whole(weights[:FOLDED])
    head = {
        "rows_scale": scale, "rows_bias": round(float(weights[-1]), 4),
        "rows_slope": round(calibrated(scores, relational, weight), 2),
        "signs": {name: round(float(each), 3) for name, each in zip(SIGN_NAMES, weights[FOLDED:-1], strict=True)},
    }  # fmt: skip
    return head, table, told(rows, (scores > 0) == relational)


def _whole(weights: Numbers) -> tuple[bytes, float]:
    """Weights as whole numbers of 16 bits, and what one of them counts."""
    scale = float(np.abs(weights).max()) / 32767
    return np.round(weights / scale).astype("<i2").tobytes(), scale


def load(file: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def kept(rows: Iterable[Row], seen: Iterable[Row]) -> list[Row]:
    """The rows that may be trained on: of no excluded source, and no text of what is evaluated."""
    texts = {_plain(row["text"]) for row in seen}
    return [row for row in rows if row["source"] not in EXCLUDED and _plain(row["text"]) not in texts]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / max(1, len(shares))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, print the figures."""
    parser = argparse.ArgumentParser("python -m training.gate", description="Make the weights of the retrieval gate.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of gate.jsonl.gz")
    parser.add_argument("--seen", type=Path, metavar="DIR", help="evaluation sets, whose texts are left out")
    parser.add_argument("--out", type=Path, default=FILE, metavar="FILE")
    options = parser.parse_args(arguments)
    seen = load(options.seen / "gate" / "requests.jsonl.gz") if options.seen else []
    data, figures = made(kept(load(options.data / "gate.jsonl.gz"), seen))
    options.out.write_bytes(data)
    for name, shares in figures.items():
        idle = [share for key, share in shares.items() if key.endswith(" none")]
        needed = [share for key, share in shares.items() if not key.endswith(" none")]
        print(f"{name}: right where needed {_mean(needed):.3f}, where not {_mean(idle):.3f} (means of sources); worst:")
        print("   ", ", ".join(f"{key} {share}" for key, share in list(shares.items())[:5]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
