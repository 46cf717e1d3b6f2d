"""Questions over rows are computed from the tenant's tables, beside whatever else a turn is given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.duckdb.source import Loaded
from adapters.duckdb.tables import DuckTables
from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import Caller, ChatRequest, Model, Passage, Unavailable
from policies.base import Adapters, Exchange, Receipt
from policies.retrieval import Retrieval, RetrievalConfig
from tests.tables import SHOP, Given, Scripted, engine

COUNT = "How many orders are there for each status?"
HARD = "On average, how many euros did customers from each city spend relative to the customer who spent most?"
LEAVE = "How many weeks of parental leave do new parents take?"


class Slow:
    """A model that thinks for a minute."""

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        await asyncio.sleep(60)
        return ""

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class World:
    """The policy over ports in memory and real tables, and a way to send it requests."""

    source: Given = field(default_factory=Given)
    model: Model | None = None
    config: RetrievalConfig = field(default_factory=lambda: RetrievalConfig(timeout=5, stuff_max_tokens=0))
    sessions: MemoryCache = field(default_factory=MemoryCache)
    knowledge: MemoryKnowledge = field(default_factory=MemoryKnowledge)
    people: MemoryPeople = field(default_factory=MemoryPeople)

    def fill(self) -> World:
        text = "Orders are shipped on weekdays. How many days an order takes for each status is told by mail."
        leave = "Parents of a new child take sixteen weeks of parental leave."
        passages = {each: [Passage(each, "default", each, "Shop", words)]
                    for each, words in (("/docs/orders.md", text), ("/docs/leave.md", leave))}  # fmt: skip
        asyncio.run(self.knowledge.replace("default", passages, {}))
        return self

    def policy(self, tables: DuckTables) -> Retrieval:
        people = self.people
        adapters = Adapters(people, people, people, people, MemoryKeys(), self.sessions, self.sessions, self.knowledge)
        policy = self.config.build(replace(adapters, tables=tables, analyst=self.model))
        assert isinstance(policy, Retrieval)
        return policy

    def send(self, *turns: tuple[str, Any], tenant: str = "default", **more: Any) -> Exchange:
        messages = [{"role": role, "content": content} for role, content in turns]
        received = ChatRequest.parse(json.dumps({"model": "m", "messages": messages}).encode())
        exchange = Exchange("ex_1", Caller(tenant), received, received, **more)

        async def run() -> None:
            tables = engine(self.source)
            try:
                await self.policy(tables).on_request(exchange)
            finally:
                await tables.close()

        asyncio.run(run())
        return exchange


def tail(exchange: Exchange) -> str:
    return exchange.request.turns[-1].text


def test_question_over_rows_is_computed() -> None:
    """The rows stand behind the question with their query, marked as computed, and no passages beside them."""
    exchange = World().fill().send(("user", COUNT))
    assert exchange.receipt.reasons == ["computed"]
    assert "Computed for the request above by a query over all rows" in tail(exchange)
    assert "SELECT" in tail(exchange)
    assert "| shipped | 3 |" in tail(exchange)
    assert "weekdays" not in tail(exchange)
    assert exchange.receipt.detail["sql"] == "template"
    assert exchange.receipt.tokens > 0


def test_receipt_has_no_text() -> None:
    """Codes and numbers only: neither the query nor a row."""
    exchange = World().fill().send(("user", "How many orders have the status 'shipped'?"))
    assert exchange.receipt.reasons == ["computed"]
    told = json.dumps(exchange.receipt.detail)
    assert "shipped" not in told
    assert "SELECT" not in told


def test_turn_comes_back_with_the_same_bytes() -> None:
    """In a loop of tools, and as history, a turn has what it was given, though the rows have changed since."""
    world = World().fill()
    first = tail(world.send(("user", COUNT)))
    shop = [each if each.name != "orders" else replace(each, data=each.data.slice(0, 1)) for each in SHOP]
    world.source = Given({"default": shop}, number=2)
    later = world.send(("user", COUNT), ("assistant", "Three."), ("user", "Thanks!"))
    assert later.request.turns[0].text == first
    assert "replayed" in later.receipt.reasons


def test_changed_rows_count() -> None:
    """A new conversation sees the rows as they are now."""
    world = World().fill()
    world.send(("user", COUNT))
    shop = [each if each.name != "orders" else replace(each, data=each.data.slice(0, 1)) for each in SHOP]
    world.source = Given({"default": shop}, number=2)
    assert "| shipped | 1 |" in tail(world.send(("system", "Other."), ("user", COUNT)))


def test_what_cannot_be_computed_is_said() -> None:
    """The receipt says why, and the model is told that passages cannot answer an aggregate; passages come beside it."""
    exchange = World().fill().send(("user", HARD))
    assert exchange.receipt.reasons[0] == "not_computed"
    assert exchange.receipt.detail["sql"]
    assert "passages of documents cannot answer it" in tail(exchange)
    assert "customers, orders" in tail(exchange)


def test_question_of_fact_is_searched() -> None:
    """What names nothing of the tables is looked up as ever, however it is worded."""
    exchange = World().fill().send(("user", LEAVE))
    assert "retrieved" in exchange.receipt.reasons
    assert "sixteen weeks" in tail(exchange)
    assert "Computed" not in tail(exchange)


def test_tenants_apart() -> None:
    """A tenant without tables is answered as if there were none, and one sees only its own rows."""
    source = Given({"default": SHOP, "acme": [replace(SHOP[1], data=SHOP[1].data.slice(0, 2), links=())]})
    world = World(source).fill()
    assert "computed" not in world.send(("user", COUNT), tenant="nobody").receipt.reasons
    theirs = tail(world.send(("user", COUNT), tenant="acme"))
    assert "| shipped | 1 |" in theirs
    assert "cancelled" not in theirs


def test_tables_that_are_away_cost_only_themselves() -> None:
    """A source that cannot be read leaves the passages."""
    world = World(Given(fault=Unavailable("away"))).fill()
    exchange = world.send(("user", COUNT))
    assert "computed" not in exchange.receipt.reasons
    assert "tables_unavailable" in exchange.receipt.reasons
    assert exchange.receipt.detail["sql"] == "unreadable"
    assert "weekdays" in tail(exchange)


class Late(Given):
    """A source whose rows never come."""

    async def load(self, tenant: str) -> Sequence[Loaded]:
        await asyncio.Event().wait()
        return ()


def test_tables_that_are_not_there_in_time() -> None:
    """They are waited for only a part of the policy's time, and the passages are found in the rest."""
    exchange = World(Late(), config=RetrievalConfig(timeout=0.5, stuff_max_tokens=0)).fill().send(("user", COUNT))
    assert "tables_unavailable" in exchange.receipt.reasons
    assert exchange.receipt.detail["sql"] == "loading"
    assert "weekdays" in tail(exchange)


def test_model_computes_what_no_template_reads() -> None:
    """With a model the same question is computed, and the receipt tells how often it was asked."""
    model = Scripted([json.dumps({"sql": "SELECT city, count(*) AS n FROM customers GROUP BY ALL ORDER BY city"})])
    exchange = World(model=model).fill().send(("user", HARD))
    assert exchange.receipt.reasons == ["computed"]
    assert exchange.receipt.detail["asked_model"] == 1
    assert "| Oslo | 2 |" in tail(exchange)


class Broken(Slow):
    """A model whose client has a fault of its own."""

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        raise KeyError("choices")


@pytest.mark.parametrize(("model", "reason"), [
    (Scripted(["[" * 3000] * 3), "model_unreadable"), (Broken(), "error:KeyError"),
])  # fmt: skip
def test_fault_costs_only_the_rows(model: Model, reason: str) -> None:
    """Whatever a model answers, and whatever breaks on the way, the passages are still found."""
    config = RetrievalConfig(timeout=5, stuff_max_tokens=0, min_coverage=0)
    exchange = World(model=model, config=config).fill().send(("user", HARD))
    assert exchange.receipt.reasons[0] == "not_computed"
    assert exchange.receipt.detail["sql"] == reason
    assert "passages of documents cannot answer it" in tail(exchange)


def test_slow_model_costs_only_its_own_time() -> None:
    """The model's time is not the search's: when it is over, the passages are still found."""
    config = RetrievalConfig(timeout=2, sql_timeout=0.2, stuff_max_tokens=0, min_coverage=0)
    exchange = World(model=Slow(), config=config).fill().send(("user", HARD))
    assert "sql_timeout" in exchange.receipt.reasons
    assert "passages of documents cannot answer it" in tail(exchange)


def test_no_room_no_rows() -> None:
    """Where the budget has no room for a row, nothing is put in, and the receipt says so."""
    exchange = World().fill().send(("user", COUNT), receipt=Receipt(budget=20))
    assert "no_budget" in exchange.receipt.reasons
    assert exchange.request is exchange.received


def test_beside_a_whole_corpus() -> None:
    """A conversation that has the whole corpus gets its computed rows, too."""
    config = RetrievalConfig(timeout=5, stuff_max_tokens=1600)
    world = World(config=config).fill()
    turns: Sequence[tuple[str, Any]] = (("user", LEAVE),)
    assert "stuffed" in world.send(*turns).receipt.reasons
    later = world.send(*turns, ("assistant", "Sixteen."), ("user", COUNT))
    assert "stuffed_before" in later.receipt.reasons
    assert "computed" in later.receipt.reasons
    assert "| shipped | 3 |" in tail(later)
