"""What a hook leaves in its draft is taken over whole, or not at all."""

import asyncio

import pytest

from adapters.ports import Block, Caller, ChatRequest
from policies.base import Exchange, Policy, PolicyConfig, Receipt
from policies.choosing import Choosing
from policies.citing import Sources
from proxy.link import BYTES_PER_TOKEN, Garbage, Link, adopt

BODY = b'{"model":"m","messages":[{"role":"user","content":"hello"}]}'


class Config(PolicyConfig):
    kind: str = "test"
    conditions = ("mine",)


def drafted(budget: int = 50) -> tuple[Exchange, Exchange]:
    request = ChatRequest.parse(BODY)
    exchange = Exchange("ex_1", Caller(), request, request, receipt=Receipt(budget=budget))
    return exchange, exchange.draft()


def test_what_travels_is_adopted() -> None:
    """The request goes on changed, its tokens are off the budget, and the receipt tells of both."""
    exchange, draft = drafted()
    draft.request = draft.request.with_context(Block("profile", "Likes jazz."))
    draft.receipt.note("injected", 7)
    asyncio.run(adopt(Link(Config(), Policy()), "on_request", exchange, draft, 1.5))
    (step,) = exchange.receipt.steps
    assert b"jazz" in exchange.request.body() and exchange.receipt.budget == 43
    assert (step.policy, step.outcome, step.reasons, step.ms) == ("test", "applied", ("injected",), 1.5)


def test_sources_travel() -> None:
    """What an answer may cite is taken over from a request's hook, and from no reply's; anything else is no such thing.
    """
    for hook, kept in (("on_reply", None), ("on_request", Sources({}))):
        exchange, draft = drafted()
        draft.sources = Sources({})
        asyncio.run(adopt(Link(Config(), Policy()), hook, exchange, draft, 1.5))  # type: ignore
        assert exchange.sources == kept
        assert exchange.draft().sources == kept
    draft.sources = {1: "leave.md"}  # type: ignore
    with pytest.raises(Garbage):
        asyncio.run(adopt(Link(Config(), Policy()), "on_request", exchange, draft, 1.5))


def test_what_is_over_budget_is_left() -> None:
    """More bytes than any tokeniser makes of the tokens allowed."""
    exchange, draft = drafted()
    draft.request = draft.request.with_context(Block("profile", "x" * BYTES_PER_TOKEN * 51))
    with pytest.raises(Garbage) as caught:
        asyncio.run(adopt(Link(Config(), Policy()), "on_request", exchange, draft, 0.0))
    assert caught.value.reason == "over_budget" and exchange.request.body() == BODY


def test_conditions_of_its_own_are_left_to_a_policy() -> None:
    """Those of everybody are decided before it runs."""
    exchange, _ = drafted()
    applies = {when: Link(Config(when=when), Policy()).applies(exchange)
               for when in ((), ("mine",), ("identified",), ("anonymous",))}  # fmt: skip
    assert applies == {(): True, ("mine",): True, ("identified",): False, ("anonymous",): True}


def test_plans_travel() -> None:
    """That several answers are wanted is taken over from a request's hook; anything else is no such thing."""
    exchange, draft = drafted()
    draft.choosing = plan = Choosing("test", (), {})
    asyncio.run(adopt(Link(Config(), Policy()), "on_request", exchange, draft, 1.0))
    assert exchange.choosing is plan and exchange.draft().choosing is plan
    assert exchange.receipt.steps[-1].outcome == "applied"
    exchange, draft = drafted()
    draft.choosing = "several"  # type: ignore[assignment]
    with pytest.raises(Garbage):
        asyncio.run(adopt(Link(Config(), Policy()), "on_request", exchange, draft, 1.0))
    assert exchange.choosing is None
