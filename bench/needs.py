"""How well the retrieval policy knows which requests need knowledge, on requests that are labelled by their source.

Each request is sent through the policy (with the default settings, but that no corpus is put in whole and that it has a
minute: `abstain.built`) by a person of whom enough is known, to an index that tells nothing of its words: it needs
knowledge if the policy searched. Neither the weights nor the numbers beside
them were made with these rows or with rows of their sources; how much the rules count beside the weights was chosen
with the rows at even places in view, so `odd` leaves those out. No threshold is chosen on the rows.

needs_knowledge/pooled          balanced accuracy over all rows: mean of the shares that are right of either label
needs_knowledge/worst_source    the least of the sources' balanced accuracies (a source of one label: the share right)
needs_knowledge/SOURCE          the same of one source; parts of a source ("mt_bench/math") are taken together
needs_knowledge/auc             chance that one that needs knowledge gets a higher probability than one that does not
needs_knowledge/odd_...         pooled and worst_source, on the rows at odd places alone
needs_knowledge/rules_...       likewise by the rules alone, and `weights_...` by the weights alone
relational/...                  questions over rows (counts, orders, comparisons): see `over_rows`
latency/p50_us, p99_us, weights_p99_us      microseconds of the decision, with the words of a corpus of 100,000 terms,
                                and of the weights' part of it (best of 9)
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from adapters.memory import MemoryKnowledge
from adapters.ports import Terms
from adapters.ports.terms import KIND, term
from adapters.ports.words import stems
from bench import over_rows
from bench.abstain import KNOWN, Asked, ask, built
from policies.questions.classifier import shipped
from policies.questions.gate import judge
from policies.questions.grams import tokens
from policies.questions.needs import Gate
from policies.retrieval import RetrievalConfig
from policies.retrieval.probe import probed

Row = Mapping[str, Any]
SEARCHED = "nothing_found"
TERMS = 100_000


def run(rows: Sequence[Row]) -> dict[str, float]:
    """The metrics over rows of `text`, `source`, `needs_knowledge` and `relational` (1, 0 or None: not scored)."""
    rows = [row for row in rows if row["needs_knowledge"] is not None or row["relational"] is not None]
    details = asyncio.run(_sent([row["text"] for row in rows]))
    metrics = scores("needs_knowledge", rows, [each["searched"] for each in details])
    metrics |= _only("odd", scores("needs_knowledge", rows[1::2], [each["searched"] for each in details[1::2]]))
    metrics |= _only("rules", scores("needs_knowledge", rows, [judge(row["text"]).decision == "yes" for row in rows]))
    alone = [(shipped().score(tokens(row["text"])) or 0.0) > 0 for row in rows]
    metrics |= _only("weights", scores("needs_knowledge", rows, alone))
    metrics |= over_rows.run(rows, scores)
    return {"gate/needs_knowledge/auc": auc(rows, details), **metrics, **latency([row["text"] for row in rows])}


class Silent(MemoryKnowledge):
    """An index without passages, that does not tell it: only the wording decides whether it is searched."""

    def terms(self, tenant: str) -> Terms | None:
        """Not known."""
        return None


async def _sent(texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the receipt of each request says, and whether the policy searched."""
    policy = await built(Silent())
    receipts = [await ask(policy, Asked(text, "bench"), KNOWN) for text in texts]
    return [{**receipt.detail, "searched": SEARCHED in receipt.reasons} for receipt in receipts]


def scores(label: str, rows: Sequence[Row], taken: Sequence[bool]) -> dict[str, float]:
    """Balanced accuracy per source, of all rows and of the worst source; nothing where no row has the label."""
    right: dict[str, dict[int, list[bool]]] = {}
    for row, each in zip(rows, taken, strict=True):
        if row[label] is not None:
            for name in ("pooled", row["source"].split("/")[0]):
                right.setdefault(name, {}).setdefault(row[label], []).append(each == bool(row[label]))
    found = {name: _balanced(list(sides.values())) for name, sides in sorted(right.items())}
    if found:
        found["worst_source"] = min(each for name, each in found.items() if name != "pooled")
    return {f"gate/{label}/{name}": round(each, 4) for name, each in found.items()}


def _balanced(sides: Sequence[Sequence[bool]]) -> float:
    return sum(sum(side) / len(side) for side in sides) / len(sides)


def _only(name: str, metrics: Mapping[str, float]) -> dict[str, float]:
    """The two figures over all sources, under names that say how they came about."""
    return {
        f"{head}/{name}_{tail}": figure
        for head, _, tail in (each.rpartition("/") for each in metrics)
        if tail in ("pooled", "worst_source") and (figure := metrics[f"{head}/{tail}"]) is not None
    }


def auc(rows: Sequence[Row], details: Sequence[Mapping[str, Any]]) -> float:
    """Area under the curve of the probability; where the rules alone decide, of 1 or 0."""
    odds = [each.get("probability", float(each["searched"])) for each in details]
    sides = [[odd for odd, row in zip(odds, rows, strict=True) if row["needs_knowledge"] == side] for side in (0, 1)]
    pairs = [(yes > no) + (yes == no) / 2 for no in sides[0] for yes in sides[1]]
    return round(sum(pairs) / len(pairs), 4) if pairs else 0.0


def latency(texts: Sequence[str]) -> dict[str, float]:
    """Microseconds per text of the whole decision, with the words of a corpus, and of the weights."""
    gate, weights, terms, least = Gate(shipped()), shipped(), corpus(texts), RetrievalConfig().min_coverage
    whole = _best(lambda text: probed(gate.read(text, text), text, text, terms, least), texts)
    part = _best(lambda text: weights.knowledge(tokens(text), "yes"), texts)
    return {
        "gate/latency/p50_us": whole[len(whole) // 2],
        "gate/latency/p99_us": whole[int(len(whole) * 0.99)],
        "gate/latency/weights_p99_us": part[int(len(part) * 0.99)],
    }


def corpus(texts: Sequence[str]) -> Terms:
    """Terms of a corpus of some size: those of the texts, each in several passages, among others."""
    chance = Random(7)
    numbers = {term(stem) for text in texts for stem in stems(text)}
    while len(numbers) < TERMS:
        numbers.add(chance.getrandbits(32))
    return Terms(TERMS // 2, array(KIND, sorted(numbers)), array(KIND, (chance.randint(1, 5000) for _ in numbers)))


def _best(call: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """What each text takes, rising: each the best of nine in a row, since other processes are in the way of most."""
    return sorted(min(_taken(call, text) for _ in range(9)) for text in texts)


def _taken(call: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    call(text)
    return round((time.perf_counter() - start) * 1e6, 1)
