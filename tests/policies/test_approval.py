"""The events by which a person approves of an answer in the chat, or corrects it."""

import pytest

from adapters.ports import Evidence
from policies.approval import approval, disapproval
from policies.history import digest
from policies.history.answers import Answer, Answers
from policies.history.signals import Reaction, signals


@pytest.mark.parametrize(
    ("said", "kind", "event"),
    [("Thanks, that helped!", "accepted", approval("ex_1")), ("No, that's wrong.", "rating", disapproval("ex_1"))],
)
def test_it_is_what_history_records(said: str, kind: str, event: str) -> None:
    """What is said of an answer is recorded under this name, and was so before there was one."""
    answer = Answer("ex_1", "two years", False, 0.0)
    (found,) = signals(Reaction(said, "two years", -1, False), Answers([answer]), answer, False, 5.0)
    assert found == Evidence(event, kind, "", time=5.0)  # type: ignore[arg-type]
    assert event == digest("implicit", "ex_1", kind)
