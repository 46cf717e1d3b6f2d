"""The event by which a person approves of an answer in the chat."""

from adapters.ports import Evidence
from policies.approval import approval
from policies.history import digest
from policies.history.answers import Answer, Answers
from policies.history.signals import Reaction, signals


def test_it_is_what_history_records() -> None:
    """Thanks for an answer are recorded under this name, and were so before there was one."""
    answer = Answer("ex_1", "two years", False, 0.0)
    found = Reaction("Thanks, that helped!", "two years", -1, False)
    (event,) = signals(found, Answers([answer]), answer, False, 5.0)
    assert event == Evidence(approval("ex_1"), "accepted", "", time=5.0)
    assert approval("ex_1") == digest("implicit", "ex_1", "accepted")
