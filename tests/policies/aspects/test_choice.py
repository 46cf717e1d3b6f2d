"""Which aspects matter in a question, and what they do to an order."""

from __future__ import annotations

import pytest

from adapters.ports.terms import count, terms_of
from policies.aspects.choice import Candidate, Cares, Choice, choose, level, ranked, telling


def candidate(relevance: float, *aspects: str) -> Candidate:
    return Candidate(relevance, {aspect: aspect for aspect in aspects})


FOUND = [candidate(1.0, "gym"), candidate(0.95, "pool", "gym"), candidate(0.9, "pool"), candidate(0.85, "bar")]


def names(cares: Cares) -> list[str]:
    return [each.name for each in choose(FOUND, cares)]


def test_what_people_have_decides_without_a_history() -> None:
    """And the person's own counts as soon as there are some; two at most, of those that were found."""
    people = {"pool": 30, "bar": 20, "gym": 5, "chess": 99}
    assert names(Cares({}, people)) == ["pool", "bar"]
    assert names(Cares({"bar": 3.0}, people)) == ["bar", "pool"]
    assert names(Cares({"gym": 1.0})) == ["gym"]


def test_nothing_known_is_no_choice() -> None:
    """Neither of the person nor of people, or of nothing that was found."""
    assert names(Cares()) == [] == names(Cares({"chess": 3.0}, {"chess": 9}))
    assert choose([], Cares({"gym": 1.0})) == ()


def test_what_all_of_them_speak_of_orders_nothing() -> None:
    """So it is no choice, whoever cares for it."""
    found = [candidate(1.0, "pool", "bar"), candidate(0.9, "pool")]
    assert [each.name for each in choose(found, Cares({"pool": 9.0, "bar": 1.0}))] == ["bar"]


def test_a_flat_taste_weighs_little() -> None:
    """Weights are shares of all that was found, between 0 and 1."""
    found = [candidate(1.0, f"a{number}") for number in range(30)]
    flat = choose(found, Cares({}, {f"a{number}": 5 for number in range(30)}))
    sharp = choose(found, Cares({}, {"a3": 50}))
    assert max(each.weight for each in flat) == pytest.approx(0.1)
    assert [(each.name, each.weight) for each in sharp] == [("a3", 1.0)]


def test_words_of_the_question_and_of_the_whole_corpus_are_no_aspects() -> None:
    """What is common is told by the corpus' own frequencies, once there are enough passages."""
    terms = count([terms_of("", "hotel pool")] * 4 + [terms_of("", "hotel")] * 16)
    assert telling(("pools", "hotel", "gym"), {"gym"}, terms) == {"pool": "pools"}
    assert set(telling(("pools", "hotel"), (), None)) == {"pool", "hotel"}
    assert set(telling(("pools", "hotel"), (), count([terms_of("", "hotel")] * 3))) == {"pool", "hotel"}


def test_an_aspect_lifts_two_passages() -> None:
    """A third one stays behind others that are as relevant; without weight nothing moves."""
    chosen = (Choice("pool", "pool", 1.0),)
    found = [candidate(1.0, "a"), candidate(0.99, "pool", "b"), candidate(0.98, "c"), candidate(0.98, "pool", "d"),
             candidate(0.97, "pool", "e"), candidate(0.97, "f")]  # fmt: skip
    assert ranked(found, chosen, 0.3) == [1, 3, 0, 2, 5, 4]
    assert ranked(found, chosen, 0.0) == [0, 1, 2, 3, 4, 5]


def test_no_three_passages_on_one_aspect() -> None:
    """Also on one that nobody chose, where another is as relevant."""
    found = [candidate(1.0, "pool"), candidate(0.95, "pool"), candidate(0.94, "pool"), candidate(0.93, "bar")]
    assert ranked(found, (), 0.3)[:2] == [0, 3]


def test_what_is_far_ahead_stays_ahead() -> None:
    """No weight lifts a passage over one that is more relevant by more than it."""
    chosen = (Choice("pool", "pool", 1.0), Choice("bar", "bar", 1.0))
    assert ranked([candidate(1.0, "x"), candidate(0.69, "pool", "bar")], chosen, 0.3) == [0, 1]
    assert ranked([candidate(1.0, "x"), candidate(0.71, "pool", "bar")], chosen, 0.3) == [1, 0]


@pytest.mark.parametrize(
    ("relevance", "expected"),
    [((), 0.0), ((1.0,), 0.0), ((0.0, 0.0), 0.0), ((1.0, 0.5, 0.4), 0.0), ((1.0, 0.95, 0.9, 0.9), 1.0),
     ((1.0, 0.775), 0.5), ((0.5, 0.49, 0.48, 0.47, 0.46, 0.01), 1.0)],
)  # fmt: skip
def test_level(relevance: tuple[float, ...], expected: float) -> None:
    """Whether something is looked up, by how far the best is ahead of the next four."""
    assert level([candidate(each) for each in relevance]) == pytest.approx(expected)
