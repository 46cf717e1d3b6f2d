"""Asks for several answers at once where a policy planned it (`exchange.choosing`), and sends one of them on.

Whatever goes wrong with choosing costs the choice, never the chat: then the first complete answer goes out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from adapters.ending import begun
from adapters.ports import ChatRequest, ConfigError, Reply
from policies.align import AlignConfig
from policies.base import Exchange, Outcome, PolicyConfig, Step
from policies.choosing import Choosing, worths
from proxy.answering import Call, limited
from proxy.chain import contained
from proxy.wire import HttpError

# Reading the texts takes milliseconds; importing what does it, the first time, a part of a second. A model that judges
# them has its own time.
JUDGE_SECONDS = 2.0


class Backend(Protocol):
    """What is asked: the `backends` of the configuration."""

    async def complete(self, request: ChatRequest) -> Reply: ...
    def own_key(self, model: str) -> bool: ...
    def find(self, model: str) -> object: ...


@dataclass(slots=True)
class Choice:
    """The call whose answer goes on, as a reason code, and what the answer of each call was thought to be worth, None
    where there was none to compare, `judged` ones also by what a model made of them."""

    call: Call
    code: str
    worths: list[float | None] = field(default_factory=list)
    judged: bool = False
    fault: str | None = None


def verify_models(policies: Sequence[PolicyConfig], backends: Backend) -> None:
    """That a backend takes each model which is to be asked beside the ordinary one: it would fail for everybody, in
    silence. Raises ConfigError."""
    for number, policy in enumerate(policies):
        for place, model in enumerate(policy.models if isinstance(policy, AlignConfig) else ()):
            try:
                backends.find(model)
            except HttpError as error:
                raise ConfigError(f"policies.{number}.models.{place}", str(error)) from error


async def asked(backends: Backend, exchange: Exchange) -> Reply:
    """The backend's answer; where several are planned, one of them. Raises what the ordinary call does where no call
    brings an answer. Where this is cancelled, all calls are, and are closed."""
    plan = exchange.choosing
    if plan is None:
        return await backends.complete(exchange.request)
    start, changed = time.perf_counter(), asyncio.Event()
    calls = await _calls(backends, exchange.request, plan, changed)
    if len(calls) < 2:
        return await backends.complete(exchange.request)
    kept: Call | None = None
    try:
        for call in calls:
            call.start(backends.complete(call.request))
        late = await _settled(calls, changed, plan.wait)
        choice = await _chosen(plan, calls)
        step = _step(plan, calls, choice, late, round((time.perf_counter() - start) * 1000, 3))
        exchange.receipt.steps.append(step)
        exchange.request = choice.call.request
        reply = await _handed(choice.call)
        await _let_go(call for call in calls if call is not choice.call)
        kept = choice.call
        return reply
    finally:
        await _let_go(call for call in calls if call is not kept)


async def _let_go(calls: Iterable[Call]) -> None:
    """End calls, to the end even where whoever waits for it is cancelled meanwhile."""
    await asyncio.shield(asyncio.gather(*(call.close() for call in calls)))


async def _calls(backends: Backend, asked: ChatRequest, plan: Choosing, changed: asyncio.Event) -> list[Call]:
    """The calls, the ordinary one first and as it is. Models that are asked with another's key are left out: who pays
    for the ordinary call decides what may be asked, and the caller's own key goes to no backend but the one that they
    asked. Raises HttpError 404 for an unknown model."""
    ordinary, own = backends.find(asked.model), backends.own_key(asked.model)
    found = [Call(asked, 0, changed)]

    async def further() -> None:
        for way in plan.ways[1:]:
            request = way.request(asked)
            if backends.own_key(request.model) == own and (not own or backends.find(request.model) is ordinary):
                found.append(Call(limited(request, plan.max_tokens), len(found), changed, way.tokens))

    await contained(further())
    return found


async def _settled(calls: Sequence[Call], changed: asyncio.Event, wait: float) -> bool:
    """Wait until the choice can be made; returns whether time was up before all answers were there."""
    late, deadline = False, asyncio.get_running_loop().time() + wait
    while not _ready(calls, late):
        changed.clear()
        try:
            async with asyncio.timeout_at(None if late else deadline):
                await changed.wait()
        except TimeoutError:
            late = True
    return late


def _ready(calls: Sequence[Call], late: bool) -> bool:
    """Once all answers are there; when it is late with the first one, or with a stream of the ordinary call, which goes
    on as it comes, or with its fault. That stream also does so where it is too long to be held, or nothing is left to
    compare it with."""
    ordinary, running = calls[0], [call for call in calls if not call.over]
    some = any(call.complete for call in calls)
    alone = running == [ordinary] and not some
    flows = ordinary.begun and not ordinary.over
    failed = late and ordinary.over and not ordinary.complete
    return not running or ordinary.long or failed or ((late or alone) and (some or flows))


async def _chosen(plan: Choosing, calls: Sequence[Call]) -> Choice:
    """The best of what is there."""
    complete = [call for call in calls if call.complete]
    told = [call for call in complete if call.text]
    if calls[0].long or not complete:
        return Choice(calls[0], "as_it_comes" if calls[0].begun else "no_answer")
    first = Choice((told or complete)[0], f"only:{(told or complete)[0].place}")
    if len(told) < 2:
        return first
    found: list[float] = []
    judged = False

    async def judge() -> None:
        nonlocal judged
        async with asyncio.timeout(JUDGE_SECONDS + plan.judge_wait):
            worth, judged = await worths(plan, [call.text for call in told])
            found.extend(worth)

    fault = await contained(judge())
    if fault or len(found) != len(told):
        return replace(first, code=f"first:{first.call.place}", fault=fault)
    best = told[found.index(max(found))]
    worth = {call.place: each for call, each in zip(told, found, strict=True)}
    return Choice(best, f"chosen:{best.place}", [worth.get(call.place) for call in calls], judged)


def _step(plan: Choosing, calls: Sequence[Call], choice: Choice, late: bool, ms: float) -> Step:
    """What was done, in codes and numbers: how many calls there were and what became of them, what the answers were
    worth, and the tokens that backends told of."""
    detail: dict[str, Any] = {
        "calls": len(calls), "complete": sum(call.complete for call in calls),
        "failed": sum(call.over and not call.complete for call in calls), "chosen": choice.call.place, "late": late,
        "worth": [each if each is None else round(each, 3) for each in choice.worths], "judged": choice.judged,
        "prompt_tokens": sum(call.spent[0] for call in calls), "answer_tokens": sum(call.spent[1] for call in calls),
    }  # fmt: skip
    reasons = (choice.code, *((choice.fault,) if choice.fault else ()))
    outcome: Outcome = "failed" if choice.fault else "applied"
    return Step(plan.policy, "on_request", outcome, reasons, ms, choice.call.tokens, detail=detail)


async def _handed(call: Call) -> Reply:
    """The answer of a call: its body, or a stream of what was read of it and of what is still to come. Raises what the
    call did."""
    made = call.answer()
    if not call.begun:
        return made
    reply = replace(made, complete=False)
    reply.chunks = await begun(_passed(call, made, reply))
    return reply


async def _passed(call: Call, made: Reply, reply: Reply) -> AsyncGenerator[bytes]:
    try:
        yield b""
        async with aclosing(call.hand_over()) as chunks:
            async for chunk in chunks:
                # Of what was held the last piece alone is the end.
                reply.complete = made.complete and not call.parts
                yield chunk
        reply.complete = made.complete
    finally:
        await call.close()
