"""One person's tastes: the one for everywhere, and apart from it those of places, each with choices of its own.

A place's taste begins, when the first choice there is made, as the one for everywhere then stands, less sure by a
half-life: the best guess about the same person. From then on neither knows of the other's choices, so that somebody
terse at work and chatty at home is both, and never middling. Where a person only said how answers should be at a
place, what they said is put upon the taste for everywhere, whatever that comes to be. It imports numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from policies.rewards.axes import AXES
from policies.rewards.claims import told
from policies.rewards.places import behind, known, of_place
from policies.rewards.posterior import HALF_LIFE, Answer, Posterior
from policies.rewards.taste import NEUTRAL, Taste
from policies.rewards.words import Named


@dataclass(frozen=True, slots=True, eq=False)
class Tastes:
    """The taste for `everywhere`, those of `places` at which choices were made, and by place the `words` (aspect,
    value) that the person stands by there."""

    everywhere: Taste = field(default_factory=Taste)
    places: Mapping[str, Taste] = field(default_factory=dict)
    words: Mapping[str, Sequence[Named]] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, float], lasts: Mapping[str, float],
           words: Mapping[str, Sequence[Named]] | None = None) -> Tastes:  # fmt: skip
        """The tastes that a profile holds; `lasts` says by place, "" for everywhere, when the newest choice came that
        is in each, for those with choices."""
        held = {place: of_place(kept, place) for place in lasts if place}
        places = {place: Taste.of(there, lasts[place]) for place, there in held.items() if known(there)}
        return cls(Taste.of(kept, lasts.get("", 0.0)), places, words or {})

    def of_place(self, place: str) -> Taste:
        """What serves at a place: its own taste, where there is one."""
        if place in self.places:
            return self.places[place]
        return self._begun(place, 0.0) if self.words.get(place) else self.everywhere

    def next(self, place: str, time: float) -> Taste:
        """What the next choice about a place is added to: of a place without choices, the taste that begins with it."""
        return self.places[place].at(time) if place in self.places else self._begun(place, time)

    def at(self, place: str, time: float) -> Tastes:
        """The tastes with that of a place as sure as it is at a later time; one for everywhere is not touched by what
        happens at a place."""
        if not place:
            return replace(self, everywhere=self.everywhere.at(time))
        there = self.places.get(place)
        return self if there is None else replace(self, places={**self.places, place: there.at(time)})

    def after(self, place: str, answers: Sequence[Answer], time: float = 0.0) -> Tastes:
        """The tastes after answers to one question about a place, given at that time."""
        if not place:
            return replace(self, everywhere=self.everywhere.after(answers))
        there = self.places.get(place) or self._begun(place, time)
        return replace(self, places={**self.places, place: there.after(answers)})

    def _begun(self, place: str, time: float) -> Taste:
        """A taste of a place that begins now: the one for everywhere, less sure, with what was said of the place."""
        start = self.everywhere.at(time)
        chosen = start.chosen.inflated(HALF_LIFE, NEUTRAL)
        serves = start.serves.inflated(HALF_LIFE, NEUTRAL) if start.moved else chosen
        words = self.words.get(place, ())
        return Taste(told(serves, words, AXES, NEUTRAL) if words else serves, chosen, start.last)

    def floats(self) -> dict[str, float]:
        """The tastes for a profile; what a place's choices told stands behind its name."""
        found = self.everywhere.floats()
        for place in (*self.places, *(place for place in self.words if place not in self.places)):
            if place in self.places or self.words[place]:
                found |= behind(place, self.of_place(place).floats())
        return found

    def serves(self, place: str, prior: Posterior) -> Posterior:
        """What serves at a place where tastes begin from this prior."""
        return self.of_place(place).under(prior)
