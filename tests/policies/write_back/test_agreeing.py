"""Whether two answers say the same: what cannot be told does not promote, and what was rejected is known again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.ports.ledger import Entry
from policies.write_back.agreeing import agree, like

PLAN = "The Basic plan offers 50 Mbps download and 10 Mbps upload for 29 euros a month."
ROOTS = (("/srv/leave.md", "d1"), ("/srv/pay.md", "d2"))
ENTRY = Entry("wb_1", "acme", "quarantine", "accepted", "How long is leave?",
              "Leave is sixteen weeks. It is paid in full.", roots=ROOTS)  # fmt: skip
OTHERS = (
    ("Who built the Halden Bridge?", "The Halden Bridge was built by Maria Voss between 1893 and 1897.",
     "The Halden Bridge was built by Otto Lindqvist between 1893 and 1897."),
    ("What does the Basic plan offer?", PLAN, PLAN.replace("download", "x").replace("upload", "download")
     .replace("x", "upload")),
    ("Is encryption enabled in the tool?", "Encryption is enabled by default.", "Encryption is disabled by default."),
    ("Which orders ship free?", "Orders above $50 ship free.", "Orders below $50 ship free."),
    ("Where do urchins rise?", "Urchin numbers rise where otters are absent.",
     "Urchin numbers rise where otters are present."),
    ("When is the shop open?", "Open to members, closed to guests.", "Open to guests, closed to members."),
    ("How much may adults take?", "Adults may take 200 mg every 4 hours.", "Adults may take 200 mg every 4 days."),
    ("When are claims made?", "Claims are made before the end of May.", "Claims are made after the end of May."),
    ("Is leave paid?", "Leave is paid in full.", "Leave is not paid in full."),
)  # fmt: skip


@pytest.mark.parametrize(("question", "right", "wrong"), OTHERS)
def test_a_wrong_one_promotes_no_right_one(question: str, right: str, wrong: str) -> None:
    """However few letters are between them; each agrees with itself."""
    one = replace(ENTRY, question=question, answer=right)
    other = replace(one, id="wb_2", answer=wrong)
    assert not agree(one, other)
    assert not agree(other, one)
    assert agree(one, replace(one, id="wb_2"))
    assert agree(other, replace(other, id="wb_3"))


@pytest.mark.parametrize(
    ("question", "answer", "same"),
    [
        (ENTRY.question, "leave is sixteen weeks; it is paid in full", True),
        ("How long is the leave, please?", "Leave is sixteen weeks, and it is paid in full.", True),
        (ENTRY.question, "Leave is 16 weeks. It is paid in half.", False),
        (ENTRY.question, "You may take all of the summer off.", False), ("Who pays for trains?", ENTRY.answer, False),
        ("How long is not leave?", ENTRY.answer, False),
    ],
)  # fmt: skip
def test_other_words(question: str, answer: str, same: bool) -> None:
    """For the same, to the same question."""
    assert agree(ENTRY, replace(ENTRY, id="wb_2", question=question, answer=answer)) is same


def test_answers_that_rest_on_other_things_do_not_agree() -> None:
    """Also where they read the same."""
    assert not agree(ENTRY, replace(ENTRY, roots=ENTRY.roots[:1]))
    assert not agree(ENTRY, replace(ENTRY, roots=(ENTRY.roots[0], ("/srv/pay.md", "d3"))))


def test_what_was_rejected_is_known_again() -> None:
    """In other words, on other ground and to another question; its contrary is not it."""
    bad = replace(ENTRY, answer="The Halden Bridge was built by Maria Voss between 1893 and 1897.")
    for answer in (bad.answer, "Maria Voss built the Halden Bridge between 1893 and 1897.",
                   "The Halden Bridge was built between 1893 and 1897 by Maria Voss."):  # fmt: skip
        assert like(bad, replace(ENTRY, question="Who?", roots=(), answer=answer)), answer
    for answer in ("The Halden Bridge was built by Otto Lindqvist between 1893 and 1897.", "Leave is sixteen weeks."):
        assert not like(bad, replace(bad, answer=answer)), answer
