"""Axes without names: handed out only where they foresee later choices better."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from policies.rewards.factors import Made, fit
from policies.rewards.moments import sigmoid
from policies.rewards.posterior import Answer

NAMED, WIDE = 4, 20


def made(answers: Iterable[Answer], person: int = 0) -> list[Made]:
    """Choices among texts that nobody else has."""
    return [Made(answer, frozenset((hash((person, at)),))) for at, answer in enumerate(answers)]


def people(number: int, on: slice, seed: int = 0, each: int = 40) -> dict[str, list[Made]]:
    """Whose tastes are about two directions among some of the dimensions."""
    rng = np.random.default_rng(seed)
    directions = np.zeros((2, WIDE))
    directions[:, on] = rng.normal(size=directions[:, on].shape)
    directions *= 2.0 / np.linalg.norm(directions, axis=1, keepdims=True)
    found = {}
    for person in range(number):
        taste = rng.normal(size=2)
        rows = rng.normal(size=(each, WIDE))
        answers = [Answer(v, float(rng.random() < sigmoid(taste @ directions @ v))) for v in rows]
        found[f"u{person}"] = made(answers, person)
    return found


def test_hidden_directions_are_found() -> None:
    """Tastes that no named axis tells of: the directions win on choices that they were not learnt from."""
    found = fit(people(60, slice(NAMED, WIDE)), 2, NAMED, 2.0)
    assert found.refused == "" and found.directions is not None and found.directions.shape == (2, WIDE)
    assert found.audit is not None and found.audit.factors > found.audit.named + 0.1 and found.audit.low > 0
    assert (found.audit.people, found.audit.choices) == (60, 60 * 12)
    weights = np.abs(found.directions)
    assert weights[:, NAMED:].mean() > 2 * weights[:, :NAMED].mean()


def test_directions_join_named_axes_under_one_prior() -> None:
    """However large what they are made of is: along each, people's tastes vary as any coefficient does, and the widest
    comes first."""
    small = {name: [Made(Answer(each.v * 0.02, each.value), among) for each, among in answers]
             for name, answers in people(60, slice(NAMED, WIDE)).items()}  # fmt: skip
    found, again = fit(people(60, slice(NAMED, WIDE)), 2, NAMED, 2.0), fit(small, 2, NAMED, 2.0)
    assert found.directions is not None and again.directions is not None and again.audit is not None
    sizes = np.linalg.norm(found.directions, axis=1)
    assert sizes[0] > sizes[1] and np.allclose(np.linalg.norm(again.directions, axis=1) * 0.02, sizes, rtol=0.3)
    # Made with tastes of variance 1 along directions of length 2: of variance 2 along those of 1.4.
    assert 0.7 < sizes[1] < sizes[0] < 2.8


def test_directions_that_nobody_chooses_by_do_no_harm() -> None:
    """Six where there is one, among 56 dimensions and of few choices: how much each matters is measured by choices that
    it was not learnt from, which those that fit chance alone do not foresee."""
    rng, wide = np.random.default_rng(0), 60
    taste = np.concatenate([np.zeros(NAMED), rng.normal(size=wide - NAMED)])
    taste *= 2.5 / np.linalg.norm(taste)
    crowd = {}
    for person in range(60):
        own, rows = rng.normal(), rng.normal(size=(24, wide))
        crowd[f"u{person}"] = made((Answer(v, float(rng.random() < sigmoid(own * taste @ v))) for v in rows), person)
    found = fit(crowd, 6, 1, 2.0)
    assert found.directions is not None and found.audit is not None and found.audit.low > 0.0
    sizes = np.linalg.norm(found.directions, axis=1)
    assert sizes[0] > 2 * sizes[1]


def test_named_axes_that_do_as_well_win() -> None:
    """Where tastes are about them there is nothing to gain: refused, with the figures."""
    found = fit(people(60, slice(0, NAMED)), 2, NAMED, 2.0)
    assert found.directions is None and found.refused == "no_better"
    assert found.audit is not None and found.audit.low <= 0


def test_noise_is_refused() -> None:
    """People who choose by nothing."""
    rng = np.random.default_rng(5)
    coins = {name: [Made(Answer(each.v, float(rng.random() < 0.5)), among) for each, among in answers]
             for name, answers in people(40, slice(0, WIDE)).items()}  # fmt: skip
    assert fit(coins, 3, NAMED, 2.0).directions is None


def test_texts_known_by_heart_prove_nothing() -> None:
    """Where everybody chooses among the same pairs, and in each most like one side for reasons of its own, directions
    foresee the pairs that they were learnt from; they are tried on such as have a new text."""
    rng, wide = np.random.default_rng(2), 84
    pairs, likes = rng.normal(size=(60, wide)) * 0.2, rng.choice((0.12, 0.88), 60)

    def crowd(fresh: int) -> dict[str, list[Made]]:
        found = {}
        for person in range(40):
            same = [Made(Answer(pairs[at], float(rng.random() < likes[at])), frozenset((2 * int(at), 2 * int(at) + 1)))
                    for at in rng.choice(60, 18, replace=False)]  # fmt: skip
            own = [Answer(v, float(rng.random() < 0.5)) for v in rng.normal(size=(fresh, wide)) * 0.2]
            found[f"u{person}"] = same + made(own, person + 1)
        return found

    heart = fit(crowd(0), 3, NAMED, 2.0)
    assert (heart.directions, heart.audit, heart.refused) == (None, None, "same_texts")
    tried = fit(crowd(4), 3, NAMED, 2.0)
    assert tried.refused == "no_better" and tried.audit is not None and tried.audit.choices == 40 * 4


def test_too_few_people_are_refused() -> None:
    """Those with hardly a choice do not count."""
    known = people(10, slice(0, WIDE)) | {f"v{place}": answers[:2] for place, answers in
                                          enumerate(people(30, slice(0, WIDE)).values())}  # fmt: skip
    found = fit(known, 2, NAMED, 2.0)
    assert (found.directions, found.audit, found.refused) == (None, None, "too_few_people")


@pytest.mark.parametrize("number", [0, WIDE + 1])
def test_a_wrong_number_of_directions_is_named(number: int) -> None:
    """With how many there can be."""
    with pytest.raises(ValueError, match=f"between 1 and {WIDE}"):
        fit(people(20, slice(0, WIDE), each=5), number, NAMED, 2.0)
