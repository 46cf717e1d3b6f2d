"""The keys of what is remembered of running conversations, in the cache `Adapters.sessions`, and how long it holds."""

from __future__ import annotations

from adapters.ports import Profile


def of_person(tenant: str, owner: str) -> str:
    """How every key begins that holds something of a person, so that an erasure finds it; `owner` is the internal id,
    or a word for nobody."""
    return f"person/{tenant}/{owner}/"


def calls_of(tenant: str, owner: str) -> str:
    """How every key begins that counts calls for a person: apart from the others, for only an erasure drops it."""
    return f"calls/{tenant}/{owner}/"


def of_house(tenant: str) -> str:
    """How every key begins that holds what is counted over people of a tenant: dropped, it is counted anew."""
    return f"house/{tenant}/"


def corrected(profile: Profile) -> tuple[float, ...]:
    """The last correction by its evidence, how often the person changed something by hand, and whether the profile is
    trusted: version numbers depend on how the learner batched."""
    return profile.counts.get("corrected", 0.0), profile.counts.get("edits", 0.0), float(bool(profile.election.guarded))
