"""Lets answers join the corpus that are borne out by what people wrote: what was worked out once is found again.

After Bidirectional RAG (Chinthala, arXiv 2512.22199), which writes verified answers back; but every claim must be borne
out by the passages that it cites, nothing rests on what a model wrote, whatever fails writes nothing, and an answer is
found only once somebody approved of it; where a model checks the answers, too (`entailment` or `judge`), somebody else
who is told the same is as good. Checks by rules alone let some answers pass that are subtly wrong, and two people may
be told the same wrong thing: there a second answer promotes nothing.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from adapters.ports import ConfigError
from adapters.ports.ledger import Mixing
from policies.base import Adapters, Policy, PolicyConfig
from policies.write_back.life import Terms
from policies.write_back.novelty import nearest
from policies.write_back.policy import Verifies, WriteBack
from policies.write_back.settings import NEEDED, OPTIONAL, USUAL, Strictness
from policies.write_back.verifying import Verifier
from policies.write_back.working import Working

__all__ = ["Verifies", "Working", "WriteBack", "WriteBackConfig"]


class WriteBackConfig(PolicyConfig):
    """Settings of `kind: write_back`."""

    kind: Literal["write_back"] = "write_back"
    timeout: float = Field(2.0, gt=0, le=60, description="Seconds that a slow store may hold back the last byte.")
    quarantine_days: float = Field(14, gt=0, le=3650, description="How long an accepted answer waits to be promoted.")
    keep_days: float = Field(180, gt=0, le=3650, description="How long an answer serves, from its acceptance on.")
    share: float = Field(0.3, ge=0, le=0.5, description="Of the passages of one turn, at most; 0: none is shown.")
    penalty: float = Field(0.2, ge=0, le=1, description="Share that is taken off all scores of one, before the floor.")
    per_day: int = Field(50, ge=0, le=100_000, description="Answers of a tenant that are accepted in a day.")
    promote: Literal["auto", "second", "approval", "both"] = Field(
        "auto", description="What promotes one: a second one like it, an approval, or either of them; auto: both where "
        "entailment or judge is among the checks, else approval."
    )
    verify_seconds: float = Field(60, gt=0, le=3600, description="Seconds that checking one answer may take.")
    checks: tuple[str, ...] = Field(
        NEEDED, description="The checks, in their order; entailment and judge may be added, none left out."
    )
    min_recall: float = Field(
        USUAL.min_recall, ge=0, le=1, description="Share of the words of a claim that its passage has."
    )
    min_support: float = Field(
        USUAL.min_support, ge=0, le=1, description="How well the best passage must bear out each claim."
    )
    min_entailment: float = Field(
        USUAL.min_entailment, ge=0, le=1, description="Probability of entailment that each claim needs."
    )
    max_cosine: float = Field(
        USUAL.max_cosine, ge=0, le=1, description="Cosine of the nearest passage from which it is not new."
    )
    max_containment: float = Field(
        USUAL.max_containment, ge=0, le=1, description="Share of its runs of words from which it is a copy."
    )

    def build(self, adapters: Adapters) -> Policy:
        self.verifier(adapters)
        if adapters.candidates is None:
            raise ConfigError("", "needs a store of people")
        return WriteBack(adapters.candidates, adapters.users)

    @property
    def mixing(self) -> Mixing:
        """How retrieval treats what joined."""
        return Mixing(self.share, self.penalty)

    @property
    def promotes(self) -> Literal["second", "approval", "both"]:
        """What promotes an answer."""
        if self.promote != "auto":
            return self.promote
        return "both" if set(OPTIONAL) & set(self.checks) else "approval"

    def verifier(self, adapters: Adapters) -> Verifies:
        """What checks answers. Raises ConfigError for checks that cannot be made."""
        for check, there, place in (("entailment", adapters.entailment, "entailment.path"),
                                    ("judge", adapters.model, "learning.model")):  # fmt: skip
            if check in self.checks and there is None:
                raise ConfigError("checks", f"{check} needs {place} to be set")
        if self.promotes != "approval" and not set(OPTIONAL) & set(self.checks):
            raise ConfigError("promote", f"{self.promotes} needs {' or '.join(OPTIONAL)} among the checks: without, an "
                                         "approval alone promotes (auto, approval)")  # fmt: skip
        strictness = Strictness(self.checks, self.min_recall, self.min_support, self.max_cosine, self.max_containment,
                                self.min_entailment, self.verify_seconds / 2)
        indexes = [each for each in (adapters.knowledge, adapters.written) if each is not None]
        return Verifier(strictness, nearest(indexes, adapters.embedder), adapters.entailment, adapters.model)

    def working(self, adapters: Adapters, verifier: Verifies | None) -> Working:
        """What is done in the background. Raises ConfigError where nothing keeps it."""
        if adapters.candidates is None or adapters.ledger is None:
            raise ConfigError("", "needs a store of people")
        terms = Terms(self.quarantine_days, self.keep_days, self.per_day, self.promotes)
        return Working(adapters, adapters.candidates, adapters.ledger, terms, verifier, self.verify_seconds)
