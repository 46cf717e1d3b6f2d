"""What a person cares for, counted over what is known of them anyway: nothing is read or kept for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.ports import Claim, Evidence, Profile
from adapters.ports.words import words_of
from policies.sensitive import categories

ANSWERS = frozenset(
    ("language", "length", "depth", "tone", "format", "emoji", "code", "examples", "units", "rule", "name")
)
"""Claims that say how answers should be, or who somebody is: no matter that a passage could speak of."""
TASTES = frozenset(("likes", "favourites", "dislikes", "wants"))
"""The only claims that count among others: all others say who somebody is, or how they live."""
MOST_SEEN = 3
"""Times said from which on saying it again counts no more: one thing said often must not drown the others."""
MOST_READ = 2000
"""Characters of what is not learnt from yet that are read, all together."""


def counted(profile: Profile, pending: Sequence[Evidence] = ()) -> dict[str, float]:
    """How often a person spoke of what, by stem: over the claims that hold, each as often as it was said and as sure as
    it is, and over what they said since. Empty while the profile is paused."""
    if profile.paused:
        return {}
    counts: dict[str, float] = {}
    for claim in _meant(profile.claims):
        for stem in words_of(claim.value):
            counts[stem] = counts.get(stem, 0.0) + min(claim.seen, MOST_SEEN) * claim.confidence
    left = MOST_READ
    for item in pending:
        if item.own and left > 0:
            for stem in words_of(item.text[:left]):
                counts[stem] = counts.get(stem, 0.0) + 1.0
            left -= len(item.text)
    return counts


def shared(profile: Profile) -> frozenset[str]:
    """The stems that a person adds to what is counted over several: each once, of tastes alone, none that tells of body
    or belief, and nothing that was written by hand (`locked`), which may be anything."""
    if profile.paused or not profile.share:
        return frozenset()
    return frozenset(stem for claim in _meant(profile.claims)
                     if claim.aspect in TASTES and not claim.locked and not categories(claim.value)
                     for stem in words_of(claim.value))  # fmt: skip


def share_of(counts: Mapping[str, float], stem: str, prior: float, strength: float) -> float:
    """p(aspect | person) = (n + k p) / (N + k): the person's own counts, smoothed with a prior worth `strength` (k)
    of them (Dirichlet; MacKay and Peto, Natural Language Engineering 1, 1995). Without counts it is the prior."""
    return (counts.get(stem, 0.0) + strength * prior) / (sum(counts.values()) + strength)


def _meant(claims: Iterable[Claim]) -> Iterable[Claim]:
    return (claim for claim in claims
            if claim.superseded_by is None and not claim.suppressed and claim.aspect not in ANSWERS)  # fmt: skip
