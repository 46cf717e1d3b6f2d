"""How often a turn gives the claims that it should: precision and recall over the cases of `claims.jsonl`.

A case is one turn (`text`, perhaps the assistant's `context` before it) and the `claims` that must come of it, as
(aspect, value); "-" before an aspect takes back. "|" parts wordings or aspects that are equally right; what `also`
lists may come or not, and counts neither way. Rules are tuned by failures in odd lines alone: even ones are held out.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from adapters.ports import Evidence
from policies.preferences.extract import extract
from policies.preferences.lexicon import word_set

PRECISION, RECALL = 0.97, 0.85
_WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*|[€$£]")
_SMALL = word_set("a an the my our some of to in at for about around really very is are les la le el los")
"""Words that make no other value of a value."""
_DENIALS = word_set("no not never none without don't can't isn't nothing")
_MOST_MORE = 2
"""Words that a found value may have beside those of the expected one; a rule is a whole sentence and may have more."""

Pair = tuple[str, str]


class Score(NamedTuple):
    """Claims that were found and right, found and wrong, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def cases() -> list[dict]:
    """The cases, with the line that each stands in."""
    lines = Path(__file__).with_name("claims.jsonl").read_text("utf-8").splitlines()
    return [{"line": number, **json.loads(line)} for number, line in enumerate(lines, 1)]


def found_in(case: dict) -> list[Pair]:
    """What the rules make of a case; what is taken back has "-" before its aspect.

    One take-back often names every aspect that the value may stand under: it counts as one.
    """
    evidence = Evidence("e", "statement", case["text"], context=case.get("context", ""))
    pairs: dict[tuple[bool, str], Pair] = {}
    for number, said in enumerate(extract(evidence)):
        aspect = f"-{said.aspect}" if said.undo else said.aspect
        slot = (said.undo, said.value if said.undo else str(number))
        pairs[slot] = (f"{pairs[slot][0]}|{aspect}" if slot in pairs else aspect, said.value)
    return list(pairs.values())


def judged(case: dict) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """The pairs of a case that are right, wrong and missing; each expected pair is found once."""
    missing = [(aspect, value) for aspect, value in case["claims"]]
    right, wrong = [], []
    for pair in found_in(case):
        wanted = next((expected for expected in missing if matches(expected, pair)), None)
        if wanted:
            missing.remove(wanted)
            right.append(pair)
        elif not any(matches(optional, pair) for optional in case.get("also", ())):
            wrong.append(pair)
    return right, wrong, missing


def matches(expected: Iterable[str], found: Pair) -> bool:
    """Whether a found pair says what an expected one says: the aspect is listed, and so are the words that matter."""
    aspects, values = expected
    most = _MOST_MORE if found[0] != "rule" else len(found[1])
    return not set(found[0].split("|")).isdisjoint(aspects.split("|")) and any(
        _same(value, found[1], most) for value in values.split("|")
    )


def _same(expected: str, found: str, most: int) -> bool:
    wanted, got = _words(expected), _words(found)
    more = got - wanted
    return wanted <= got and bool(wanted) == bool(got) and more.total() <= most and _DENIALS.isdisjoint(more)


def _words(value: str) -> Counter[str]:
    """The words of a value in lower case, singular, without articles and their like."""
    return Counter(word.removesuffix("s") for word in _WORD.findall(value.lower()) if word not in _SMALL)


def total(some: Iterable[dict]) -> Score:
    """The sums over some cases."""
    counts = [tuple(map(len, judged(case))) for case in some]
    return Score(*(sum(column) for column in zip(*counts, strict=True)))


def shown(name: str, some: list[dict]) -> str:
    """One line of figures."""
    score = total(some)
    none = sum(not case["claims"] for case in some)
    return (
        f"{name:9} {len(some)} cases ({none} without a claim)  precision {score.precision:.3f}  "
        f"recall {score.recall:.3f}  right {score.right}  wrong {score.wrong}  missed {score.missed}"
    )


def test_claims_are_right_and_hardly_any_is_missed() -> None:
    """Over all cases few claims are made up, most are found; the half that no rule was tuned by is shown by itself."""
    every = cases()
    print()
    print(shown("tuned", every[0::2]))
    print(shown("held out", every[1::2]))
    print(shown("all", every))
    score = total(every)
    assert score.precision >= PRECISION
    assert score.recall >= RECALL


def test_the_cases_are_many_and_balanced() -> None:
    """Hundreds of different turns, of which nearly half must give nothing."""
    every = cases()
    assert len({(case["text"], case.get("context")) for case in every}) == len(every) >= 220
    assert 0.4 <= sum(not case["claims"] for case in every) / len(every) <= 0.5


def test_a_value_matches_by_its_words_not_by_its_spelling() -> None:
    """Case, articles and a plural are no difference; a denial, another aspect or a different thing is."""
    assert matches(("likes|habits", "the Old Westerns"), ("habits", "old western"))
    assert matches(("name", "Sam"), ("name", "Sam"))
    assert not matches(("likes", "tea"), ("likes", "no tea"))
    assert not matches(("likes", "tea"), ("dislikes", "tea"))
    assert not matches(("likes", "green tea"), ("likes", "tea"))
    assert matches(("-budget", ""), ("-budget", "")) and not matches(("-budget", ""), ("-budget", "50"))
