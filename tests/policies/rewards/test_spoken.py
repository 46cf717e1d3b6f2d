"""Questions of taste in words: for which axes there are any, and where they are found again."""

from __future__ import annotations

import pytest

from policies.rewards.axes import JUDGED, TEXT
from policies.rewards.spoken import QUESTIONS, around, claim, found
from policies.rewards.words import NAMED


def test_every_axis_with_two_words_has_a_question() -> None:
    """And none that lacks one of them, or is learnt."""
    assert set(QUESTIONS) == {axis for axis in (*TEXT, *JUDGED) if None not in NAMED[axis]}
    assert (claim("length", 1), claim("length", -1)) == (("length", "long"), ("length", "short"))
    with pytest.raises(KeyError):
        claim("casual", 1)


@pytest.mark.parametrize("axis", QUESTIONS)
def test_it_is_found_however_it_is_written(axis: str) -> None:
    """Behind an answer, in bold, as a quotation, over two lines; the sentence before it is left."""
    question = QUESTIONS[axis].question
    marked = f"Rome.\n\n**{question}**", f"Rome.\n> {question.replace(' prefer ', chr(10) + '> prefer ')}"
    for text in (question, f"It is Rome. {question.replace('By the way: do', 'Do')}", *marked):
        assert found(text) == axis
    assert around(f"It is Rome. {question} Good *night*.") == (axis, "It is Rome. ", " good night .")
    assert len(question) < 100 and question.count("?") == 1


def test_other_questions_are_not_ours() -> None:
    """However alike; of two of ours the last one is open."""
    for text in ("Do you prefer jazz or blues?", "Do you prefer long or short hair?", "", "I prefer long answers."):
        assert found(text) is around(text) is None
    assert found(f"{QUESTIONS['emoji'].question} {QUESTIONS['code'].question}") == "code"
