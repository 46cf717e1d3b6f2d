"""What `rapport taste fit` learns axes from: the choices of people who share, as this deployment sees answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.ports import ConfigError, User
from policies.preferences.choices import KINDS, Choice, choices
from proxy.app import Rapport

if TYPE_CHECKING:
    from policies.rewards.factors import Factors, Made

PEOPLE, EACH = 500, 200
"""People who share, those last seen, and choices of each, the newest, from which axes are learnt: with vectors of 256
numbers these take 600 MB."""


async def fitted(rapport: Rapport, tenant: str, number: int, most: int = PEOPLE) -> Factors:
    """So many axes, of `most` people at most, or why there are none. Raises ConfigError for a number that cannot be,
    and AdapterError."""
    from policies.rewards.directions import OVER
    from policies.rewards.factor_file import MOST
    from policies.rewards.factors import fit
    from policies.rewards.taste import NEUTRAL

    if not 1 <= number <= MOST:
        raise ConfigError("--number", f"must be from 1 to {MOST}")
    adapters = rapport.adapters
    people: dict[str, list[Made]] = {}
    for info in await adapters.people.list(tenant):
        if len(people) == most:
            break
        user = User(info.id, tenant)
        profile = (await adapters.users.load(user)).profile
        if profile.share and not profile.paused:
            made = list(choices(await adapters.users.latest(user, KINDS, EACH)))
            if picked := [each for each in made if not each.edited]:
                people[info.id] = await _made(rapport, picked)
    return await asyncio.to_thread(fit, people, number, len(OVER), float(NEUTRAL.cov[0, 0]))


async def _made(rapport: Rapport, picked: Sequence[Choice]) -> list[Made]:
    """Picks as differences on the axes that are read off a text, and of the two texts' vectors, where there is an
    embedder. Raises AdapterError."""
    from policies.rewards.directions import together
    from policies.rewards.factors import Made
    from policies.rewards.posterior import Answer

    sight, embedder = rapport.adapters.sight, rapport.adapters.embedder
    dimensions, found = embedder.dimensions if embedder else 0, []
    vectors = await sight.vectors([text for choice in picked for text in (choice.chosen, choice.rejected)])
    for at, choice in enumerate(picked):
        phi = await sight.features("", [choice.chosen, choice.rejected])
        both = together(phi, vectors[2 * at : 2 * at + 2], dimensions)
        if both is not None and (both[0] != both[1]).any():
            answer = Answer(both[0] - both[1], 1.0, choice.weight)
            found.append(Made(answer, frozenset(map(hash, (choice.chosen, choice.rejected)))))
    return found
