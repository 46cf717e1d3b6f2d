"""Only questions that others could ask, and answers that are whole, are looked at."""

import pytest

from policies.write_back.eligible import answer_fault, cut, question_fault, strangers

ASKED = [
    ("What is the capital of France?", ""), ("How do I reset the router?", ""),
    ("Can I return a laptop after a week?", ""),
    ("If a laptop breaks, can I return it?", ""), ("How long does it take to charge the battery?", ""),
    ("Is it safe to drink tap water?", ""), ("When did Chopin write his first waltz?", ""),
    ("Is there a fee for returns?", ""),
    ("Which US state is the largest?", ""), ("What causes rain that freezes?", ""), ("router reset", ""),
    ("How much is it?", "question_bounds"), ("", "question_bounds"), ("word " * 100, "question_bounds"),
    ("Does it support single sign-on?", "not_self_contained"), ("When were they founded?", "not_self_contained"),
    ("What about the price?", "not_self_contained"), ("And the second plan?", "not_self_contained"),
    ("Why was he elected?", "not_self_contained"), ("Which of those is cheaper?", "not_self_contained"),
    ("What does the latter cost?", "not_self_contained"), ("You mentioned a fee; how high?", "not_self_contained"),
    ("What is my balance?", "about_the_asker"), ("Tell me what bread costs me.", "about_the_asker"),
    ("I'm pregnant, is coffee safe?", "about_the_asker"), ("Where do I live?", "about_the_asker"),
    ("What should we tell our landlord?", "about_the_asker"), ("What is best for us?", "about_the_asker"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "fault"), ASKED)
def test_questions(question: str, fault: str) -> None:
    """A pronoun needs something in the question that it stands for; who asks is no part of it."""
    assert question_fault(question) == fault


ANSWERED = [
    ("Snow is white and it is cold [1].", ""), ("Snow [1]", "answer_bounds"), ("x" * 101, "answer_bounds"),
    ("Snow is white and it is", "answer_cut"), ("Snow is white, and [1] it", "answer_cut"),
    ("Snow is white and cold [1]", ""), ("It has:\n- snow\n- ice and", "answer_cut"),
    ("It has these parts:", "answer_cut"),
    ('{"tool": "search", "arguments": 1}', "no_prose"), ("```\nprint(1, 2, 3, 4, 5)\n```", "no_prose"),
    ("search(query='snow is white')", "no_prose"), ("Snow is white. Run ```x", "answer_cut"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "fault"), ANSWERED)
def test_answers(answer: str, fault: str) -> None:
    """Long enough, not too long, prose, and with an end."""
    assert answer_fault(answer, 15, 100) == fault


def test_an_end() -> None:
    """A closing quotation mark or bracket may follow the full stop."""
    assert not cut('He said "no."') and not cut("It is (so we read.)") and cut("It is (so we")


def test_names_of_the_question() -> None:
    """Who or what is asked about must be in the passages, and the numbers as well."""
    stems = {"berlin", "harbour", "museum", "1903"}
    assert not strangers("When did the Harbour Museum of Berlin open?", stems)
    assert strangers("When did the Harbour Museum of Hamburg open?", stems)
    assert strangers("What happened to the museum in 1904?", stems)
    assert not strangers("What happened to the museum in 1903?", stems)
