"""A person's coefficients while their choices are taken in: each is foreseen and watched before it is learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.ports import Election, Profile
from policies.election import HOUSE, NONE, OWN
from policies.preferences.choices import Choice
from policies.preferences.coefficients import answers, coin, directions, likely
from policies.preferences.near import LEAST, WINDOW, watched
from policies.preferences.sums import CHOICES_AT
from policies.preferences.told import tastes_of
from policies.rewards.apart import Tastes
from policies.rewards.moments import Array
from policies.rewards.places import LEARNT, LEARNT_AT
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL, of_kept


@dataclass(slots=True)
class Tasting:
    """The tastes so far, the prior of the house, the tastes of other people and of the nearest one, the directions of
    the last choices that may speak against the person's being who they are, and how many choices there were at each
    place."""

    tastes: Tastes = field(default_factory=Tastes)
    prior: Posterior = NEUTRAL
    others: Sequence[Posterior] = ()
    nearest: Posterior | None = None
    recent: list[Array] = field(default_factory=list)
    met_at: dict[str, int] = field(default_factory=lambda: _met({}))

    @classmethod
    def of(cls, before: Profile, recent: Sequence[Array], others: Sequence[Profile], nearest: Profile | None,
           prior: Posterior) -> Tasting:  # fmt: skip
        """Where a profile stands; `recent` are the directions of those of its choices that are `doubted`."""
        return cls(tastes_of(before), prior,
                   [of_kept(each.taste) for each in others], of_kept(nearest.taste) if nearest else None,
                   list(recent), _met(before.counts))  # fmt: skip

    def met(self, election: Election, choice: Choice, v: Array | None = None) -> Election:
        """The election after one more choice, which is then learnt; one that prefers neither text is only learnt. `v`
        are its `directions`, where more was seen of it than its texts."""
        v, self.tastes = directions(choice) if v is None else v, self.tastes.at(choice.place, choice.time)
        if not choice.even:
            serves = self.tastes.serves(choice.place, self.prior)
            chances = {OWN: likely(serves, v), HOUSE: likely(self.prior, v), NONE: coin(v)}
            tastes = {name: election.tastes.get(name, 0.0) + choice.weight * log for name, log in chances.items()}
            election, number = replace(election, tastes=tastes), self.met_at.get(choice.place, LEAST) + 1
            self.met_at |= {choice.place: number} if choice.place else {}
            if number > LEAST:
                self.recent = [*self.recent, v][-WINDOW:]
                election = watched(election, serves, self.recent, self.others, self.nearest)
        self.tastes = self.tastes.after(choice.place, answers(choice, v), choice.time)
        return election

    def kept(self, counts: dict[str, float]) -> dict[str, float]:
        """The tastes for the profile; their times go into the sums."""
        if self.tastes.everywhere.last > 0.0:
            counts[LEARNT] = self.tastes.everywhere.last
        for place, taste in self.tastes.places.items():
            counts[LEARNT_AT[place]] = taste.last
        return self.tastes.floats()


def _met(counts: Mapping[str, float]) -> dict[str, int]:
    return {place: int(counts.get(name, 0.0)) for place, name in CHOICES_AT.items()}


def doubted(past: Sequence[Choice], counts: Mapping[str, float]) -> list[Choice]:
    """The last WINDOW choices by which a change of hands may be told: at a place that is new to us the first ones may
    well be unlike those before."""
    number, found = _met(counts), list[Choice]()
    for choice in (each for each in reversed(past) if not each.even):
        if number.get(choice.place, LEAST + 1) > LEAST:
            found.append(choice)
        if choice.place:
            number[choice.place] -= 1
    return found[:WINDOW][::-1]
