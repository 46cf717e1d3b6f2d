"""Whom of a tenant somebody may be taken for: the person who is most like them, and differs. In the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.ports import Profile
from policies.preferences.choices import spot
from policies.preferences.plans import styled
from policies.preferences.values import key


def nearest(profile: Profile, others: Sequence[Profile]) -> Profile | None:
    """The most similar other person of whose taste in answers the contrary is inferred on some point, None where there
    is nobody: a profile is nearly right where it is like another's, and wrong where the two part."""
    from policies.preferences.coefficients import likeness
    from policies.rewards.taste import of_kept

    mine, guessed, taste = _said(profile), _guessed(profile), of_kept(profile.taste)
    differing = [other for other in others if _part(guessed, _guessed(other))]
    return max(
        differing, key=lambda other: _alike(mine, _said(other)) + likeness(taste, of_kept(other.taste)), default=None
    )


def _said(profile: Profile) -> frozenset[tuple[str, str]]:
    return frozenset((claim.aspect, key(claim.value)) for claim in profile.claims if claim.superseded_by is None)


def _guessed(profile: Profile) -> dict[tuple[str, ...], str]:
    """What is inferred of a taste in answers: the value by its spot and where it holds."""
    live = (claim for claim in profile.claims if claim.superseded_by is None and styled(claim))
    return {(*spot(claim.aspect, claim.value), claim.context): claim.value for claim in live}


def _part(one: Mapping[tuple[str, ...], str], other: Mapping[tuple[str, ...], str]) -> bool:
    return any(other[place] != value for place, value in one.items() if place in other)


def _alike(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    return len(one & other) / max(1, len(one | other))
