"""Verbs and the nouns of their doing."""

from __future__ import annotations

import pytest

from policies.tables.verbs import verb_key


@pytest.mark.parametrize(("verb", "noun"), [("rented", "rental"), ("enrolled", "enrollment"), ("booked", "booking"),
                                            ("visited", "visit"), ("rated", "rating"), ("loaned", "loan")])  # fmt: skip
def test_a_verb_meets_the_noun_of_its_doing(verb: str, noun: str) -> None:
    """Both have the same key."""
    assert verb_key(verb) == verb_key(noun)
