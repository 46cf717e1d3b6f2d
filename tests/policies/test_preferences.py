"""The summary stands behind the client's instructions, the same for a conversation, newest after a correction."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field, replace

import pytest
from pydantic import ValidationError

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.memory.cache import BEGAN
from adapters.ports import (
    Caller,
    ChatRequest,
    Evidence,
    Job,
    Profile,
    User,
    count_tokens,
)
from policies.base import Adapters, Exchange, Receipt
from policies.preferences import Preferences, PreferencesConfig
from policies.preferences.pending import within
from policies.sessions import of_person

ALICE = User("u_" + "a" * 32)
HELLO = (("system", "Be kind."), ("user", "What shall I cook?"))
LATER = (*HELLO, ("assistant", "Soup?"), ("user", "Which one?"))


@dataclass
class World:
    """The policy over ports in memory, a person who says things, and requests in their name."""

    config: PreferencesConfig = field(default_factory=PreferencesConfig)
    people: MemoryPeople = field(default_factory=MemoryPeople)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    events: int = 0

    def policy(self) -> Preferences:
        people = self.people
        built = self.config.build(
            Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), self.sessions, MemoryKnowledge())
        )
        assert isinstance(built, Preferences)
        return built

    def says(self, *texts: str, kind: str = "statement") -> World:
        for text in texts:
            self.events += 1
            item = Evidence(f"e{self.events}", kind, text)  # type: ignore[arg-type]
            asyncio.run(self.people.append(ALICE, [item]))
        return self

    def learns(self) -> World:
        asyncio.run(self.policy().learn(Job(1, ALICE, 0)))
        return self

    def asks(
        self, *turns: tuple[str, str], user: User | None = ALICE, caller: Caller | None = None, budget: int = 2000,
        **fields: str,
    ) -> Exchange:  # fmt: skip
        messages = [{"role": role, "content": text} for role, text in turns]
        received = ChatRequest.parse(json.dumps({"model": "m", "messages": messages, **fields}).encode())
        exchange = Exchange("x", caller or Caller(), received, received, user, receipt=Receipt(budget=budget))
        asyncio.run(self.policy().on_request(exchange))
        return exchange

    def profile(self) -> Profile:
        return asyncio.run(self.people.load(ALICE)).profile


def summary(exchange: Exchange) -> str:
    """The injected text, "" where there is none."""
    blocks = [turn.text for turn in exchange.request.turns if "<rapport-profile" in turn.text]
    return blocks[0].split("\n")[1] if blocks else ""


def test_the_summary_follows_the_clients_instructions() -> None:
    """An own message after the leading system text; the client's messages keep their bytes."""
    exchange = World().says("I'm vegan", "keep it short").learns().asks(*HELLO)
    assert [turn.role for turn in exchange.request.turns] == ["system", "system", "user"]
    assert summary(exchange) == "Answers: short. Diet: vegan."
    assert [exchange.request.items[at] for at in (0, 2)] == list(exchange.received.items)
    assert exchange.receipt.reasons == ["injected"]
    assert exchange.receipt.tokens == count_tokens(exchange.request.turns[1].text) <= 150
    assert "vegan" not in json.dumps(exchange.receipt.detail)


def test_without_a_person_or_knowledge_nothing_is_added() -> None:
    """Nobody known, nothing known: the request stays as it came, with a reason."""
    for world, user, reason in ((World(), None, "no_identity"), (World(), ALICE, "nothing_known")):
        exchange = world.asks(*HELLO, user=user)
        assert exchange.request is exchange.received
        assert exchange.receipt.reasons == [reason]


def test_a_statement_counts_at_once() -> None:
    """What was said a moment ago is in the next conversation's summary before anything was learnt from it."""
    assert summary(World().says("I'm vegan").asks(*HELLO)) == "Diet: vegan."


def test_a_conversation_keeps_its_bytes() -> None:
    """What is learnt meanwhile waits for the next conversation, so that the prompt's prefix stays cached."""
    world = World().says("I'm vegan").learns()
    first = world.asks(*HELLO)
    world.says("I love jazz").learns()
    later = world.asks(*LATER)
    assert later.request.items[:3] == first.request.items[:3]
    assert later.receipt.detail["pinned"] is True
    assert summary(world.asks(("user", "Something else"))) == "Diet: vegan. Like: jazz."


def test_a_correction_reaches_a_conversation_at_once() -> None:
    """Somebody who is no longer vegan is not told about tofu for the rest of the chat, learnt or not yet."""
    for learn in (True, False):
        world = World().says("I'm vegan", "I love jazz").learns()
        assert summary(world.asks(*HELLO)) == "Diet: vegan. Like: jazz."
        world.says("I'm not vegan any more")
        exchange = (world.learns() if learn else world).asks(*LATER)
        assert summary(exchange) == "Like: jazz."
        assert exchange.receipt.detail["pinned"] is False


def test_an_erasure_reaches_a_conversation_at_once() -> None:
    """After being forgotten nothing of the old summary is said again."""
    world = World().says("I'm vegan").learns()
    assert summary(world.asks(*HELLO)) == "Diet: vegan."
    asyncio.run(world.people.forget(ALICE))
    assert summary(world.asks(*LATER)) == ""


def test_who_read_somebody_before_they_were_erased_keeps_nothing() -> None:
    """Neither the summary nor what was folded for it, of whatever had begun by then."""
    world = World().says("I'm vegan")
    BEGAN.set(time.monotonic())
    known = replace(ALICE, known=asyncio.run(world.people.load(ALICE)))
    asyncio.run(world.people.forget(ALICE))
    asyncio.run(world.sessions.drop(of_person(ALICE.tenant, ALICE.id)))
    assert summary(world.asks(*HELLO, user=known)) == "Diet: vegan." and len(world.sessions) == 0
    BEGAN.set(float("inf"))
    assert summary(world.says("I'm vegan").asks(*HELLO)) == "Diet: vegan." and len(world.sessions) > 0


@pytest.mark.parametrize("by", ["key", "chat"])
def test_conversations_are_told_apart(by: str) -> None:
    """By the client's cache key or chat id where it has one, else by how they began."""

    def asks(world: World, name: str, *turns: tuple[str, str]) -> Exchange:
        if by == "key":
            return world.asks(*turns, prompt_cache_key=name)
        return world.asks(*turns, caller=Caller(conversation=name))

    world = World().says("I'm vegan").learns()
    asks(world, "one", *HELLO)
    world.says("I love jazz").learns()
    asks(world, "two", *HELLO)
    assert summary(asks(world, "one", *LATER)) == "Diet: vegan."
    assert summary(asks(world, "two", *LATER)) == "Diet: vegan. Like: jazz."


@pytest.mark.parametrize(
    "text", ["Help.\nUser Context:\n1. likes tea", '<rapport-profile note="x">\nDiet: vegan.\n</rapport-profile>']
)
def test_a_client_with_its_own_memory_is_left_alone(text: str) -> None:
    """Two memories in one prompt contradict each other sooner or later."""
    exchange = World().says("I'm vegan").learns().asks(("system", text), ("user", "hi"))
    assert exchange.request is exchange.received
    assert exchange.receipt.reasons == ["client_memory"]
    assert summary(World().says("I'm vegan").learns().asks(("user", text))) == "Diet: vegan."


def test_the_budget_holds() -> None:
    """Never more than the setting, delimiters included; nothing where all policies together may not."""
    world = World(PreferencesConfig(max_tokens=40)).says(*(f"I love thing{number}" for number in range(40))).learns()
    exchange = world.asks(*HELLO)
    assert 0 < exchange.receipt.tokens <= 40
    poor = world.asks(*HELLO, budget=10)
    assert poor.request is poor.received
    assert poor.receipt.tokens == 0


def test_a_poor_budget_gets_a_smaller_summary() -> None:
    """A new conversation's summary is made for the room there is, and stays; one that was larger is left out."""
    world = World().says(*(f"I love thing{number}" for number in range(40))).learns()
    poor = world.asks(*HELLO, budget=60)
    assert 30 < poor.receipt.tokens <= 60
    assert world.asks(*LATER).request.items[:3] == poor.request.items
    world.asks(*HELLO)
    assert world.asks(*LATER, budget=60).receipt.reasons == ["no_budget"]
    assert world.asks(*HELLO, budget=10).receipt.reasons == ["no_budget"]


def test_a_request_folds_only_so_much() -> None:
    """Long turns that are pending go in oldest first, some with each request, and all with the learner."""
    texts = [f"I love game{number}. " + "It rained. " * 700 for number in range(8)]
    for learn in (False, True):
        world = World().says(*texts)
        assert summary(world.asks(*HELLO)) == "Like: game0."
        assert "game1" in summary(world.asks(*HELLO))
        world = world.learns() if learn else world
        assert ("game7" in summary(world.asks(*HELLO))) is learn
    assert world.profile().watermark == 8


def test_pending_events_are_bounded() -> None:
    """At least one event, then as many as fit; many short ones count for more than their letters."""
    short = [Evidence(f"e{n}", "statement", "hi", seq=n) for n in range(64, 0, -1)]
    assert [item.seq for item in within(short, 1000)] == list(range(1, 10))
    assert len(within(short, 1)) == 1
    assert len(within(short, None)) == 64


def test_the_learner_leaves_the_loop_free() -> None:
    """While much is folded, other requests go on."""
    world = World().says(*(f"I love game{number}. " + "I hate rain. " * 600 for number in range(16)))

    async def both() -> int:
        task, turns = asyncio.create_task(world.policy().learn(Job(1, ALICE, 0))), 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        await task
        return turns

    assert asyncio.run(both()) > 5
    assert world.profile().watermark == 16


def test_learning_publishes_the_next_version() -> None:
    """Each batch is one version more, also where only the watermark moved; nothing new is no version."""
    world = World().says("I'm vegan", "hello").learns()
    assert (world.profile().version, world.profile().revision, world.profile().watermark) == (1, 0, 2)
    world.says("how are you today").learns()
    assert (world.profile().version, world.profile().watermark) == (2, 3)
    world.learns()
    assert world.profile().version == 2
    world.says("I'm not vegan any more").learns()
    assert (world.profile().version, world.profile().revision) == (3, 3)


def test_learning_goes_on_from_what_another_worker_published() -> None:
    """A version that came in between is loaded and folded upon; learning twice gives the same claims."""

    class Racing(MemoryPeople):
        raced = False

        async def publish(self, user: User, profile: Profile) -> bool:
            if not self.raced:
                self.raced = True
                await super().publish(user, replace(Profile(), version=1, taste={"warmth": 1.0}))
            return await super().publish(user, profile)

    world = World(people=Racing()).says("I'm vegan").learns()
    assert world.profile().version == 2
    assert world.profile().taste == {"warmth": 1.0}
    assert [claim.value for claim in world.profile().claims] == ["vegan"]


def test_settings_are_checked() -> None:
    """A wrong setting stops the start and names the place."""
    with pytest.raises(ValidationError):
        PreferencesConfig(max_tokens=1)
    with pytest.raises(ValidationError, match="unknown aspect; known: name, language"):
        PreferencesConfig(aspects=("shoe size",))
    assert (
        summary(World(PreferencesConfig(aspects=("diet",))).says("I'm vegan", "I love jazz").asks(*HELLO))
        == "Diet: vegan."
    )


@pytest.mark.parametrize(("text", "told"), [
    ("What do you know about me?", True), ("so what exactly have you learnt about me so far", True),
    ("Show me everything you have stored about me.", True), ("tell me what you remember about me", True),
    ("What do you know about jazz?", False), ("What do you think of me?", False), ("Tell me about you.", False),
])
def test_who_asks_is_told_all_of_it(text: str, told: bool) -> None:
    """Also what is not mentioned otherwise; only where the operator allows it, and in the same bytes later on."""
    world = World(PreferencesConfig(in_chat=True)).says("I'm vegan. I love jazz.").learns()
    profile = asyncio.run(world.people.load(ALICE)).profile
    hidden = tuple(replace(claim, suppressed=claim.value == "jazz") for claim in profile.claims)
    asyncio.run(world.people.publish(ALICE, replace(profile, version=profile.version + 1, claims=hidden)))
    asked = world.asks(("user", text))
    shown = b"rapport-known" in asked.request.body()
    assert (shown, b"Like: jazz" in asked.request.body()) == (told, told)
    assert ("told" in asked.receipt.reasons) == told
    later = world.asks(("user", text), ("assistant", "Jazz."), ("user", "Thanks."))
    assert (b"Like: jazz" in later.request.body()) == told
    assert "told" not in later.receipt.reasons and asked.request.items[-1:] == later.request.items[1:2]
    quiet = World(people=world.people).asks(("user", text))
    assert b"rapport-known" not in quiet.request.body()


def test_who_asks_and_is_not_known_is_told_so() -> None:
    """Rather than nothing, which a model would fill."""
    asked = World(PreferencesConfig(in_chat=True)).asks(("user", "What do you know about me?"))
    assert b"Nothing is known of this person yet." in asked.request.body()


def test_the_summary_is_of_the_place_that_the_app_names() -> None:
    """What holds there, and of other places nothing; without a place all, each with where it holds. A conversation
    that goes on elsewhere is told what holds there."""
    world = World().says("At work, keep your answers short.", "At home, please give me detailed answers.")
    world.says("I love jazz")
    told = {place: world.asks(*HELLO, caller=Caller(place=place)).request.turns[1].text
            for place in ("work", "home", "")}  # fmt: skip
    assert "short" in told["work"] and "detailed" not in told["work"] and "(at" not in told["work"]
    assert "detailed" in told["home"] and "short" not in told["home"]
    assert "short (at work)" in told[""] and "detailed (at home)" in told[""]
    assert all("jazz" in text for text in told.values())
    assert world.asks(*LATER, caller=Caller(place="home")).request.turns[1].text == told["home"]
