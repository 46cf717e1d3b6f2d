"""What tastes are called: the aspects and values of claims about answers, and the axes that they speak of."""

from __future__ import annotations

from collections.abc import Mapping

BAR = 1.64
"""Standard deviations away from 0 from which on a coefficient is spoken of (one-sided 95 %)."""
MANY = frozenset(("format", "rule"))
"""Aspects that hold several values at a time; of others only the surest is said."""
CALLED: Mapping[str, tuple[tuple[str, str], tuple[str, str] | None]] = {
    "length": (("length", "long"), ("length", "short")),
    "lists": (("format", "bullet lists"), ("format", "no bullet lists")),
    "headings": (("format", "headings"), ("format", "no headings")),
    "tables": (("format", "tables"), ("format", "no tables")),
    "emoji": (("emoji", "yes"), ("emoji", "none")),
    "code": (("code", "yes"), ("code", "none")),
    "examples": (("examples", "yes"), ("examples", "none")),
    "casual": (("tone", "informal"), None),
    "formal": (("tone", "formal"), None),
    "plain": (("depth", "simple"), ("depth", "technical")),
}
"""By axis that choices bear claims on, what a taste for more and one for less of it is called."""
Named = tuple[str, str]
"""A claim about answers, as aspect and value."""
NAMED: Mapping[str, tuple[tuple[str, str], tuple[str, str] | None]] = {
    **CALLED,
    "hedging": (("rule", "say how sure you are"), ("rule", "no hedging")),
    "questions": (("rule", "ask back where something is open"), ("rule", "no questions back")),
    "person": (("tone", "speaking to me"), ("tone", "impersonal")),
    "directness": (("rule", "the answer first"), ("rule", "lead up to the answer")),
    "formality": (("tone", "formal"), ("tone", "informal")),
    "warmth": (("tone", "warm"), ("tone", "matter-of-fact")),
    "humour": (("tone", "humorous"), ("tone", "serious")),
    "depth": (("depth", "in depth"), ("depth", "overview")),
    "caution": (("rule", "point out risks"), ("rule", "no warnings")),
}
"""The same for every axis."""
_MEANT: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("length", "short"): {"length": -1},
    ("length", "long"): {"length": 1},
    ("length", "detailed"): {"length": 1},
    ("format", "bullet lists"): {"lists": 1},
    ("format", "numbered lists"): {"numbered": 1},
    ("format", "headings"): {"headings": 1},
    ("format", "tables"): {"tables": 1},
    ("format", "markdown"): {"lists": 0.5, "headings": 0.5},
    ("format", "plain prose"): {"lists": -0.5, "headings": -0.5},
    ("emoji", "yes"): {"emoji": 1},
    ("emoji", "none"): {"emoji": -1},
    ("code", "yes"): {"code": 1},
    ("code", "none"): {"code": -1},
    ("examples", "yes"): {"examples": 1},
    ("examples", "none"): {"examples": -1},
    ("tone", "informal"): {"casual": 1},
    ("tone", "friendly"): {"casual": 1},
    ("tone", "formal"): {"formal": 1, "casual": -0.5},
    ("tone", "professional"): {"formal": 1, "casual": -0.5},
    ("depth", "step by step"): {"numbered": 1},
    ("depth", "simple"): {"plain": 1},
    ("depth", "technical"): {"plain": -1},
}


def sides(aspect: str, value: str) -> Mapping[str, float]:
    """The axes of which a claim expects more (1) or less (-1), some of them by half; {} where it speaks of none."""
    if aspect == "language":
        return {f"in.{value}": 1.0}
    if aspect == "length" and value.startswith("at most"):
        return {"length": -1.0}
    known = _MEANT.get((aspect, value))
    if known is None and value.startswith("no "):
        opposite = _MEANT.get((aspect, value.removeprefix("no ")), {})
        return {name: -side for name, side in opposite.items()}
    return known or {}
