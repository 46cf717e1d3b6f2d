"""How much each kind of evidence counts, and what may be set."""

from __future__ import annotations

import pytest

from adapters.ports import ConfigError
from policies.weights import KINDS, WEIGHTS, weight, weights_of


def test_every_kind_has_a_weight() -> None:
    """From 0 to 1; what people change by hand counts most, going on least."""
    assert set(WEIGHTS) == set(KINDS)
    assert all(0 <= value <= 1 for value in WEIGHTS.values())
    assert max(WEIGHTS, key=lambda kind: WEIGHTS[kind]) == "edit"
    assert weight("edit") > weight("pick") > weight("regenerate") > weight("accepted")


def test_the_defaults_cannot_be_changed() -> None:
    """Nor what was made of a configuration."""
    for fixed in (WEIGHTS, weights_of({})):
        with pytest.raises(TypeError):
            fixed["edit"] = 0.0  # type: ignore[index]


def test_an_override_counts_and_the_rest_stays() -> None:
    """Whole numbers are numbers."""
    chosen = weights_of({"pick": 0.3, "rating": 1})
    assert (chosen["pick"], chosen["rating"], chosen["edit"]) == (0.3, 1.0, 1.0)
    assert (weight("pick", chosen), weight("edit", {"pick": 0.1})) == (0.3, 1.0)
    assert weights_of({}) == WEIGHTS


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "0.5", None, float("nan"), float("inf"), [0.5]])
def test_what_is_no_weight_is_refused(value: object) -> None:
    """The error names the setting and what would have been right."""
    with pytest.raises(ConfigError, match=r"^policies\.1\.weights\.pick: must be a number from 0 .* to 1$"):
        weights_of({"pick": value}, "policies.1.weights")


def test_an_unknown_kind_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match=r"^weights\.picks: unknown kind of evidence; known: edit, pick, "):
        weights_of({"picks": 0.5})
