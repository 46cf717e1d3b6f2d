"""A profile as a compressed summary: grouped by aspect, the most useful and the newest first, never over its budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from adapters.ports import Claim, Profile, count_tokens
from policies.preferences.aspects import DEFAULT, Aspect
from policies.preferences.values import bag, key

_DROPPED = frozenset("a an the some any of that which is are it to be very really just".split())
_SHOWN = {
    ("emoji", "none"): "no emoji", ("emoji", "yes"): "emoji welcome", ("code", "none"): "no code", ("code", "yes"): "with code",
    ("examples", "yes"): "with examples", ("examples", "none"): "no examples",
}


class _Line(NamedTuple):
    claim: Claim
    group: str
    text: str
    cost: int


def render(profile: Profile, max_tokens: int, aspects: Mapping[str, Aspect] = DEFAULT) -> str:
    """The summary of a profile in at most `max_tokens` tokens (`count_tokens`), "" where nothing is known.

    The same profile gives the same bytes. Claims are taken by tier and then by how recent they are until the budget is
    full; explicit ones before inferred ones, which are marked as probable.
    """
    chosen: list[_Line] = []
    left = max_tokens
    groups: set[str] = set()
    for line in _lines(profile, aspects):
        label = 0 if line.group in groups else count_tokens(line.group) + 1
        if line.cost + label <= left:
            left -= line.cost + label
            groups.add(line.group)
            chosen.append(line)
    return _joined(chosen)


def answer_line(profile: Profile, aspects: Mapping[str, Aspect] = DEFAULT) -> str:
    """The explicit wishes about answers in one line, for a reminder far down a long chat; "" where there are none."""
    wishes = [line for line in _lines(profile, aspects) if line.group == "Answers" and line.claim.kind == "explicit"]
    return _joined(wishes)


def _lines(profile: Profile, aspects: Mapping[str, Aspect]) -> list[_Line]:
    live = [claim for claim in profile.claims if claim.superseded_by is None and claim.aspect in aspects]
    newest = list(reversed(live))
    order = sorted(newest, key=lambda claim: (claim.kind == "inferred", aspects[claim.aspect].tier, not claim.locked))
    lines: list[_Line] = []
    seen: dict[str, list[set[str]]] = {}
    for claim in order:
        group, text = _shown(claim, aspects[claim.aspect])
        words = set(key(text).split())
        if text and not any(words <= other for other in seen.setdefault(group, [])):
            seen[group].append(words)
            lines.append(_Line(claim, group, text, count_tokens(text) + 1))
    return lines


def _shown(claim: Claim, aspect: Aspect) -> tuple[str, str]:
    """The group a claim stands in, and its words there."""
    text = _SHOWN.get((claim.aspect, claim.value)) or _shortened(claim.value)
    if aspect.about == "answers":
        text = f"in {text}" if claim.aspect == "language" else text
        return ("Probably prefers" if claim.kind == "inferred" else "Answers"), text
    return (f"Probably {aspect.label.lower()}" if claim.kind == "inferred" else aspect.label), text


def _shortened(value: str) -> str:
    """A value without the function words it can be read without."""
    words = value.split(" ")
    kept = [word for word in words if word.lower() not in _DROPPED]
    return " ".join(kept) if kept and bag(" ".join(kept)) else value


def _joined(lines: list[_Line]) -> str:
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line.text)
    return " ".join(f"{group}: {', '.join(texts)}." for group, texts in groups.items())
