"""Profiles tell hands apart: the right one fits best, little text proves little, and the sums stay few and small."""

import json

import pytest

from adapters.ports import Evidence, Profile
from policies.preferences.fold import fold
from policies.preferences.likeness import NAMES, fits, hand, words

DRY = "The report is late. The figures of the third quarter are in the annex, and the board has seen them all."
WARM = "Oh, do you know what? I was so happy to see you! Will you come to us again, you and the boys? We'd love it!"
SCHOLAR = (
    "Considerable uncertainty nevertheless surrounds contemporary interpretations; numerous historians, notably "
    "continental ones, dispute whether parliamentary institutions (as presently understood) existed beforehand."
)
GERMAN = "Die Teile sind am Montag gekommen, und wir fangen morgen mit dem Dach an, wenn es trocken bleibt wie im Mai."


def counts(*texts: str) -> dict[str, float]:
    """The sums of a person who wrote these texts."""
    evidence = [Evidence(f"e{seq}", "artefact", text, seq=seq) for seq, text in enumerate(texts, 1)]
    return dict(fold(Profile(), evidence).counts)


@pytest.mark.parametrize("own", [DRY, WARM, SCHOLAR, GERMAN])
def test_the_hand_that_wrote_it_fits_best(own: str) -> None:
    """Of four people, the one who writes like the text; better than the mean of them all, which gets 0."""
    hands = (DRY, WARM, SCHOLAR, GERMAN)
    found = fits([own], [counts(*[text] * 5) for text in hands])
    assert max(found) == found[hands.index(own)] > 0
    assert sorted(found)[-2] < max(found) / 2


def test_subjects_do_not_matter() -> None:
    """Other nouns and verbs in the same frame: the frame decides."""
    other = "Oh, do you hear that? I am so sad to leave you! Will you write to us, you and the girls? We'd like it!"
    found = fits([other], [counts(*[text] * 5) for text in (DRY, WARM, SCHOLAR)])
    assert max(found) == found[1]


def test_little_text_proves_little() -> None:
    """A profile of one text is drawn to the house's; one of many is not. No text, no evidence either way."""
    other = counts(*[DRY] * 40)
    one, many = (fits([WARM], [counts(*[WARM] * times), other, counts(*[SCHOLAR] * 40)])[0] for times in (1, 40))
    assert 0 < one < many
    assert fits([WARM], [{}, other])[0] == 0.0
    assert fits([WARM], [{}, {}]) == fits([""], [other, other]) == fits([], [other, other]) == [0.0, 0.0]
    assert fits([WARM], []) == []


def test_more_texts_give_more_evidence() -> None:
    """Texts of one hand count together, in any order."""
    people = [counts(*[text] * 10) for text in (DRY, WARM)]
    lead = [left - right for left, right in (fits(texts, people) for texts in ([DRY], [DRY, DRY]))]
    assert 0 < lead[0] < lead[1]
    assert fits([DRY, WARM], people) == fits([WARM, DRY], people)


def test_profiles_that_are_alike_cannot_be_told_apart() -> None:
    """The near miss: the same hand under two ids gives no lead to either."""
    left, right, other = fits([WARM], [counts(*[WARM] * 5), counts(*[WARM] * 5), counts(*[DRY] * 5)])
    assert left == right > other


def test_the_sums_are_few_and_small() -> None:
    """However much a person writes, the same few numbers; no word of theirs is in them."""
    texts = [DRY, WARM, SCHOLAR, GERMAN, "\u4eca\u65e5\u306f\u3001\u6674\u308c\u3067\u3059\u3002", "x1 \ud800 y_z 42"]
    sums: set[str] = set()
    for text in texts:
        sums |= hand(text, words(text)).keys()
    assert sums <= set(NAMES)
    assert len(NAMES) == len(set(NAMES)) <= 82
    profile = counts(*texts * 20)
    assert len(json.dumps(profile, separators=(",", ":"))) < 2500


def test_counts_are_what_they_say() -> None:
    """Words by length, marks of any script, apostrophes of any keyboard."""
    found = hand("It's late\uff1f No!", words("It\u2019s late\uff1f No!"))
    assert {name: times for name, times in found.items() if not name.startswith("short")} == {
        "letters2": 1, "letters4": 2, "question": 1, "exclamation": 1, "apostrophe": 1,
    }  # fmt: skip
    assert sum(times for name, times in found.items() if name.startswith("short")) == 3
    one, other = ([counts(text), counts(DRY)] for text in (WARM, WARM.replace("'", "\u2019")))
    assert one == other
    assert fits([WARM], one) == fits([WARM.replace("'", "\u2019")], one)
