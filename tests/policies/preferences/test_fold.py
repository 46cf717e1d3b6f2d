"""Folding is pure, idempotent, bounded, the same in one batch as in many; the newest word wins, locked ones stay."""

from dataclasses import replace
from itertools import pairwise

import pytest

from adapters.ports import Claim, Evidence, Profile
from policies.preferences.ages import DAY, FADED
from policies.preferences.aspects import DEFAULT, select
from policies.preferences.book import OUTGROWN, RETRACTED
from policies.preferences.fold import MOST_ENDED, MOST_LIVE, fold, restyled
from policies.preferences.sums import CHOICES_AT
from policies.rewards.places import behind


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
        (["I prefer long answers", "I don't prefer long answers any more"], set()),
        (["I prefer long answers", "I don't like the answers any more"], {("length", "long")}),
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


def later(*said: tuple[float, str], kind: str = "statement", first: int = 1) -> list[Evidence]:
    """One event per pair of a day and a text."""
    return [Evidence(f"d{seq}", kind, text, time=1e9 + day * DAY, seq=seq)  # type: ignore[arg-type]
            for seq, (day, text) in enumerate(said, first)]  # fmt: skip


def ended(profile: Profile) -> dict[str, str | None]:
    return {claim.value: claim.superseded_by for claim in profile.claims if claim.superseded_by}


def test_claims_know_when_and_in_how_many_sessions_they_were_seen() -> None:
    """Twice in an hour's talk is one session, the next day another; the time of the first stays."""
    minute = 1 / 1440
    loved = "I love jazz"
    told = later((0, loved), (20 * minute, "How are you"), (40 * minute, loved), (1, "I really love jazz"))
    seen = [(fold(Profile(), told[:upto]).claims[0]) for upto in (1, 3, 4)]
    assert [(claim.sessions, claim.seen) for claim in seen] == [(1, 1), (1, 2), (2, 3)]
    assert {claim.valid_from for claim in seen} == {1e9}
    assert [claim.last for claim in seen] == [told[at].time for at in (0, 2, 3)]


def test_what_the_assistant_said_counts_for_no_session() -> None:
    """As it counts for no more certainty."""
    told = [*later((0, "I love jazz")), replace(later((1, "I love jazz"), first=2)[0], context="Some jazz then?")]
    assert [(claim.sessions, claim.seen) for claim in fold(Profile(), told).claims] == [(1, 1)]


def test_what_is_passing_fades() -> None:
    """A wish that nobody came back to is over with the first event long after; one that was confirmed is not."""
    wish = "I am looking for horror movies"
    told = later((0, "I would like some Thai food"), (0, wish), (30, wish), (50, "hello"))
    assert live(fold(Profile(), told)) == {("wants", "horror movies")}
    assert ended(fold(Profile(), told)) == {"Thai food": FADED}
    assert live(fold(Profile(), told[:3])) == {("wants", "horror movies"), ("wants", "Thai food")}
    assert fold(Profile(), told).revision == 0, "no conversation loses its summary over it"


def test_what_lasts_was_locked_or_has_no_time_does_not_fade() -> None:
    """However long ago; and an aspect fades as the operator says."""
    years = later((3000, "hello"))
    assert live(fold(Profile(), [*later((0, "I love jazz")), replace(years[0], seq=2)])) == {("likes", "jazz")}
    locked = Profile(claims=(Claim("a", "wants", "tea", valid_from=1e9, locked=True), Claim("b", "wants", "rum")))
    assert live(fold(locked, years)) == {("wants", "tea"), ("wants", "rum")}
    assert live(fold(Profile(), said("I would like some Thai food", "hello"))) == {("wants", "Thai food")}
    passing = {**DEFAULT, "likes": replace(DEFAULT["likes"], half_life=10.0)}
    assert live(fold(Profile(), later((0, "I love jazz"), (19, "hi")), passing)) == {("likes", "jazz")}
    assert live(fold(Profile(), later((0, "I love jazz"), (21, "hi")), passing)) == set()


def test_what_is_told_from_long_ago_has_faded_already() -> None:
    """An import of old conversations after newer events brings no wishes of back then."""
    old = later((0, "I would like some Thai food"), (0, "I live in Rome"), first=2)
    told = [*later((1000, "I love jazz")), *(replace(item, kind="import") for item in old)]
    assert live(fold(Profile(), told)) == {("likes", "jazz"), ("location", "Rome")}


def test_a_clock_that_was_ahead_once_lets_later_wishes_live() -> None:
    """One event of a time to come, then the right times again: what passes fades as ever."""
    ahead = [replace(item, time=4.1e9) for item in later((0, "hi"))]
    profile = fold(Profile(), [*ahead, *later((0, "I would like some Thai food"), (1, "hi"), first=2)])
    assert {aspect for aspect, _ in live(profile)} == {"wants"}
    assert live(fold(profile, later((200, "hi"), first=9))) == set()


def test_turns_are_what_has_words_of_ones_own() -> None:
    """Approvals and picks are events and no turns; profiles of before have as many turns as they had events."""
    told = said("hi", "I love jazz")
    silent = [Evidence("a", "accepted", "", seq=3), Evidence("p", "pick", "an answer", "assistant", seq=4)]
    counts = fold(Profile(), [*told, *silent]).counts
    assert (counts["events"], counts["turns"]) == (4, 2)
    assert fold(Profile(counts={"events": 7.0}), told).counts["turns"] == 9


def test_batches_do_not_matter_for_times() -> None:
    """Sessions and fading are the same event by event."""
    told = later((0, "I would like some Thai food"), (1, "I love jazz"), (2, "At work I prefer formal answers"),
                 (90, "I love jazz"), (5, "I am looking for horror movies"), (91, "I have diabetes and I love chess"))
    whole, stepwise = fold(Profile(), told), Profile()
    for item in told:
        stepwise = fold(stepwise, [item])
    assert (stepwise.claims, stepwise.counts) == (whole.claims, whole.counts)


def test_contexts_stand_beside_each_other() -> None:
    """What holds at work does not end what holds elsewhere; within a context the newest wins."""
    profile = fold(Profile(), said("I prefer informal answers", "At work I prefer formal answers"))
    assert {(claim.value, claim.context) for claim in profile.claims} == {("informal", ""), ("formal", "work")}
    profile = fold(profile, said("At work I prefer informal answers", first=3))
    found = [claim for claim in profile.claims if not claim.superseded_by]
    assert {(claim.value, claim.context) for claim in found} == {("informal", ""), ("informal", "work")}
    assert len({claim.id for claim in profile.claims}) == 3
    both = fold(Profile(), said("I like meetings", "At work I can't stand meetings"))
    assert live(both) == {("likes", "meetings"), ("dislikes", "meetings")}


def test_nothing_sensitive_becomes_a_claim_unless_it_may() -> None:
    """But what is stated for the answer's sake; "scratch that" after it takes back nothing older."""
    told = said("I love jazz", "I love gay bars", "scratch that")
    assert live(fold(Profile(), told)) == {("likes", "jazz")}
    allowed = {name: replace(aspect, allows=frozenset(("sexuality",))) for name, aspect in DEFAULT.items()}
    assert live(fold(Profile(), told[:2], allowed)) == {("likes", "jazz"), ("likes", "gay bars")}
    assert live(fold(Profile(), said("I'm diabetic", "I have asthma"))) == {("diet", "diabetic"), ("needs", "asthma")}
    mention = [Evidence("e1", "statement", "We grew up with dementia", context=ASKED, seq=1)]
    assert live(fold(Profile(), mention)) == set()


def test_a_list_of_values_spells_and_bounds_them() -> None:
    """For what is said and for what is inferred of texts alike; what is inferred stays over many texts."""
    strict = {**DEFAULT, "language": replace(DEFAULT["language"], values=("French",), strict=True),
              "tone": replace(DEFAULT["tone"], values=("Formal", "Informal"))}  # fmt: skip
    assert live(fold(Profile(), said("answer in German", "I prefer formal answers"), strict)) == {("tone", "Formal")}
    letter = ("Dear Sir, furthermore I would like to inform you that the invoice will be corrected accordingly. Kind "
              "regards and with respect to your letter of last week")  # fmt: skip
    texts = later(*((day, letter) for day in range(8)), kind="artefact")
    claims = [claim for claim in fold(Profile(), texts, strict).claims if claim.aspect == "tone"]
    assert [(claim.value, claim.superseded_by, claim.kind) for claim in claims] == [("Formal", None, "inferred")]
    assert claims[0].sessions > 1 and claims[0].last == texts[-1].time
    warm = {**strict, "tone": replace(strict["tone"], values=("Warm",), strict=True)}
    assert all(claim.aspect != "tone" for claim in fold(Profile(), texts, warm).claims)


def test_an_own_aspect_with_one_value_keeps_one() -> None:
    """Its newest, as of built-in ones."""
    plan = replace(DEFAULT["name"], name="location", keep=2)
    two = fold(Profile(), said("I live in Rome", "I live in Lyon"), {"location": plan})
    assert live(two) == {("location", "Rome"), ("location", "Lyon")}
    assert live(fold(Profile(), said("I love jazz", "I love tea"), {"likes": replace(plan, name="likes", keep=1)})) == {
        ("likes", "tea")
    }


def test_what_is_mentioned_again_is_confirmed() -> None:
    """In its place; not where the assistant had just said it."""
    text = "We grew up on salsa"
    first, again = ([replace(item, context=ASKED)] for item in later((0, text), (9, text)))
    claim = fold(fold(Profile(), first), again).claims[0]
    assert (claim.seen, claim.sessions, claim.kind, claim.last) == (2, 2, "inferred", again[0].time)
    echo = [replace(again[0], context="Salsa, perhaps? What music do you like?")]
    assert fold(fold(Profile(), first), echo).claims[0].seen == 1


def test_claims_follow_coefficients() -> None:
    """They come with one that is sure, and go with it; what the person said of it stands before them."""
    item, sure = Evidence("e9", "pick", "a", time=9.0), {"length": -1.0, "length~length": 0.1}
    short = restyled(Profile(taste=sure), item)
    assert [(claim.value, claim.kind, claim.evidence) for claim in short.claims] == [("short", "inferred", ("e9",))]
    assert live(restyled(replace(short, taste={**sure, "length": 1.0}), item)) == {("length", "long")}
    assert live(restyled(replace(short, taste={}), item)) == set()
    told = fold(Profile(taste=sure), said("give me detailed answers from now on"))
    assert live(restyled(told, item)) == {("length", "detailed")}
    assert restyled(short, replace(item, event=short.claims[0].evidence[0])) == short


@pytest.mark.parametrize(("place", "other"), [("home", ""), ("", "home"), ("", "work")])
def test_claims_of_a_place_rest_on_its_choices(place: str, other: str) -> None:
    """Whoever forgets one loses no choice about elsewhere with it, nor is it seen again by that."""
    there = {"length": -1.0, "length~length": 0.1}
    places = (place, other, place)
    items = [Evidence(f"e{at}", "pick", "a", time=float(at), place=where) for at, where in enumerate(places)]
    profile = Profile(taste=behind(place, there) if place else there, counts={CHOICES_AT["home"]: 1.0})
    for item in items:
        profile = restyled(profile, item)
    (claim,) = profile.claims
    assert (claim.context, claim.evidence, claim.seen) == (place, ("e0", "e2"), 2)


def test_answers_to_questions_are_counted() -> None:
    """With which one came when, picks and ties alike."""
    events = [Evidence("question-q1.0.2", "pick", "a", "assistant", "b", seq=1),
              Evidence("e2", "pick", "a", "assistant", "b", seq=2),
              Evidence("question-q2.0.1", "rating", "a", "assistant", "b", seq=3)]  # fmt: skip
    counts = fold(Profile(), events).counts
    assert (counts["answers"], counts["asked.q1.0.2"], counts["asked.q2.0.1"]) == (2.0, 1.0, 2.0)
    assert fold(fold(Profile(), events[:2]), events).counts == counts


def test_a_guess_that_goes_by_itself_is_outgrown() -> None:
    """Nobody took it back: what choices bear no more may come again."""
    short, long = "Yes. Do it.", "It can be done, but think about it well before. " * 5
    picks = [Evidence(f"e{at}", "pick", short, "assistant", long, seq=at) for at in range(1, 7)]
    turned = [Evidence(f"e{at}", "pick", long, "assistant", short, seq=at) for at in range(7, 20)]
    assert ended(fold(Profile(), [*picks, *turned]))["short"] == OUTGROWN
    assert ended(fold(fold(Profile(), picks), said("Forget that I like short answers", first=7)))["short"] == RETRACTED
