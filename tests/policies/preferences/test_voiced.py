"""Coefficients in words: what they bear, what they let go, and what they forbid sums to say."""

from __future__ import annotations

from policies.preferences.voiced import agreeing, borne, contrary
from policies.rewards.axes import AXES
from policies.rewards.taste import NEUTRAL, of_kept
from policies.rewards.words import BAR, NAMED

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


def test_every_axis_has_its_words() -> None:
    """On its side, once it is away from 0 by so many deviations; an axis without a word for its side is silent."""
    for axis, both in NAMED.items():
        for side, claim in zip((1.0, -1.0), both, strict=True):
            assert borne(held(**{axis: side})) == ({claim: 0.977} if claim else {})
            assert borne(held(**{axis: side * 0.5 * (BAR - 0.01)})) == {}
    assert borne(NEUTRAL.floats(AXES)) == {}


def test_one_of_what_excludes_itself() -> None:
    """Of tones the surest; two axes that are called the same say it once; formats and rules stand side by side."""
    assert set(borne(held(casual=1.0, warmth=1.5))) == {("tone", "warm")}
    assert borne(held(formal=1.0, formality=1.25)) == {("tone", "formal"): 0.994}
    assert len(borne(held(hedging=1.0, caution=1.0))) == 2
    assert set(borne(held(lists=1.0, headings=-1.5))) == {LISTS, ("format", "no headings")}


def test_sums_say_nothing_against_coefficients() -> None:
    """What the coefficient denies goes, what it leaves open stays, and what it bears takes its place."""
    assert agreeing({SHORT: 0.9, LISTS: 0.8}, {}) == {SHORT: 0.9, LISTS: 0.8}
    assert agreeing({SHORT: 0.9, LISTS: 0.8}, held(length=0.3)) == {LISTS: 0.8}
    assert agreeing({SHORT: 0.9}, held(length=1.0)) == {LONG: 0.977}
    assert agreeing({SHORT: 0.9}, held(length=-0.3)) == {SHORT: 0.9}



def test_the_contrary() -> None:
    """Of one axis that is called so, and of all where there are two; what is not known is no contrary."""
    assert contrary(SHORT, held(length=0.3)) and not contrary(LONG, held(length=0.3)) and not contrary(SHORT, {})
    assert not contrary(("tone", "formal"), held(formal=-0.3))
    assert contrary(("tone", "formal"), held(formal=-0.3, formality=-0.3))
