"""Choices as evidence: which events are some, and what they bear."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Evidence, Profile
from policies.preferences.choices import choices, leanings, pooled, prevailing, speaking, tally, tastes
from policies.preferences.fold import fold
from policies.weights import weights_of

SHORT = "Use a sieve."
LONG = "Take the sieve that hangs beside the door and shake it gently until nothing more comes out."
LIST = "Use:\n- a sieve\n- a bowl"


def pick(number: int, chosen: str = SHORT, rejected: str = LONG, kind: str = "pick") -> Evidence:
    author = "self" if kind == "edit" else "assistant"
    return Evidence(f"p{number}", kind, chosen, author, rejected, seq=number)  # type: ignore[arg-type]


def claims(profile: Profile) -> list[tuple[str, str, str]]:
    return [(claim.aspect, claim.value, claim.kind) for claim in profile.claims if claim.superseded_by is None]


def test_two_different_texts_are_a_choice() -> None:
    """Not an edit that changed nothing, a pick over nothing, or what weighs nothing."""
    events = [pick(1), pick(2, SHORT, SHORT), pick(3, SHORT, " "), pick(4, kind="regenerate"), pick(5, kind="edit"),
              Evidence("s", "statement", SHORT, context=LONG)]  # fmt: skip
    found = list(choices(events))
    assert [(each.event, each.edited) for each in found] == [("p1", False), ("p4", False), ("p5", True)]
    assert found[2].weight > found[0].weight > found[1].weight > 0
    assert [each.event for each in choices(events, {"pick": 0.0, "edit": 0.3})] == ["p5"]


def test_what_was_asked_counts_in_full() -> None:
    """A tie only where it is wanted; an event whose id only looks like one weighs as usual."""
    tie = Evidence("question-q01.0.2", "rating", SHORT, "assistant", LONG, time=7.0)
    events = [Evidence("question-q01.0.1", "pick", SHORT, "assistant", LONG), tie, pick(3)]
    assert [(each.event, each.weight, each.even) for each in choices(events, ties=True)] == [
        ("question-q01.0.1", 1.0, False), ("question-q01.0.2", 1.0, True), ("p3", 0.8, False)]  # fmt: skip
    assert [each.event for each in choices(events)] == ["question-q01.0.1", "p3"]
    assert list(choices(events, {"pick": 0.0}, ties=True)) == []
    assert next(choices([tie], ties=True)).time == 7.0


def test_what_ratings_tell_counts_less_than_a_pick() -> None:
    """Of whatever a pick counts, and more than an answer asked for again."""
    told = Evidence("rated-1", "pick", SHORT, "assistant", LONG)
    for weights in ({}, {"pick": 0.5, "regenerate": 0.3}):
        found = [each.weight for each in choices([pick(1), told, pick(2, kind="regenerate")], weights_of(weights))]
        assert found[0] > found[1] > found[2]
    assert list(choices([told], {"pick": 0.0})) == []


def test_where_a_choice_was_made_stays_with_it() -> None:
    """For whom it says nothing of other places."""
    there = replace(pick(1), place="work")
    events = [there, pick(2), replace(pick(3), place="a place of a later version")]
    assert [each.place for each in choices(events)] == ["work", ""]
    counts: dict[str, float] = {}
    for choice in [*choices([there] * 4), *choices([pick(2, LONG, SHORT)] * 4)]:
        tally(choice, counts)
    assert tastes(counts, (), "work").keys() == {("length", "short")}
    assert tastes(counts, ()).keys() == {("length", "long")} and tastes(counts, (), "home") == {}
    assert leanings(choices([there] * 2))[0].value == "short"


def test_which_claims_hold_at_a_place() -> None:
    """All where nobody says where; else none of other places, and none for everywhere against one of that place."""
    said = [Claim("a", "length", "long"), Claim("b", "length", "short", context="work"),
            Claim("c", "emoji", "none"), Claim("d", "emoji", "yes", context="home"), Claim("e", "likes", "tea"),
            Claim("f", "likes", "jazz", context="work")]  # fmt: skip
    assert speaking(said, "") == [True] * 6
    assert speaking(said, "work") == [False, True, True, False, True, True]
    assert speaking(said, "home") == [True, False, False, True, True, False]


def test_choices_become_tastes() -> None:
    """After a few that agree: an inferred claim that says so; contrary ones end it."""
    profile = fold(Profile(), [pick(1)])
    assert claims(profile) == []
    profile = fold(profile, [pick(number) for number in range(2, 6)])
    assert ("length", "short", "inferred") in claims(profile)
    profile = fold(profile, [pick(number, LONG, SHORT) for number in range(6, 12)])
    assert ("length", "short", "inferred") not in claims(profile)


def test_one_batch_is_as_good_as_many() -> None:
    """The same choices give the same profile."""
    events = [pick(number, *((SHORT, LONG) if number % 3 else (LIST, SHORT))) for number in range(1, 20)]
    whole, parts = fold(Profile(), events), Profile()
    for event in events:
        parts = fold(parts, [event])
    assert (claims(whole), whole.counts) == (claims(parts), parts.counts)


def test_what_was_said_stands_before_what_was_chosen() -> None:
    """A stated length is not replaced by an inferred one."""
    stated = fold(Profile(), [Evidence("s", "statement", "Always give me detailed answers.", seq=1)])
    assert [each for each in claims(fold(stated, [pick(n) for n in range(2, 12)])) if each[0] == "length"] == [
        ("length", "detailed", "explicit")
    ]


def test_the_assistants_words_never_become_claims() -> None:
    """Picked answers may state anything in the first person."""
    chosen, rejected = "I love opera. I live in Bonn.", "I hate opera and it is a long story, as you know."
    events = [pick(n, chosen, rejected) for n in range(1, 9)]
    assert all(aspect in ("length", "tone", "depth") for aspect, _, _ in claims(fold(Profile(), events)))


def test_choices_hold_against_writing() -> None:
    """Where a person writes at length and picks short answers, answers are short."""
    written = {("length", "long"): 0.9, ("emoji", "yes"): 0.8, ("format", "headings"): 0.9}
    chosen = {("length", "short"): 0.85, ("format", "no bullet lists"): 0.9}
    assert prevailing(chosen, written) == {("emoji", "yes"): 0.8, ("format", "headings"): 0.9, **chosen}


def test_the_last_choices_lean_somewhere() -> None:
    """As they are, one is enough; a house's taste pools those of many."""
    [choice] = choices([pick(1)])
    assert ("length", "short") in {(claim.aspect, claim.value) for claim in leanings([choice])}
    counts: dict[str, float] = {}
    tally(choice, counts)
    assert not tastes(counts, ())
    assert ("length", "short") in {(claim.aspect, claim.value) for claim in pooled([counts] * 6)}
    assert pooled([]) == ()


def test_a_place_has_claims_of_its_own() -> None:
    """None that holds everywhere comes of them; what does is not said of the place again, and what the person said
    stands before both."""
    both = [replace(pick(at, *((SHORT, LONG) if at % 2 else (LONG, SHORT))), place="work" if at % 2 else "home")
            for at in range(1, 13)]  # fmt: skip
    profile = fold(Profile(), both)
    found = {(claim.value, claim.context) for claim in profile.claims if claim.aspect == "length"}
    assert found == {("short", "work"), ("long", "home")}
    profile = fold(profile, [pick(at) for at in range(13, 19)] + [replace(pick(19), place="work")])
    live = [(claim.value, claim.context) for claim in profile.claims
            if claim.aspect == "length" and claim.superseded_by is None]  # fmt: skip
    assert sorted(live) == [("long", "home"), ("short", "")]
    words = Evidence("s", "statement", "Please keep your answers short.", seq=1)
    told = fold(Profile(), [words, *(replace(item, seq=item.seq + 1) for item in both)])
    assert [(claim.value, claim.kind) for claim in told.claims if claim.superseded_by is None] == [
        ("short", "explicit")]  # fmt: skip


def test_a_text_of_one_place_is_no_habit_of_all() -> None:
    """What was edited at work tells how answers should be there, and not how the person writes everywhere."""
    edits = [replace(pick(at, f"{LONG}\nI want it so, and not otherwise, in {at} of my own plain words.", LONG,
                          "edit"), place="work") for at in range(1, 6)]  # fmt: skip
    assert not [name for name in fold(Profile(), edits).counts if name.startswith("style.")]
    there = [replace(item, place="") for item in edits]
    assert fold(Profile(), there).counts["style.outputs"] == len(edits)
