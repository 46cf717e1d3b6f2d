"""An answer is taken apart so that no citation and no condition gets lost, or not at all."""

import pytest

from policies.write_back.claims import split


def told(answer: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.cites) for claim in split(answer).claims]


MARKS = [
    ("The sky is blue [1].", [("The sky is blue.", (1,))]),
    ("The sky is blue.[1]", [("The sky is blue.", (1,))]),
    ("The sky is blue. [1]", [("The sky is blue.", (1,))]),
    ("The sky is blue.[1] Snow is white. [2]", [("The sky is blue.", (1,)), ("Snow is white.", (2,))]),
    ("The sky is blue [1, 2]. Snow is white [1][3].", [("The sky is blue.", (1, 2)), ("Snow is white.", (1, 3))]),
    ("The sky is blue \u30101\u3011. Snow is white [2-4].",
     [("The sky is blue.", (1,)), ("Snow is white.", (2, 3, 4))]),
    ("The sky [1] is blue.", [("The sky is blue.", (1,))]),
]


@pytest.mark.parametrize(("answer", "expected"), MARKS)
def test_marks_go_with_their_sentence(answer: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """In whatever way they are written, before or behind the full stop."""
    assert told(answer) == expected


def test_marks_at_the_end_of_a_paragraph() -> None:
    """They count for the sentences since the last one that has its own; elsewhere a sentence without stays without."""
    assert told("Ice is cold. Snow is white. Both melt [1].") == [
        ("Ice is cold.", (1,)), ("Snow is white.", (1,)), ("Both melt.", (1,)),
    ]  # fmt: skip
    assert told("Ice is cold [2]. Snow is white. Both melt [1].")[:2] == [("Ice is cold.", (2,)),
                                                                          ("Snow is white.", (1,))]
    assert told("Ice is cold. Snow is white [1]. Both melt.") == [
        ("Ice is cold.", ()), ("Snow is white.", (1,)), ("Both melt.", ()),
    ]  # fmt: skip
    assert told("Ice is cold.\n\nSnow is white [1].")[0] == ("Ice is cold.", ())


def test_two_halves_with_marks_of_their_own() -> None:
    """What is joined by a word behind a mark is two claims."""
    assert told("Plan A costs 5 euros [1] and plan B costs 7 euros [2].") == [
        ("Plan A costs 5 euros", (1,)), ("plan B costs 7 euros.", (2,)),
    ]  # fmt: skip


def test_items_keep_what_leads_in() -> None:
    """ "It does not cover:" makes items say the opposite; "Here are the steps:" says nothing."""
    assert told("The warranty does not cover:\n\n- water damage [1]\n- theft [2]") == [
        ("The warranty does not cover water damage", (1,)), ("The warranty does not cover theft", (2,)),
    ]  # fmt: skip
    assert told("Here are the steps:\n1. Open the box [1].\n2) Close the box [2].") == [
        ("Open the box.", (1,)), ("Close the box.", (2,)),
    ]  # fmt: skip
    assert told("The fees are [3]:\n* 5 euros a month\n") == [("The fees are 5 euros a month", (3,))]


def test_styles_and_headings() -> None:
    """Markdown's styles go; a heading is no claim, unless it has a number or a mark."""
    assert told("## Fees\n\nThe **fee** is _five_ euros [1].") == [("The fee is five euros.", (1,))]
    assert told("## Fees of 2020\n\nThe fee is low [1].")[0] == ("Fees of 2020", ())


EMPTY = ["I hope this helps!", "Let me know if you have any questions.", "Great question!", "Here is the answer:",
         "Sure!"]


@pytest.mark.parametrize("said", EMPTY)
def test_what_says_nothing_is_dropped(said: str) -> None:
    """Nobody has to bear it out."""
    assert told(f"Snow is white [1]. {said}") == [("Snow is white.", (1,))]


def test_nothing_hides_behind_what_says_nothing() -> None:
    """Only a whole sentence of that kind is dropped."""
    assert len(told("Snow is white [1]. I hope this helps, and the fee is 5 euros.")) == 2


OPENINGS = ["Based on the passages, ", "According to the provided documents, ", "According to [1], ", "In summary, ",
            "The passages state that ", "As stated in passage 1, "]  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
def test_openings_are_no_part_of_a_claim(opening: str) -> None:
    """Where it was found is told by the marks."""
    assert told(f"{opening}snow is white [1].") == [("snow is white.", (1,))]


def test_a_yes_stays() -> None:
    """It answers a question, so it says something."""
    assert told("Yes, snow is white [1].") == [("Yes, snow is white.", (1,))]


def test_abbreviations_end_no_sentence() -> None:
    """Neither do initials."""
    assert len(told("Dr. Smith lives in the U.S. since 1990, e.g. near No. 5 of St. James Road [1].")) == 1


UNSAFE = ["```python\nprint(1)\n```", "a | b | c\n--|--|--\n1 | 2 | 3", "| a | b |\n|---|---|",
          "<b>Snow</b> is white [1].",
          "\ue000 [1].", "> Snow is white [1]."]  # fmt: skip


@pytest.mark.parametrize("answer", UNSAFE)
def test_what_cannot_be_taken_apart(answer: str) -> None:
    """Tables, code, HTML, quotations and signs of our own are no candidates."""
    assert split(answer) == ((), "unsplittable", ())


def test_faults() -> None:
    """An answer without claims, and one with too many."""
    assert split("I hope this helps!").fault == "no_claims"
    assert split("Snow is white [1]. " * 5, most=4).fault == "too_many_claims"
    assert split("Snow is white [1]. " * 4, most=4).fault == ""
