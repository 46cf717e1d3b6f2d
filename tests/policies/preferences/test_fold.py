"""Folding is pure, idempotent, bounded, the same in one batch as in many; the newest word wins, locked ones stay."""

from dataclasses import replace
from itertools import pairwise

import pytest

from adapters.ports import Claim, Evidence, Profile
from policies.preferences.aspects import select
from policies.preferences.book import RETRACTED
from policies.preferences.fold import MOST_ENDED, MOST_LIVE, fold


def said(*texts: str | tuple[str, str], first: int = 1) -> list[Evidence]:
    """One event per text; a pair is (what the assistant asked, the answer)."""
    pairs = [("", text) if isinstance(text, str) else text for text in texts]
    return [
        Evidence(f"e{seq}", "statement", text, context=asked, time=float(seq), seq=seq)
        for seq, (asked, text) in enumerate(pairs, first)
    ]


def live(profile: Profile) -> set[tuple[str, str]]:
    return {(claim.aspect, claim.value) for claim in profile.claims if claim.superseded_by is None}


TALK = ["I'm vegan", "call me Sam", "I love jazz and chess", "keep it short", "I no longer like jazz", "call me Max",
        "no bullet points", "I'm allergic to nuts", "I love jazz", "my favourite colour is red"]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "claims"),
    [
        (["call me Sam", "call me Max"], {("name", "Max")}),
        (["answer in French", "answer in German"], {("language", "German")}),
        (["keep it short", "give me detailed answers from now on"], {("length", "detailed")}),
        (["no bullet points", "always use bullet points"], {("format", "bullet lists")}),
        (["no bullet points", "you can use bullet points again"], set()),
        (["I hate jazz", "I love jazz"], {("likes", "jazz")}),
        (["I love jazz", "I hate jazz"], {("dislikes", "jazz")}),
        (["I love jazz", "I don't like jazz any more"], set()),
        (["I'm vegan", "I'm no longer vegan"], set()),
        (["I'm allergic to nuts", "I have no allergies"], {("allergies", "none")}),
        (["I'm allergic to nuts", ("Any allergies?", "no")], {("allergies", "nuts")}),
        ([("Any allergies?", "no"), "I'm allergic to nuts"], {("allergies", "nuts")}),
        (["my favourite colour is blue", "my favourite colour is red"], {("favourites", "colour: red")}),
        (["I love jazz", "forget that I like jazz"], set()),
        (["I love jazz", "scratch that"], set()),
        (["I love jazz. Scratch that."], set()),
        (["I love jazz", "hello", "scratch that"], {("likes", "jazz")}),
        (["I love jazz", "I love jazz!"], {("likes", "jazz")}),
    ],
)
def test_the_newest_word_wins(texts: list[str | tuple[str, str]], claims: set[tuple[str, str]]) -> None:
    """What a later statement contradicts or takes back is not live any more."""
    assert live(fold(Profile(), said(*texts))) == claims


def test_what_was_replaced_is_kept_and_points_to_what_replaced_it() -> None:
    """History stays: the old name names the new one, a withdrawn liking says so."""
    profile = fold(Profile(), said("call me Sam", "call me Max", "I love jazz", "I don't like jazz any more"))
    ended = {claim.value: claim.superseded_by for claim in profile.claims if claim.superseded_by}
    assert ended["Sam"] == next(claim.id for claim in profile.claims if claim.value == "Max")
    assert ended["jazz"] == RETRACTED


def test_versions_and_revisions_tell_what_changed() -> None:
    """A statement makes a version, a correction also a revision; talk about nothing moves the watermark only."""
    first = fold(Profile(), said("call me Sam"))
    assert (first.version, first.revision, first.watermark) == (1, 0, 1)
    second = fold(first, said("hello there", first=2))
    assert (second.version, second.revision, second.watermark) == (1, 0, 2)
    assert second.counts["events"] == 2
    third = fold(second, said("call me Max", first=3))
    assert (third.version, third.revision, third.counts["corrected"]) == (2, 2, 3.0)


def test_folding_the_same_evidence_again_changes_nothing() -> None:
    """Everything up to the watermark is in already."""
    profile = fold(Profile(), said(*TALK))
    assert fold(profile, said(*TALK)) is profile
    assert fold(profile, []) is profile


def test_batches_do_not_matter() -> None:
    """One batch, one event at a time, or in any order of arrival: the same claims and counts."""
    evidence = said(*TALK)
    whole = fold(Profile(), evidence)
    stepwise = Profile()
    for item in evidence:
        stepwise = fold(stepwise, [item])
    assert (stepwise.claims, stepwise.counts) == (whole.claims, whole.counts)
    assert fold(Profile(), evidence[::-1]) == whole


def test_a_repeated_statement_is_confirmed_not_doubled() -> None:
    """The claim keeps its id, counts what it was seen, and becomes the most recent."""
    once = fold(Profile(), said("I love jazz", "I love chess"))
    again = fold(once, said("I really love jazz", first=3))
    assert [claim.value for claim in again.claims] == ["chess", "jazz"]
    assert again.claims[1].seen == 2
    assert again.claims[1].id == once.claims[0].id
    assert again.claims[1].evidence == ("e1", "e3")


def test_no_evidence_changes_what_the_person_locked() -> None:
    """A locked claim is neither replaced, contradicted, taken back nor crowded out."""
    locked = (Claim("a", "name", "Sam", locked=True), Claim("b", "likes", "jazz", locked=True))
    profile = fold(
        Profile(claims=locked), said("call me Max", "I hate jazz", "forget that I like jazz", "forget my name")
    )
    assert profile.claims == locked


def test_a_profile_stays_bounded() -> None:
    """Hundreds of statements leave a bounded profile that holds the newest."""
    verbs = ("love", "hate", "avoid", "usually eat", "fancy")
    texts = [f"I {verb} thing{number}x{verb[0]}" for number in range(150) for verb in verbs]
    profile = fold(Profile(), said(*texts))
    ended = [claim for claim in profile.claims if claim.superseded_by]
    assert len(profile.claims) - len(ended) <= MOST_LIVE
    assert len(ended) <= MOST_ENDED
    assert ("likes", "thing149xl") in live(profile)
    assert all(len(claim.evidence) <= 5 and len(claim.value) <= 120 for claim in profile.claims)


def test_only_chosen_aspects_are_learnt() -> None:
    """An operator may leave aspects out."""
    assert live(fold(Profile(), said("I'm vegan", "I live in Rome"), select(["diet"]))) == {("diet", "vegan")}


def test_ids_are_short_stable_and_apart() -> None:
    """The same statement in the same event always has the same id; another value has another."""
    first, second = (fold(Profile(), said("I love jazz and chess")) for _ in range(2))
    assert first == second
    assert all(one.id != other.id and len(one.id) == 12 for one, other in pairwise(first.claims))


def test_erasure_and_taste_are_left_alone() -> None:
    """Fold touches claims, counts, versions and the watermark, nothing else."""
    before = Profile(epoch=4, taste={"warmth": 0.5})
    after = fold(before, said("I'm vegan"))
    assert replace(after, version=0, watermark=0, claims=(), counts={}) == before


ASKED = "What music do you like?"


def test_what_was_only_mentioned_is_inferred_and_never_in_the_way() -> None:
    """It is kept as inferred, gives way to what is said of it, and is not taken up against what is known."""
    first = Evidence("e1", "statement", "We grew up on salsa", context=ASKED, seq=1)
    profile = fold(Profile(), [first])
    assert [(claim.aspect, claim.value, claim.kind) for claim in profile.claims] == [("mentioned", "salsa", "inferred")]
    assert profile.claims[0].confidence < 0.5
    profile = fold(profile, [Evidence("e2", "statement", "I hate salsa", seq=2)])
    assert live(profile) == {("dislikes", "salsa")}
    profile = fold(profile, [Evidence("e3", "statement", "We grew up on salsa", context=ASKED, seq=3)])
    assert live(profile) == {("dislikes", "salsa")}
    assert live(fold(Profile(), said((ASKED, "We grew up on salsa"), "I no longer like salsa"))) == set()


def test_what_was_only_mentioned_outlives_what_is_inferred_of_style() -> None:
    """Texts of the person end no mention."""
    told = [Evidence("e1", "statement", "We grew up on salsa", context=ASKED, seq=1)]
    texts = [Evidence(f"a{n}", "artefact", "This is a rather short note of mine. " * 3, seq=n) for n in range(2, 8)]
    assert ("mentioned", "salsa") in live(fold(Profile(), told + texts))
