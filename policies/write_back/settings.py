"""How strict the verification is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adapters.ports import ConfigError

NEEDED = ("eligible", "refusal", "personal", "taint", "claims", "attribution", "grounding", "support", "novelty")
"""The checks that no answer is spared, in the order in which they are made by default: the cheap ones first."""
OPTIONAL = ("entailment", "judge")
"""Those that need a model; one that is listed in `checks` and has none rejects every answer."""


LONGEST_QUESTION, LONGEST_ANSWER = 400, 4_000
"""Characters up to which a question and an answer are looked at; longer ones are turned away."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """Thresholds, and `checks` in their order. Raises ConfigError for what makes no sense.

    `min_recall`, `min_support`, `min_entailment` in [0, 1] are reached by every claim; `max_cosine` and
    `max_containment` by no answer; `timeout` in seconds is for each call of a model or an index; `shortest` and
    `longest` in characters of the answer; `most_claims` of one answer.

    The default of `min_support` accepts, together with the grounding, 45 % of the attributable and 0.9 % of the other
    responses of BEGIN's Wizard of Wikipedia part that nothing was fitted on (`python -m bench write-back`). Entailment
    of 0.9, cosine of 0.9 and containment of 0.8 are stricter than in bidirectional RAG (arXiv 2512.22199, section 3),
    which accepts 0.65 of a mean, and does not look for copies.
    """

    checks: tuple[str, ...] = NEEDED
    min_recall: float = 0.6
    min_support: float = 0.85
    max_cosine: float = 0.9
    max_containment: float = 0.8
    min_entailment: float = 0.9
    timeout: float = 30.0
    shortest: int = 20
    longest: int = LONGEST_ANSWER
    most_claims: int = 20

    def __post_init__(self) -> None:
        known = (*NEEDED, *OPTIONAL)
        strange = [each for each in self.checks if each not in known]
        if strange or len(set(self.checks)) != len(self.checks):
            raise ConfigError("checks", f"must hold each at most once, of: {', '.join(known)}")
        lacking = [each for each in NEEDED if each not in self.checks]
        if lacking:
            raise ConfigError("checks", f"lacks {', '.join(lacking)}; only the order may be changed")
        for name in ("min_recall", "min_support", "max_cosine", "max_containment", "min_entailment"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(name, "must be a number from 0 to 1")
        if not 0 < self.timeout < math.inf:
            raise ConfigError("verify_timeout", "must be a number of seconds above 0")
        if not 0 < self.shortest <= self.longest or self.most_claims < 1:
            raise ConfigError("shortest", "must be above 0 and at most `longest`; `most_claims` at least 1")


USUAL = Strictness()
"""As it is where nobody says otherwise."""
