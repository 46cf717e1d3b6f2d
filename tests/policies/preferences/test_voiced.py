"""Coefficients in words: what they bear, what they let go, and what they forbid sums to say."""

from __future__ import annotations

from policies.preferences.voiced import BAR, agreeing, borne
from policies.rewards.axes import AXES
from policies.rewards.claims import BAR as RULE
from policies.rewards.claims import stated
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL, of_kept

SHORT, LONG, LISTS = ("length", "short"), ("length", "long"), ("format", "bullet lists")


def held(**means: float) -> dict[str, float]:
    """A profile's taste with these means, each with variance .25."""
    old = {name: value for axis, mean in means.items() for name, value in ((axis, mean), (f"{axis}~", 0.25))}
    return of_kept(old).floats(AXES)


def test_what_is_sure_is_said() -> None:
    """Above the bar, with its chance; below it is silent, unless it was said before."""
    assert borne(held(length=-1.0, lists=0.7)) == {SHORT: 0.977}
    assert borne(held(length=-1.0, lists=0.7), {LISTS}) == {SHORT: 0.977, LISTS: 0.919}
    assert borne(held(lists=0.4), {LISTS}) == borne({}) == {}


def test_both_views_say_the_same() -> None:
    """As the distribution itself does, for every axis and side."""
    assert BAR == RULE
    for side in (-1.0, 1.0):
        taste = held(**dict.fromkeys(AXES, side))
        posterior: Posterior = of_kept(taste)
        said = {(each.aspect, each.value) for each in stated(posterior, AXES)}
        assert {claim for claim in borne(taste) if claim[0] not in ("tone", "depth")} <= said
    assert stated(NEUTRAL, AXES) == [] and borne(NEUTRAL.floats(AXES)) == {}


def test_sums_say_nothing_against_coefficients() -> None:
    """What the coefficient denies goes, what it leaves open stays, and what it bears takes its place."""
    assert agreeing({SHORT: 0.9, LISTS: 0.8}, {}) == {SHORT: 0.9, LISTS: 0.8}
    assert agreeing({SHORT: 0.9, LISTS: 0.8}, held(length=0.3)) == {LISTS: 0.8}
    assert agreeing({SHORT: 0.9}, held(length=1.0)) == {LONG: 0.977}
    assert agreeing({SHORT: 0.9}, held(length=-0.3)) == {SHORT: 0.9}

