"""Choices as evidence: which events are some, and what they bear."""

from __future__ import annotations

from adapters.ports import Evidence, Profile
from policies.preferences.choices import choices, leanings, pooled, prevailing, tally, tastes
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
