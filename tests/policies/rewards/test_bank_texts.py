"""The bank of questions: sound lines, and answers that differ on every axis without the axes moving together."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

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
    "length": 64, "list": 44, "heading": 28, "table": 14, "code": 10, "emoji": 29, "question": 29, "examples": 43,
}  # fmt: skip
"""In how many of the 64 prompts the answers differ: in length by twice as many words, in a form by having it or not."""


def _lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in _BANK.read_text("utf-8").splitlines()]


def _answers() -> Iterator[tuple[str, list[str], list[set[str]]]]:
    """Of each prompt, its text, the texts of its answers, and the tags of each."""
    for line in _lines():
        answers = line["answers"]
        assert isinstance(answers, list)
        tags = [set(answer["style"].split(", ")) for answer in answers]
        yield str(line["prompt"]), [answer["text"] for answer in answers], tags


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _form(text: str) -> dict[str, float]:
    shown = {name: float(pattern.search(text) is not None) for name, pattern in _FORMS.items()}
    return {"length": math.log(_words(text)), **shown}


def _correlations(readings: list[list[dict[str, float]]]) -> dict[tuple[str, str], float]:
    """Of each pair of axes, over all pairs of answers to one prompt, taken both ways round (so that means are 0)."""
    pairs = [pair for answers in readings for pair in combinations(answers, 2)]
    apart = {name: [one[name] - other[name] for one, other in pairs] for name in readings[0][0]}
    return {(one, other): _cosine(apart[one], apart[other]) for one, other in combinations(apart, 2)}


def _cosine(ours: list[float], theirs: list[float]) -> float:
    return _product(ours, theirs) / math.sqrt(_product(ours, ours) * _product(theirs, theirs))


def _product(ours: list[float], theirs: list[float]) -> float:
    return math.fsum(one * other for one, other in zip(ours, theirs, strict=True))


def test_every_line_is_a_prompt_with_four_answers() -> None:
    """64 of them, numbered in order, with these fields and no others, all of them text without blanks around it."""
    lines = _lines()
    assert [line["id"] for line in lines] == [f"q{number:02d}" for number in range(1, 65)]
    for line in lines:
        assert list(line) == ["id", "prompt", "answers"]
        answers = line["answers"]
        assert isinstance(answers, list)
        assert len(answers) == 4
        assert all(list(answer) == ["style", "text"] for answer in answers)
        texts = [line["prompt"], *(answer[name] for answer in answers for name in answer)]
        assert all(isinstance(text, str) and text and text == text.strip() for text in texts)


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
    apart = 0
    for _, texts, _ in _answers():
        values = [_words(text) if axis == "length" else _form(text)[axis] for text in texts]
        apart += max(values) >= 2 * min(values) if axis == "length" else len(set(values)) > 1
    assert apart == _APART[axis]


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


def test_no_axis_goes_with_a_place() -> None:
    """Whoever always picks the first answer shows no taste by it."""
    readings = [
        [_form(text) | {"place": float(place)} for place, text in enumerate(texts)] for _, texts, _ in _answers()
    ]
    found = {pair: amount for pair, amount in _correlations(readings).items() if "place" in pair}
    assert len(found) == len(_APART)
    assert max(map(abs, found.values())) < 0.25
