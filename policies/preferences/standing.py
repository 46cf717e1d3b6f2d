"""Whether a person's own taste has earned to serve: by what it foresaw of their choices, before each was learnt."""

from __future__ import annotations

from adapters.ports import Profile

LEAST = 5
"""Choices and answers before a taste is one's own."""


def standing(profile: Profile) -> tuple[bool, str]:
    """Whether the own coefficients serve, and why not: "paused", the guard's reason, "too_few_choices", "no_better"."""
    election, tastes = profile.election, profile.election.tastes
    if profile.paused:
        return False, "paused"
    if election.guarded:
        return False, election.guarded
    if election.choices < LEAST or not tastes:
        return False, "too_few_choices"
    better = tastes.get("own", 0.0) > max(tastes.get("house", 0.0), tastes.get("none", 0.0))
    return (True, "") if better else (False, "no_better")
