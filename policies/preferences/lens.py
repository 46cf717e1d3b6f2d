"""By what a person decides: a short lens for models that reason, made of factors that the person's own choices verify.

Generic chain-of-thought does not personalise (PRIME, arXiv 2507.04607); a rationale helps where it gives the label
right (RPM, arXiv 2505.21082; SynthesizeMe, arXiv 2506.05598). So a factor is kept only if it predicted most of the
choices that it spoke of, the strongest first, with how often. Made in the background, and off until it wins an election
against the summary alone, no summary and the nearest other person's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.ports import Claim, Election, Lens, Plan, count_tokens
from policies.election import INCUMBENT, NONE, STRENGTH, advance, set_up, verdict
from policies.preferences.choices import AXES, Choice
from policies.preferences.plans import styled, useful

LENS = "lens"
MOST = 120
"""Tokens of a lens."""
AGAIN = 10
"""Choices after which another lens is made where one lost."""
_SURE, _RIGHT, _LEAST = 1.64, 0.7, 3
"""Standard deviations of a coefficient from 0, the share of choices that a factor must predict, and their number."""
_MOST_CLAIMS = 4
_CALLED: Mapping[str, tuple[str, str]] = {
    "length": ("completeness over brevity", "brevity over completeness"),
    "lists": ("lists over prose", "prose over lists"),
    "headings": ("headed sections over plain text", "plain text over headed sections"),
    "tables": ("tables over text", "text over tables"),
    "emoji": ("emoji over plain signs", "plain signs over emoji"),
    "code": ("code over description", "description over code"),
    "examples": ("examples over bare statements", "bare statements over examples"),
    "casual": ("a casual tone over a neutral one", "a neutral tone over a casual one"),
    "formal": ("a formal tone over a neutral one", "a neutral tone over a formal one"),
    "plain": ("plain words over technical ones", "technical words over plain ones"),
}
"""By axis, what a taste for more and one for less of it is called."""


def made(shown: Sequence[Claim], taste: Mapping[str, float], past: Sequence[Choice], now: int) -> Lens:
    """A lens of what the past choices verify, ready to run; one without a text where they verify nothing.

    `shown` are the claims that a summary may show, `now` is the number of choices so far.
    """
    factors = _factors(taste, past)
    if not factors:
        return Lens(tried=now)
    text = "This person decides by, most important first: " + "; ".join(words for _, _, words in factors) + "."
    helps = useful(shown, past)
    proven = [claim for claim in shown if helps.get(claim.id, 0.0) > 0.0 and not styled(claim)][:_MOST_CLAIMS]
    named = f"{text} Borne out: {', '.join(map(_named, proven))}." if proven else text
    if count_tokens(named) > MOST:
        proven, named = [], text
    weights = {axis: weight for axis, weight, _ in factors}
    race = set_up(Plan(LENS), (NONE, INCUMBENT, "nearest"))
    return Lens(named, weights, tuple(claim.id for claim in proven), race, tried=now)


def _named(claim: Claim) -> str:
    return f"{claim.value} (at {claim.context})" if claim.context else claim.value


def moved(lens: Lens, chances: Mapping[str, float], weight: float) -> Lens:
    """The lens after one more choice."""
    if lens.race is None:
        return lens
    return replace(lens, race=advance(lens.race, chances, INCUMBENT if lens.serves else LENS, weight))


def judged(election: Election) -> Election:
    """The election with what the lens's race decided: it serves once it won, and no more once the summary beats it."""
    lens = election.lens
    result = verdict(lens.race) if lens.race is not None else "runs"
    if result == "runs":
        return election
    if (result == "wins") == lens.serves:
        outcome = "rolled_back:lens" if lens.serves else "lost:lens"
        return replace(election, lens=Lens(tried=election.choices), outcome=election.outcome or outcome)
    back = replace(lens, serves=True, race=set_up(Plan(INCUMBENT), (LENS,)))
    return replace(election, lens=back, outcome=election.outcome or ("" if lens.serves else "promoted:lens"))


def due(election: Election) -> bool:
    """Whether another lens may be made."""
    return not election.lens.text and election.choices >= election.lens.tried + AGAIN


def _factors(taste: Mapping[str, float], past: Sequence[Choice]) -> list[tuple[str, float, str]]:
    """Axis, weight in units of agreement, and words of each factor that holds, the strongest first."""
    found = []
    for axis in AXES:
        mean, variance = taste.get(axis, 0.0), taste.get(f"{axis}~{axis}", taste.get(f"{axis}~", 1.0))
        spoken = [each.pair.differing[axis] * mean > 0 for each in past if axis in each.pair.differing]
        holds = len(spoken) >= _LEAST and sum(spoken) >= _RIGHT * len(spoken)
        if holds and abs(mean) > _SURE * math.sqrt(variance):
            words = f"{_CALLED[axis][mean < 0]} ({sum(spoken)} of {len(spoken)} choices)"
            found.append((axis, mean / STRENGTH, words))
    found.sort(key=lambda each: -abs(each[1]))
    return found[:6]
