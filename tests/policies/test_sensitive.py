"""Values that tell of health, belief, opinion and the like are found by their words; what only sounds so is not."""

import json
from pathlib import Path

import pytest

from policies.preferences.aspects import DEFAULT
from policies.sensitive import CATEGORIES, categories

TOLD = [
    ("type 2 diabetes", "health"), ("Migraines", "health"), ("being pregnant", "health"), ("HIV-positive", "health"),
    ("a bad back", "health"), ("high blood pressure", "health"), ("sertraline", "health"), ("my therapists", "health"),
    ("social anxiety", "health"), ("recovering alcoholic", "health"), ("colour blind", "health"),
    ("Crohn\u2019s disease", "health"), ("practising Catholic", "religion"), ("Muslims", "religion"),
    ("going to church", "religion"), ("reading the Quran", "religion"), ("the Green Party", "politics"),
    ("voting for Labour", "politics"), ("left-wing politics", "politics"), ("lifelong Democrats", "politics"),
    ("gay bars", "sexuality"), ("bisexual", "sexuality"), ("non-binary", "sexuality"), ("trans woman", "sexuality"),
    ("of Turkish descent", "ethnicity"), ("African American", "ethnicity"), ("Latina", "ethnicity"),
    ("trade unions", "union"), ("union rep", "union"), ("my union", "union"), ("criminal record", "crime"),
    ("convicted of fraud", "crime"), ("out of prison", "crime"),
]  # fmt: skip
HARMLESS = [
    "jazz", "Jewish cuisine", "Christian rock", "Catholic school uniforms", "Buddhist temples", "Mexican American food",
    "black coffee", "white wine", "Asian food", "non-alcoholic drinks", "something non-alcoholic", "blind dates",
    "Prison Break", "true crime", "Great Depression history", "conservative investments", "liberal arts", "vegan",
    "halal food", "nuts", "gluten free", "low-sugar desserts", "Latino music", "the European Union flag", "swimming",
    "short answers", "no bullet lists", "church architecture", "sweet and sour", "party games", "", "?!",
]  # fmt: skip


@pytest.mark.parametrize(("value", "category"), TOLD)
def test_what_tells_of_a_category_is_found(value: str, category: str) -> None:
    """In the plural too, with hyphens, whatever the case and the apostrophe."""
    assert categories(value) == {category}


@pytest.mark.parametrize("value", HARMLESS)
def test_what_only_sounds_so_is_not(value: str) -> None:
    """Food, music and buildings are tastes."""
    assert categories(value) == frozenset()


def test_one_value_may_tell_of_several() -> None:
    """Each must be allowed for it to be known."""
    assert categories("gay Muslim") == {"sexuality", "religion"}


def test_the_cases_of_the_rules_are_hardly_touched() -> None:
    """Of hundreds of claims that must be found, those under aspects which may tell of health alone are sensitive."""
    cases = map(json.loads, (Path(__file__).parent / "preferences" / "claims.jsonl").read_text("utf-8").splitlines())
    told = [(aspect, value) for case in cases for aspect, value in case["claims"] if categories(value)]
    assert 0 < len(told) <= 5
    for aspects, value in told:
        assert any(categories(value) <= DEFAULT[name].stated for name in aspects.split("|")), (aspects, value)


def test_every_category_is_known_by_name() -> None:
    """What the settings may allow is what is found."""
    assert {category for _, category in TOLD} == set(CATEGORIES)
