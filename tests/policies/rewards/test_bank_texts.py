"""The bank of questions: sound lines, and answers that differ on every axis without the axes moving together."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from policies.rewards.axes import JUDGED, TEXT, features
from policies.rewards.bank import parsed

_BANK = Path(__file__).parents[3] / "policies" / "rewards" / "bank.jsonl"
_WORD = re.compile(r"\w+(?:'\w+)*")
_FORMS = {
    "list": re.compile(r"(?:^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S.*[\s\S]*?){2}", re.MULTILINE),
    "heading": re.compile(r"^#{1,6} \S", re.MULTILINE),
    "table": re.compile(r"^\|.+\|\n\|[-|]+\|$", re.MULTILINE),
    "code": re.compile(r"^```\w+\n[\s\S]+?^```$", re.MULTILINE),
    "emoji": re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]"),
    "question": re.compile(r"\?\Z"),
    "examples": re.compile(r"\b(?:for example|for instance|such as|e\.g\.)", re.IGNORECASE),
}
_MANNERS = (
    "technical", "build-up", "impersonal", "formal", "casual", "warm", "humorous", "careful", "hedged", "reasons",
)  # fmt: skip
_OTHER_TAGS = {"plain", "bare", "neutral"}
_HEDGE = re.compile(
    r"\b(?:may|might|could|perhaps|probably|usually|often|generally|tends?|seems?|appears?|likely|mostly|maybe|"
    r"typically|roughly|presumably|should)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_APART = {
    "length": 64, "list": 44, "heading": 28, "table": 20, "code": 20, "emoji": 29, "question": 29, "examples": 43,
}  # fmt: skip
"""In how many of the 64 prompts the answers differ: in length by twice as many words, in a form by having it or not."""
_SIDES = {
    "formal": ("formality", 1), "casual": ("formality", -1), "warm": ("warmth", 1), "humorous": ("humour", 1),
    "reasons": ("depth", 1), "careful": ("caution", 1),
}  # fmt: skip
"""By manner, the score that it stands for."""


def _lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _BANK.read_text("utf-8").splitlines()]


def _answers() -> Iterator[tuple[str, list[str], list[set[str]]]]:
    """Of each prompt, its text, the texts of its answers, and the tags of each."""
    for line in _lines():
        tags = [set(answer["style"].split(", ")) for answer in line["answers"]]
        yield line["prompt"], [answer["text"] for answer in line["answers"]], tags


def _scores() -> list[list[dict[str, float]]]:
    """Of each prompt, the scores of its answers."""
    return [[answer["scores"] for answer in line["answers"]] for line in _lines()]


@functools.cache
def _features() -> list[list[dict[str, float]]]:
    """Of each prompt, what is read of its answers on every axis that is read or scored."""
    axes = (*TEXT, *JUDGED)
    found = [features(texts, axes, scores) for (_, texts, _), scores in zip(_answers(), _scores(), strict=True)]
    return [[dict(zip(axes, map(float, row), strict=True)) for row in phi] for phi in found]


def _wide(answers: list[list[dict[str, float]]], axis: str, least: float) -> int:
    """In how many prompts two answers lie so far apart."""
    values = [[answer[axis] for answer in each] for each in answers]
    return sum(max(each) - min(each) > least - 1e-6 for each in values)


def _isolates(one: dict[str, float], other: dict[str, float], axis: str) -> bool:
    """Whether two answers lie apart on one scored axis and close together on all the others."""
    apart = {name: round(abs(one[name] - other[name]), 6) for name in JUDGED}
    return apart.pop(axis) >= 0.8 and max(apart.values()) < 0.5


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _form(text: str) -> dict[str, float]:
    return {"length": math.log(_words(text)), **{name: float(bool(form.search(text))) for name, form in _FORMS.items()}}


def _correlations(readings: list[list[dict[str, float]]]) -> dict[tuple[str, str], float]:
    """Of each pair of axes, over all pairs of answers to one prompt, taken both ways round (so that means are 0)."""
    pairs = [pair for answers in readings for pair in combinations(answers, 2)]
    apart = {name: [one[name] - other[name] for one, other in pairs] for name in readings[0][0]}
    return {(one, other): _cosine(apart[one], apart[other]) for one, other in combinations(apart, 2)}


def _cosine(ours: list[float], theirs: list[float]) -> float:
    both = math.fsum(one * other for one, other in zip(ours, theirs, strict=True))
    return both / math.hypot(*ours) / math.hypot(*theirs)


def test_every_line_is_a_prompt_with_four_answers() -> None:
    """64 of them, numbered in order, with these fields and no others, text without blanks around it."""
    lines = _lines()
    assert len(parsed(map(json.dumps, lines))) == 64
    assert [line["id"] for line in lines] == [f"q{number:02d}" for number in range(1, 65)]
    for line in lines:
        assert list(line) == ["id", "prompt", "answers"]
        answers = line["answers"]
        assert isinstance(answers, list) and len(answers) == 4
        assert all(list(answer) == ["style", "text", "scores"] for answer in answers)
        texts = [line["prompt"], *(answer[name] for answer in answers for name in ("style", "text"))]
        assert all(isinstance(text, str) and text and text == text.strip() for text in texts)


def test_every_answer_is_scored_on_every_judged_axis() -> None:
    """With tenths from -1 to 1, in the order of the axes."""
    for each in chain.from_iterable(_scores()):
        assert tuple(each) == JUDGED
        assert all(type(value) in (int, float) for value in each.values())
        assert all(-1 <= value <= 1 and value == round(value, 1) for value in each.values())


def test_nothing_stands_twice() -> None:
    """Neither a prompt nor an answer, however it is spaced or capitalised."""
    prompts = [prompt for prompt, _, _ in _answers()]
    texts = [text for _, answers, _ in _answers() for text in answers]
    for given in (prompts, texts):
        assert len({" ".join(_WORD.findall(text.lower())) for text in given}) == len(given)


def test_answers_are_of_a_length_that_is_read() -> None:
    """From 30 to 170 words each, and prompts of one line."""
    for prompt, texts, _ in _answers():
        assert 4 <= _words(prompt) <= 20
        assert "\n" not in prompt
        assert all(30 <= _words(text) <= 170 for text in texts), prompt


def test_tags_say_what_the_texts_show() -> None:
    """Length and form as they are measured, then manners out of a closed list."""
    for prompt, texts, tags in _answers():
        for text, tag in zip(texts, tags, strict=True):
            shown = {name for name, pattern in _FORMS.items() if pattern.search(text)}
            words = _words(text)
            shown.add("short" if words <= 56 else "medium" if words < 100 else "long")
            assert tag - set(_MANNERS) - _OTHER_TAGS == shown, (prompt, text)


@pytest.mark.parametrize("axis", _APART)
def test_answers_differ_on_every_axis_of_form(axis: str) -> None:
    """In as many prompts as stated."""
    forms = [[_form(text) for text in texts] for _, texts, _ in _answers()]
    assert _wide(forms, axis, math.log(2) if axis == "length" else 1) == _APART[axis]


@pytest.mark.parametrize("axis", TEXT)
def test_answers_visibly_differ_on_every_axis_that_is_read(axis: str) -> None:
    """By a quarter of the scale, in 20 prompts or more."""
    assert _wide(_features(), axis, 0.5) >= 20


@pytest.mark.parametrize("axis", JUDGED)
def test_answers_differ_on_every_judged_axis(axis: str) -> None:
    """By .8 or more in 20 prompts or more, and in 12 pairs or more while all other scores are close together."""
    assert _wide(_scores(), axis, 0.8) >= 20
    assert sum(_isolates(*pair, axis) for scores in _scores() for pair in combinations(scores, 2)) >= 12


@pytest.mark.parametrize("manner", _SIDES)
def test_scores_are_of_the_text_they_stand_at(manner: str) -> None:
    """Of two answers to one prompt, the one that is tagged with a manner has more of it in nearly every pair."""
    axis, side = _SIDES[manner]
    more = []
    for scores, (_, _, tags) in zip(_scores(), _answers(), strict=True):
        values = [side * each[axis] for each in scores]
        has = [manner in tag for tag in tags]
        more += [values[one] > values[other] for one in range(4) for other in range(4) if has[one] > has[other]]
    assert len(more) > 60
    assert sum(more) > (0.8 if manner == "reasons" else 0.9) * len(more)


@pytest.mark.parametrize("manner", _MANNERS)
def test_answers_differ_in_every_manner(manner: str) -> None:
    """In twenty prompts or more, by their tags."""
    assert sum(len({manner in tag for tag in tags}) == 2 for _, _, tags in _answers()) >= 20


def test_impersonal_answers_do_not_say_you() -> None:
    """And others of the same prompt do, in 20 prompts or more."""
    you = re.compile(r"\byou", re.IGNORECASE)
    apart = 0
    for prompt, texts, tags in _answers():
        silent = [text for text, tag in zip(texts, tags, strict=True) if "impersonal" in tag]
        assert not any(map(you.search, silent)), prompt
        apart += bool(silent) and any(map(you.search, texts))
    assert apart >= 20


def test_hedged_answers_hedge() -> None:
    """At least twice, and five times as often by the word as the others do."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _, texts, tags in _answers():
        for text, tag in zip(texts, tags, strict=True):
            hedges = len(_HEDGE.findall(text))
            assert hedges >= 2 or "hedged" not in tag, text
            rates["hedged" in tag].append(hedges / _words(text))
    hedged, plain = (math.fsum(rates[side]) / len(rates[side]) for side in (True, False))
    assert hedged > 5 * plain


def test_technical_and_formal_answers_have_the_longer_words() -> None:
    """In nine of ten pairs with an answer to the same prompt that is neither."""
    longer = []
    for _, texts, tags in _answers():
        means = [math.fsum(map(len, found)) / len(found) for found in map(_LETTERS.findall, texts)]
        high = [bool(tag & {"technical", "formal"}) for tag in tags]
        longer += [means[one] > means[other] for one in range(4) for other in range(4) if high[one] > high[other]]
    assert len(longer) > 100
    assert sum(longer) > 0.9 * len(longer)


def test_axes_do_not_move_together() -> None:
    """Between two axes of form the correlation over pairs of answers stays under 0.1; with manners, under 0.4."""
    forms = [[_form(text) for text in texts] for _, texts, _ in _answers()]
    assert max(map(abs, _correlations(forms).values())) < 0.1
    both = [
        [_form(text) | {name: float(name in tag) for name in _MANNERS} for text, tag in zip(texts, tags, strict=True)]
        for _, texts, tags in _answers()
    ]
    assert max(map(abs, _correlations(both).values())) < 0.4


def test_no_two_axes_mean_the_same() -> None:
    """Over all pairs of answers no two of the 19 axes that are read or scored go together by .6 or more."""
    found = _correlations(_features())
    assert len(found) == 19 * 18 // 2
    assert max(map(abs, found.values())) < 0.6


def test_no_axis_goes_with_a_place() -> None:
    """Whoever always picks the first answer shows no taste by it."""
    readings = [[row | {"place": float(place)} for place, row in enumerate(rows)] for rows in _features()]
    found = [abs(amount) for pair, amount in _correlations(readings).items() if "place" in pair]
    assert len(found) == 19 and max(found) < 0.15
