"""Does a request need a search? Rules that leave no doubt first, then what the classifier makes of the wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from adapters.ports import Turn
from policies.questions.classifier import Classifier
from policies.questions.gate import judge, wording
from policies.questions.grams import tokens

CERTAIN = frozenset({"no_user_turn", "greeting", "context_supplied", "documents", "identifier"})
"""Reasons of the rules that the classifier is not asked about."""
NO_ROWS = frozenset({"no_user_turn", "greeting", "context_supplied", "creative", "code"})
"""Reasons for which a text is no question over rows, whatever it looks like. What reads as a command or as a sum may be
one: "count the open tickets"."""
BRIEF = 220
"""Characters of a question over rows at most: longer texts bring a case of their own along."""
RELATIONAL = 0.45
"""The probability from which on a text that also names something of the tables asks for rows. Chosen on the rows of the
evaluation set `gate` at even places, with the tables that `bench/over_rows.py` describes."""


class Need(NamedTuple):
    """As a `Verdict`: `yes`, `no`, or `unsure` (only for who is new), and why: the rule's reason, or `likely` and
    `unlikely` where the classifier decides against it. With probabilities, None where it was not asked, and `affinity`,
    the share of its words that the corpus holds, None where that is not known."""

    decision: Literal["yes", "unsure", "no"]
    reason: str
    probability: float | None = None
    relational: float | None = None
    affinity: float | None = None

    @property
    def detail(self) -> dict[str, Any]:
        """What the receipt tells of it."""
        odds = {"probability": self.probability, "relational": self.relational, "affinity": self.affinity}
        return {"gate": self.reason, **{name: round(each, 3) for name, each in odds.items() if each is not None}}


@dataclass(frozen=True, slots=True)
class Gate:
    """`cost_ratio`: how much worse a needless search is than a missed one. Searching costs less, on the average, from
    the probability `cost_ratio / (1 + cost_ratio)` on (Elkan, IJCAI 2001)."""

    classifier: Classifier
    cost_ratio: float = 1.0

    def decide(self, turns: Sequence[Turn]) -> Need:
        """Whether the last turn of the person needs a search; a short question that points back is read with the turns
        before it."""
        said = next((turn.text for turn in reversed(turns) if turn.role == "user"), "")
        return self.read(said, wording(turns))

    def read(self, said: str, wording: str) -> Need:
        """The need of what was said, by `wording`, its text as the classifier is to read it."""
        rule = judge(said)
        if rule.reason in CERTAIN and rule.reason in NO_ROWS:
            return Need(*rule)
        rows = rule.reason not in NO_ROWS and len(wording) <= BRIEF
        asked = None if rule.reason in CERTAIN else rule.decision
        probability, relational = self.classifier.read(tokens(wording), asked, rows)
        if probability is None:
            return Need(*rule, relational=relational)
        if probability >= self.cost_ratio / (1 + self.cost_ratio):
            return Need("yes", rule.reason if rule.decision == "yes" else "likely", probability, relational)
        if rule.decision == "yes":
            return Need("unsure", "unlikely", probability, relational)
        return Need(rule.decision, rule.reason, probability, relational)
