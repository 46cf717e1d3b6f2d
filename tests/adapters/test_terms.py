"""Which words a corpus holds."""

from __future__ import annotations

from adapters.ports.terms import Terms, count, term, terms_of
from adapters.ports.words import words_of

CORPUS = [("Leave", "Parents take sixteen weeks of leave."), ("Travel", "Book trains before planes; trains first.")]


def test_frequency() -> None:
    """A word counts once a passage, whatever its form and wherever it stands; one that is nowhere counts nothing."""
    terms = count(terms_of(*each) for each in [*CORPUS, CORPUS[0]])
    asked = {stem: terms.frequency(stem) for stem in words_of("parent train leaves kumquat")}
    assert list(asked.values()) == [2, 1, 2, 0]
    assert terms.passages == 3


def test_empty() -> None:
    """Of no passages nothing is known."""
    assert count([]) == Terms(0, count([]).numbers, count([]).counts)
    assert count([]).frequency("leav") == 0


def test_rising() -> None:
    """The terms of a passage are numbers, each once, rising, and any text has some."""
    own = terms_of(*CORPUS[1])
    assert list(own) == sorted(set(own))
    assert term("\ud800") >= 0
