"""The checks that need no model: each looks at a case, and says why not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from adapters.ports import Passage
from policies.write_back import attribution, eligible, grounding
from policies.write_back.candidate import Candidate, Claim, Decision
from policies.write_back.claims import Split, split
from policies.write_back.grounding import Ground
from policies.write_back.personal import private, sensitive
from policies.write_back.qualifiers import kinds
from policies.write_back.reading import Read, near, sentences
from policies.write_back.refusals import refuses
from policies.write_back.settings import Strictness
from policies.write_back.taint import tainted

_POINTING = ("it", "its", "he", "she", "they", "this", "that", "these", "those", "his", "her", "their", "such", "both")


class Case:
    """A candidate while it is looked at: what is read of it is read once. `scores` are what the checks found."""

    def __init__(self, candidate: Candidate, strictness: Strictness) -> None:
        self.candidate, self.strictness = candidate, strictness
        self.scores: dict[str, float] = {}
        self.claims: tuple[Claim, ...] = self.split.claims

    @cached_property
    def split(self) -> Split:
        """The answer, taken apart; nothing of one that is too long."""
        if len(self.candidate.answer) > self.strictness.longest:
            return Split(fault="unsplittable")
        return split(self.candidate.answer, self.strictness.most_claims)

    @cached_property
    def resolved(self) -> attribution.Resolved:
        """The passages on which the claims rest."""
        return attribution.resolve(self.claims, self.candidate.passages)

    @cached_property
    def grounds(self) -> Mapping[int, Ground]:
        """These passages, read."""
        return {number: Ground.of(passage) for number, passage in self.resolved.roots.items()}

    def cited(self, claim: Claim) -> list[Ground]:
        """The passages of a claim, read."""
        return [self.grounds[number] for number in claim.cites if number in self.grounds]

    def passages(self, claim: Claim) -> list[Passage]:
        """The passages of a claim."""
        return [self.resolved.roots[number] for number in claim.cites if number in self.resolved.roots]

    def blame(self, place: int, reason: str) -> None:
        """Note which claim it was."""
        self.claims = tuple(
            claim._replace(reason=reason) if at == place else claim for at, claim in enumerate(self.claims)
        )

    def decision(self, reason: str, accepted: bool = False) -> Decision:
        """What was decided, with all that is known by now."""
        return Decision(accepted, reason, self.claims, tuple(self.resolved.roots.values()), dict(self.scores))


def _eligible(case: Case) -> str:
    candidate, strictness = case.candidate, case.strictness
    human = [each for each in candidate.passages.values() if each.origin == "human"]
    return (
        eligible.question_fault(candidate.question)
        or eligible.answer_fault(candidate.answer, strictness.shortest, strictness.longest)
        or ("" if human else "no_human_source")
    )


def _refusal(case: Case) -> str:
    return "refusal" if refuses(case.candidate.answer) else ""


def _personal(case: Case) -> str:
    candidate, shown = case.candidate, case.candidate.passages.values()
    for text in (candidate.question, candidate.answer):
        kind = private(text, candidate.known)
        if kind:
            return f"personal_{kind}"
    told = [*sentences(candidate.answer), *sentences(candidate.question)]
    return "personal_sensitive" if sensitive(told, (f"{each.title}. {each.text}" for each in shown)) else ""


def _taint(case: Case) -> str:
    candidate = case.candidate
    if tainted(candidate.question) or tainted(candidate.answer):
        return "tainted"
    shown = candidate.passages.values()
    return "tainted_passage" if any(tainted(f"{each.title}\n{each.text}") for each in shown) else ""


def _claims(case: Case) -> str:
    return case.split.fault


def _attribution(case: Case) -> str:
    if case.resolved.fault:
        return case.resolved.fault
    return "pointing_elsewhere" if attribution.drifts(case.claims, _POINTING) else ""


def _grounding(case: Case) -> str:
    least = 1.0
    stems = frozenset[str]().union(*(each.stems for each in case.grounds.values()))
    if eligible.strangers(case.candidate.question, stems):
        return "grounding_question"
    if any(_turns(each, stems, case.candidate.question) for each in case.split.headings):
        return "grounding_heading"
    for place, claim in enumerate(case.claims):
        grounds = case.cited(claim)
        fault = grounding.fault(claim.text, grounds, case.strictness.min_recall)
        if fault:
            case.blame(place, fault)
            return f"grounding_{fault}"
        held = frozenset[str]().union(*(each.stems for each in grounds))
        least = min(least, grounding.recall(Read.of(claim.text), held))
    case.scores["grounding"] = least
    return "" if case.claims else "no_claims"


def _turns(heading: str, stems: frozenset[str], question: str) -> bool:
    """Whether a heading has words of its own, or such as qualify: what stands under it is then not said plainly."""
    own = Read.of(heading)
    known = stems.union(Read.of(question).stems)
    return bool(kinds(own.words)) or any(stem not in known and not near(stem, known) for stem in own.content)


def _support(case: Case) -> str:
    rated = [claim._replace(support=grounding.supported(claim.text, case.cited(claim))) for claim in case.claims]
    case.claims = tuple(rated)
    least = min((claim.support for claim in rated), default=0.0)
    case.scores["support"] = least
    if least >= case.strictness.min_support:
        return ""
    case.blame(min(range(len(rated)), key=lambda place: rated[place].support, default=0), "support")
    return "support"


PURE: Mapping[str, Callable[[Case], str]] = {
    "eligible": _eligible, "refusal": _refusal, "personal": _personal, "taint": _taint, "claims": _claims,
    "attribution": _attribution, "grounding": _grounding, "support": _support,
}  # fmt: skip
"""By name: the reason code where a case fails, "" where it does not."""
