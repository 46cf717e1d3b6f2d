"""Whether what joins the corpus is borne out: on labelled pairs, and on what must never be accepted.

`@held_out`: the rows of texts that the weights of support were not fitted on (see `training/support.py`); `@lexical`:
by the share of the words of the response that the text holds; `@length`: the shorter the better, which proves nothing.
begin_wow/auc               of support, for "people found the response fully attributable to the text"
begin_wow/auc_hard          the same where the lexical share is from 0.4 to 0.9
begin_wow/precision         of support, where it accepts 90 % of the attributable ones
begin_wow/accept            share of the attributable responses that pass grounding and `min_support` as shipped
begin_wow/false_accept      the same of the others; `@lexical`: where it accepts as many of the attributable ones
halueval_qa/balanced        balanced accuracy of support, its threshold chosen on one half and scored on the other, five
                            times; `@gate`: of grounding and `min_support` as shipped, which accept `accept_right` and
                            `accept_wrong` of the right and of the hallucinated answers
halueval_qa/matched         of pairs of a right and a wrong answer to one question whose lengths differ by one word at
                            most: share in which the right one has more support (a tie counts half); `matched_low`: the
                            lower end of the 95 % interval (Wilson); `matched_pairs`: how many
write_back/altered_...      see `alterations`
write_back/refusals         accepted, of `refusals_of` ways of saying that one cannot answer, in whole or in part;
                            `refusals_recognised`: by their words alone
write_back/attacks          accepted, of `attacks_of` answers, honest and obedient ones, to passages that speak to the
                            model, ask to be kept, or hide something
write_back/no_verifier      accepted, of good answers whose verifier fails, hangs, talks nonsense or is absent
write_back/good             share accepted of the same answers without verifiers, and with such that agree
write_back/plain_refused    share of plain statements with a denial that are taken for refusals: each is a loss
write_back/edits/...        see `edits`
write_back/p50_ms           milliseconds of CPU for an answer of five claims over five passages of 700 characters
                            that it cites
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from bench import alterations, answers, edits, write_back_retrieval
from bench.memory import words
from policies.write_back.grounding import Ground, fault, supported
from policies.write_back.settings import Strictness
from training.support import fitted

SEEDS = range(5)
Row = Mapping[str, Any]
Scores = Sequence[float]


def run(data: Path) -> dict[str, float]:
    """The metrics `begin_wow/...`, `halueval_qa/...` and `write_back/...`; nothing of a set that is absent."""
    metrics: dict[str, float] = {}
    begin, halueval = data / "begin_wow" / "items.jsonl.gz", data / "halueval_qa" / "items.jsonl"
    paragraphs = data / "squad2" / "paragraphs.jsonl.gz"
    if begin.is_file():
        with gzip.open(begin, "rt", encoding="utf-8") as lines:
            metrics |= attribution([json.loads(line) for line in lines])
    if halueval.is_file():
        metrics |= hallucination([json.loads(line) for line in halueval.read_text(encoding="utf-8").splitlines()])
    if paragraphs.is_file():
        with gzip.open(paragraphs, "rt", encoding="utf-8") as lines:
            metrics |= alterations.measure([json.loads(line) for line in lines])
    metrics |= asyncio.run(answers.measure()) | asyncio.run(edits.measure())
    return metrics | write_back_retrieval.run(data)


def attribution(rows: Sequence[Row]) -> dict[str, float]:
    """The metrics of `begin_wow`, of all rows and of those that nothing was fitted on."""
    rated = [(row, *rate(row["response"], row["knowledge"]), share(row["response"], row["knowledge"])) for row in rows]
    held = [each for each in rated if not fitted(each[0]["knowledge"])]
    found: dict[str, float] = {}
    for name, part in (("", rated), ("@held_out", held)):
        right = [bool(row["attributable"]) for row, *_ in part]
        if not 0 < sum(right) < len(right):
            continue
        support, gate, lexical = ([each[place] for each in part] for place in (1, 2, 3))
        found |= {f"{key}{name}": value for key, value in _ranked(support, lexical, right).items()}
        found |= {f"{key}@lexical{name}": value for key, value in _ranked(lexical, lexical, right).items()}
        accept = _mean([passed for passed, each in zip(gate, right, strict=True) if each])
        found[f"accept{name}"] = accept
        found[f"false_accept{name}"] = _mean([passed for passed, each in zip(gate, right, strict=True) if not each])
        least = threshold(lexical, right, accept)
        found[f"false_accept@lexical{name}"] = _mean(
            [score >= least for score, each in zip(lexical, right, strict=True) if not each]
        )
    return {f"begin_wow/{key}": round(value, 4) for key, value in found.items()}


def _ranked(scores: Scores, lexical: Scores, right: Sequence[bool]) -> dict[str, float]:
    hard = [0.4 <= each <= 0.9 for each in lexical]
    least = threshold(scores, right, 0.9)
    taken = [each for score, each in zip(scores, right, strict=True) if score >= least]
    return {
        "auc": auc(scores, right), "precision": _mean(taken),
        "auc_hard": auc([each for each, in_ in zip(scores, hard, strict=True) if in_],
                        [each for each, in_ in zip(right, hard, strict=True) if in_]),
    }  # fmt: skip


def hallucination(rows: Sequence[Row]) -> dict[str, float]:
    """The metrics of `halueval_qa`."""
    rated, pairs = [], []
    for row in rows:
        ground = row["knowledge"]
        good = rate(row["right_answer"], ground)
        rated.append((*good, True, -len(row["right_answer"].split())))
        for answer in row["hallucinated"]:
            bad = rate(answer, ground)
            rated.append((*bad, False, -len(answer.split())))
            if abs(rated[-1][3] + len(row["right_answer"].split())) <= 1:
                pairs.append((good[0] > bad[0]) + (good[0] == bad[0]) / 2)
    right = [each[2] for each in rated]
    gate = {side: _mean([each[1] for each in rated if each[2] == side]) for side in (True, False)}
    found = {
        "balanced": balanced([each[0] for each in rated], right),
        "balanced@length": balanced([each[3] for each in rated], right),
        "balanced@gate": (gate[True] + 1 - gate[False]) / 2, "auc": auc([each[0] for each in rated], right),
        "auc@length": auc([each[3] for each in rated], right), "accept_right": gate[True], "accept_wrong": gate[False],
        "matched": _mean(pairs), "matched_low": low(_mean(pairs), len(pairs)), "matched_pairs": float(len(pairs)),
    }  # fmt: skip
    return {f"halueval_qa/{key}": round(value, 4) for key, value in found.items()}


def rate(claim: str, text: str) -> tuple[float, bool]:
    """Support of a claim by a text, and whether it passes grounding and support as shipped."""
    ground, strictness = Ground(text), Strictness()
    support = supported(claim, [ground])
    return support, support >= strictness.min_support and not fault(claim, [ground], strictness.min_recall)


def share(response: str, text: str) -> float:
    """Share of the response's content words that the text holds."""
    own, held = words(response), set(words(text))
    return _mean([word in held for word in own])


def auc(scores: Scores, right: Sequence[bool]) -> float:
    """Area under the curve; ties count half."""
    sides = [[score for score, each in zip(scores, right, strict=True) if each == side] for side in (False, True)]
    pairs = [(yes > no) + (yes == no) / 2 for no in sides[0] for yes in sides[1]]
    return _mean(pairs)


def threshold(scores: Scores, right: Sequence[bool], accepted: float) -> float:
    """The highest score from which on at least this share of the right ones is accepted."""
    good = sorted((score for score, each in zip(scores, right, strict=True) if each), reverse=True)
    return good[max(0, -int(-accepted * len(good) // 1) - 1)] if good else 0.0


def balanced(scores: Scores, right: Sequence[bool], seeds: Sequence[int] = SEEDS) -> float:
    """Balanced accuracy on one half with the threshold that was best on the other one; mean over seeds."""
    found = []
    for seed in seeds:
        order = list(range(len(scores)))
        Random(seed).shuffle(order)
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        best = max(sorted({scores[at] for at in halves[0]}), key=lambda least: _right(scores, right, halves[0], least))
        found.append(_right(scores, right, halves[1], best))
    return _mean(found)


def _right(scores: Scores, right: Sequence[bool], places: Sequence[int], least: float) -> float:
    sides = [[(scores[at] >= least) == side for at in places if right[at] == side] for side in (True, False)]
    return sum(map(_mean, sides)) / 2


def low(share_: float, count: int, wide: float = 1.96) -> float:
    """The lower end of Wilson's interval of a share."""
    if not count:
        return 0.0
    square = wide**2
    middle = share_ + square / (2 * count)
    spread: float = wide * (share_ * (1 - share_) / count + square / (4 * count**2)) ** 0.5
    return (middle - spread) / (1 + square / count)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
