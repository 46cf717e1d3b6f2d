"""The answer that a person gets through the policy itself: `kind: align` plans the calls, the proxy makes them to a
scripted model, and one answer is sent on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.memory.cache import MemoryCache
from adapters.memory.knowledge import MemoryKnowledge
from adapters.ports import Caller, ChatRequest, Election, Person, Profile, Reply, User
from policies.align import AlignConfig
from policies.base import Adapters, Exchange
from policies.rewards.axes import AXES
from policies.rewards.posterior import Posterior
from proxy.choosing import asked

QUESTION = b'{"model":"m","messages":[{"role":"user","content":"How is it done?"}]}'


class Script:
    """A model that gives these answers, one after another."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.calls = 0

    def find(self, model: str) -> None:
        """It knows every model."""

    def own_key(self, model: str) -> bool:
        """The operator pays."""
        return False

    async def complete(self, request: ChatRequest) -> Reply:
        """The next answer."""
        message = {"role": "assistant", "content": self.texts[self.calls % len(self.texts)]}
        self.calls += 1
        body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return Reply(200, body=json.dumps(body).encode(), complete=True)


def delivered(texts: Sequence[str], posterior: Posterior, answers: int) -> tuple[str, int]:
    """The answer that goes out to somebody of whom this is known after so many answers of theirs, and how many calls
    that took."""
    profile = Profile(1, taste=posterior.floats(AXES), counts={"answers": float(answers)},
                      election=Election(choices=answers, tastes={"own": 0.0, "none": 0.0}))
    user, request = User("u_" + "0" * 32, known=Person(profile)), ChatRequest.parse(QUESTION)
    exchange, people, script = Exchange("ex_bench", Caller(), request, request, user), MemoryPeople(), Script(texts)
    memory = (MemoryKeys(), MemoryCache(), MemoryCache(), MemoryKnowledge())
    policy = AlignConfig(calls=len(texts)).build(Adapters(people, people, people, people, *memory))

    async def run() -> Reply:
        hook = policy.on_request(exchange)
        if hook is not None:
            await hook
        return await asked(script, exchange)

    reply = asyncio.run(run())
    return reply.text(request.format), script.calls
