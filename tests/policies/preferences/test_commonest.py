"""Which words may name something, and which are in everybody's mouth."""

import pytest

from policies.preferences.commonest import common, tells, weak


@pytest.mark.parametrize("word", ["salsa", "Tarkovsky", "sourdough", "dinner", "friends", "lazy", "chess"])
def test_a_word_that_names_something_tells(word: str) -> None:
    """Nouns of things, names, meals, company and moods."""
    assert tells(word)


@pytest.mark.parametrize(
    "word", ["the", "because", "wanting", "stopped", "really", "you've", "thanks", "recipe", "80", "ox"]
)
def test_a_word_of_any_talk_does_not(word: str) -> None:
    """Function words, forms of common verbs, adverbs, what is asked for everywhere, numbers and short words."""
    assert not tells(word)


@pytest.mark.parametrize(("word", "beside"), [("salsa", False), ("day", True), ("watched", True), ("with", False)])
def test_a_weak_word_counts_beside_a_telling_one(word: str, beside: bool) -> None:
    """Common adjectives, nouns and verbs, but no function words."""
    assert weak(word) is beside


def test_every_form_of_a_common_verb_is_common() -> None:
    """Endings are taken off, also where an e was dropped before them."""
    assert all(map(common, ("prepare", "prepares", "prepared", "preparing", "cutting")))
