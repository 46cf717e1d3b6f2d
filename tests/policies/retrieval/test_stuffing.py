"""A corpus that fits is put in as a whole, in front of what is known of the person, and stays for the conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import (
    CHAT,
    MESSAGES,
    RESPONSES,
    Block,
    Caller,
    ChatRequest,
    Continued,
    Corpus,
    Evidence,
    Format,
    Passage,
    Reply,
    Unavailable,
    User,
    blocks,
)
from policies.base import Adapters, Exchange, Receipt
from policies.preferences import PreferencesConfig
from policies.retrieval import Retrieval, RetrievalConfig
from policies.retrieval.stuffing import ANSWER, MARGIN, REPLAYED, WINDOW, answer, said_before
from proxy.chain import Chain

ALICE, BOB = User("u_" + "a" * 32), User("u_" + "b" * 32)
LEAVE = ("Parental leave", "Parents of a new child take sixteen weeks of leave, paid in full.")
TRAVEL = ("Travel", "Book trains before planes; a receipt is needed above twenty euros.")
MORE = ("Sick leave", "Call the office before nine; a note is needed from the fourth day on.")
ASKED = "How many weeks of parental leave do new parents take?"
SYSTEM = "You help the staff. " * 20
Talk = Sequence[tuple[str, str]]


class Index(MemoryKnowledge):
    """An index whose corpus may be away."""

    away = False

    async def corpus(self, tenant: str, most: int) -> Corpus | None:
        if self.away:
            raise Unavailable("The index is on fire.")
        return await super().corpus(tenant, most)


@dataclass
class World:
    """The default chain over ports in memory; every request goes through the guard that checks the budgets."""

    settings: dict[str, Any] = field(default_factory=dict)
    window: int | None = 100_000
    people: MemoryPeople = field(default_factory=MemoryPeople)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    index: Index = field(default_factory=Index)

    def __post_init__(self) -> None:
        people = self.people
        adapters = Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), self.sessions, self.index,
                            window=lambda model: self.window)
        retrieval = RetrievalConfig(timeout=5, **self.settings)
        self.chain = Chain.build([PreferencesConfig(kind="preferences", timeout=5), retrieval], adapters)
        policy = self.chain.links[1].policy
        assert isinstance(policy, Retrieval)
        self.retrieval = policy
        for user, taste in ((ALICE, "I am vegan."), (BOB, "I prefer short answers.")):
            asyncio.run(people.append(user, [Evidence("e", "statement", taste, digest="d")]))
        self.fill(leave=LEAVE, travel=TRAVEL)

    def fill(self, tenant: str = "default", **documents: tuple[str, str] | None) -> None:
        """Put in documents, or remove those that are None."""
        passages = {f"/srv/{s}.md": [Passage(s, tenant, s, *said)] if said else [] for s, said in documents.items()}
        asyncio.run(self.index.replace(tenant, passages, {}))

    def send(self, *talk: tuple[str, str], user: User | None = ALICE, tenant: str = "default",
             budgets: tuple[int, int] = (2000, 32_000), **more: Any) -> Exchange:  # fmt: skip
        """A request through the chain, which must not fail in it."""
        return self.pass_on(self.draft(*talk, user=user, tenant=tenant, budgets=budgets, **more))

    def draft(self, *talk: tuple[str, str], user: User | None = ALICE, tenant: str = "default",
              budgets: tuple[int, int] = (2000, 32_000), **more: Any) -> Exchange:  # fmt: skip
        """A request before the chain."""
        received = asked(talk, **more)
        return Exchange("ex_1", Caller(tenant), received, received, user, receipt=Receipt(*budgets))

    def pass_on(self, exchange: Exchange) -> Exchange:
        """The exchange after the chain."""
        asyncio.run(self.chain.on_request(exchange))
        assert all(step.outcome != "failed" for step in exchange.receipt.steps), exchange.receipt.steps
        return exchange


def asked(talk: Talk, format: Format = CHAT, **fields: Any) -> ChatRequest:
    turns = [{"role": role, "content": text} for role, text in talk]
    where = {"messages": {"system": SYSTEM}, "responses": {"instructions": SYSTEM, "store": False}}
    lead = [{"role": "system", "content": SYSTEM}] if format is CHAT else []
    body = {"model": "m", **where.get(format.name, {}), format.field: [*lead, *turns], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), format=format)


def step(exchange: Exchange) -> Any:
    return exchange.receipt.steps[-1]


def reasons(exchange: Exchange) -> tuple[str, ...]:
    found: tuple[str, ...] = step(exchange).reasons
    return found


def prompt(exchange: Exchange) -> str:
    """All that the model reads, in its order."""
    return "\n".join(turn.text for turn in exchange.request.turns)


def names(exchange: Exchange) -> list[str]:
    return [found.name for found in blocks(prompt(exchange))]


FIRST: Talk = [("user", ASKED)]
LATER: Talk = [*FIRST, ("assistant", "Sixteen [1]."), ("user", "Thank you! Write a haiku about it.")]


@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES], ids=lambda format: format.name)
def test_for_the_length_of_a_conversation(format: Format) -> None:
    """It stands between the client's instructions and the profile, and comes back in the same bytes, whatever the next
    turn asks for; two people share what is up to it."""
    world = World()
    first, second = world.send(*FIRST, format=format), world.send(*LATER, format=format)
    assert names(first) == ["corpus", "profile"] == names(second)
    assert prompt(first).startswith(SYSTEM)
    assert prompt(second).startswith(prompt(first))
    assert reasons(first) == ("stuffed",) and reasons(second) == ("stuffed_before",)
    told = step(first).detail["corpus"]
    assert told == {"passages": 2, "tokens": step(first).tokens, "window": 100_000} == step(second).detail["corpus"]
    assert (step(first).replayed, step(second).tokens, step(second).replayed) == (0, 0, step(first).tokens)
    shared = prompt(first)[: prompt(first).index("<rapport-profile")]
    assert "</rapport-corpus>" in shared
    assert prompt(world.send(*FIRST, format=format, user=BOB)).startswith(shared)
    assert prompt(world.send(*FIRST, format=format, user=None)).startswith(shared.rstrip())


def test_every_request_of_a_tool_loop_has_it() -> None:
    """Also one without a turn of the person, where only a result comes back."""
    world = World()
    first = world.send(*FIRST, format=RESPONSES)
    result = [{"type": "function_call_output", "call_id": "c", "output": "42"}]
    received = asked(FIRST, RESPONSES, previous_response_id="r", input=result)
    received = replace(received, continued=Continued(marks=first.received.marks))
    second = world.pass_on(Exchange("ex_2", Caller("default"), received, received, ALICE))
    assert reasons(second) == ("stuffed_before",)
    assert second.request.get("instructions") == first.request.get("instructions")


def test_where_nothing_asks_for_knowledge_nothing_is_put_in() -> None:
    """The gate decides, until the conversation has it; as long as little was said it may still come."""
    world = World()
    hello: Talk = [("user", "Hello!")]
    assert reasons(world.send(*hello)) == ("greeting",)
    asks: Talk = [*hello, ("assistant", "Good day."), ("user", ASKED)]
    assert reasons(world.send(*asks)) == ("stuffed",)
    assert reasons(world.send(*asks, ("assistant", "Sixteen."), ("user", "Thanks!"))) == ("stuffed_before",)
    # Another conversation that begins with the same words.
    assert reasons(world.send(*hello)) == ("greeting",)
    assert reasons(world.send(*hello, ("assistant", "Good day."), ("user", "Thanks!"))) == ("greeting",)


def test_late_in_a_conversation_passages_are_searched_for() -> None:
    """Where the conversation is longer than the passages of a turn, a cache lost would cost more; and one that began
    with a search goes on so."""
    long: Talk = [("user", "Hello!"), ("assistant", "word " * 1200), ("user", ASKED)]
    assert reasons(World().send(("user", "word " * 1200), *FIRST)) == ("stuffed",)
    exchange = World().send(*long)
    assert reasons(exchange) == ("retrieved",) and step(exchange).detail["corpus"] == "late"
    world = World()
    world.window = 2000
    assert names(world.send(*FIRST)) == ["profile", "sources"]
    world.window = 100_000
    asks = (*LATER[:2], ("user", "Is a receipt needed when I book trains?"))
    assert names(world.send(*asks)) == ["profile", "sources", "sources"]
    assert reasons(world.send(*asks)) == ("replayed",)


def test_what_is_added_waits_for_the_next_conversation() -> None:
    """What was put in stays true; a new conversation gets the newest."""
    world = World()
    first = world.send(*FIRST)
    world.fill(sick=MORE)
    second = world.send(*LATER)
    assert reasons(second) == ("stuffed_before",) and prompt(second).startswith(prompt(first))
    assert "fourth day" in prompt(world.send(("user", "What is the rule for sick leave?")))


@pytest.mark.parametrize("travel", [None, ("Travel", "Planes before trains.")])
def test_what_is_gone_or_changed_goes_at_once(travel: tuple[str, str] | None) -> None:
    """Nothing is sent that an operator removed, also in a conversation that had it."""
    world = World()
    assert "twenty euros" in prompt(world.send(*FIRST))
    world.fill(travel=travel)
    second = world.send(*LATER)
    assert reasons(second) == ("stuffed",) and "twenty euros" not in prompt(second)
    assert step(second).tokens > 0 and step(second).replayed == 0
    assert ("Planes" in prompt(second)) is (travel is not None)
    third = world.send(*LATER, ("assistant", "So."), ("user", "Thanks"))
    assert reasons(third) == ("stuffed_before",) and prompt(third).startswith(prompt(second))


def test_a_corpus_that_is_emptied_goes() -> None:
    """Then there is nothing to put in, and nothing to find."""
    world = World()
    world.send(*FIRST)
    world.fill(leave=None, travel=None)
    asks = (*LATER[:2], ("user", ASKED))
    exchange = world.send(*asks)
    assert reasons(exchange) == ("empty_corpus",) and "corpus" not in step(exchange).detail
    assert names(exchange) == ["profile"]


def test_a_corpus_that_outgrows_its_limit() -> None:
    """A conversation keeps what it has as long as all of it is there; the next one searches."""
    world = World({"stuff_max_tokens": 250})
    first = world.send(*FIRST)
    assert reasons(first) == ("stuffed",)
    world.fill(long=("Canteen", "Soup and bread. " * 60))
    assert reasons(world.send(*LATER)) == ("stuffed_before",)
    new = world.send(("user", "How many weeks of leave do parents take?"))
    assert reasons(new) == ("retrieved",) and step(new).detail["corpus"] == "too_large"
    # So large that it is not read any more: nobody can tell what is still in it.
    world.fill(long=("Canteen", "Soup and bread. " * 600))
    assert names(world.send(*LATER)) == ["profile"]


def test_it_is_personal_and_stays_with_its_tenant() -> None:
    """Another person's conversation that reads alike has not got it; another tenant's corpus is its own."""
    world = World()
    world.send(*FIRST)
    assert reasons(world.send(*LATER, user=BOB)) == ("creative",)
    assert reasons(world.send(*LATER, tenant="other")) == ("creative",)
    world.fill("other", secret=("Secret", "New parents take weeks of parental leave if they say swordfish."))
    assert "swordfish" in prompt(world.send(*FIRST, tenant="other"))
    assert "swordfish" not in prompt(world.send(*FIRST)) + prompt(world.send(*LATER))
    assert "sixteen" not in prompt(world.send(*FIRST, tenant="other")).lower()


def test_an_erasure_and_an_idle_hour_end_it() -> None:
    """What is remembered of a conversation stands under its person, and is used within an hour."""
    now = 0.0
    world = World(sessions=MemoryCache(clock=lambda: now))
    world.send(*FIRST)
    now = 3000.0
    assert reasons(world.send(*LATER)) == ("stuffed_before",)
    now = 6500.0
    assert reasons(world.send(*LATER)) == ("stuffed_before",)
    now = 10_200.0
    assert reasons(world.send(*LATER)) == ("creative",)
    world.send(*FIRST)
    asyncio.run(world.sessions.drop(f"person/default/{ALICE.id}/"))
    assert reasons(world.send(*LATER)) == ("creative",)


def test_the_index_is_away() -> None:
    """A conversation keeps what it has, since nothing leaves an index that is away; a new one is searched for."""
    world = World()
    first = world.send(*FIRST)
    world.index.away = True
    second = world.send(*LATER)
    assert reasons(second) == ("stuffed_before",) and prompt(second).startswith(prompt(first))
    new = world.send(("user", "How many weeks of leave do parents take?"))
    assert reasons(new) == ("retrieved",) and step(new).detail["corpus"] == "unavailable"
    # Another policy over the same conversations, which has not seen the text.
    later = World(sessions=world.sessions, index=world.index)
    world.index.away = True
    assert reasons(later.send(*LATER)) == ("creative",)
    world.index.away = False
    again = later.send(*LATER)
    assert reasons(again) == ("stuffed_before",) and prompt(again).startswith(prompt(first))
    assert reasons(world.send(*LATER)) == ("stuffed_before",)


@pytest.mark.parametrize(("settings", "window", "budgets", "fields", "why"), [
    ({}, 100_000, (2000, 32_000), {}, None),
    ({"stuff_max_tokens": 0}, 100_000, (2000, 32_000), {}, "off"),
    ({"stuff_max_tokens": 120}, 100_000, (2000, 32_000), {}, "too_large"),
    ({"stuff_max_tokens": 10}, 100_000, (2000, 32_000), {}, "too_large"),
    ({}, 100_000, (140, 32_000), {}, "no_budget"),
    ({}, 100_000, (2000, 170), {}, "no_budget"),
    ({}, None, (2000, 32_000), {}, None),
    ({}, None, (2000, 32_000), {"max_tokens": WINDOW // 2}, "window"),
    ({}, 100_000, (2000, 32_000), {"max_tokens": WINDOW // 2}, None),
    ({}, 2000, (2000, 32_000), {}, "window"),
    ({"stuff_share": 0.9}, 2000, (2000, 32_000), {"max_tokens": 100}, None),
    ({}, 100_000, (2000, 32_000), {"tools": [{"description": "word " * 45_000}]}, "window"),
])
def test_what_fits(settings: dict[str, Any], window: int | None, budgets: tuple[int, int], fields: dict[str, Any],
                   why: str | None) -> None:  # fmt: skip
    """As much as the operator allows, as the budgets of all policies let in now and again later, and as the model
    reads with the chat and its answer; of more, passages are searched for."""
    exchange = World(settings, window).send(*FIRST, budgets=budgets, **fields)
    if why is None:
        assert reasons(exchange) == ("stuffed",)
        assert 170 * REPLAYED < step(exchange).tokens < 140
    else:
        assert "stuffed" not in reasons(exchange) and "corpus" not in names(exchange)
        assert step(exchange).detail.get("corpus", "off") == why


def test_a_conversation_that_outgrows_the_model_lets_go_of_it() -> None:
    """It stays as long as the model reads all of it, half or not; where nobody knows how much that is, it stays."""
    world = World(window=6000)
    world.send(*FIRST)
    for words, window, expected in ((3000, 6000, True), (6000, 6000, False), (6000, None, True)):
        world.window = window
        world.send(*FIRST)
        grown = world.send(*FIRST, ("assistant", "word " * words), ("user", "Thanks!"))
        assert ("corpus" in names(grown)) is expected


def test_what_comes_back_has_its_budget() -> None:
    """A corpus that a conversation has counts as put back; where there is no room for that any more, it goes."""
    world = World()
    world.send(*FIRST)
    receipt = Receipt(2000, 300)
    received = asked(LATER)
    exchange = Exchange("ex_1", Caller("default"), received, received, ALICE, receipt=receipt)
    asyncio.run(world.chain.on_request(exchange))
    assert "corpus" in names(exchange) and receipt.replay_budget == 300 - step(exchange).replayed > 0
    short = Exchange("ex_2", Caller("default"), received, received, ALICE, receipt=Receipt(2000, 100))
    asyncio.run(world.chain.on_request(short))
    assert "corpus" not in names(short) and step(short).outcome != "failed"


def test_what_others_put_in_stays_where_it_is() -> None:
    """Behind the corpus, and behind the turn."""
    world = World()
    received = asked(FIRST)
    request = received.with_context(Block("greeting", "Hi.")).with_context(Block("hint", "Ask.", "tail"))
    exchange = Exchange("ex_1", Caller("default"), received, request, ALICE)
    asyncio.run(world.retrieval.on_request(exchange))
    assert names(exchange) == ["corpus", "greeting", "hint"]
    assert exchange.request.last_user_text == request.last_user_text


def test_what_its_numbers_mean() -> None:
    """Whoever reads the answer's citations finds the passages in the order of their numbers."""
    world = World()
    exchange = world.send(*FIRST)
    assert exchange.sources is not None and exchange.sources.latest == ()
    assert {number: source.id for number, source in exchange.sources.known.items()} == {1: "leave", 2: "travel"}
    later = world.send(*LATER)
    assert later.sources is not None and later.sources.known == exchange.sources.known
    quiet = World({"citations": "none"}).send(*FIRST)
    assert quiet.sources is None and reasons(quiet) == ("stuffed",) and "cite" not in prompt(quiet)
    assert world.send(("user", "Hello!")).sources is None


def numbers(exchange: Exchange) -> dict[int, str]:
    """What the numbers stand for."""
    return {number: source.id for number, source in exchange.sources.known.items()} if exchange.sources else {}


RECEIPT = ("user", "What is needed for a receipt above twenty euros in travel?")


def test_a_number_never_means_two_passages() -> None:
    """Earlier answers speak of the numbers that they were given: what comes instead begins behind them."""
    world = World()
    assert numbers(world.send(*FIRST)) == {1: "leave", 2: "travel"}
    world.fill(leave=None)
    asks = (*FIRST, ("assistant", "Sixteen [1]."), RECEIPT)
    second = world.send(*asks)
    assert reasons(second) == ("stuffed",) and numbers(second) == {3: "travel"} and "ID: 3 |" in prompt(second)
    third = world.send(*asks, ("assistant", "One [3]."), ("user", "Thanks!"))
    assert reasons(third) == ("stuffed_before",) and prompt(third).startswith(prompt(second))
    world.fill(travel=("Travel", "A receipt is needed above thirty euros in travel."), big=("Big", "lorem " * 9000))
    fourth = world.send(*asks, ("assistant", "One [3]."), RECEIPT)
    assert "retrieved" in reasons(fourth) and numbers(fourth) == {4: "travel"}
    new = world.send(RECEIPT)
    assert numbers(new) == {1: "travel"}


@pytest.mark.parametrize("other", [ALICE, None])
def test_no_other_conversation_takes_it_away(other: User | None) -> None:
    """Neither one that opens with the same words, nor one of a model that reads less."""
    world = World()
    begins: Talk = [("user", "Hello!"), ("assistant", "Hi."), ("user", ASKED)]
    goes_on: Talk = [*begins, ("assistant", "Sixteen [1]."), ("user", "Thanks, write that as a haiku")]
    first = world.send(*begins, user=other)
    assert reasons(world.send(("user", "Hello!"), user=other)) == ("greeting",)
    world.window = 500
    longer = world.send(*begins, ("assistant", "word " * 900), ("user", "Thanks!"), user=other)
    assert "corpus" not in names(longer)
    world.window = 100_000
    later = world.send(*goes_on, user=other)
    assert reasons(later) == ("stuffed_before",) and prompt(later).startswith(prompt(first))


@pytest.mark.parametrize(("document", "question"), [
    (("Returns", "We give a full refund within thirty days."), "Can I get my money back?"),
    (("Urlaub", "Der Jahresurlaubsanspruch betr\u00e4gt dreissig Tage."), "Wie viele Urlaubstage habe ich?"),
    (("Returns", "\u4e09\u5341\u5929\u5185\u53ef\u4ee5\u65e0\u7406\u7531\u9000\u8d27\u3002"),
     "\u600e\u4e48\u9000\u6b3e\uff1f"),
    (("Wifi", "The guest network password is bluebird."), "How do I conect to the internt?"),
])
def test_no_word_in_common(document: tuple[str, str], question: str) -> None:
    """What is put in whole needs no word of the question; a search for it would find nothing."""
    world = World()
    world.fill(leave=None, travel=None, other=document)
    assert reasons(world.send(("user", question))) == ("stuffed",)
    searched = World({"stuff_max_tokens": 0})
    searched.fill(leave=None, travel=None, other=document)
    assert reasons(searched.send(("user", question))) == ("foreign",)
    # Who asks for nothing is given nothing.
    assert reasons(world.send(("user", "I love hiking."))) == ("foreign",)


@pytest.mark.parametrize("user", [ALICE, None])
def test_what_the_backend_refused_it_is_not_asked_for_again(user: User | None) -> None:
    """In this conversation passages are searched for from then on, under numbers of their own; a new one tries anew."""
    world = World()
    first = world.send(*FIRST, user=user)
    first.reply, first.refused, first.sources = Reply(200), True, None
    asyncio.run(world.chain.on_reply(first, learns=False))
    assert reasons(first) == ()
    asks = (*FIRST, ("assistant", "I do not know."), RECEIPT)
    second = world.send(*asks, user=user)
    assert reasons(second) == ("retrieved",) and numbers(second) == {3: "travel"}
    assert "corpus" not in names(world.send(*asks, ("assistant", "So."), ("user", ASKED), user=user))
    assert reasons(world.send(*FIRST, user=user)) == ("stuffed",)


def test_experiences_beside_it() -> None:
    """Who is new is told of them with the turn, numbered behind the corpus; who is known is not."""
    world = World()
    told = Passage("x", "default", "x", "Stay", "A colleague told that parental leave weeks went well for new parents.",
                   material="experiences")  # fmt: skip
    asyncio.run(world.index.replace("default", {"/srv/x.md": [told]}, {}))
    first = world.send(*FIRST)
    assert reasons(first) == ("stuffed", "retrieved") and names(first) == ["corpus", "profile", "sources"]
    assert numbers(first) == {1: "leave", 2: "travel", 3: "x"} and "[3] Stay (experience, x.md)" in prompt(first)
    later = world.send(*LATER)
    assert reasons(later) == ("stuffed_before", "replayed") and prompt(later).startswith(prompt(first))
    asyncio.run(world.people.append(BOB, [Evidence(f"s{n}", "statement", f"Text {n}.", digest=f"d{n}")
                                          for n in range(9)]))  # fmt: skip
    assert reasons(world.send(*FIRST, user=BOB)) == ("stuffed",)


def test_both_together_keep_to_the_budget() -> None:
    """What the corpus took of what may come back is not there for passages of earlier turns."""
    world = World()
    world.send(*FIRST)
    world.index.away, texts = True, world.retrieval.stuffing.corpora._texts
    kept = dict(texts)
    texts.clear()
    asks = (*FIRST, ("assistant", "ok"), RECEIPT)
    searched = world.send(*asks)
    assert reasons(searched) == ("retrieved",)
    texts.update(kept)
    more = (*asks, ("assistant", "ok"), ("user", "thanks"))
    for room in (400, 190, 180):
        back = step(world.send(*more, budgets=(2000, room)))
        assert 0 < back.replayed <= room
        assert ("replayed" in back.reasons) is (room == 400)


def test_sizes() -> None:
    """What was said before the last turn, without the client's instructions; and how long an answer may be."""
    assert said_before(asked(FIRST)) == 0
    assert 100 < said_before(asked([*FIRST, ("assistant", "word " * 80), ("user", "And?")])) < 140
    assert said_before(asked(LATER, RESPONSES, input="How long?")) == 0
    assert answer(asked(FIRST)) == ANSWER > MARGIN
    limits = ("max_tokens", "max_completion_tokens", "max_output_tokens")
    assert [answer(asked(FIRST, **{name: 7})) for name in limits] == [7, 7, 7]
    assert answer(asked(FIRST, max_tokens=None, max_completion_tokens=9)) == 9
    assert answer(asked(FIRST, max_tokens="many")) == ANSWER
