"""How much each kind of choice counts, and what may be set."""

from __future__ import annotations

import pytest

from adapters.ports import ConfigError
from policies.preferences import choices
from policies.weights import WEIGHTS, weights_of


def test_every_kind_of_choice_has_a_weight() -> None:
    """From 0 to 1; what people change by hand counts most, asking again least; what is no choice has none."""
    assert set(WEIGHTS) == set(choices.KINDS)
    assert 1 >= WEIGHTS["edit"] > WEIGHTS["pick"] > WEIGHTS["regenerate"] > 0


def test_the_defaults_cannot_be_changed() -> None:
    """Nor what was made of a configuration."""
    for fixed in (WEIGHTS, weights_of({})):
        with pytest.raises(TypeError):
            fixed["edit"] = 0.0  # type: ignore[index]


def test_an_override_counts_and_the_rest_stays() -> None:
    """Whole numbers are numbers."""
    chosen = weights_of({"pick": 0.3, "regenerate": 1})
    assert chosen == {"edit": 1.0, "pick": 0.3, "regenerate": 1.0}
    assert weights_of({}) == WEIGHTS


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "0.5", None, float("nan"), float("inf"), [0.5]])
def test_what_is_no_weight_is_refused(value: object) -> None:
    """The error names the setting and what would have been right."""
    with pytest.raises(ConfigError, match=r"^policies\.1\.weights\.pick: must be a number from 0 .* to 1$"):
        weights_of({"pick": value}, "policies.1.weights")


@pytest.mark.parametrize("kind", ["picks", "statement", "import", "rating", "accepted", "artefact"])
def test_what_is_no_choice_is_refused(kind: str) -> None:
    """A weight that nothing would read is an error, with the kinds that are choices."""
    with pytest.raises(ConfigError, match=rf"^weights\.{kind}: is no kind of choice; known: edit, pick, regenerate$"):
        weights_of({kind: 0.5})
