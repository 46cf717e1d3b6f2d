"""Whether a request needs a search: rules without doubt first, then the classifier against what mistakes cost."""

import time

import pytest

from adapters.ports import Turn
from policies.questions.classifier import shipped
from policies.questions.gate import judge
from policies.questions.needs import BRIEF, RELATIONAL, Gate


def decide(*said: str, cost_ratio: float = 1.0) -> tuple[str, str, bool]:
    """What is decided, why, and whether the classifier was asked."""
    turns = [Turn("user", text, place) for place, text in enumerate(said)]
    need = Gate(shipped(), cost_ratio).decide(turns)
    return need.decision, need.reason, need.probability is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks a lot!", ("no", "greeting", False)),
        ("What does our handbook say about remote work", ("yes", "documents", False)),
        ("The till shows E4021", ("yes", "identifier", False)),
        ("fix it:\n```\nx = 1\n```", ("no", "context_supplied", False)),
        ("", ("no", "no_user_turn", False)),
        ("How do I descale the machine?", ("yes", "how_to", True)),
        ("I need the address of the embassy in Oslo", ("yes", "likely", True)),
        ("Do you have any brothers or sisters?", ("unsure", "unlikely", True)),
        ("write a limerick about the capital of Mongolia", ("no", "creative", True)),
        ("turn off the lights in the kitchen", ("no", "command", True)),
        ("I love my weeks of parental leave", ("unsure", "not_needed", True)),
        ("Wie lange dauert die Probezeit?", ("yes", "question", False)),
        ("Quelle est la capitale du P\u00e9rou", ("unsure", "not_needed", False)),
        ("parental leave weeks", ("unsure", "not_needed", False)),
    ],
)
def test_decide(text: str, expected: tuple[str, str, bool]) -> None:
    """A rule that leaves no doubt decides alone, as all rules do in other languages; else the probability does."""
    assert decide(text) == expected


def test_cost_ratio() -> None:
    """Where a needless search costs more, fewer requests are searched for; where it costs less, more."""
    said = "I need the address of the embassy in Oslo"
    assert decide(said, cost_ratio=9.0)[0] == "unsure"
    assert decide(said, cost_ratio=0.1)[0] == "yes"
    assert decide("what is on my calendar for tomorrow")[0] == "unsure"
    assert decide("what is on my calendar for tomorrow", cost_ratio=0.05)[0] == "yes"


def test_follow_up() -> None:
    """A short question that points back is read with the turns before it; anything else stands alone."""
    before = "How long is the battery of the bicycle covered?"
    assert decide("and the motor?")[:2] == ("unsure", "not_needed")
    assert decide(before, "and the motor?")[:2] == ("yes", "likely")
    assert decide(before, "that was kind of you")[0] != "yes"
    assert decide(before, "Thank you!")[:2] == ("no", "greeting")
    assert decide(before, "Thank you!", "and the motor")[:2] == ("yes", "likely")
    assert decide(before, "And the motor?", "what about the saddle")[0] == "yes"
    assert decide(before, "And the motor?", "Is that long?", "why?")[0] == "yes"
    assert decide(before, "and he was glad")[0] != "yes"


def test_detail() -> None:
    """The receipt gets a code and probabilities, and nothing of the text."""
    gate = Gate(shipped())
    detail = gate.decide([Turn("user", "How many orders did each customer place?", 0)]).detail
    assert set(detail) == {"gate", "probability", "relational"}
    assert detail["gate"] == "question"
    assert 0.5 < detail["probability"] <= 1
    assert 0.5 < detail["relational"] <= 1
    assert gate.decide([Turn("user", "hello", 0)]).detail == {"gate": "greeting"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("How many orders did each customer place?", "question"),
        ("Count the open tickets of each team", "command"),
        ("How many products above 20 and below 50 are there in total?", "sums"),
        ("How many orders above 50 are there of each customer of SHOP-12", "identifier"),
        ("average order value by customer", "not_needed"),
    ],
)
def test_rows(text: str, reason: str) -> None:
    """A question over rows is told as one, whatever the rules make of it."""
    need = Gate(shipped()).read(text, text)
    assert judge(text).reason == reason
    assert (need.relational or 0) >= RELATIONAL


@pytest.mark.parametrize(
    "text",
    ["hello", "", "write a query that counts the orders of each customer", "a list of each: ```x```",
     "How many orders did each customer place? " * (1 + BRIEF // 40), "Wie viele Bestellungen gab es?"],
)  # fmt: skip
def test_no_rows(text: str) -> None:
    """What brings its own, wants work done, is long or in another language is not asked of rows."""
    assert Gate(shipped()).read(text, text).relational is None


@pytest.mark.parametrize("text", ["who is it " * 240, "the " * 200_000 + "?", "a" * 1_000_000, "is " * 800 + "?" * 90])
def test_long_turns(text: str) -> None:
    """However long a turn is, little of it is read."""
    start = time.process_time()
    decide(text, text)
    assert time.process_time() - start < 0.5


def test_ends_of_long_turns_are_read() -> None:
    """The rules read where a longer turn begins and where it ends."""
    story = "We went to the sea with the dog and had a lovely time there. " * 30
    assert judge(story).reason == "not_needed"
    assert judge(story + "What is the boiling point of ethanol?").reason == "question"
    assert judge(story + "See our travel policy.").reason == "documents"
