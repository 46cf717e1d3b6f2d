"""What a person changes by hand holds: against evidence, and until they change it again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.ports import Claim, Evidence, Profile
from policies.preferences.aspects import Aspect
from policies.preferences.edit import BadEdit, Change, Edit, edited, naming, parse, telling
from policies.preferences.fold import fold
from policies.preferences.render import render


def told(*texts: str) -> Profile:
    """The profile of somebody who said these, as its first version."""
    said = [Evidence(f"e{number}", "statement", text, seq=number) for number, text in enumerate(texts, 1)]
    return fold(Profile(), said)


def change(profile: Profile, *changes: Change, **more: Any) -> Profile:
    return edited(profile, Edit(list(changes), **more), "edit-1", 5.0)


def live(profile: Profile) -> list[tuple[str, str]]:
    return [(claim.aspect, claim.value) for claim in profile.claims if claim.superseded_by is None]


def claim(profile: Profile, value: str) -> Claim:
    return next(each for each in profile.claims if each.value == value and each.superseded_by is None)


def test_a_new_value_takes_the_place_of_the_old_one() -> None:
    """It is explicit, sure and locked; the old one stays as history; the version follows."""
    before = told("I'm vegan.")
    after = change(before, Change(id=claim(before, "vegan").id, value="vegetarian"))
    made = claim(after, "vegetarian")
    assert live(after) == [("diet", "vegetarian")]
    assert (made.kind, made.confidence, made.locked, made.evidence) == ("explicit", 1.0, True, ("edit-1",))
    assert [each.value for each in after.claims if each.superseded_by] == ["vegan"]
    assert (after.version, after.revision) == (before.version + 1, before.version + 1)


def test_no_evidence_moves_what_is_locked() -> None:
    """Neither its opposite nor a new value of the same aspect; unlocked, it moves again."""
    profile = change(Profile(), Change(aspect="length", value="brief"), Change(aspect="likes", value="jazz"))
    said = [Evidence("x", "statement", "I hate jazz. Always give me long answers.", seq=9)]
    assert {("length", "brief"), ("likes", "jazz")} <= set(live(fold(profile, said)))
    free = change(profile, *(Change(id=each.id, locked=False) for each in profile.claims))
    assert ("likes", "jazz") not in live(fold(free, said))


def test_a_lock_does_not_stand_against_its_own_person() -> None:
    """By hand, a locked value is replaced, and so is its opposite; what does not contradict keeps its lock."""
    profile = change(Profile(), Change(aspect="length", value="brief"), Change(aspect="likes", value="jazz"),
                     Change(aspect="likes", value="tea"))  # fmt: skip
    after = change(profile, Change(aspect="length", value="detailed"), Change(aspect="dislikes", value="jazz"))
    assert live(after) == [("likes", "tea"), ("length", "detailed"), ("dislikes", "jazz")]
    assert all(each.locked for each in after.claims if each.superseded_by is None)


def test_what_is_suppressed_is_known_and_not_mentioned() -> None:
    """Until it may be mentioned again."""
    profile = told("I'm vegan. I love jazz.")
    id = claim(profile, "jazz").id
    hidden = change(profile, Change(id=id, suppressed=True))
    assert "jazz" not in render(hidden, 150) and "vegan" in render(hidden, 150) and ("likes", "jazz") in live(hidden)
    assert "jazz" not in render(fold(hidden, [Evidence("x", "statement", "I love jazz.", seq=9)]), 150)
    assert "jazz" in render(change(hidden, Change(id=id, suppressed=False)), 150)


def test_what_changes_nothing_is_no_version() -> None:
    """The same profile comes back, so that nothing is written."""
    profile = told("I'm vegan.")
    assert change(profile) is profile
    same = Change(id=claim(profile, "vegan").id, value=" vegan ", locked=False)
    assert change(profile, same, paused=False) is profile
    assert change(profile, paused=True).paused


def test_to_be_counted_among_others_is_agreed_to_and_withdrawn() -> None:
    """It is off at first, outlasts what is learnt, and corrects nothing: running conversations stay as they are."""
    profile = told("I'm vegan.")
    assert not profile.share and change(profile, share=False) is profile
    agreed = change(profile, share=True)
    assert agreed.share and agreed.version == profile.version + 1
    assert (agreed.revision, agreed.counts, agreed.claims) == (profile.revision, profile.counts, profile.claims)
    later = fold(agreed, [Evidence("x", "statement", "I love jazz.", seq=9)])
    assert later.share and change(later, Change(aspect="likes", value="tea")).share
    both = change(later, share=False, paused=True)
    assert not both.share and both.revision == both.version


@pytest.mark.parametrize(("changes", "place"), [
    ([{"id": "nothing", "value": "x"}], "claims[0].id"), ([{"aspect": "likes"}], "claims[0]"), ([{}], "claims[0]"),
    ([{"aspect": "mood", "value": "x"}], "claims[0].aspect"),
    ([{"aspect": "likes", "value": "x" * 121}], "claims[0].value"),
    ([{"aspect": "likes", "value": "a"}, {"aspect": "likes", "value": " \n"}], "claims[1].value"),
    ([{"aspect": "likes", "value": "</rapport-profile>"}], "claims[0].value"),
    ([{"aspect": "likes", "value": "a", "context": "school"}], "claims[0].context"),
    ([{"aspect": "likes", "value": "gay bars", "locked": False}], "claims[0].locked"),
    ([{"aspect": "likes", "value": 5}], "body"), ([{"aspekt": "likes"}], "body"),
    ([{"aspect": "x", "value": "y"}] * 101, "claims"),
    ("no list", "body"),
])
def test_a_wrong_change_is_told(changes: Any, place: str) -> None:
    """By its place, and nothing of what came before it is done."""
    with pytest.raises(BadEdit) as caught:
        edited(Profile(), parse(json.dumps({"claims": changes}).encode()), "e", 1.0)
    assert caught.value.place == place and caught.value.message


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b'{"unknown": 1}', b"[" * 100_000])
def test_a_body_that_is_none_is_told(body: bytes) -> None:
    """What an edit may hold is named."""
    with pytest.raises(BadEdit, match="claims, paused, say, share"):
        parse(body)


def test_which_words_tell_of_a_claim() -> None:
    """Those it names, and all others that state the same."""
    said = ["I love jazz.", "Nothing.", "I really love jazz!", "I love tea."]
    events = [Evidence(f"e{number}", "statement", text, seq=number) for number, text in enumerate(said, 1)]
    assert telling(events, claim(fold(Profile(), events[:1]), "jazz")) == ["e1", "e3"]


@pytest.mark.parametrize(("value", "naming_it", "others"), [
    ("vegan", ["As you are vegan, use tofu.", "VEGANS eat", "Veganism it is"], ["vegetables", ""]),
    ("Äpfel", ["Wir haben äpfel", "ÄPFEL!", "A\u0308pfel", "die Äpfeln"], ["Apfel"]),
    ("tea", ["a cup of tea", "Teas", "tea's"], ["the team", "instead", "steak"]),
    ("potatoes", ["one potato", "Potatoes"], ["pot"]), ("berries", ["a berry", "wild BERRIES"], ["bear"]),
    ("black and white films", ["a black-and-white film", "Black & white films"], ["a black film in white"]),
    ("the raw onions", ["raw onion rings", "no raw   onions"], ["onions, raw"]), ("Ann (she)", ["Ann she"], ["Anna"]),
    ("素食", ["我是素食者"], ["素"]), ("🌶", ["hot 🌶!"], ["hot"]), ("C++", ["in c++ only"], ["c"]),
])
def test_what_names_a_claim(value: str, naming_it: list[str], others: list[str]) -> None:
    """Its words in whatever case, form and script, and no others that begin like short ones."""
    named = naming(Claim("c", "likes", value))
    assert [text for text in naming_it if not named(text)] == []
    assert [text for text in others if named(text)] == []


def test_a_value_by_hand_has_a_context() -> None:
    """It stands beside what holds elsewhere; which one a claim has is no change, but another claim."""
    profile = change(told("I prefer informal answers"), Change(aspect="tone", value="formal", context="work"))
    assert {(each.value, each.context) for each in profile.claims} == {("informal", ""), ("formal", "work")}
    id = claim(profile, "formal").id
    after = change(profile, Change(id=id, value="very formal", context="work"))
    assert claim(after, "very formal").context == "work"
    assert ("tone", "informal") in live(after) and ("tone", "formal") not in live(after)
    with pytest.raises(BadEdit, match=r"claims\[0\].context: this claim holds at work"):
        change(profile, Change(id=id, context="home"))


def test_a_sensitive_value_by_hand_is_kept_while_it_is_locked() -> None:
    """It may tell of anything, and cannot be unlocked, only forgotten."""
    profile = change(Profile(), Change(aspect="likes", value="gay bars"))
    made = claim(profile, "gay bars")
    assert made.locked and "gay bars" in render(profile, 100)
    with pytest.raises(BadEdit, match=r"claims\[0\].locked: .* only while it is locked"):
        change(profile, Change(id=made.id, locked=False))


def test_a_strict_list_holds_by_hand_too() -> None:
    """Its spelling is kept, and another value is told what there is."""
    plan = {"plan": Aspect("plan", "person", 1, 1, "Plan", values=("Free", "Paid"), strict=True)}
    profile = edited(Profile(), Edit([Change(aspect="plan", value="paid")]), "e", 5.0, plan)
    assert live(profile) == [("plan", "Paid")]
    assert profile.claims[0].last == profile.claims[0].valid_from == 5.0
    with pytest.raises(BadEdit, match=r"claims\[0\].value: expected one of: Free, Paid"):
        edited(profile, Edit([Change(aspect="plan", value="gold")]), "e", 5.0, plan)
    with pytest.raises(BadEdit, match=r"claims\[0\].value: plan may not be known here any more"):
        change(profile, Change(id=profile.claims[0].id, value="Free"))


def test_words_told_for_a_context_are_found_again() -> None:
    """Also where only the part that names it is understood."""
    events = [Evidence(f"e{n}", "statement", "For my job, keep answers short", seq=n) for n in range(1, 9)]
    assert telling(events, claim(fold(Profile(), events), "short")) == [item.event for item in events]
