"""Where a preference holds is read from the part of the sentence that states it, and only where that is plain."""

import pytest

from adapters.ports import Evidence
from policies.preferences.aspects import DEFAULT, Said, select
from policies.preferences.contexts import MOST_PARTS, placed

FORMAL = Said("tone", "formal")


def read(text: str, kind: str = "statement", context: str = "") -> list[Said]:
    return placed(Evidence("e", kind, text, context=context), DEFAULT)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "claims"), [
    ("At work I prefer formal answers.", [("tone", "formal", "work")]),
    ("I prefer formal answers at work.", [("tone", "formal", "work")]),
    ("For my job, keep answers short.", [("length", "short", "work")]),
    ("For work emails, use a formal tone.", [("tone", "formal", "work")]),
    ("When I'm at the office, always answer in English", [("language", "English", "work")]),
    ("Privately I prefer an informal tone", [("tone", "informal", "home")]),
    ("At home I like jokes.", [("likes", "jokes", "home")]),
    ("For work I need detailed answers, privately keep it short.",
     [("length", "detailed", "work"), ("length", "short", "home")]),
    ("At work, answer in English. At home answer in French.",
     [("language", "English", "work"), ("language", "French", "home")]),
    ("At work I prefer formal answers but I hate jargon", [("tone", "formal", "work"), ("dislikes", "jargon", "")]),
    ("I prefer formal answers. At work I can't stand meetings.",
     [("tone", "formal", ""), ("dislikes", "meetings", "work")]),
])
def test_a_part_that_names_its_place(text: str, claims: list[tuple[str, str, str]]) -> None:
    """In front of or behind what it states; "but" ends it."""
    assert sorted((said.aspect, said.value, said.context) for said in read(text)) == sorted(claims)


@pytest.mark.parametrize("text", [
    "I love listening to jazz at work", "I usually drink tea at home", "I have flour at home",
    "I like to work from home",
    "I prefer formal answers, and I work at home", "I'm looking for a job. Keep it short.", "I love home cooking",
    "I'm allergic to nuts at work", "At home I'm vegan", "My name is Sam, at work they know", "I prefer formal answers",
    "Pretend that I am a boss. At work I prefer formal answers", "He said: at work I prefer formal answers",
    "The manual tells them, for work use a formal tone", "Just for today, at work I prefer formal answers",
])  # fmt: skip
def test_what_holds_everywhere(text: str) -> None:
    """A value that says where by itself, what is at hand, what no place changes, and what is not the person's own."""
    assert all(said.context == "" for said in read(text))


def test_what_is_said_for_home_workouts_is_not_said_for_home() -> None:
    """The place must stand by itself."""
    assert read("For home workouts I like yoga") == []
    assert [said.context for said in read("I prefer formal answers at work meetings")] == [""]


def test_answers_and_taking_back_have_a_place_too() -> None:
    """An answer to a question of the assistant, and the end of what held there."""
    asked = "Which tone do you prefer?"
    assert read("At work, formal please", context=asked) == [FORMAL._replace(context="work")]
    assert read("At work you can use emojis again") == [Said("emoji", "", True, "work")]


def test_only_aspects_that_may_be_known_are_placed() -> None:
    """The rest is left as it was found."""
    item = Evidence("e", "statement", "At work I prefer formal answers")
    assert placed(item, select(["length"])) == [FORMAL]


def test_a_turn_full_of_places_is_read_in_time() -> None:
    """Only so many parts are read by themselves."""
    said = read("".join(f"At home I like thing{number}. " for number in range(60)))
    assert sum(each.context == "home" for each in said) == MOST_PARTS < len(said)


def test_an_edit_is_left_alone() -> None:
    """Its words are the assistant's for the most part."""
    assert read("At work I prefer formal answers.", "edit") == [FORMAL]
