"""What is kept of questions: by which names, and what is seen of it before it is in a profile."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Evidence, Person, Profile
from policies.asked import (
    ANSWERED,
    LAST,
    asked_at,
    asked_of,
    axes_of,
    event,
    event_of,
    id_of,
    ids_of,
    last_of,
    spoken,
)
from policies.preferences.fold import fold


def test_an_event_without_words() -> None:
    """It says nothing of a person, and names its question; others name none."""
    put = event("length", 7.0)
    assert put == Evidence("asking-length", "rating", "", "assistant", time=7.0) and not put.own
    assert [id_of(each) for each in (put.event, f"{ANSWERED}q01.0.1", "e1")] == ["chat.length", "q01.0.1", None]
    assert spoken(["e1", put.event, "e2"]) == ["e1", "e2"]


def test_the_same_may_be_asked_about_each_place() -> None:
    """Apart from what is asked of everywhere; whatever the bank's prompts are called."""
    asked = [("q01.0.1", "work"), ("q01.0.1", ""), ("q02.0.1", "work"), ("me@home.0.1", "")]
    names = [event_of(id, place) for id, place in asked]
    assert names[:2] == [f"{ANSWERED}q01.0.1@work", f"{ANSWERED}q01.0.1"]
    profile = Profile(counts={f"asked.{id_of(name)}": float(at) for at, name in enumerate([*names, "asking-length"])})
    assert asked_at(profile, "work") == ["q01.0.1", "q02.0.1"] and asked_at(profile, "home") == []
    assert asked_at(profile, "") == ["q01.0.1", "me@home.0.1", "chat.length"] and len(asked_of(profile)) == 5


def test_what_waits_counts_like_what_is_known() -> None:
    """Somebody who was just put a question, and has answered two before."""
    profile = Profile(counts={"asked.q02.0.1": 2.0, "asked.q01.0.1": 1.0, "answers": 2.0, LAST: 5.0})
    person = Person(profile, (event("length", 7.0), Evidence("e1", "statement", "hi", time=9.0)))
    assert asked_of(profile) == ["q01.0.1", "q02.0.1"]
    assert ids_of(person) == {"q01.0.1", "q02.0.1", "chat.length"} and axes_of(ids_of(person)) == {"length"}
    assert (last_of(person), last_of(Person(profile)), last_of(Person())) == (7.0, 5.0, 0.0)


def test_learning_counts_both_kinds() -> None:
    """Questions that a chat put are asked, and no answers; each counts once; the newest tells when."""
    items = [Evidence(f"{ANSWERED}q01.0.1", "pick", "a", "assistant", "b", time=3.0), event("length", 9.0),
             event("emoji", 4.0), event("length", 8.0)]  # fmt: skip
    found = fold(Profile(), [replace(item, seq=at) for at, item in enumerate(items, 1)])
    assert asked_of(found) == ["q01.0.1", "chat.length", "chat.emoji"]
    assert found.counts["answers"] == 1 and found.counts[LAST] == 9.0

