"""How often a background model may be asked for a person: calls per day, counted in the profile's `counts`.

`model.day` and `model.calls` are the day (in days since 1970, UTC) and the calls made on it, `model.total` all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

DAY = 86_400


def left(counts: Mapping[str, float], now: float, calls_per_day: int) -> int:
    """The calls that may still be made on the day of `now`, in seconds since 1970."""
    return max(0, calls_per_day - int(_today(counts, now)))


def spent(counts: Mapping[str, float], now: float, calls: int) -> dict[str, float]:
    """The counts after so many more calls."""
    return {
        **counts,
        "model.day": float(now // DAY),
        "model.calls": _today(counts, now) + calls,
        "model.total": counts.get("model.total", 0.0) + calls,
    }


def _today(counts: Mapping[str, float], now: float) -> float:
    return counts.get("model.calls", 0.0) if counts.get("model.day") == now // DAY else 0.0
