"""A profile as a compressed summary: grouped by aspect, the most useful and the newest first, never over its budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from adapters.ports import Claim, Profile, count_tokens
from policies.preferences.admit import permitted
from policies.preferences.aspects import DEFAULT, MENTIONED, Aspect
from policies.preferences.lexicon import word_set
from policies.preferences.values import bag, key

_DROPPED = word_set("a an the some any of that which is are it to be very really just")
_SHOWN = {
    ("allergies", "none"): "no",
    ("emoji", "none"): "no emoji",
    ("emoji", "yes"): "emoji welcome",
    ("code", "none"): "no code",
    ("code", "yes"): "with code",
    ("examples", "none"): "no examples",
    ("examples", "yes"): "with examples",
}
_POSITIVE = ("likes", "favourites", "habits", "wants")
"""Aspects that say the same thing more or less strongly: the strongest that holds a value shows it."""


CERTAIN = 2
"""Sessions in which an inferred claim was seen before it is stated as a fact."""


class _Line(NamedTuple):
    """A claim as shown: its group, its words there, and its tokens with the mark behind it."""

    claim: Claim
    group: str
    text: str
    cost: int


def render(profile: Profile, max_tokens: int, aspects: Mapping[str, Aspect] = DEFAULT) -> str:
    """The summary of a profile in at most `max_tokens` tokens (`count_tokens`), "" where nothing is known.

    The same profile gives the same bytes. Claims are taken by tier and then by how recent they are until the budget is
    full; inferred ones come last and are marked as probable until they were seen in `CERTAIN` sessions. What tells of
    something sensitive that may not be known is left out, unless the person locked it.
    """
    return summary(profile, max_tokens, aspects)[0]


def summary(profile: Profile, max_tokens: int, aspects: Mapping[str, Aspect]) -> tuple[str, tuple[Claim, ...]]:
    """The summary, and the claims that it shows."""
    chosen: list[_Line] = []
    left = max_tokens
    groups: set[str] = set()
    for line in _lines(profile, aspects):
        label = 0 if line.group in groups else count_tokens(line.group) + 1
        # Only what fits is looked at: few of many claims do, and this runs on the way of a request.
        if line.cost + label <= left and _permitted(line.claim, aspects):
            left -= line.cost + label
            groups.add(line.group)
            chosen.append(line)
    return _joined(chosen), tuple(line.claim for line in chosen)


def _lines(profile: Profile, aspects: Mapping[str, Aspect]) -> list[_Line]:
    """The claims worth showing, the most useful first: what a shown one already says is left out."""
    live = [claim for claim in profile.claims
            if claim.superseded_by is None and claim.aspect in aspects and not claim.suppressed]  # fmt: skip
    order = sorted(
        reversed(live), key=lambda claim: (_guessed(claim), aspects[claim.aspect].tier, not claim.locked)
    )
    lines: list[_Line] = []
    seen: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for claim in order:
        group, text = _shown(claim, aspects[claim.aspect])
        words = frozenset(key(text).split())
        said = seen.setdefault("+" if claim.aspect in _POSITIVE else group, [])
        shown = said if claim.aspect != MENTIONED else [other for others in seen.values() for other in others]
        if text and not any(words <= other and where in ("", claim.context) for where, other in shown):
            said.append((claim.context, words))
            text += f" (at {claim.context})" if claim.context else ""
            lines.append(_Line(claim, group, text, count_tokens(text) + 1))
    return lines


def _permitted(claim: Claim, aspects: Mapping[str, Aspect]) -> bool:
    return claim.locked or permitted(aspects[claim.aspect], claim.value, claim.kind == "explicit")


def _guessed(claim: Claim) -> bool:
    """Whether a claim comes behind what is known for certain; what was only mentioned always does."""
    return claim.kind == "inferred" and (claim.sessions < CERTAIN or claim.aspect == MENTIONED)


def _shown(claim: Claim, aspect: Aspect) -> tuple[str, str]:
    """The group a claim stands in, and its words there."""
    text = _SHOWN.get((claim.aspect, claim.value)) or _shortened(claim.value)
    if aspect.about == "answers":
        text = f"in {text}" if claim.aspect == "language" else text
        return ("Probably prefers" if _guessed(claim) else "Answers"), text
    probable = _guessed(claim) and claim.aspect != MENTIONED
    return (f"Probably {aspect.label.lower()}" if probable else aspect.label), text


def _shortened(value: str) -> str:
    """A value without the function words it can be read without."""
    kept = [word for word in value.split(" ") if word.lower() not in _DROPPED]
    return " ".join(kept) if bag(" ".join(kept)) else value


def _joined(lines: list[_Line]) -> str:
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line.text)
    return " ".join(f"{group}: {_by_kind(texts)}." for group, texts in groups.items())


def _by_kind(texts: list[str]) -> str:
    """Texts such as "bands: Queen", "colour: red", "bands: ABBA", as "bands: Queen, ABBA; colour: red"."""
    kinds: dict[str, list[str]] = {}
    for text in texts:
        kind, mark, rest = text.partition(": ")
        kinds.setdefault(kind if mark else "", []).append(rest if mark else text)
    return "; ".join(f"{kind}: {', '.join(values)}" if kind else ", ".join(values) for kind, values in kinds.items())
