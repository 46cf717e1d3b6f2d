"""How much an event counts as a choice, by its kind.

The starting values order choices by how deliberate they are: what people change by hand tells most, what they ask for
again least. They are to be fitted on choices of people; until then an operator may set them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from adapters.ports import ConfigError, EvidenceKind

WEIGHTS: Mapping[EvidenceKind, float] = MappingProxyType({"edit": 1.0, "pick": 0.8, "regenerate": 0.5})
"""From 0 (no choice) to 1; an event of any other kind is no choice."""
RATING = 0.7
"""The part of a pick's weight that a choice told from two ratings has. Nobody held the two answers against each other:
each was judged by itself, with an error of its own, and that of the difference is wider by the root of 2."""


def weights_of(given: Mapping[str, object], place: str = "weights") -> Mapping[EvidenceKind, float]:
    """All weights, those given in the place of the defaults. Raises ConfigError for a kind that is no
    choice and for what is no number from 0 to 1; `place` is where the setting stands."""
    for kind, value in given.items():
        if kind not in WEIGHTS:
            raise ConfigError(f"{place}.{kind}", f"is no kind of choice; known: {', '.join(WEIGHTS)}")
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not 0 <= value <= 1:  # type: ignore[operator]
            raise ConfigError(f"{place}.{kind}", "must be a number from 0 (no choice) to 1")
    return MappingProxyType({kind: float(given.get(kind, usual)) for kind, usual in WEIGHTS.items()})  # type: ignore[arg-type]
