"""The names of the running sums that a profile keeps in its `counts`, and what values they may have."""

from __future__ import annotations

import re

from policies.asked import LAST, NEVER
from policies.preferences import likeness, style
from policies.preferences.ages import BEGAN, NEWEST
from policies.preferences.choices import AXES

LARGEST = 2.0**53
"""Up to here a float counts whole things one by one."""
ANSWERS, LEARNT = "answers", "taste.last"
"""How many questions of ours were answered, and when the newest choice came that the taste holds."""
TIMES = frozenset((NEWEST, BEGAN, LEARNT, LAST, "model.last"))
"""Those that are times, in seconds since 1970."""
SUMS = frozenset((
    *TIMES, ANSWERS, NEVER, "events", "turns", "said_in", "corrected", "edits",
    *(f"model.{name}" for name in ("read", "day", "calls", "total", "failed", "tries")),
    *(f"style.{name}" for name in (*style.SUMS, *likeness.NAMES)),
    *(f"choice.{axis}{side}" for axis in AXES for side in "+-"),
))  # fmt: skip
"""Every name there may be, but those of questions."""
_QUESTION = re.compile(r"asked\.[^\s\x00]{1,80}")


def known(name: str) -> bool:
    """Whether a profile may hold a sum of this name."""
    return name in SUMS or _QUESTION.fullmatch(name) is not None
