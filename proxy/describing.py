"""How a profile and its versions are shown: as JSON values, over HTTP and on the command line alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from adapters.ports import Claim, Profile
from policies.preferences.ages import NEWEST, weight
from policies.preferences.aspects import Aspect


def describe(profile: Profile, aspects: Mapping[str, Aspect]) -> dict[str, Any]:
    """A profile as JSON values: what holds now, how many events it rests on, and what the background model did. What
    fades is as sure as it was when the newest event came."""
    counts = profile.counts
    now = counts.get(NEWEST, 0.0)
    return {
        "object": "rapport.profile",
        "version": profile.version,
        "events": int(counts.get("events", 0)),
        "paused": profile.paused,
        "share": profile.share,
        "claims": [_claim(claim, weight(claim, aspects.get(claim.aspect), now)) for claim in profile.claims
                   if claim.superseded_by is None],
        "election": _election(msgspec.to_builtins(profile.election)),
        "reader": {
            "calls": int(counts.get("model.total", 0)),
            "failed": int(counts.get("model.failed", 0)),
            "last": counts.get("model.last"),
        },
    }


def changes(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kept versions, the oldest first: when each was made, what came and what went, and what its election found."""
    versions, before = [], dict[str, dict[str, Any]]()
    for row in kept:
        live = {claim["id"]: claim for claim in row["claims"] if claim["superseded_by"] is None}
        versions.append({
            "version": row["version"], "created": row["created"],
            "added": [_short(claim) for id, claim in live.items() if id not in before],
            "changed": [_short(claim) for id, claim in live.items() if id in before and _held(claim, before[id])],
            "ended": [_short(claim) for id, claim in before.items() if id not in live],
            "election": _election(row.get("election") or {}),
        })  # fmt: skip
        before = live
    return versions


def _claim(claim: Claim, confidence: float) -> dict[str, Any]:
    return {
        "id": claim.id, "aspect": claim.aspect, "value": claim.value, "context": claim.context, "kind": claim.kind,
        "seen": claim.seen, "sessions": claim.sessions, "confidence": round(confidence, 3),
        "valid_from": claim.valid_from, "last": claim.last, "locked": claim.locked, "suppressed": claim.suppressed,
    }  # fmt: skip


def _election(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What serves, how it came to that, and the mean score of each contender per choice: log-probability, in nats."""
    choices, race = kept.get("choices", 0), kept.get("race")
    scores = {name: round(total / choices, 4) for name, total in kept.get("scores", {}).items()}
    return {
        "serves": kept.get("incumbent", {}).get("name", "all"), "outcome": kept.get("outcome", ""),
        "guarded": kept.get("guarded", ""), "margin": round(kept.get("margin", 0.0), 3), "choices": choices,
        "scores": scores, "candidate": _race(race) if race else None, "lens": _lens(kept.get("lens") or {}),
    }  # fmt: skip


def _lens(lens: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"text": lens["text"], "serves": lens["serves"]} if lens.get("text") else None


def _race(race: Mapping[str, Any]) -> dict[str, Any]:
    lead = race["own"] - max(race["rivals"].values(), default=0.0)
    return {"name": race["plan"]["name"], "choices": race["choices"], "e_value": round(math.exp(min(lead, 50.0)), 3)}


def _short(claim: Mapping[str, Any]) -> dict[str, Any]:
    named = ("id", "aspect", "value", "context", "kind", "locked", "suppressed")
    return {name: claim[name] for name in named if name in claim}


def _held(claim: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return any(claim.get(name) != before.get(name) for name in ("locked", "suppressed", "kind", "value"))

