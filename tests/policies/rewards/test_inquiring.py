"""Which axis is worth asking of, and when none is."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.ports import Profile
from policies.rewards.axes import AXES
from policies.rewards.inquiring import inquired as worth_most
from policies.rewards.posterior import Posterior
from policies.rewards.spoken import QUESTIONS

ALL = tuple(QUESTIONS)


NOW = 1_790_000_000.0


def inquired(
    taste: dict[str, float], weeks: float, axes: Sequence[str], prior: dict[str, float] | None = None
) -> tuple[str | None, str]:
    """What somebody of this taste is asked, so many weeks after the newest choice."""
    counts = {"taste.last": NOW - weeks * 7 * 86_400.0}
    return worth_most(Profile(taste=taste, counts=counts), axes, NOW, prior or {})


def known(*sure: str, variance: float = 0.05) -> dict[str, float]:
    """A taste, as a profile holds it, that is sure of some axes."""
    spread = Posterior.spread([variance if axis in sure else 2.0 for axis in AXES])
    return {f"{axis}~{axis}": float(spread.cov[place, place]) for place, axis in enumerate(AXES)} | {
        axis: 0.3 if axis in sure else 0.0 for axis in AXES
    }


def test_what_decides_most_comes_first() -> None:
    """Of somebody unknown the length; of somebody whose length is known something else."""
    assert inquired({}, 0.0, ALL) == ("length", "")
    second, why = inquired(known("length"), 0.0, ALL)
    assert second not in ("length", None) and why == ""


def test_nothing_is_worth_it_to_somebody_known() -> None:
    """Silence, until what is known is old."""
    sure = known(*AXES)
    assert inquired(sure, 0.0, ALL)[0] is None
    assert inquired(sure, 104.0, ALL)[0] is not None


def test_what_no_decision_turns_on_is_not_asked() -> None:
    """The patience is that of the bank's questions: axes on which none of its answers differ are worth no interruption.
    """
    axis, why = inquired({}, 0.0, ("factor1",))
    assert axis is None and why in ("tells_little", "changes_nothing")


def test_a_house_that_agrees_needs_no_question() -> None:
    """Where everybody is sure of the length, a newcomer is asked of something else."""
    assert inquired({}, 0.0, ALL, known("length", variance=0.01))[0] not in ("length", None)
    assert inquired({}, 0.0, ALL, known(*AXES, variance=0.01))[0] is None
