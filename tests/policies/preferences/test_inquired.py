"""The answers to questions of taste in the chat: plain ones become claims, everything else stays what it was."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.ports import Evidence, EvidenceKind, Profile
from policies.asked import ANSWERED, NEVER, even_at
from policies.preferences.extract import extract
from policies.preferences.fold import fold
from policies.preferences.inquired import counted, taken
from policies.preferences.sums import SUMS
from policies.rewards.spoken import QUESTIONS, claim

SAID = {
    "length": ("long", "short"), "lists": ("bullet lists", "no lists"), "headings": ("headings", "without headings"),
    "tables": ("tables", "no tables"), "emoji": ("with emoji", "without"), "code": ("code", "without code"),
    "examples": ("examples", "without them"), "plain": ("simple", "technical"),
    "questions": ("with questions", "without"),
    "hedging": ("that say how sure they are", "without hedging"), "person": ("personal", "impersonal"),
    "directness": ("the answer first", "a lead-up"), "formality": ("formal", "informal"),
    "warmth": ("warm", "matter-of-fact"), "humour": ("humorous", "serious"), "depth": ("in depth", "overviews"),
    "caution": ("point out risks", "without warnings"),
}  # fmt: skip
ABOUT = {aspect for axis in QUESTIONS for aspect, _ in (claim(axis, 1), claim(axis, -1))}
PLAIN = ("{}", "{} please", "{}, please!", "I prefer {}", "I'd prefer {} ones, thanks.", "{} answers, please",
         "Thanks! {}.", "Hmm, {} I think", "Definitely {}!", "{}, and what is the capital of France?")  # fmt: skip
ELSE = ("How tall is the Eiffel Tower?", "Thanks!", "No preference.", "I don't care", "It depends", "Both are fine",
        "Yes", "No.", "Don't ask me that again", "Never ask me such things!", "Tell me about {} recipes",
        "Write a {} story about dragons", "My {} bike is broken", "Whatever, what about Rome?")  # fmt: skip


def said(axis: str, text: str) -> list[tuple[str, str]]:
    """The claims of an answer to the question of an axis."""
    context = f"Rome is in Italy.\n\n{QUESTIONS[axis].question}"
    return [each[:2] for each in extract(Evidence("e", "statement", text, context=context)) if not each.undo]


@pytest.mark.parametrize("axis", SAID)
def test_plain_answers_are_claims(axis: str) -> None:
    """For every axis and either side, in its words and by its place."""
    assert set(SAID) == set(QUESTIONS)
    for side, words, place in zip((1, -1), SAID[axis], ("first", "second"), strict=True):
        for form in (*PLAIN, f"the {place}", f"The {place} one, please."):
            text = form.format(words)
            assert said(axis, text[:1].upper() + text[1:]) == [claim(axis, side)], text


@pytest.mark.parametrize("axis", SAID)
def test_everything_else_is_none(axis: str) -> None:
    """Not even where it has the words of an answer in it."""
    for form in ELSE:
        for words in SAID[axis]:
            assert said(axis, form.format(words)) == [], form


@pytest.mark.parametrize(("axis", "texts"), [
    ("length", ("Make it shorter", "Longer!", "More details please", "Give me the short version", "I want the first.",
                "Show me the second one", "Sure, long, so I can fall asleep", "Short but only today",
                "Long. Just kidding.", "Short. Actually, long.", "Short. No, long.",
                "Long or short, I don't mind", "The second world war, please", "Long?",
                "short question: how long is the Nile?", "I like long walks", "In short, it squeaks", "Short sleeves")),
    ("lists", ("Skip it", "Avoid it", "I don't want it", "The list please", "list", "None",
               "No lists of people please")),
    ("code", ("Show me the code", "I want the code", "Skip it", "Without a code the door stays shut")),
    ("examples", ("Give me examples", "Show me some examples")), ("plain", ("Simpler!", "Simple: I oiled it")),
    ("questions", ("No questions, thanks.", "I have questions", "I don't like it")),
    ("person", ("Talk to me", "Too personal")),
    ("formality", ("Formal languages?", "Casual shoes")), ("warmth", ("I want it warm", "Warm to the touch", "Sober")),
    ("humour", ("Funny!", "That's funny")), ("depth", ("Deeper!", "Give me an overview")),
    ("directness", ("Lead up to Christmas",)), ("caution", ("I like risks", "With risks comes reward", "Risks")),
    ("hedging", ("Without it", "With hedges")), ("tables", ("Table for two please", "Give me the table")),
])
def test_what_is_about_something_else(axis: str, texts: Sequence[str]) -> None:
    """The answer just given, the matter at hand, this once, or nothing in earnest."""
    for text in texts:
        assert not [claim for claim in said(axis, text) if claim[0] in ABOUT], text


def test_what_else_was_asked_or_offered() -> None:
    """Where the answer asks or offers something else, too, what may be meant for that is no answer to ours."""
    ours, reply = QUESTIONS["formality"].question, Evidence("e", "statement", "Formal", context="")
    either = f"Is the wedding formal or informal? {ours}"
    options = f"There are two:\n1. Brooks\n2. Selle\n\n{QUESTIONS['length'].question}"
    behind = f"{ours} And which suit, a formal one?"
    for context, text in ((either, "Formal"), (behind, "Formal"), (options, "The second one")):
        assert not [each for each in extract(replace(reply, text=text, context=context)) if each[0] in ABOUT], context
    for text in ("Without lists. I went with my friend.", "Without"):
        context = f"Can I help you with that? {QUESTIONS['lists'].question}"
        told = extract(replace(reply, text=text, context=context))
        assert ("format", "no bullet lists") in [each[:2] for each in told]
    for context in (options, f"Which one? {QUESTIONS['length'].question}"):
        assert [each[:2] for each in extract(replace(reply, text="Short!", context=context))] == [("length", "short")]


@pytest.mark.parametrize(("asked", "text", "claims"), [
    ("Do you like long or short answers better?", "The second", [("length", "short")]),
    ("Would you rather have long or short answers, in general?", "Short please", [("length", "short")]),
    ("Do you prefer long answers, or short ones?", "The second one", []),
    ("Shall my answers be long or short?", "With", []),
])
def test_a_question_in_other_words(asked: str, text: str, claims: list[tuple[str, str]]) -> None:
    """Is ours where its sides are; else its answer names the words or nothing, and no rule is made of "the second"."""
    found = [each[:2] for each in extract(Evidence("e", "statement", text, context=f"It is Rome. {asked}"))]
    assert [claim for claim in found if claim[0] in ABOUT] == claims


@pytest.mark.parametrize(("text", "claims"), [
    ("Short please :)", [("length", "short")]), ("As short as possible", [("length", "short")]),
    ("I think I prefer short ones", [("length", "short")]), ("Short, thanks for asking!", [("length", "short")]),
    ("Short, sweet recipes for pancakes please", []),
    ("Short. And my name is Ann.", [("length", "short"), ("name", "Ann")]),
    ("I like jazz", [("likes", "jazz")]), ("I prefer short answers to long ones.", [("length", "short")]),
    ("Short, and I'm allergic to nuts", [("length", "short"), ("allergies", "nuts")]),
    ("Not sure, maybe short", []), ("Short for this one", []), ("Short at work please", []),
    ("Short, please, at work", []), ("I don\u2019t mind", []),
])
def test_what_stands_beside_an_answer(text: str, claims: list[tuple[str, str]]) -> None:
    """It is read as ever."""
    assert said("length", text) == claims


def test_without_a_question_of_ours_nothing_changes() -> None:
    """The word alone answers another question, or none."""
    lines, context = ("Short please.",), "Do you prefer long or short hair?"
    assert taken(lines, context) == ([], lines, context)
    assert extract(Evidence("e", "statement", "Short please.")) == []


def folded(*turns: tuple[str, str], profile: Profile | None = None) -> Profile:
    """A profile after turns, each behind what the assistant said."""
    profile = profile or Profile()
    first = profile.watermark + 1
    return fold(profile, [Evidence(f"e{at}", "statement", text, context=context, seq=at)
                          for at, (context, text) in enumerate(turns, first)])  # fmt: skip


def live(profile: Profile) -> list[tuple[str, str, str]]:
    return [(each.aspect, each.value, each.context) for each in profile.claims if each.superseded_by is None]


def test_an_answer_takes_the_place_of_its_contrary() -> None:
    """Also among rules, of which several hold at a time; said for work it holds there."""
    question = QUESTIONS["caution"].question
    assert live(folded((question, "Without warnings"), (question, "Point out risks please"))) == [
        ("rule", "point out risks", "")]  # fmt: skip
    assert live(folded((QUESTIONS["length"].question, "Short ones at work."))) == [("length", "short", "work")]


def test_answers_that_prefer_neither_are_counted() -> None:
    """In a row and by place; one that prefers a text ends the row."""
    counts: dict[str, float] = {}
    said: list[tuple[EvidenceKind, str, tuple[int, int]]] = [
        ("rating", "", (1, 0)), ("rating", "", (2, 0)), ("rating", "work", (2, 1)), ("pick", "", (0, 1)),
        ("rating", "", (1, 1)),
    ]  # fmt: skip
    for kind, place, rows in said:
        counted(Evidence(f"{ANSWERED}q{len(counts)}.0.1", kind, "a", "assistant", "b", place=place), counts)
        assert (counts.get(even_at(""), 0), counts.get(even_at("work"), 0)) == rows
    assert {even_at(""), even_at("work"), even_at("home")} <= SUMS


@pytest.mark.parametrize(("context", "text", "never"), [
    ("length", "Don't ask me that again, please.", True), ("length", "Stop asking.", True),
    ("length", "Please stop asking me things like that", True), ("length", "I don't want to be asked.", True),
    ("", "Stop asking me questions!", True), ("", "Please don't ask me any more questions.", True),
    ("length", "I don't like being asked.", True), ("length", "No more questions, please", True),
    ("length", "I don't like your answer", False), ("", "No more questions, thanks.", False),
    ("", "Don't ask me that again.", False), ("", "Stop asking.", False), ("length", "Short please", False),
    ("length", "I want to ask about Rome", False), ("", "Don't ask me why, but I like it", False),
])
def test_who_wants_no_more(context: str, text: str, never: bool) -> None:
    """Of questions in general it can be said at any time, of "that" only where one of ours was put."""
    question = QUESTIONS[context].question if context else "Do you like jazz?"
    found = folded((question, text))
    assert bool(found.counts.get(NEVER)) is never
    again = folded(("", "You can ask me again."), profile=found)
    assert NEVER not in again.counts


@pytest.mark.parametrize("unit", ["i would really ", "ok, ", "short to ", "short, please and ", "- ", "always ",
                                  "please, no, "])  # fmt: skip
def test_long_answers_take_no_time(unit: str) -> None:
    """However often what may stand in one is said."""
    lines: Sequence[str] = [unit * (640 // len(unit))]
    start = time.perf_counter()
    for axis in QUESTIONS:
        taken(lines, QUESTIONS[axis].question)
    assert time.perf_counter() - start < 2.0
