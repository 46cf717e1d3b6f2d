"""A person's choices as their deployment sees answers (`policies.sight`): with judged axes, within the calls of a model
that a person may cost in a day, and with learnt ones."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from policies.asked import ANSWERED
from policies.preferences.budget import left, spent
from policies.preferences.choices import Choice
from policies.sight import FACTORED, Sight

if TYPE_CHECKING:
    from policies.rewards.moments import Array

SPAN = 20.0
"""Seconds after which of many choices that came at once no further one is judged: a job that takes too long begins
again, and its calls with it."""


async def judged_by(
    sight: Sight, choice: Choice, counts: Mapping[str, float], calls_per_day: int
) -> tuple[Array | None, Mapping[str, float]]:
    """What a choice answers, shape (k, d), None of one without texts; and the counts after the calls that it took. No
    model is asked of an answer to a question of ours: the bank knows its texts."""
    if not choice.chosen:
        return None, counts
    calls = 0
    if sight.judged and not choice.event.startswith(ANSWERED) and left(counts, time.time(), calls_per_day):
        calls = await sight.cost([choice.chosen, choice.rejected])
    v = await _directions(sight, choice, bool(calls))
    return v, spent(counts, time.time(), calls) if calls else counts


async def seen(sight: Sight, past: Sequence[Choice], counts: Mapping[str, float]) -> list[Array]:
    """What those of these choices answer, shape (k, d) each, that are `tasting.doubted`; no model is asked."""
    from policies.preferences.tasting import doubted

    return [await _directions(sight, choice, False) for choice in doubted(past, counts)]


def seen_by(sight: Sight, counts: Mapping[str, float]) -> dict[str, float]:
    """The counts, with the mark of the learnt axes that the taste speaks of from now on."""
    found = {name: value for name, value in counts.items() if name != FACTORED}
    return found | ({FACTORED: sight.mark} if sight.mark else {})


async def _directions(sight: Sight, choice: Choice, judged: bool) -> Array:
    from policies.preferences.coefficients import directions

    phi = await sight.features("", [choice.chosen, choice.rejected], judged) if choice.chosen else None
    return directions(choice, phi)
