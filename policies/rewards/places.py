"""A person's taste at one place: at work, at home, or wherever nobody says where.

The coefficients of each place stand behind its name in the floats of a profile (`Posterior.floats`) and are never
averaged: somebody terse at work and chatty at home is not middling. It takes no numpy.
"""

from __future__ import annotations

from collections.abc import Mapping

CONTEXTS = ("work", "home")
"""The places that there are."""
PLACES = ("", *CONTEXTS)
"""Where something may hold: everywhere, or at one of them."""
KNOWN_PLACES = f'{", ".join(CONTEXTS)}, or "" for everywhere'
"""The same in the words of errors."""
CHOSEN = "chosen"
"""The name behind which a profile's taste has what choices alone told."""
LEARNT = "taste.last"
"""The sum that says when the newest choice came that the taste for everywhere holds."""
LEARNT_AT: Mapping[str, str] = {"": LEARNT, **{place: f"{LEARNT}.{place}" for place in CONTEXTS}}
"""The same by place."""


def serving(taste: Mapping[str, float], place: str) -> Mapping[str, float]:
    """The floats of what serves at a place, by axis: those learnt there, where there are any, else those for
    everywhere. Names of other places may be among the latter: no axis has such a name."""
    there = of_place(taste, place)
    return there if known(there) else taste


def of_place(taste: Mapping[str, float], place: str) -> Mapping[str, float]:
    """What is held of one place, or of what was CHOSEN, under the names that it has without one; all for ""."""
    if not place:
        return taste
    begin = f"{place}/"
    return {name.removeprefix(begin): value for name, value in taste.items() if name.startswith(begin)}


def behind(place: str, taste: Mapping[str, float]) -> dict[str, float]:
    """A taste behind the name of a place, for `of_place` to find."""
    return {f"{place}/{name}": value for name, value in taste.items()}


def known(taste: Mapping[str, float]) -> bool:
    """Whether anything is known of an axis: there is a variance, in the names of `Posterior.floats`."""
    return any(_variance(name) for name in taste)


def _variance(name: str) -> bool:
    axis, _, other = name.partition("~")
    return bool(axis) and axis == other
