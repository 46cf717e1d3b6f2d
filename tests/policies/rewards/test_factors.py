"""Axes without names: handed out only where they foresee later choices better."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.factors import fit
from policies.rewards.moments import sigmoid
from policies.rewards.posterior import Answer

NAMED, WIDE = 4, 20


def people(number: int, on: slice, seed: int = 0, each: int = 40) -> dict[str, list[Answer]]:
    """Whose tastes are about two directions among some of the dimensions."""
    rng = np.random.default_rng(seed)
    directions = np.zeros((2, WIDE))
    directions[:, on] = rng.normal(size=directions[:, on].shape)
    directions *= 2.0 / np.linalg.norm(directions, axis=1, keepdims=True)
    found = {}
    for person in range(number):
        taste = rng.normal(size=2)
        rows = rng.normal(size=(each, WIDE))
        found[f"u{person}"] = [Answer(v, float(rng.random() < sigmoid(taste @ directions @ v))) for v in rows]
    return found


def test_hidden_directions_are_found() -> None:
    """Tastes that no named axis tells of: the directions win on choices that they were not learnt from."""
    found = fit(people(60, slice(NAMED, WIDE)), 2, NAMED)
    assert found.refused == "" and found.directions is not None and found.directions.shape == (2, WIDE)
    assert found.audit is not None and found.audit.factors > found.audit.named + 0.1 and found.audit.low > 0
    assert (found.audit.people, found.audit.choices) == (60, 60 * 12)
    weights = np.abs(found.directions)
    assert weights[:, NAMED:].mean() > 2 * weights[:, :NAMED].mean()


def test_named_axes_that_do_as_well_win() -> None:
    """Where tastes are about them there is nothing to gain: refused, with the figures."""
    found = fit(people(60, slice(0, NAMED)), 2, NAMED)
    assert found.directions is None and found.refused == "no_better"
    assert found.audit is not None and found.audit.low <= 0


def test_noise_is_refused() -> None:
    """People who choose by nothing."""
    rng = np.random.default_rng(5)
    coins = {name: [Answer(each.v, float(rng.random() < 0.5)) for each in answers]
             for name, answers in people(40, slice(0, WIDE)).items()}  # fmt: skip
    assert fit(coins, 3, NAMED).directions is None


def test_too_few_people_are_refused() -> None:
    """Those with hardly a choice do not count."""
    known = people(10, slice(0, WIDE)) | {f"v{place}": answers[:2] for place, answers in
                                          enumerate(people(30, slice(0, WIDE)).values())}  # fmt: skip
    found = fit(known, 2, NAMED)
    assert (found.directions, found.audit, found.refused) == (None, None, "too_few_people")


@pytest.mark.parametrize("number", [0, WIDE + 1])
def test_a_wrong_number_of_directions_is_named(number: int) -> None:
    """With how many there can be."""
    with pytest.raises(ValueError, match=f"between 1 and {WIDE}"):
        fit(people(20, slice(0, WIDE), each=5), number, NAMED)
