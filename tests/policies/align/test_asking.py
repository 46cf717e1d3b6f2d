"""The plan: which calls, for whom, and how many a day."""

from __future__ import annotations

from dataclasses import replace

from policies.align.asking import DAY
from policies.choosing import Way
from tests.policies.align.people import BRIEF, World


def test_the_same_again() -> None:
    """Without models or variants the question is asked so many times; the request itself stays as it came."""
    exchange = World(settings={"calls": 3, "wait": 7, "max_tokens": 99, "caution": 1}).send()
    plan = exchange.choosing
    assert plan is not None and plan.ways == (Way(),) * 3 and plan.taste == BRIEF.taste
    assert (plan.policy, plan.wait, plan.max_tokens, plan.caution) == ("align", 7, 99, 1)
    assert exchange.request is exchange.received and exchange.receipt.detail == {"calls": 3}


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
    other = World(replace(BRIEF), world.settings)
    assert other.send().choosing is not None, "counts are each person's own"
    world.came += DAY
    assert world.send().choosing is not None


def test_none_a_day() -> None:
    """With 0 there are only ordinary calls."""
    assert World(settings={"calls_per_day": 0}).send().receipt.reasons == ["calls_spent"]
