"""The life of an answer that was accepted, decided on values alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.ports import Passage, User
from adapters.ports.ledger import Entry, Event, Move, Shown, State, Waiting
from policies.write_back.candidate import Claim, Decision
from policies.write_back.life import (
    DAY,
    Terms,
    accepted,
    again,
    back,
    code,
    fallen,
    independent,
    over,
    rejected,
    then,
)

LEAVE = Passage("p1", "acme", "/srv/leave.md", " Parental\n leave", "Leave is sixteen weeks.", digest="d1")
PAY = Passage("p2", "acme", "/srv/pay.md", "Pay", "It is paid in full.", digest="d2")
DIGESTS = {"/srv/leave.md": "d1", "/srv/pay.md": "d2"}
WAITING = Waiting("ex_1", "acme", "How long is leave?", "Leave is sixteen weeks [1]. Ha! Paid in full [2].",
                  (Shown(1, "/srv/leave.md", "p1", "d1"),), "talk", 5.0, User("u_1", "acme"), "approval")  # fmt: skip
DECISION = Decision(True, "accepted", (Claim("Leave is sixteen weeks.", (1,)), Claim(" It is paid in full. ", (2,))),
                    (LEAVE, PAY, LEAVE))  # fmt: skip
TERMS = Terms(14, 180, 50)
ENTRY = accepted(WAITING, DECISION, 10.0)


def test_only_what_was_checked_is_kept() -> None:
    """The text are the claims; what stood between them, and the question, are in no passage."""
    assert ENTRY.answer == "Leave is sixteen weeks. It is paid in full."
    assert (ENTRY.state, ENTRY.title, ENTRY.person) == ("quarantine", "Parental leave; Pay", "u_1")
    assert ENTRY.roots == (("/srv/leave.md", "d1"), ("/srv/pay.md", "d2"))
    passage = ENTRY.passage()
    assert (passage.source, passage.origin, passage.roots) == (f"write-back/{ENTRY.id}", "model", ENTRY.roots)
    assert WAITING.question not in f"{passage.title} {passage.text}" and "Ha" not in passage.text


def test_of_what_was_rejected_no_text_is_kept() -> None:
    """A code and the id, which are the same however often it is decided; whatever a verifier says is made a code."""
    made = rejected(WAITING, "because of: [Leave is sixteen weeks]", 10.0)
    assert (made.question, made.answer, made.title, made.roots, made.person) == ("", "", "", (), None)
    assert made.id == ENTRY.id
    assert made.reason == "because_of_Leave_is_sixteen_weeks_"
    assert code("") == "none"
    assert rejected(replace(WAITING, tenant="other"), "x", 1.0).id != made.id


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        (("u_1", "a"), ("u_2", "a"), True), (("u_1", "a"), ("u_1", "b"), False), ((None, "a"), (None, "b"), False),
        ((None, "a"), (None, "a"), False), (("u_1", "a"), (None, "b"), False), ((None, "a"), ("u_1", "b"), False),
    ],
)  # fmt: skip
def test_independence(one: tuple[str | None, str], other: tuple[str | None, str], two: bool) -> None:
    """Two people: nobody is never independent of nobody, nor of somebody."""
    first, second = (replace(ENTRY, person=person, conversation=talk) for person, talk in (one, other))
    assert independent(first, second) is two


@pytest.mark.parametrize(
    ("state", "days", "ends"),
    [
        ("quarantine", 13.9, False), ("quarantine", 14.1, True), ("active", 14.1, False), ("active", 180.1, True),
        ("rejected", 180.1, False), ("rolled_back", 180.1, False), ("withdrawn", 999.0, False),
    ],
)  # fmt: skip
def test_time(state: State, days: float, ends: bool) -> None:
    """What waits and what serves has its time, from its acceptance on."""
    move = over(replace(ENTRY, state=state), TERMS, ENTRY.created + days * DAY)
    assert move == (Move(ENTRY.id, state, "expired", "time_over") if ends else None)


def test_what_falls() -> None:
    """With any of its sources, changed or gone; what rests on nothing does not stand."""
    assert fallen(ENTRY, DIGESTS) is None
    changed = Move(ENTRY.id, "quarantine", "withdrawn", "source_changed")
    assert fallen(ENTRY, {**DIGESTS, "/srv/pay.md": "d3"}) == changed
    assert fallen(ENTRY, {"/srv/leave.md": "d1"}) == Move(ENTRY.id, "quarantine", "withdrawn", "source_gone")
    assert fallen(replace(ENTRY, roots=()), DIGESTS) is not None


def happened(*told: tuple[str, float, State]) -> list[Event]:
    return [Event(entry, time, "x", None, after) for entry, time, after in told]


def entries(**states: State) -> list[Entry]:
    return [replace(ENTRY, id=id, state=state) for id, state in states.items()]


LOG = happened(("a", 1, "quarantine"), ("b", 1, "quarantine"), ("a", 2, "active"), ("b", 3, "active"),
               ("a", 4, "rejected"), ("c", 5, "quarantine"))  # fmt: skip
NOW: dict[str, State] = {"a": "rejected", "b": "active", "c": "quarantine"}


@pytest.mark.parametrize(
    ("at", "out", "into"),
    [(0.5, ["b"], []), (1.0, ["b"], []), (2.5, ["b"], ["a"]), (3.5, [], ["a"]), (4.0, [], []), (9.0, [], [])],
)
def test_rollback(at: float, out: list[str], into: list[str]) -> None:
    """To several times: what was active then is, and nothing else; what waits, waits on. Twice is once."""
    moves, lost = back(entries(**NOW), then(LOG, at), DIGESTS, 0.0)
    assert [move.id for move in moves if move.after == "rolled_back"] == out
    assert [move.id for move in moves if move.after == "active"] == into
    assert lost == 0
    after = {**NOW, **{move.id: move.after for move in moves}}
    assert back(entries(**after), then(LOG, at), DIGESTS, 0.0) == ([], 0)


@pytest.mark.parametrize(
    ("state", "before", "digests", "to"),
    [
        ("withdrawn", "active", DIGESTS, "active"), ("withdrawn", "quarantine", DIGESTS, "quarantine"),
        ("withdrawn", "active", {}, None), ("withdrawn", None, DIGESTS, None), ("expired", "active", DIGESTS, None),
    ],
)  # fmt: skip
def test_what_holds_again(state: State, before: State | None, digests: dict[str, str], to: State | None) -> None:
    """Is what it was before it was withdrawn."""
    move = again(replace(ENTRY, state=state), before, digests)
    assert move == (Move(ENTRY.id, state, to, "source_back") if to else None)


def test_what_cannot_come_back() -> None:
    """What rests on something that has changed, what has no text any more, whose time is over, or what is wrong."""
    found = entries(**NOW)
    assert back(found, then(LOG, 3.5), {"/srv/leave.md": "d1"}, 0.0) == ([], 1)
    assert back([replace(found[0], answer="", state="expired"), *found[1:]], then(LOG, 3.5), DIGESTS, 0.0) == ([], 1)
    assert back(found, then(LOG, 3.5), DIGESTS, ENTRY.created) == ([], 1)
    assert back([replace(found[0], reason="disapproved"), *found[1:]], then(LOG, 3.5), DIGESTS, 0.0) == ([], 1)
