"""Questions by name: which comes next, how it is put, and when nothing is asked."""

from __future__ import annotations

import json

import numpy as np
import pytest

from adapters.ports import ConfigError
from policies.rewards.axes import AXES
from policies.rewards.deck import PATIENCE, Deck, shipped
from policies.rewards.posterior import Posterior
from policies.rewards.prior import neutral


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck.of(shipped())


def line(id: str) -> str:
    answers = [{"style": "a", "text": "Yes."}, {"style": "b", "text": "Yes, and for many reasons that take long."}]
    return json.dumps({"id": id, "prompt": "Why?", "answers": answers})


def test_questions_are_never_asked_twice(deck: Deck) -> None:
    """Nor two of one prompt in a row; after ten it is enough, however little is known."""
    asked: list[str] = []
    for _ in range(PATIENCE.most):
        id, why = deck.following(neutral(AXES), asked)  # nothing is learnt from the answers
        assert id is not None and why == "" and id not in asked
        assert not asked or id.split(".")[0] != asked[-1].split(".")[0]
        asked.append(id)
    assert deck.following(neutral(AXES), asked) == (None, "enough")
    assert deck.following(neutral(AXES), ["of another bank.0.1"])[0] is not None


def test_nothing_is_asked_where_no_answer_would_tell(deck: Deck) -> None:
    """Somebody whose taste is known."""
    sure = Posterior(np.full(len(AXES), 0.5), np.eye(len(AXES)) * 1e-4)
    assert deck.following(sure, [])[0] is None


def test_a_question_is_put_alike(deck: Deck) -> None:
    """Always in the same order to one person, in either order among many; an unknown one not at all."""
    id, _ = deck.following(neutral(AXES), [])
    assert id is not None
    put = deck.put(id, "ann")
    assert put is not None and put == deck.put(id, "ann")
    item, first, second = id.rsplit(".", 2)
    assert {name for name, _ in put.answers} == {f"{item}.{first}", f"{item}.{second}"}
    orders = {deck.put(id, f"u{number}") for number in range(20)}
    assert len(orders) == 2 and deck.put("q01.0.9") is None


def test_what_is_judged_is_asked_about() -> None:
    """A question informs the axis that its answers differ on, and changes which of them somebody would be given."""
    answers = [{"style": "a", "text": f"Yes, number {at}.", "scores": {"humour": at}} for at in (0, 1)]
    deck = Deck.of([json.dumps({"id": "q1", "prompt": "Why?", "answers": answers})])
    assert deck.following(neutral(AXES), [])[0] == "q1.0.1"
    bare = Deck.of([json.dumps({"id": "q1", "prompt": "Why?", "answers": [each | {"scores": {}} for each in answers]})])
    assert bare.following(neutral(AXES), [])[0] is None
    humour = AXES.index("humour")
    assert deck.bank.pool.v[0, humour] < 0 and [phi[1, humour] > 0 for phi in deck.decisions] == [True]


def test_a_large_bank_takes_no_longer_for_each_prompt() -> None:
    """Every pair may be asked; what is to be decided is shown by some prompts out of all."""
    few, many = (Deck.of([line(f"q{at}") for at in range(number)]) for number in (64, 200))
    assert (len(few.decisions), len(many.decisions)) == (64, 67) and len(many.places) == 200


@pytest.mark.parametrize(("lines", "place"), [([], "bank"), ([line("a b")], "bank.1.id"), ([line("")], "bank.1.id")])
def test_a_bank_must_ask_something(lines: list[str], place: str) -> None:
    """With ids that can be part of a question's."""
    with pytest.raises(ConfigError) as caught:
        Deck.of(lines)
    assert caught.value.place == place
