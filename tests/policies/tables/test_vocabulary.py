"""The word lists fit together."""

from __future__ import annotations

from policies.tables import vocabulary
from policies.tables.spelling import fold
from policies.tables.vocabulary import phrases, words


def test_phrases_come_longest_first() -> None:
    """A phrase of more words is tried before those that it begins with."""
    assert phrases("in|in the year|in the") == (("in", "the", "year"), ("in", "the"), ("in",))


def test_words_that_meet_names_are_folded() -> None:
    """What is compared with the words of a schema stands as these are folded."""
    assert {fold(word) for word in ("nurses", "employees", "doctor", "people")} <= vocabulary.PERSONS
    assert {fold(word) for word in ("category", "specialty", "species", "class")} <= vocabulary.ROLES
    assert {fold(word) for word in ("days", "minutes", "pages", "kilometres")} <= set(vocabulary.MEASURES)
    assert {fold(word) for word in ("salary", "prices", "fees", "sales")} <= set(vocabulary.MONEY)


def test_a_column_is_not_named_by_weak_words() -> None:
    """Words that every description begins with name nothing."""
    assert words("record id date") <= vocabulary.WEAK
