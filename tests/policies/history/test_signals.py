"""What a person did with an answer, out of the conversation that comes back."""

from __future__ import annotations

import pytest

from adapters.ports import Evidence, Turn
from policies.history.answers import Answer, Answers, digest_of
from policies.history.changes import words
from policies.history.signals import reaction, settled, signals

FIRST = "The heating in our flat has been out of order since Monday, please send somebody soon."
SECOND = "Our heating broke on Monday; could a technician come by this week, as we have a small baby at home?"
KNOWN = Answers([Answer("ex_1", FIRST, False, 1.0), Answer("ex_2", SECOND, True, 9.0)])


def turns(*said: str) -> list[Turn]:
    """Roles by their first letter: `u:hello`."""
    roles = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}
    return [Turn(roles[text[0]], text[2:], index) for index, text in enumerate(said)]


def told(answer: str, said: str = "And now?", known: Answers = KNOWN, index: int = 1) -> list[Evidence]:
    found = reaction([Turn("user", "x", index - 1), Turn("assistant", answer, index), Turn("user", said, 5)])
    assert found
    about, edited = settled(found, known)
    return list(signals(found, known, about, edited, 7.0)) if about else []


@pytest.mark.parametrize(("said", "expected"), [
    (("u:a", "a:A", "u:b"), ("b", "A", -2)),
    (("s:x", "u:a", "a:A", "u:b", "u:c"), ("b", "A", -3)),
    (("u:a", "a:", "t:r", "a:A", "u:b"), ("b", "A", -2)),
    (("u:a", "a:A1", "a:A2", "u:b", "s:x"), ("b", "A1\nA2", -2)),
    (("u:a", "a:A", "u:b", "a:", "t:r"), None),
    (("u:a", "u:b"), None), (("u:a", "a:", "u:b"), None), (("u:a", "a:A"), None), ((), None),
])
def test_the_reaction_is_to_the_latest_answer(said: tuple[str, ...], expected: tuple[str, str, int] | None) -> None:
    """By the turn that follows it; in the middle of a tool's loop there is none."""
    found = reaction(turns(*said))
    assert (found[:3] if found else None) == expected


def test_an_edit() -> None:
    """Of the answer that is most like it; its text is what stands there now."""
    now = SECOND.replace("Monday", "Tuesday")
    (edit,) = told(now)
    assert (edit.kind, edit.author, edit.text, edit.context, edit.time) == ("edit", "self", now, SECOND, 7.0)
    assert told(now)[0].event == edit.event != told(now.replace("baby", "dog"))[0].event


@pytest.mark.parametrize("now", [
    f"{SECOND} Yours, the very best of all assistants.", f"Model said at 12:03 today: {SECOND}",
    SECOND.replace("come by this week, as ", ""), SECOND.replace("a small baby", "[REDACTED]"),
])
def test_what_is_added_left_out_or_hidden_is_no_edit(now: str) -> None:
    """Clients do that by themselves."""
    assert told(now) == []


def test_an_answer_made_anew_that_is_kept() -> None:
    """It stands above the one before it; both are the assistant's. Going back to the first says nothing."""
    (made,) = told(SECOND)
    assert (made.kind, made.author, made.text, made.context) == ("regenerate", "assistant", SECOND, FIRST)
    assert told(FIRST) == []
    assert told(SECOND, known=Answers([KNOWN.newest[1]])) == [], "what it was preferred to is not known any more"


def test_thanks_and_corrections_are_about_one_answer() -> None:
    """Without the words, which are a statement anyway; the same again is the same event."""
    thanks, wrong = told(FIRST, "Thanks, perfect!"), told(FIRST, "No, shorter.")
    assert [(item.kind, item.author, item.text, item.context) for item in (*thanks, *wrong)] == [
        ("accepted", "self", "", ""), ("rating", "self", "", ""),
    ]  # fmt: skip
    assert told(FIRST, "Thank you!")[0].event == thanks[0].event
    assert told(SECOND, "Thanks!")[-1].event != thanks[0].event


def test_nothing_stands_before_a_taking_back() -> None:
    """It reaches back to the event just before it, and no further."""
    for answer in (FIRST, SECOND, SECOND.replace("Monday", "Tuesday")):
        assert told(answer, "No, that's wrong. Scratch that.") == []


def test_what_is_not_known_says_nothing() -> None:
    """No answer is known, or another one, or one of which only that it was given is known."""
    assert told(FIRST, "Thanks!", Answers()) == []
    assert told("Something else entirely.", "Thanks!") == []
    near = FIRST.replace("Monday", "Tuesday")
    assert told(near, "Thanks!", Answers(KNOWN.newest, [digest_of(words(near))])) == []


def test_of_what_a_server_keeps_the_end_is_enough() -> None:
    """It cannot be edited."""
    assert [item.kind for item in told(SECOND[-40:], "Thanks!", index=-2)] == ["regenerate", "accepted"]
    assert told(SECOND.replace("baby", "dog"), index=-2) == told("...", index=-2) == []
