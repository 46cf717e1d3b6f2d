"""What answers name beside the claims in them: whole phrases, with their denial, only in talk of taste."""

import time

import pytest

from policies.preferences.aspects import Said
from policies.preferences.mentions import beside, mentioned
from policies.preferences.questions import asked

LIKING = asked("What kind of music do you like?")

PHRASES = [
    ("we danced salsa on the beach in Havana", ["danced salsa", "beach", "Havana"]),
    ("that concert was on a busy evening with friends", ["concert", "busy evening", "friends"]),
    ("Requiem for a Dream, The Wire", ["Requiem for a Dream", "Wire"]),
    ("I think so, that would be great", []),
    ("I don't listen to opera on weekdays", ["don't listen to opera on weekdays"]),
    ("it is not too loud", ["not too loud"]),
    ("I can't wait", []),
    ("no problem with opera", []),
    ("he does not listen to opera", []),
    ("they listen to opera", []),
]


@pytest.mark.parametrize(("clause", "phrases"), PHRASES)
def test_phrases_stand_between_function_words(clause: str, phrases: list[str]) -> None:
    """Titles stay whole, common words count beside telling ones, denials are kept, others and small talk are not."""
    assert [said.value for said in mentioned(clause)] == phrases


@pytest.mark.parametrize(
    ("clause", "value"),
    [
        ("no particular preferences", "no particular preferences"),
        ("we don't have any age restrictions", "no age restrictions"),
        ("there is no special occasion", "no special occasion"),
    ],
)
def test_that_there_is_none_of_what_was_asked_is_kept(clause: str, value: str) -> None:
    """With the word that tells of what kind there is none."""
    assert [said.value for said in beside(clause, LIKING, [])] == [value]


def test_times_and_years_are_named() -> None:
    """A length of time with what it is for, a year or a decade, and a time of day."""
    said = beside("the set was 20 minutes long, from the late 1970s, at 9 pm", LIKING, [])
    assert [each.value for each in said][:3] == ["20 minutes", "from the late 1970s", "at 9 pm"]


def test_what_a_claim_says_is_not_named_again() -> None:
    """Phrases that share a word with a claim of the clause are left out."""
    said = beside("I love hot salsa and the tango of Piazzolla", LIKING, [Said("likes", "hot salsa")])
    assert [each.value for each in said] == ["tango", "Piazzolla"]


@pytest.mark.parametrize("found", [Said("avoid", "opera"), Said("likes", "opera", True), Said("allergies", "nuts")])
def test_beside_a_complaint_nothing_is_named(found: Said) -> None:
    """What stands beside an exclusion or a take-back gives its reason."""
    assert beside("the drums of salsa", LIKING, [found]) == []


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ("You might enjoy a concert.", True),
        ("Is anybody joining you?", True),
        ("What music do you dislike?", False),
        ("The query failed with an error, I suggest to restart the database.", False),
        ("The bridge was built in 1901.", False),
    ],
)
def test_only_talk_of_taste_is_listened_to(context: str, named: bool) -> None:
    """A proposal or an open question, no matter of exclusions alone, no task, no lesson."""
    assert bool(beside("we grew up on salsa", asked(context), [])) is named


def test_a_long_clause_costs_linear_work() -> None:
    """Ten times the words take about ten times the time, not a hundred times."""

    def seconds(words: int) -> float:
        clause = "20 minutes to cook or a Tango of the " * words
        begin = time.process_time()
        beside(clause, LIKING, [])
        return time.process_time() - begin

    seconds(50)
    assert seconds(1000) < 40 * max(seconds(100), 0.001)
