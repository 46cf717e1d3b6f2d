"""What each kind of evidence weighs, where not configured otherwise."""

from __future__ import annotations

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {"edit": 1.0, "pick": 0.8, "regenerate": 0.5, "artefact": 0.8, "statement": 0.9}


def weights_of(given: Mapping[str, float]) -> Mapping[str, float]:
    """The usual weights with those that are given in their place."""
    return {**WEIGHTS, **given}
