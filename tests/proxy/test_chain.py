"""The chain keeps every fault of a policy away from the chat."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import Block, Caller, ChatRequest, ConfigError, Reply, User
from policies.base import Adapters, Exchange, Policy, PolicyConfig, Receipt
from policies.citing import Sources
from policies.preferences import PreferencesConfig
from proxy.chain import Chain, PolicyFailed
from proxy.rest import FAULTS

BODY = b'{"model":"m","messages":[{"role":"user","content":"hello"}]}'


def exchange(budget: int = 100) -> Exchange:
    request = ChatRequest.parse(BODY)
    return Exchange("ex_1", Caller(), request, request, receipt=Receipt(budget=budget))


class Config(PolicyConfig):
    kind: str = "test"
    timeout: float = 0.1


class Adds(Policy):
    """Injects a word and says so."""

    def __init__(self, word: str) -> None:
        self.word = word

    async def on_request(self, exchange: Exchange) -> None:
        exchange.receipt.note("added", tokens=2, word=len(self.word))
        exchange.request = exchange.request.with_context(Block("profile", self.word))


class Notes(Policy):
    """Keeps nothing: its reply hook only notes something."""

    only_notes = True

    async def on_reply(self, exchange: Exchange) -> None:
        exchange.receipt.note("noted")


class Keeps(Policy):
    async def on_reply(self, exchange: Exchange) -> None:
        exchange.receipt.note("kept")


class Names(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.user = User("u_1")


class Raises(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.request = exchange.request.with_context(Block("profile", "half done"))
        raise RuntimeError("the person wrote: hello")


class Hangs(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.user = User("u_late")
        await asyncio.sleep(60)


class Blocks(Policy):
    def on_request(self, exchange: Exchange) -> None:
        time.sleep(0.5)
        exchange.user = User("u_late")


class Cancels(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        raise asyncio.CancelledError


class Garbles(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.request = {"model": "other"}  # type: ignore[assignment]


class Floods(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.request = exchange.request.with_context(Block("profile", "x" * 10_000_000))


class Clings(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(0.5)


class Exits(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        raise SystemExit(3)


class Mumbles(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.receipt.note(5)  # type: ignore[arg-type]


class Hides(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.receipt = None  # type: ignore[assignment]


class Lies(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.reply = Reply("abc", body=None)  # type: ignore[arg-type]


class Breaks(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.request = replace(exchange.request, messages=None, original=None)  # type: ignore[arg-type]


class Answers(Policy):
    async def on_request(self, exchange: Exchange) -> None:
        exchange.reply = Reply(200, body=b"{}", complete=True)


def walk(*policies: Policy, **settings: object) -> Exchange:
    subject = exchange()
    chain = Chain((Config(**settings), policy) for policy in policies)  # type: ignore[arg-type]
    asyncio.run(chain.on_request(subject))
    chain.close()
    return subject


@pytest.mark.parametrize(("faulty", "reason"), [
    (Raises(), "error:RuntimeError"), (Hangs(), "timeout"), (Blocks(), "timeout"), (Cancels(), "error:CancelledError"),
    (Garbles(), "garbage"), (Floods(), "over_budget"), (Clings(), "timeout"), (Exits(), "error:SystemExit"),
    (Mumbles(), "error:TypeError"), (Hides(), "garbage"), (Lies(), "garbage"), (Breaks(), "error:TypeError"),
])
def test_a_fault_costs_the_policy_and_nothing_else(faulty: Policy, reason: str) -> None:
    """What a faulty policy had half done is dropped, the receipt says why, and the others still run."""
    done = walk(Names(), faulty, Adds("after"))
    assert [step.reasons for step in done.receipt.steps] == [(), (reason,), ("added",)]
    assert done.receipt.steps[1].outcome == "failed"
    assert done.user == User("u_1")
    assert b"after" in done.request.body()
    assert b"half done" not in done.request.body()
    assert done.received.body() == BODY


def test_reasons_fit_a_header() -> None:
    """Whatever a policy notes as its reason, it comes out as a code."""

    class Shouts(Policy):
        async def on_request(self, exchange: Exchange) -> None:
            exchange.receipt.note("x\r\nset-cookie: \ud800" + "y" * 100)

    (reason,) = walk(Shouts()).receipt.steps[0].reasons
    assert reason.startswith("x__set-cookie")
    assert reason.isascii()
    assert len(reason) == 64


@pytest.mark.parametrize("config", ["None", "Raises"])
def test_a_policy_that_cannot_be_built_stops_the_start(config: str) -> None:
    """`build` that raises or returns no policy is an error of the configuration, with its place."""

    class Odd(Config):
        def build(self, adapters: Any) -> Any:
            return None if config == "None" else 1 // 0

    with pytest.raises(ConfigError, match=r"policies\.0"):
        Chain.build([Odd()], None)  # type: ignore[arg-type]


def test_what_a_policy_says_of_its_settings_has_its_place() -> None:
    """Once: a policy that knows its place already is not told it again."""
    people = MemoryPeople()
    ports = Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), MemoryCache(), MemoryKnowledge())

    class Says(Config):
        place: str

        def build(self, adapters: Any) -> Any:
            raise ConfigError(self.place, "is wrong")

    wrong: dict[str, PolicyConfig] = {
        r"policies\.1\.weights\.edits: is no kind of choice": PreferencesConfig(weights={"edits": 1}),
        r"policies\.1\.election: a model is to judge": PreferencesConfig(election="model"),
        r"policies\.1\.colour: is wrong": Says(place="policies.1.colour"),
        r"policies\.1\.policies\.10\.a: is wrong": Says(place="policies.10.a"),
        r"policies\.1: is wrong": Says(place=""),
    }
    for told, config in wrong.items():
        with pytest.raises(ConfigError, match=f"^{told}"):
            Chain.build([PreferencesConfig(), config], ports)


def test_a_hanging_policy_costs_at_most_its_timeout() -> None:
    """Neither one that awaits nor one that blocks its thread holds the chat longer than its timeout allows."""
    start = time.perf_counter()
    walk(Hangs(), Blocks())
    assert time.perf_counter() - start < 30


def test_a_policy_that_keeps_failing_rests() -> None:
    """After five faults in a row a policy is left out for a while, so that not every request pays its timeout."""

    async def many() -> Exchange:
        chain = Chain([(Config(timeout=0.01), Hangs())])
        for _ in range(FAULTS):
            await chain.on_request(exchange())
        last = exchange()
        await chain.on_request(last)
        chain.close()
        return last

    assert asyncio.run(many()).receipt.steps[0].reasons == ("resting",)


def test_on_error_fail_fails_the_chat() -> None:
    """An operator may say that a policy must work."""
    with pytest.raises(PolicyFailed):
        walk(Raises(), on_error="fail")


def test_an_answer_ends_the_walk() -> None:
    """A policy that answers by itself sets the reply, and no later request hook runs."""
    done = walk(Answers(), Adds("never"))
    assert [step.outcome for step in done.receipt.steps] == ["answered"]


def test_reply_hooks_run_reversed() -> None:
    """The last policy of the file sees the reply first."""
    seen: list[str] = []

    class Sees(Policy):
        def __init__(self, name: str) -> None:
            self.name = name

        async def on_reply(self, exchange: Exchange) -> None:
            seen.append(self.name)

    chain = Chain([(Config(), Sees("first")), (Config(), Names()), (Config(), Sees("last"))])
    asyncio.run(chain.on_reply(exchange()))
    assert seen == ["last", "first"]


def test_when_leaves_a_policy_out() -> None:
    """`when: [identified]` runs only where somebody is known to ask."""
    assert walk(Adds("x"), when=("identified",)).receipt.steps[0].reasons == ("when",)
    assert walk(Adds("x"), when=("anonymous",)).receipt.steps[0].reasons == ("added",)


def test_the_budget_is_shared() -> None:
    """What one policy injects is no longer there for the next."""
    done = walk(Adds("one"), Adds("two"))
    assert done.receipt.budget == 96


@pytest.mark.parametrize(("sources", "learns", "reasons"), [
    (Sources({}), True, ["kept", "noted"]), (Sources({}), False, ["noted"]), (None, True, ["kept"]), (None, False, []),
])
def test_who_sees_an_answer(sources: Sources | None, learns: bool, reasons: list[str]) -> None:
    """Where nothing may be learnt only those policies do that keep nothing, and these only where there is something to
    be cited."""
    seen = exchange()
    seen.sources = sources
    chain = Chain([(Config(), Notes()), (Config(), Keeps())])
    asyncio.run(chain.on_reply(seen, learns))
    assert [reason for step in seen.receipt.steps for reason in step.reasons] == reasons
    chain.close()
