"""What is kept of the questions of taste that a person was put: the names of events and of sums. Who puts questions,
who reads the answers and who waits between two of them must name them alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.ports import Evidence, Person, Profile

ANSWERED = "question-"
"""How the id of an event begins that answers a question of the bank; the question's own id follows. A pick, or a rating
where neither text was preferred."""
PUT = "asking-"
"""How the id of an event begins that says that a chat put the question of an axis, whose name follows: a rating of the
assistant's, without words."""
ASKED = "asked."
"""Before the id of a question that was put, in whose place it was the so-manieth."""
LAST, NEVER = "question.last", "question.never"
"""Sums: when the newest question was put or answered, in seconds since 1970, and 1 where the person wants no more."""
MOST = 10
"""Questions that anybody is asked, wherever."""
INDIFFERENT = 3
"""Answers in a row that prefer neither text, after which no more is asked."""
_CHAT = "chat."
_PLACE = re.compile(r"@([a-z]+)\Z")
"""The place that a question of the bank was answered about, behind its id, which ends with a number."""


def event(axis: str, time: float) -> Evidence:
    """That the question of an axis was put into a chat."""
    return Evidence(PUT + axis, "rating", "", "assistant", time=time)


def event_of(id: str, place: str = "") -> str:
    """What an answer to a question of the bank is called; the same may be asked about each place."""
    return f"{ANSWERED}{id}@{place}" if place else ANSWERED + id


def even_at(place: str) -> str:
    """What the sum is called of the newest answers in a row about a place that prefer neither text."""
    return f"answers.even.{place}" if place else "answers.even"


def id_of(event: str) -> str | None:
    """The id of the question that an event answers or puts; None where it does neither."""
    if event.startswith(PUT):
        return _CHAT + event.removeprefix(PUT)
    return event.removeprefix(ANSWERED) if event.startswith(ANSWERED) else None


def asked_of(profile: Profile) -> list[str]:
    """The ids of the questions that a person answered or was put in a chat, in order; each with its place."""
    found = {name.removeprefix(ASKED): order for name, order in profile.counts.items() if name.startswith(ASKED)}
    return sorted(found, key=lambda id: found[id])


def asked_at(profile: Profile, place: str) -> list[str]:
    """The ids of those about one place, "" for everywhere."""
    found = [(_PLACE.sub("", id), _PLACE.search(id)) for id in asked_of(profile)]
    return [id for id, there in found if (there[1] if there else "") == place]


def ids_of(person: Person) -> set[str]:
    """The same, also of questions that are in no profile yet."""
    return {*asked_of(person.profile), *(id for item in person.pending if (id := id_of(item.event)))}


def axes_of(ids: Iterable[str]) -> set[str]:
    """The axes of which a chat asked, by the ids of questions."""
    return {id.removeprefix(_CHAT) for id in ids if id.startswith(_CHAT)}


def last_of(person: Person) -> float:
    """When the newest question was put or answered, in seconds since 1970; 0 where there was none."""
    times = (item.time for item in person.pending if id_of(item.event))
    return max(person.profile.counts.get(LAST, 0.0), *times, 0.0)


def spoken(events: Sequence[str]) -> Sequence[str]:
    """The ids of events without those of questions that a chat put: these come between what a person says."""
    return [each for each in events if not each.startswith(PUT)]
