"""The plan: which calls, for whom, and how many a day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from adapters.memory.cache import MemoryCache
from adapters.ports import MESSAGES, User
from policies.align.asking import DAY
from policies.choosing import Way
from policies.sight import FACTORED
from tests.policies.align.people import BRIEF, World, taste
from tests.policies.test_sight import Says


def test_the_same_again() -> None:
    """Without models or variants the question is asked so many times; the request itself stays as it came."""
    exchange = World(settings={"calls": 3, "wait": 7, "max_tokens": 99, "caution": 1}).send()
    plan = exchange.choosing
    assert plan is not None and plan.ways == (Way(),) * 3 and plan.taste == BRIEF.taste
    assert (plan.policy, plan.wait, plan.max_tokens, plan.caution) == ("align", 7, 99, 1)
    assert exchange.request is exchange.received and exchange.receipt.detail == {"calls": 3}


def test_what_chooses_is_of_the_place() -> None:
    """Coefficients of work for requests from work; for all others those for everywhere."""
    there = {f"work/{name}": value for name, value in taste(length=3.0).items()}
    known = replace(BRIEF, taste={**BRIEF.taste, **there})
    plans = {place: World(known, place=place).send().choosing for place in ("work", "home", "")}
    means = {place: plan and plan.taste["length"] for place, plan in plans.items()}
    assert means == {"work": 3.0, "home": -3.0, "": -3.0}


def test_models_and_variants() -> None:
    """One call each, beside the ordinary one; a variant is a block of the system prompt."""
    plan = World(settings={"models": ["b"], "variants": {"short": "Be brief.", "lists": "Use lists."}}).send().choosing
    assert plan is not None and [way.model for way in plan.ways] == [None, None, None, "b"]
    texts = [way.block.text for way in plan.ways if way.block]
    assert texts == ["Be brief.", "Use lists."] and all(way.tokens for way in plan.ways if way.block)


def test_variants_without_room() -> None:
    """Those that do not fit into what may be added are left out; without any, the call is ordinary."""
    settings = {"variants": {"short": "Be brief.", "long": "Tell it all. " * 100}}
    plan = World(settings=settings).send(budget=60).choosing
    assert plan is not None and len(plan.ways) == 2
    assert World(settings=settings).send(budget=0).receipt.reasons == ["no_budget"]


def test_calls_of_a_day() -> None:
    """What is left of them is used; then calls are ordinary, until the next day."""
    world = World(settings={"calls": 4, "calls_per_day": 5})
    planned = [world.send().choosing for _ in range(3)]
    assert [plan and len(plan.ways) for plan in planned] == [4, 3, None]
    assert world.send().receipt.reasons == ["calls_spent"]
    for user in (User("u_" + "b" * 32), replace(world.user, tenant="acme")):
        other = World(BRIEF, world.settings, world.sessions, user=user)
        assert other.send().choosing is not None, "counts are each person's own, in each tenant"
    world.came += DAY
    assert world.send().choosing is not None


def test_thoughts_that_fit_into_no_other_answer() -> None:
    """Where the model shall think for longer than the others may answer they would all be refused."""
    world = World(settings={"max_tokens": 2000})
    think = {"type": "enabled", "budget_tokens": 2000}
    exchange = world.send(format=MESSAGES, max_tokens=9000, thinking=think)
    assert exchange.choosing is None and exchange.receipt.reasons == ["thoughts"]
    assert world.send(format=MESSAGES, max_tokens=9000, thinking=think | {"budget_tokens": 1999}).choosing
    assert world.send(format=MESSAGES, max_tokens=9000, thinking={"type": "disabled"}).choosing


def judging(*kinds: str, **settings: Any) -> tuple[World, list[tuple[int, bool]]]:
    """The plans for people of whom something is known on these axes: how many ways, and whether they are judged."""
    world = World(settings={"judged": True, **settings}, model=Says("{}"))
    found = []
    for axis in kinds:
        world.profile = replace(BRIEF, taste={axis: 1.0, f"{axis}~{axis}": 0.1})
        plan = world.send().choosing
        found.append((len(plan.ways), plan.judged) if plan else (1, False))
    return world, found


def test_a_judge_is_one_of_the_calls() -> None:
    """Of one question and of a day; where nothing is known of what it would judge it is not asked."""
    assert judging("warmth", "length", calls=4)[1] == [(3, True), (3, False)]
    assert judging("warmth", "warmth", "warmth", calls=4, calls_per_day=5)[1] == [(3, True), (2, True), (1, False)]
    assert judging("warmth", calls=4, calls_per_day=1)[1] == [(2, False)]
    assert judging("warmth", calls=3, models=["a"])[1] == [(2, True)]
    plan = judging("warmth", judge_wait=0.5)[0].send("What is it?").choosing
    assert plan is not None and plan.sight.model and (plan.question, plan.judge_wait) == ("What is it?", 0.5)


def test_coefficients_of_axes_that_are_no_more_do_not_choose() -> None:
    """Those on learnt axes that this deployment has not."""
    taste = {"length": -1.0, "length~length": 0.1}
    gone = replace(BRIEF, taste=taste | {"factor1": 1.0, "factor1~factor1": 0.1}, counts=BRIEF.counts | {FACTORED: 7.0})
    plan = World(gone).send().choosing
    assert plan is not None and plan.taste == taste


def test_none_a_day() -> None:
    """With 0 there are only ordinary calls."""
    assert World(settings={"calls_per_day": 0}).send().receipt.reasons == ["calls_spent"]


class Remote(MemoryCache):
    """A cache that others get a turn beside, as one elsewhere would be."""

    async def get(self, key: str) -> bytes | None:
        await asyncio.sleep(0)
        return await super().get(key)

    async def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        await asyncio.sleep(0)
        await super().set(key, value, ttl)


def test_requests_at_once_share_the_day() -> None:
    """The last calls are granted to one of them, wherever they are counted."""
    world = World(settings={"calls": 4, "calls_per_day": 5}, sessions=Remote())

    async def run() -> list[int]:
        policy, asked = world.policy(), [world.exchange() for _ in range(6)]
        await asyncio.gather(*(policy.on_request(each) for each in asked))  # type: ignore[arg-type]
        return [len(each.choosing.ways) - 1 for each in asked if each.choosing]

    assert asyncio.run(run()) == [3, 2]
