"""The names of the running sums that a profile keeps in its `counts`, and what values they may have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from policies.asked import LAST, NEVER, even_at
from policies.preferences import likeness, style
from policies.preferences.ages import BEGAN, NEWEST
from policies.preferences.choices import AXES, sum_of
from policies.rewards.places import CONTEXTS, LEARNT_AT, PLACES
from policies.sight import FACTORED

LARGEST = 2.0**53
"""Up to here a float counts whole things one by one."""
ANSWERS = "answers"
"""How many questions of ours were answered."""
CHOICES_AT: Mapping[str, str] = {place: f"choices.{place}" for place in CONTEXTS}
"""By place, how many choices the taste there holds."""
TIMES = frozenset((NEWEST, BEGAN, *LEARNT_AT.values(), LAST, "model.last"))
"""Those that are times, in seconds since 1970."""
SUMS = frozenset((
    *TIMES, *CHOICES_AT.values(), ANSWERS, NEVER, FACTORED, "events", "turns", "said_in", "corrected", "edits",
    *map(even_at, PLACES),
    *(f"model.{name}" for name in ("read", "day", "calls", "total", "failed", "tries")),
    *(f"style.{name}" for name in (*style.SUMS, *likeness.NAMES)),
    *(sum_of(axis, side, place) for axis in AXES for side in "+-" for place in PLACES),
))  # fmt: skip
"""Every name there may be, but those of questions."""
_QUESTION = re.compile(r"asked\.[^\s\x00]{1,80}")


def lasts(counts: Mapping[str, float]) -> dict[str, float]:
    """By place at which choices were learnt from, when the newest came."""
    return {place: counts[name] for place, name in LEARNT_AT.items() if name in counts}


def known(name: str) -> bool:
    """Whether a profile may hold a sum of this name."""
    return name in SUMS or _QUESTION.fullmatch(name) is not None
