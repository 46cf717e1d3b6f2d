"""The state of a person's election: which summary serves, which one runs against it, and how each predicted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from adapters.ports.people import Profile, User

Guarded = Literal["", "indistinct", "drifted"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which part of a profile a summary shows: `drop` holds the ids of claims left out, `keep` those of the inferred
    claims about answers that are in (None: all of them), `share` is the part of the token budget that it may take, in
    (0, 1]. It was `made` when the newest event was of that time: what was said again since is shown."""

    name: str = "all"
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] | None = None
    share: float = 1.0
    made: float = 0.0


@dataclass(frozen=True, slots=True)
class Race:
    """A plan that runs against rivals on choices that came after it was set up: sums of log-probabilities in nats,
    each choice times its weight; `parted` is the sum of how far it and the incumbent were apart."""

    plan: Plan
    choices: int = 0
    own: float = 0.0
    rivals: Mapping[str, float] = field(default_factory=dict)
    parted: float = 0.0


@dataclass(frozen=True, slots=True)
class Lens:
    """By what a person decides, in words for a model that reasons.

    `weights` are the coefficients by axis that the words stand for; `claims` the ids of the claims that are named. It
    is used while it `serves`; its `race` is the one to get there, or, once there, the one of the summary against it.
    `tried` is the number of choices when it was made.
    """

    text: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    race: Race | None = None
    serves: bool = False
    tried: int = 0

    def holds(self, live: Iterable[str]) -> bool:
        """Whether the claims that it names still do, by the ids of those that may be shown."""
        return set(self.claims).issubset(live)


@dataclass(frozen=True, slots=True)
class Election:
    """What serves (`incumbent`), what it replaced (`before`), the candidate's race and the one to go back (`watch`).

    `choices` were scored so far; `scores` are the sums of log-probability by contender over them, in nats. `lost` are
    the names of plans that ran and lost, the newest last. `window` holds, for the last few choices, the log-probability
    that the own taste and a coin gave each; `margin` is by how much the own taste was better than the nearest other
    person's, newer choices counting more; `guarded` says why the summary is shrunk to what the person said. `outcome`
    is what the newest version decided, `lens` is what models that reason may be told. `tastes` are the sums of the
    log-probabilities of the same choices under coefficients alone, each scored before it was learnt: the `own` ones,
    those of the `house`, and `none`.
    """

    incumbent: Plan = Plan()
    before: Plan | None = None
    race: Race | None = None
    watch: Race | None = None
    choices: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    window: tuple[tuple[float, float], ...] = ()
    margin: float = 0.0
    guarded: Guarded = ""
    outcome: str = ""
    lens: Lens = field(default_factory=Lens)
    tastes: Mapping[str, float] = field(default_factory=dict)

    def without(self, id: str) -> Election:
        """The election as if its plans had never known a claim."""
        plans = (_plan(self.incumbent, id), self.before and _plan(self.before, id))
        races = (each and replace(each, plan=_plan(each.plan, id)) for each in (self.race, self.watch))
        lens = Lens() if id in self.lens.claims else self.lens
        return replace(self, incumbent=plans[0], before=plans[1], race=next(races), watch=next(races), lens=lens)

    def taking(self, id: str, other: str) -> Election:
        """The election with another claim beside one, wherever its plans name that."""
        plans = (_taking(self.incumbent, id, other), self.before and _taking(self.before, id, other))
        races = (each and replace(each, plan=_taking(each.plan, id, other)) for each in (self.race, self.watch))
        return replace(self, incumbent=plans[0], before=plans[1], race=next(races), watch=next(races))


def _taking(plan: Plan, id: str, other: str) -> Plan:
    def more(ids: tuple[str, ...]) -> tuple[str, ...]:
        return (*ids, other) if id in ids and other not in ids else ids

    return replace(plan, drop=more(plan.drop), keep=plan.keep and more(plan.keep))


def _plan(plan: Plan, id: str) -> Plan:
    keep = plan.keep and tuple(each for each in plan.keep if each != id)
    return replace(plan, drop=tuple(each for each in plan.drop if each != id), keep=keep)


class Peers(Protocol):
    """Other people of a tenant, to compare with: in the background only, and nothing of theirs may be kept or shown."""

    async def others(self, user: User, limit: int) -> Sequence[Profile]:
        """Profiles of up to `limit` other people of the same tenant, the last seen first; none that are paused."""

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        """Profiles of up to `limit` people of a tenant who let themselves be counted (`share`), the last seen first;
        none that are paused. Raises AdapterError."""
