"""What may be known of a person: a closed list of aspects, and how each is kept and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from adapters.ports import ConfigError

About = Literal["person", "answers"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect: whom it is about, how many values live at a time, where it stands in the summary, and its label.

    `keep` 1 means that a newer value replaces the older one. A lower `tier` goes into a tight summary first; within
    a tier the newest goes first. An empty label shows the value alone. `half_life` is in days, None for what lasts;
    what is not confirmed counts half after it (`ages`). `values` are the spellings to keep, with `strict` the only
    values. Of the categories of `sensitive`, a value may tell of those in `allows`. Where `stated` names some that are
    not among these, nothing is inferred, and what the person states themselves may tell of them too. A `sensitive`
    aspect is off unless the operator allows it.
    """

    name: str
    about: About
    keep: int
    tier: int
    label: str
    half_life: float | None = None
    stated: frozenset[str] = frozenset()
    allows: frozenset[str] = frozenset()
    sensitive: bool = False
    values: tuple[str, ...] = ()
    strict: bool = False


_HEALTH = frozenset(("health",))
_BODY_AND_BELIEF = frozenset(("health", "religion"))


# What people say of an evening fades in weeks or months. Where somebody works in health care, it is not their own.
ASPECTS: tuple[Aspect, ...] = (
    Aspect("name", "person", 1, 0, "Name"),
    Aspect("language", "answers", 1, 0, "in"),
    Aspect("length", "answers", 1, 0, ""),
    Aspect("depth", "answers", 1, 0, ""),
    Aspect("tone", "answers", 1, 0, ""),
    Aspect("format", "answers", 6, 0, ""),
    Aspect("emoji", "answers", 1, 0, ""),
    Aspect("code", "answers", 1, 0, ""),
    Aspect("examples", "answers", 1, 0, ""),
    Aspect("units", "answers", 1, 0, ""),
    Aspect("rule", "answers", 8, 0, ""),
    Aspect("allergies", "person", 12, 0, "Allergies", stated=_HEALTH),
    Aspect("diet", "person", 8, 0, "Diet", stated=_BODY_AND_BELIEF),
    Aspect("avoid", "person", 24, 1, "Avoid"),
    Aspect("needs", "person", 8, 1, "Needs", stated=_BODY_AND_BELIEF),
    Aspect("favourites", "person", 24, 1, "Favourites"),
    Aspect("likes", "person", 60, 1, "Like"),
    Aspect("dislikes", "person", 30, 1, "Dislikes"),
    Aspect("habits", "person", 20, 1, "Usually"),
    Aspect("goals", "person", 8, 1, "Goals"),
    Aspect("location", "person", 1, 1, "Lives in"),
    Aspect("occupation", "person", 1, 1, "Work", allows=_HEALTH),
    Aspect("skill", "person", 5, 1, "Skill"),
    Aspect("time", "person", 5, 1, "Time", half_life=60),
    Aspect("budget", "person", 3, 1, "Budget", half_life=60),
    Aspect("companions", "person", 8, 1, "With", half_life=180),
    Aspect("has", "person", 20, 1, "Has", half_life=180),
    Aspect("occasion", "person", 4, 2, "Occasion", half_life=90),
    Aspect("wants", "person", 24, 2, "Want", half_life=30),
    Aspect("mentioned", "person", 24, 3, "Also", half_life=180),
)

MENTIONED = "mentioned"
"""The aspect of what an answer names without telling a taste: inferred, and shown last."""


class Said(NamedTuple):
    """A candidate claim. `undo` ends what is known instead; an empty value then means all of the aspect. `context` is
    where it holds, as in a claim."""

    aspect: str
    value: str
    undo: bool = False
    context: str = ""


DEFAULT: Mapping[str, Aspect] = {aspect.name: aspect for aspect in ASPECTS}

OPPOSITES: Mapping[str, tuple[str, ...]] = {
    "likes": ("dislikes", "avoid"),
    "favourites": ("dislikes", "avoid"),
    "habits": ("avoid",),
    "dislikes": ("likes", "favourites", "mentioned"),
    "avoid": ("likes", "favourites", "habits", "mentioned"),
    "allergies": ("likes", "favourites", "habits", "mentioned"),
}
"""A newer value of the first aspect ends the same value under the others."""


def select(names: Iterable[str]) -> Mapping[str, Aspect]:
    """The aspects of these names, in the order of the built-in list. Raises ConfigError for an unknown name."""
    wanted = tuple(names)
    for name in wanted:
        if name not in DEFAULT:
            raise ConfigError("aspects", f"unknown aspect; known: {', '.join(DEFAULT)}")
    return {name: aspect for name, aspect in DEFAULT.items() if name in wanted}
