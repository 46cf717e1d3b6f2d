"""A person's coefficients while their choices are taken in: each is foreseen and watched before it is learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from adapters.ports import Election, Profile
from policies.election import HOUSE, NONE, OWN
from policies.preferences.choices import Choice
from policies.preferences.coefficients import answers, coin, directions, likely
from policies.preferences.near import WINDOW, watched
from policies.preferences.sums import LEARNT
from policies.rewards.moments import Array
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL, Taste, of_kept


@dataclass(slots=True)
class Tasting:
    """The taste so far, the prior of the house, the tastes of other people and of the nearest one, and the directions
    of the last choices."""

    taste: Taste = field(default_factory=Taste)
    prior: Posterior = NEUTRAL
    others: Sequence[Posterior] = ()
    nearest: Posterior | None = None
    recent: list[Array] = field(default_factory=list)

    @classmethod
    def of(cls, before: Profile, past: Sequence[Choice], others: Sequence[Profile], nearest: Profile | None,
           prior: Posterior) -> Tasting:  # fmt: skip
        """Where a profile stands; `past` are the choices that are in it, the newest last."""
        return cls(Taste.of(before.taste, before.counts.get(LEARNT, 0.0)), prior,
                   [of_kept(each.taste) for each in others], of_kept(nearest.taste) if nearest else None,
                   [directions(choice) for choice in past[-WINDOW:]])  # fmt: skip

    def met(self, election: Election, choice: Choice) -> Election:
        """The election after one more choice, which is then learnt; one that prefers neither text is only learnt."""
        v, self.taste = directions(choice), self.taste.at(choice.time)
        if not choice.even:
            self.recent = [*self.recent, v][-WINDOW:]
            serves = self.taste.under(self.prior)
            chances = {OWN: likely(serves, v), HOUSE: likely(self.prior, v), NONE: coin(v)}
            tastes = {name: election.tastes.get(name, 0.0) + choice.weight * log for name, log in chances.items()}
            election = watched(replace(election, tastes=tastes), serves, self.recent, self.others,
                               self.nearest)  # fmt: skip
        self.taste = self.taste.after(answers(choice, v))
        return election

    def kept(self, counts: dict[str, float]) -> dict[str, float]:
        """The taste for the profile; its time goes into the sums."""
        if self.taste.last > 0.0:
            counts[LEARNT] = self.taste.last
        return self.taste.floats()
