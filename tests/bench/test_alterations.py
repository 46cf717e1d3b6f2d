"""Sentences are made wrong in one place, and those that pass are counted."""

from random import Random

from bench.alterations import altered, measure, passes
from policies.write_back.grounding import Ground

TEXT = (
    "In 1805 the young Janjaap drew the house of Marie in Lyon with 12 rooms. The house had 14 windows, and people "
    "from Rome were there."
)
SAID = TEXT.split(". ", maxsplit=1)[0] + "."


def test_kinds() -> None:
    """Each changes one thing, and each is wrong; a kind without a place in the sentence is left out."""
    made = dict(altered(SAID, TEXT, Random(1)))
    assert set(made) == {"number_new", "number_other", "name_new", "name_other", "names_swapped"}
    assert all(each != SAID for each in made.values()) and "14" in made["number_other"] and "Rome" in made["name_other"]
    assert dict(altered("It was cold there.", "It was cold there.", Random(1))) == {"not": "It was not cold there."}


def test_shares() -> None:
    """Of every third paragraph; what is right passes, what is wrong does not."""
    other = {"title": "Other", "text": "Rain fell for many days on the green hills of the north."}
    rows = [other, {"title": "House", "text": SAID}, other] * 6
    found = measure(rows)
    assert found["write_back/unaltered"] == 1.0 and found["write_back/altered_elsewhere"] == 0.0
    assert found["write_back/altered_name_new"] == found["write_back/altered_number_new"] == 0.0
    assert measure(rows[:1]) == {} and passes(SAID, Ground(TEXT)) and not passes(SAID, Ground("Rain fell."))
