"""Holds a person's election: every choice is predicted by all contenders, before anything is learnt from it.

The contenders are what serves, what it replaced, the candidate, and rivals that a summary must beat to be worth its
tokens: no summary, the nearest other person's, the raw last choices, the pooled taste of the house (PLUS and PRISM-X).
Other people's profiles are only compared with, here in the background.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from adapters.ports import Election, Evidence, EvidenceKind, Peers, Plan, Profile, User, count_tokens
from policies.election import BEFORE, CANDIDATE, HOUSE, INCUMBENT, NONE, advance, chance, decided, mark, set_up
from policies.preferences.aspects import Aspect
from policies.preferences.budget import Calls, left, spent
from policies.preferences.choices import KINDS, Choice, choices, leanings, pooled
from policies.preferences.fold import MIN_OUTPUTS, restyled
from policies.preferences.lens import LENS, due, judged, made, moved
from policies.preferences.moving import fastened
from policies.preferences.neighbours import nearest
from policies.preferences.plans import frozen, planned, plans, present, widened
from policies.preferences.render import summary
from policies.preferences.scorer import Contender, Rules, Scorer
from policies.preferences.seeing import SPAN, judged_by, seen, seen_by
from policies.preferences.told import tastes_of
from policies.sight import Sight
from policies.weights import WEIGHTS

if TYPE_CHECKING:
    from policies.house import House
    from policies.preferences.tasting import Tasting
    from policies.rewards.moments import Array

PEERS = 64
REMEMBERED = 40
"""Choices that are read again to choose a candidate; the older three quarters show what may go, the rest select."""
LEAST = 8
"""Choices before a candidate is set up: before that, what was said is in, and what is inferred is pooled and shrunk."""
LAST = 8
"""Choices that stand for the person as they are."""
_PER_TOKEN = 0.0002
"""Nats that a token of a summary costs."""
NEAREST, RAW = "nearest", "raw"
CONTENDERS = (NONE, INCUMBENT, NEAREST, RAW, HOUSE)


class Past(Protocol):
    """The part of a UserStore that the election reads."""

    async def latest(self, user: User, kinds: Sequence[EvidenceKind], limit: int) -> Sequence[Evidence]:
        """The newest events of these kinds, oldest first."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """Holds elections. `room` is the token budget of a summary; `scorer` says what contenders make of a choice,
    and may ask a model so often for a person and day, `calls` being those of today. A taste begins from that of the
    `house`, where there is one."""

    past: Past
    peers: Peers
    aspects: Mapping[str, Aspect]
    room: int
    calls: Calls
    weights: Mapping[EvidenceKind, float] = field(default_factory=lambda: WEIGHTS)
    scorer: Scorer = field(default_factory=Rules)
    calls_per_day: int = 0
    house: House | None = None
    min_outputs: int = MIN_OUTPUTS
    sight: Sight = field(default_factory=Sight)

    async def held(
        self, user: User, before: Profile, folded: Profile, new: Sequence[Evidence], judged_by_rules: bool = False
    ) -> Profile:
        """`folded` with its election and taste brought up to date by the choices in `new`, which `before` does not
        hold: each is scored once, by what was known before it. Raises AdapterError."""
        found = await asyncio.to_thread(self._read, new)
        election, counts = replace(before.election, outcome=""), folded.counts
        if not found:
            return replace(folded, election=election)
        before, *others = map(self.sight.current, [before, *await self.peers.others(user, PEERS)])
        kept = [item for item in await self.past.latest(user, KINDS, REMEMBERED) if item.seq <= before.watermark]
        past = await asyncio.to_thread(self._read, kept)
        neighbour = await asyncio.to_thread(nearest, before, others)
        owns = await asyncio.to_thread(self._owns, before, {choice.place for choice in found})
        foreign = await asyncio.to_thread(self._foreign, others, neighbour)
        recent = await seen(self.sight, past, before.counts)
        tasting = await asyncio.to_thread(_tasting, before, recent, (others, neighbour), await self._prior(user))
        until = time.monotonic() + (0.0 if judged_by_rules else SPAN)
        counts = await self.calls.known(user, counts)
        events = {item.event: item for item in new}
        for choice in found:
            often = self.calls_per_day if time.monotonic() < until else 0
            v, counts = await judged_by(self.sight, choice, counts, often)
            await self.calls.made(user, counts)
            if not choice.even:
                own = owns[choice.place]
                foreign[RAW] = Contender("", leanings([each for each in past if each.place == choice.place][-LAST:]))
                allowed = 0 if judged_by_rules else left(counts, time.time(), self.calls_per_day)
                scorer, calls = self._affordable(own, allowed)
                counts = spent(counts, time.time(), calls) if calls else counts
                # Whoever scores the person's own: nothing of others leaves this process.
                chances = {**await Rules().chances(foreign, choice), **await scorer.chances(own, choice)}
                await self.calls.made(user, counts)
                past.append(choice)
                election = scored(election, chances, choice.weight)
            election = await asyncio.to_thread(tasting.met, election, choice, v)
            folded = await asyncio.to_thread(self._shown, folded, tasting, counts, events[choice.event])
        return await self._decided(widened(before, replace(folded, election=election)), past)

    def _shown(self, folded: Profile, tasting: Tasting, counts: Mapping[str, float], item: Evidence) -> Profile:
        """The profile after one more choice, which is this event, in numbers and in words."""
        kept = seen_by(self.sight, counts)
        learnt = replace(folded, taste=tasting.kept(kept), counts=kept)
        fast = fastened(learnt)
        if fast is not learnt:
            tasting.tastes = tastes_of(fast)
        return restyled(fast, item, self.aspects, self.min_outputs)

    async def _decided(self, folded: Profile, past: Sequence[Choice]) -> Profile:
        """The profile after these choices with what its races decided, and what runs next."""
        election = judged(decided(folded.election))
        if due(election):
            shown, taste = self._contender(folded, Plan()).claims, folded.taste
            general = [each for each in past if not each.place]
            election = replace(election, lens=await asyncio.to_thread(made, shown, taste, general, election.choices))
        if election.choices >= LEAST and election.incumbent.keep is None:
            election = replace(election, incumbent=frozen(folded, election.incumbent))
        if election.race is None and len(past) >= LEAST:
            election = await asyncio.to_thread(self._nominated, replace(folded, election=election), past)
        return replace(folded, election=election)

    def _read(self, events: Sequence[Evidence]) -> list[Choice]:
        return list(choices(events, self.weights, ties=True))

    async def _prior(self, user: User) -> Mapping[str, float]:
        """Where a taste begins, {} for the neutral prior."""
        return await self.house.prior(user.tenant) if self.house else {}

    def _affordable(self, contenders: Mapping[str, Contender], allowed: int) -> tuple[Scorer, int]:
        """Who scores a choice, and the calls of a model that it takes: the rules where those `allowed` are too few."""
        calls = self.scorer.cost(contenders)
        return (self.scorer, calls) if calls <= allowed else (Rules(), 0)

    def _owns(self, profile: Profile, places: Iterable[str]) -> dict[str, dict[str, Contender]]:
        """What is made of the person's own profile, by place, as it is shown there: also to a judge."""
        return {place: self._own(present(profile, place)) for place in places}

    def _own(self, profile: Profile) -> dict[str, Contender]:
        election = profile.election
        found = {INCUMBENT: self._contender(profile, election.incumbent)}
        for name, race in ((CANDIDATE, election.race), (BEFORE, election.watch)):
            if race is not None:
                found[name] = self._contender(profile, race.plan)
        if election.lens.text:
            found[LENS] = Contender(election.lens.text, (), election.lens.weights)
        return found

    def _foreign(self, others: Sequence[Profile], neighbour: Profile | None) -> dict[str, Contender]:
        """No summary, the nearest other person's, and the house's."""
        found = {NONE: Contender("", ())}
        if neighbour is not None:
            found[NEAREST] = self._contender(neighbour, Plan())
        found[HOUSE] = Contender("", pooled([other.counts for other in others]))
        return found

    def _contender(self, profile: Profile, plan: Plan) -> Contender:
        return Contender(*summary(planned(profile, plan), int(self.room * plan.share), self.aspects))

    def _nominated(self, profile: Profile, past: Sequence[Choice]) -> Election:
        """The election with the best candidate set up, if one promises more than what serves."""
        election: Election = profile.election
        split = len(past) * 3 // 4
        fit, select = past[:split], past[split:]
        serving = self._contender(profile, election.incumbent)
        found: list[tuple[float, Plan]] = []
        for plan in plans(profile, fit, self.aspects):
            contender = self._contender(profile, plan)
            # Cheaper alone is not better: that could never win, and would keep others from running.
            better = _predicts(contender, select) > _predicts(serving, select)
            if better and contender.text != serving.text and mark(plan) not in election.lost:
                found.append((_worth(contender, select), plan))
        if not found:
            return election
        best = max(found, key=lambda each: each[0])[1]
        return replace(election, race=set_up(best, self._rivals(profile, best)))

    def _rivals(self, profile: Profile, plan: Plan) -> tuple[str, ...]:
        """What a plan must beat: what serves, where it only says less of it; else no summary and the nearest too."""
        serving = planned(profile, profile.election.incumbent).claims
        less = set(planned(profile, plan).claims) <= set(serving)
        return (INCUMBENT,) if less else (NONE, INCUMBENT, NEAREST)


def _tasting(before: Profile, recent: Sequence[Array], beside: tuple[Sequence[Profile], Profile | None],
             prior: Mapping[str, float]) -> Tasting:  # fmt: skip
    # Coefficients need numpy, which is slow to import, and not for a chat.
    from policies.preferences.tasting import Tasting
    from policies.rewards.taste import of_kept

    return Tasting.of(before, recent, *beside, of_kept(prior))


def scored(election: Election, chances: Mapping[str, float], weight: float) -> Election:
    """The election after one more choice: sums by contender, and the races that run."""
    race, watch = election.race, election.watch
    totals = {name: election.scores.get(name, 0.0) + weight * math.log(chances.get(name, 0.5)) for name in CONTENDERS}
    return replace(
        election,
        choices=election.choices + 1,
        scores=totals,
        race=race and advance(race, chances, CANDIDATE, weight),
        watch=watch and advance(watch, chances, BEFORE, weight),
        lens=moved(election.lens, chances, weight),
    )


def _predicts(contender: Contender, select: Sequence[Choice]) -> float:
    """The mean log-probability of the choices under a summary, in nats."""
    total = sum(each.weight * math.log(chance(contender.agreement(each))) for each in select)
    return total / max(1, len(select))


def _worth(contender: Contender, select: Sequence[Choice]) -> float:
    """The same, less what its tokens cost."""
    return _predicts(contender, select) - _PER_TOKEN * count_tokens(contender.text)
