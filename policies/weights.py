"""How much an event counts as evidence of a person's taste, by its kind.

The starting values order what people do by how deliberate it is: what they write themselves or change by hand tells
most, going on after an answer least. They are to be fitted on choices of people; until then an operator may set them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from adapters.ports import ConfigError
from adapters.ports.people import EvidenceKind

KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
WEIGHTS: Mapping[EvidenceKind, float] = MappingProxyType({
    "edit": 1.0, "statement": 0.9, "pick": 0.8, "artefact": 0.8, "regenerate": 0.5, "import": 0.5, "accepted": 0.2,
    "rating": 0.2,
})  # fmt: skip


def weight(kind: EvidenceKind, overrides: Mapping[EvidenceKind, float] = WEIGHTS) -> float:
    """The weight of an event of this kind, from 0 (no evidence) to 1; of kinds without an override the default."""
    return overrides.get(kind, WEIGHTS[kind])


def weights_of(given: Mapping[str, object], place: str = "weights") -> Mapping[EvidenceKind, float]:
    """All weights, those given in the place of the defaults. Raises ConfigError for a kind that there is not and for
    what is no number from 0 to 1; `place` is where the setting stands."""
    for kind, value in given.items():
        if kind not in KINDS:
            raise ConfigError(f"{place}.{kind}", f"unknown kind of evidence; known: {', '.join(KINDS)}")
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not 0 <= value <= 1:  # type: ignore[operator]
            raise ConfigError(f"{place}.{kind}", "must be a number from 0 (no evidence) to 1")
    return MappingProxyType({kind: float(given.get(kind, WEIGHTS[kind])) for kind in KINDS})  # type: ignore[arg-type]
