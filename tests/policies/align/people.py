"""People of whom something is known, and requests of theirs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.memory.cache import MemoryCache
from adapters.memory.knowledge import MemoryKnowledge
from adapters.ports import CHAT, Caller, ChatRequest, Election, Format, Model, Person, Profile, User
from policies.align import AlignConfig
from policies.base import Adapters, Exchange, Policy
from policies.rewards.axes import AXES
from policies.sight import Sight


def taste(**means: float) -> dict[str, float]:
    """Coefficients of which we are sure, as a profile holds them."""
    return {axis: means.get(axis, 0.0) for axis in AXES} | {f"{axis}~{axis}": 0.01 for axis in AXES}


ANSWERED = Election(choices=3, tastes={"own": -2.0, "none": -2.08})
BRIEF = Profile(version=1, taste=taste(length=-3.0), counts={"answers": 3.0}, election=ANSWERED)
WON = Election(choices=5, tastes={"own": -2.0, "house": -3.1, "none": -3.5})


@dataclass
class World:
    """The policy with these settings, and a person; nobody where `profile` is None."""

    profile: Profile | None = BRIEF
    settings: dict[str, Any] = field(default_factory=dict)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    came: float = 1_790_000_000.0
    people: MemoryPeople = field(default_factory=MemoryPeople)
    user: User = field(default_factory=lambda: User("u_" + "a" * 32))
    place: str = ""
    model: Model | None = None

    def send(self, *turns: str, format: Format = CHAT, budget: int = 2000, **more: Any) -> Exchange:
        """What the policy made of a conversation."""
        exchange = self.exchange(*turns, format=format, budget=budget, **more)
        asyncio.run(self.policy().on_request(exchange))  # type: ignore[arg-type]
        return exchange

    def exchange(self, *turns: str, format: Format = CHAT, budget: int = 2000, **more: Any) -> Exchange:
        """A conversation of theirs, before the policy."""
        said = enumerate(turns or ("hi",))
        told = [{"role": "assistant" if at % 2 else "user", "content": text} for at, text in said]
        body = {"model": "m", "input" if format.name == "responses" else "messages": told, **more}
        received = ChatRequest.parse(json.dumps(body).encode(), format=format)
        user = replace(self.user, known=Person(self.profile)) if self.profile else None
        exchange = Exchange("ex_1", Caller(place=self.place), received, received, user, came=self.came)
        exchange.receipt.budget = budget
        return exchange

    def policy(self) -> Policy:
        """The policy with these settings, over this memory."""
        people, kept = self.people, (MemoryKeys(), MemoryCache(), self.sessions, MemoryKnowledge())
        adapters = Adapters(people, people, people, people, *kept, model=self.model, sight=Sight(self.model))
        return AlignConfig(**self.settings).build(adapters)
