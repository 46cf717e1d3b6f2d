"""The names of the running sums that a profile keeps in its `counts`, and what values they may have."""

from __future__ import annotations

from policies.preferences import likeness, style
from policies.preferences.ages import BEGAN, NEWEST
from policies.preferences.choices import AXES

LARGEST = 2.0**53
"""Up to here a float counts whole things one by one."""
TIMES = frozenset((NEWEST, BEGAN, "model.last"))
"""Those that are times, in seconds since 1970."""
SUMS = frozenset((
    *TIMES, "events", "turns", "said_in", "corrected", "edits",
    *(f"model.{name}" for name in ("read", "day", "calls", "total", "failed", "tries")),
    *(f"style.{name}" for name in (*style.SUMS, *likeness.NAMES)),
    *(f"choice.{axis}{side}" for axis in AXES for side in "+-"),
))  # fmt: skip
"""Every name there may be."""
