"""Who is new, and who asks for knowledge, gets passages; everyone else, and everything else, gets none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import (
    Block,
    Caller,
    ChatRequest,
    ConfigError,
    Embedder,
    Evidence,
    Filter,
    Hit,
    Knowledge,
    Material,
    Passage,
    Unavailable,
    User,
    count_tokens,
)
from adapters.ports.words import words_of
from policies.base import Adapters, Exchange, Receipt
from policies.questions.classifier import Classifier
from policies.questions.gate import judge
from policies.replay import Given, keys, spent, window
from policies.retrieval import Retrieval, RetrievalConfig, gate
from policies.retrieval.floor import Covering
from policies.retrieval.render import render
from policies.retrieval.search import Scored, above

ALICE, BOB = User("u_" + "a" * 32), User("u_" + "b" * 32)
CORPUS = {
    "/srv/docs/leave.md": ("Parental leave", "Parents of a new child take sixteen weeks of leave, paid in full."),
    "/srv/docs/travel.md": ("Travel", "Book trains before planes; a receipt is needed above twenty euros."),
    "/srv/docs/errors.csv#17": ("E-4021", "The card reader lost its connection to the till; restart the reader."),
}
ASKED = "How many weeks of parental leave do new parents take?"


def searching(config: RetrievalConfig) -> RetrievalConfig:
    """The settings with which corpora as small as these are searched, and not put in whole."""
    return config.model_copy(update={"stuff_max_tokens": 0})


@dataclass
class World:
    """The policy over ports in memory, and a way to send it requests."""

    people: MemoryPeople = field(default_factory=MemoryPeople)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    cache: MemoryCache = field(default_factory=MemoryCache)
    knowledge: Knowledge = field(default_factory=MemoryKnowledge)
    embedder: Embedder | None = None
    config: RetrievalConfig = field(default_factory=RetrievalConfig)

    def fill(self, tenant: str = "default") -> World:
        passages = {s: [Passage(s, tenant, s, title, text)] for s, (title, text) in CORPUS.items()}
        asyncio.run(self.knowledge.replace(tenant, passages, {}))
        return self

    def policy(self) -> Retrieval:
        people = self.people
        adapters = Adapters(
            people, people, people, people, MemoryKeys(), self.cache, self.sessions, self.knowledge, self.embedder
        )
        policy = searching(self.config).build(adapters)
        assert isinstance(policy, Retrieval)
        return policy

    def send(self, *turns: tuple[str, Any], user: User | None = None, **more: Any) -> Exchange:
        messages = [{"role": role, "content": content} for role, content in turns]
        received = ChatRequest.parse(json.dumps({"model": "m", "messages": messages}).encode())
        request = more.pop("request", received)
        exchange = Exchange("ex_1", Caller(more.pop("tenant", "default")), received, request, user, **more)
        asyncio.run(self.policy().on_request(exchange))
        return exchange

    def known(self, user: User, events: int) -> World:
        evidence = [Evidence(f"e{n}", "statement", f"text {n}", digest=f"d{n}") for n in range(events)]
        asyncio.run(self.people.append(user, evidence))
        return self


def contents(exchange: Exchange) -> list[Any]:
    return [turn.text for turn in exchange.request.turns]


@pytest.mark.parametrize(
    ("filters", "given"),
    [
        ({}, ["leave.md", "errors.csv", "travel.md"]),
        ({"year": 2026}, ["leave.md"]),
        ({"lang": ["en", "fr"]}, ["leave.md", "travel.md"]),
        ({"lang": "en", "year": 2025}, []),
        ({"nowhere": "x"}, []),
    ],
)
def test_filters(filters: dict[str, Any], given: list[str]) -> None:
    """Only passages that have the attributes which the operator named are looked at, and never all of them at once."""
    attributes = {"leave.md": {"year": 2026.0, "lang": "en"}, "travel.md": {"lang": "fr"}, "errors.csv": {}}
    passages = {name: [Passage(name, "default", name, "Leave", f"Parental leave, told in {name}.", attributes=own)]
                for name, own in attributes.items()}  # type: ignore[arg-type]
    world = World(config=RetrievalConfig(filters=filters, min_coverage=0))
    asyncio.run(world.knowledge.replace("default", passages, {}))
    found = world.send(("user", "How long is parental leave?")).receipt.detail.get("passages", [])
    assert sorted(each["source"] for each in found) == sorted(given)
    config = RetrievalConfig(filters=filters, stuff_max_tokens=1600)
    stuffed = config.stuffing(Adapters(*[world.people] * 4, MemoryKeys(), world.cache, world.sessions, world.knowledge))
    assert (stuffed.most > 0) is not bool(filters)


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"": "x"}, "the name of an attribute"),
        ({1: "x"}, "the name of an attribute"),
        ({"year": []}, "year must be one of at least one value"),
        ({"year": float("nan")}, "year must be a text, a finite number"),
        ({"year": [2025, float("inf")]}, "year must be a text, a finite number"),
        ({"country": None}, "country must be a text, a finite number"),
        ({"country": {"not": "DE"}}, "country must be a text, a finite number"),
        ({"country": [["DE"]]}, "country must be a text, a finite number"),
    ],
)
def test_filters_that_make_no_sense(filters: dict[Any, Any], why: str) -> None:
    """Each is refused in one line that says what may stand there."""
    with pytest.raises(ValidationError, match=why) as caught:
        RetrievalConfig(filters=filters)
    assert caught.value.error_count() == 1


def test_stranger() -> None:
    """A person without history gets sources, numbered and attributed, at the end of their own turn."""
    exchange = World().fill().send(("user", ASKED))
    text = exchange.request.last_user_text
    assert text.startswith(ASKED)
    assert "[1] Parental leave (leave.md)\nParents of a new child" in text
    assert "/srv/docs" not in text
    assert "cite it as [n]" in text
    assert exchange.receipt.reasons == ["retrieved"]
    (passage,) = exchange.receipt.detail["passages"]
    assert passage["source"] == "leave.md"
    assert passage["title"] == "Parental leave"
    assert passage["score"] == 1.0
    assert passage["coverage"] >= exchange.receipt.detail["passages"][0]["coverage"] > 0.42
    assert "Parents of" not in json.dumps(exchange.receipt.detail)
    assert exchange.receipt.tokens == count_tokens(text) - count_tokens(ASKED)


def test_known_person_who_asks_for_knowledge() -> None:
    """A person with history gets sources where the question asks for facts."""
    exchange = World().fill().known(ALICE, 9).send(("user", ASKED), user=ALICE)
    assert exchange.receipt.reasons == ["retrieved"]


@pytest.mark.parametrize(("events", "reasons"), [(0, ["retrieved"]), (4, ["retrieved"]), (5, ["not_needed"])])
def test_low_history(events: int, reasons: list[str]) -> None:
    """Where the gate is unsure, only a person of whom little is known gets sources."""
    said = "I love my weeks of parental leave"
    assert judge(said).decision == "unsure"
    exchange = World().fill().known(ALICE, events).send(("user", said), user=ALICE)
    assert exchange.receipt.reasons == reasons


def test_signals_without_words_are_no_history() -> None:
    """Who thanked and rated often is as new as before; what was said and not learnt from yet counts."""
    said = "I love my weeks of parental leave"
    silent = [Evidence(f"a{number}", "accepted", "") for number in range(20)]
    for words, reasons in ((4, ["retrieved"]), (5, ["not_needed"])):
        world = World().fill()
        spoken = [Evidence(f"s{number}", "statement", f"Thanks {number}!") for number in range(words)]
        picked = [Evidence(f"p{number}", "pick", "An answer.", "assistant") for number in range(9)]
        asyncio.run(world.people.append(ALICE, [*silent, *spoken, *picked]))
        assert world.send(("user", said), user=ALICE).receipt.reasons == reasons


@pytest.mark.parametrize(
    ("when", "user", "said", "reasons"),
    [
        (("knowledge_query",), None, ASKED, ["retrieved"]),
        (("knowledge_query",), None, "parental leave weeks", ["not_needed"]),
        (("low_history",), ALICE, ASKED, ["not_needed"]),
        (("low_history",), None, ASKED, ["retrieved"]),
        (("anonymous",), None, "parental leave weeks", ["retrieved"]),
        (("identified",), ALICE, "parental leave weeks", ["retrieved"]),
        (("opening",), ALICE, "parental leave weeks", ["retrieved"]),
        ((), ALICE, "parental leave weeks", ["retrieved"]),
        ((), ALICE, "Hello there!", ["greeting"]),
    ],
)
def test_when(when: tuple[str, ...], user: User | None, said: str, reasons: list[str]) -> None:
    """`when` says for whom and for what is searched; small talk is never searched for."""
    world = World(config=RetrievalConfig(when=when)).fill().known(ALICE, 9)
    assert world.send(("user", said), user=user).receipt.reasons == reasons


def test_settings() -> None:
    """An unknown field is an error, and every field says what it is for."""
    with pytest.raises(ValidationError):
        RetrievalConfig.model_validate({"kind": "retrieval", "topk": 3})
    assert all(each.description for name, each in RetrievalConfig.model_fields.items() if name != "kind")


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([("user", "Hi!")], "greeting"),
        ([("user", "")], "no_user_turn"),
        ([("system", "You are kind.")], "no_user_turn"),
        ([("user", "Write a poem about parental leave weeks")], "creative"),
        ([("user", "What is on this page?\n" + "Some pasted text about leave. " * 200)], "context_supplied"),
        ([("user", ASKED), ("assistant", None), ("tool", "42")], "tool_turn"),
        ([("user", "Which receipts?")], "nothing_found"),
        ([("user", "Is a receipt needed by the reader for leave?")], "nothing_above_floor"),
        ([("user", "What is the paid fine for whale watching in Iceland?")], "foreign"),
    ],
)
def test_nothing(turns: list[tuple[str, Any]], reason: str) -> None:
    """Where nothing is put in, the request leaves as it came, and the receipt says why."""
    exchange = World().fill().send(*turns)
    assert exchange.receipt.reasons == [reason]
    assert exchange.request is exchange.received
    assert exchange.receipt.tokens == 0


def test_gate_in_the_receipt() -> None:
    """The receipt says how likely it was that the question needs knowledge, and `cost_ratio` how likely it must be."""
    said = ("user", "I need the weeks of parental leave in Oslo")
    detail = World().fill().known(ALICE, 9).send(said, user=ALICE).receipt.detail
    assert detail["gate"] == "likely"
    assert 0.5 <= detail["probability"] < 0.9
    strict = World(config=RetrievalConfig(cost_ratio=9)).fill().known(ALICE, 9).send(said, user=ALICE)
    assert strict.receipt.reasons == ["not_needed"]
    assert strict.receipt.detail == {"gate": "not_needed", "affinity": 0.6, **{
        name: detail[name] for name in ("probability", "relational")}}  # fmt: skip
    assert World().fill().send(("user", "Hello!")).receipt.detail == {"gate": "greeting"}


def test_words_of_the_corpus() -> None:
    """A question that the corpus shares no word with is not searched for; a code that it holds is, whoever says it. The
    receipt says how much it knew, and no word."""
    world = World().fill().known(ALICE, 9)
    foreign = world.send(("user", "Who was the first woman in space?"), user=ALICE)
    assert foreign.receipt.reasons == ["foreign"]
    assert foreign.receipt.detail["gate"] == "foreign"
    assert foreign.receipt.detail["affinity"] == 0
    assert world.send(("user", "we got 4021 again"), user=ALICE).receipt.reasons == ["retrieved"]
    assert world.send(("user", "we got 4022 again"), user=ALICE).receipt.reasons != ["retrieved"]
    assert world.send(("user", ASKED), user=ALICE).receipt.detail["affinity"] == 1.0


def test_words_of_another_tenant() -> None:
    """What is known of one tenant's words says nothing in another's chat."""
    world = World().fill("other")
    passage = Passage("m", "default", "m", "Moons", "The moons of Jupiter.")
    asyncio.run(world.knowledge.replace("default", {"m": [passage]}, {}))
    assert world.send(("user", ASKED)).receipt.reasons == ["foreign"]
    assert world.send(("user", ASKED), tenant="other").receipt.reasons == ["retrieved"]


def test_follow_up_of_a_follow_up() -> None:
    """A short question back is understood, probed and searched for with the turns that it leans on."""
    talk = [("user", ASKED), ("assistant", "Sixteen."), ("user", "And is it paid?"), ("assistant", "Yes."),
            ("user", "Thanks!"), ("assistant", "Gladly."), ("user", "and for part-timers?")]  # fmt: skip
    exchange = World().fill().known(ALICE, 9).send(*talk, user=ALICE)
    assert exchange.receipt.reasons == ["retrieved"]
    assert exchange.receipt.detail["affinity"] > 0.5
    assert World().fill().known(ALICE, 9).send(talk[-1], user=ALICE).receipt.reasons == ["foreign"]


@pytest.mark.parametrize("why", [OSError("/secret/place"), ValueError("gate.bin must be of format 1")])
def test_weights_that_cannot_be_read(why: Exception) -> None:
    """Without its weights the policy refuses to start, and says what to do."""

    def broken() -> Classifier:
        raise why

    with pytest.raises(ConfigError, match=r"gate: gate\.bin .*install it again") as error:
        gate(broken, 1.0)
    assert "/secret" not in str(error.value)


def test_empty_corpus() -> None:
    """An index that holds nothing for this tenant is told apart from one that holds nothing that fits."""
    world = World().fill("other")
    assert world.send(("user", ASKED)).receipt.reasons == ["empty_corpus"]
    assert world.send(("user", ASKED), tenant="other").receipt.reasons == ["retrieved"]


def test_budget() -> None:
    """What all policies together may still inject is not exceeded; without room there are no passages."""
    world = World().fill()
    exchange = world.send(("user", ASKED), receipt=Receipt(budget=120))
    assert 0 < exchange.receipt.tokens <= 120
    assert World().fill().send(("user", ASKED), receipt=Receipt(budget=30)).receipt.reasons == ["no_budget"]


def test_receipt_tells_what_was_put_in() -> None:
    """A passage that was found but had no room is not in the receipt."""
    world = World(config=RetrievalConfig(max_tokens=150)).fill()
    long = Passage("long", "default", "/srv/long.md", "Parental leave weeks", "Parental leave weeks for parents. " * 60)
    asyncio.run(world.knowledge.replace("default", {"/srv/long.md": [long]}, {}))
    exchange = world.send(("user", ASKED))
    assert [passage["source"] for passage in exchange.receipt.detail["passages"]] == ["leave.md"]
    assert "long.md" not in exchange.request.last_user_text


def test_follow_up() -> None:
    """A turn that points back is searched for together with the turn before it."""
    talk = [("user", "Tell me about parental leave."), ("assistant", "Gladly."), ("user", "How many weeks is it?")]
    exchange = World().fill().send(*talk)
    assert "[1] Parental leave" in exchange.request.last_user_text


def test_replay() -> None:
    """When a turn comes back as history it holds the very bytes it was sent with, and the next turn adds to them."""
    world = World().fill()
    first = world.send(("system", "Be kind."), ("user", ASKED))
    talk = [("system", "Be kind."), ("user", ASKED), ("assistant", "Sixteen [1]."), ("user", "Thank you!")]
    second = world.send(*talk)
    assert second.request.items[:2] == first.request.items
    assert second.request.items[3] == second.received.items[3]
    assert second.receipt.reasons == ["replayed", "greeting"]
    third = world.send(*talk, ("assistant", "Welcome."), ("user", "Is a receipt needed when I book trains?"))
    assert third.request.items[:4] == second.request.items
    assert "[2] Travel (travel.md)" in third.request.last_user_text
    assert third.receipt.detail["turns"] == 1


def test_replay_beside_other_policies() -> None:
    """A block goes back into its own turn although another policy put a message before it."""
    world = World().fill()
    talk = [("user", ASKED), ("assistant", "Sixteen."), ("user", "Thanks")]
    world.send(*talk[:1])
    plain = world.send(*talk)
    profiled = world.send(*talk, request=plain.received.with_context(Block("profile", "Diet: vegan")))
    assert profiled.request.items[1:] == plain.request.items


def test_tool_loop() -> None:
    """In a tool loop the person's turn keeps its bytes, nothing comes between a call and its result."""
    world = World().fill()
    first = world.send(("user", ASKED))
    second = world.send(("user", ASKED), ("assistant", None), ("tool", "42"))
    assert second.request.items[0] == first.request.items[0]
    assert second.request.items[1:] == second.received.items[1:]
    assert second.receipt.reasons == ["replayed"]
    assert (second.receipt.tokens, second.receipt.replayed) == (0, first.receipt.tokens)
    assert first.receipt.tokens > 0


def test_replayed_blocks_are_charged() -> None:
    """A long chat with retrieval in every turn stays within both budgets, and what is replayed is counted apart."""
    world = World(config=RetrievalConfig(when=(), min_coverage=0, max_tokens=1200))
    texts = {f"/s/{n}.md": f"Subject{n} matters. " + f"Words about subject{n} here. " * 120 for n in range(8)}
    passages = {s: [Passage(s, "default", s, f"Subject{n}", text)] for n, (s, text) in enumerate(texts.items())}
    asyncio.run(world.knowledge.replace("default", passages, {}))
    talk: list[tuple[str, Any]] = []
    replayed = []
    for number in range(8):
        talk.append(("user", f"What is subject{number}?"))
        exchange = world.send(*talk, receipt=Receipt(1500, 3000))
        added, spent = "".join(contents(exchange)), exchange.receipt
        plain = sum(count_tokens(turn.text) for turn in exchange.received.turns)
        assert sum(map(count_tokens, contents(exchange))) - plain == spent.tokens + spent.replayed
        assert 0 < spent.tokens <= 1200
        assert spent.replayed <= 3000
        assert f"What is subject{number}?\n\n<rapport-sources" in added
        replayed.append(exchange.receipt.detail.get("turns", 0))
        again = world.send(*talk, ("assistant", None), ("tool", "42"), receipt=Receipt(1500, 3000))
        assert again.request.items[: len(talk)] == exchange.request.items
        talk.append(("assistant", "So and so."))
    assert replayed[0] == 0
    assert all(replayed[1:])


def test_replay_is_personal() -> None:
    """What one person's turn was given does not come back in another's, nor after a changed history."""
    world = World(config=RetrievalConfig(when=("knowledge_query",))).fill()
    world.send(("user", ASKED), user=ALICE)
    later = [("assistant", "Sixteen."), ("user", "Thanks")]
    assert world.send(("user", ASKED), *later, user=ALICE).receipt.reasons[0] == "replayed"
    assert world.send(("user", ASKED), *later, user=BOB).receipt.reasons == ["greeting"]
    assert world.send(("user", ASKED), *later).receipt.reasons == ["greeting"]
    assert world.send(("user", ASKED), *later, user=ALICE, tenant="other").receipt.reasons == ["greeting"]
    assert world.send(("system", "New."), ("user", ASKED), *later, user=ALICE).receipt.reasons == ["greeting"]


def test_not_twice() -> None:
    """A passage that an earlier turn still shows is not put in again."""
    world = World().fill()
    world.send(("user", ASKED))
    again = world.send(("user", ASKED), ("assistant", "Sixteen."), ("user", "So how many weeks is parental leave?"))
    assert again.receipt.reasons == ["replayed", "already_given"]


class Broken(MemoryKnowledge):
    """An index that fails, or takes its time, and does not tell its words."""

    delay = 0.0

    def terms(self, tenant: str) -> None:
        return None

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None, materials: Sequence[Material] = ("knowledge",)) -> Sequence[Hit]:
        await asyncio.sleep(self.delay)
        raise Unavailable("The index is on fire.")

    async def passages(self, tenant: str, named: Collection[tuple[str, str]]) -> Sequence[Passage]:
        await asyncio.sleep(self.delay)
        raise Unavailable("The index is on fire.")


class Slow(Broken):
    delay = 5.0


@pytest.mark.parametrize(("broken", "error"), [(Broken, Unavailable), (Slow, TimeoutError)])
def test_index_fails(broken: type[Broken], error: type[Exception]) -> None:
    """A fault of the index is the chain's to see; but what must come back to earlier turns comes back all the same."""
    world = World(config=RetrievalConfig(timeout=0.1)).fill()
    first = world.send(("user", ASKED))
    world.knowledge = broken()
    with pytest.raises(error):
        world.send(("user", "Is a receipt needed when I book trains?"))
    second = world.send(("user", ASKED), ("assistant", "Sixteen."), ("user", "Is a receipt needed for trains?"))
    assert second.request.items[0] == first.request.items[0]
    assert second.receipt.reasons == ["replayed", "knowledge_unavailable"]


class Axes:
    """An embedder that knows two subjects."""

    name, dimensions, in_parts, usual = "axes", 2, False, None

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False
        self.delay = 0.0

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.broken:
            raise Unavailable("The embedder is gone.")
        await asyncio.sleep(self.delay)
        self.asked += texts
        return [[1.0, 0.0] if "rail" in text else [0.0, 1.0] for text in texts]


def test_embedder() -> None:
    """With an embedder a passage is found by meaning too, and without it words remain."""
    embedder = Axes()
    world = World(embedder=embedder)
    passages = {s: [Passage(s, "default", s, title, text)] for s, (title, text) in CORPUS.items()}
    asyncio.run(world.knowledge.replace("default", passages, {"/srv/docs/travel.md": [1.0, 0.0]}))
    exchange = world.send(("user", "What are the rules for railways?"))
    assert "[1] Travel (travel.md)" in exchange.request.last_user_text
    assert exchange.receipt.detail["passages"][0]["similarity"] == 1.0
    assert embedder.asked == ["What are the rules for railways?"]
    embedder.delay = 30.0
    assert world.send(("user", ASKED)).receipt.reasons == ["embedder_unavailable", "retrieved"]
    embedder.broken = True
    world.sessions = MemoryCache()
    assert world.send(("user", ASKED)).receipt.reasons == ["embedder_unavailable", "retrieved"]


@pytest.mark.parametrize(("cover", "similarity", "usual", "passes"), [
    (0.42, None, None, True), (0.41, None, None, False),
    (0.42, 0.1, None, True), (0.41, 0.7, None, False),
    (0.36, 0.6, 0.4, True), (0.36, 0.5, 0.4, False), (0.5, 0.3, 0.4, True), (0.5, 0.2, 0.4, False),
    (0.5, None, 0.4, True), (0.0, 0.79, 0.4, False), (0.0, 0.8, 0.4, True), (0.0, 0.8, None, True),
])
def test_floor_with_vectors(cover: float, similarity: float | None, usual: float | None, passes: bool) -> None:
    """Words decide; where it is known what a similarity means, a near passage needs fewer, a far one more."""
    found = [Scored(Hit(Passage("a", "acme", "a", "", "x"), 0.0, 1.0, similarity), cover)]
    assert bool(above(found, 0.42, 0.8, usual)) is passes
    assert above(found, 0.0, 1.0, usual) == found


TEXT = "Parents of a new child take sixteen weeks of leave, paid in full. Travel is booked by the office in Oslo."


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("How many weeks of leave do parents take?", True),
        ("how long is the leave for new parents", True),
        ("leave", True),
        ("Is travel booked in Oslo?", True),
        ("What does a child in Peru eat for lunch on weekdays?", False),
        ("tell me a story about a child", False),
        ("the of and", False),
        ("", False),
    ],
)
def test_floor(question: str, kept: bool) -> None:
    """A passage passes if it holds enough of the question's own words, and one chance word is not enough."""
    assert (Covering(words_of(question)).of("Leave", TEXT) >= RetrievalConfig().min_coverage) is kept


def test_floor_in_any_script() -> None:
    """Words without spaces between them, accents and apostrophes count as people mean them."""
    assert Covering(words_of("退款政策是什么")).of("", "我们的退款政策是三十天") > 0.4
    assert Covering(words_of("cafe opening")).of("", "The café's openings are late") > 0.5
    assert 0 <= Covering(words_of("a " * 10_000 + "b")).of("", "b " * 10_000) < 1


def hits(*texts: str) -> list[Hit]:
    return [Hit(Passage(f"p{n}", "t", f"/a/b/{n}.md", f"Title\n{n}", text), 1.0) for n, text in enumerate(texts)]


def test_render() -> None:
    """Whole passages are put in as long as they fit; one that does not is left out, and a smaller one may follow."""
    found = hits("one two three", "word " * 500, "four five six")
    text, used = render(found, 200)
    assert [hit.passage.id for hit in used] == ["p0", "p2"]
    assert text.endswith("[1] Title 0 (0.md)\none two three\n\n[2] Title 2 (2.md)\nfour five six")
    assert count_tokens(Block("sources", text, "tail").render()) <= 200


def test_render_cuts_only_the_best() -> None:
    """A single passage that is too long is cut at a word; where even that has no room nothing is put in."""
    text, used = render(hits("word " * 500), 150)
    assert len(used) == 1
    assert text.endswith("word…")
    assert 100 < count_tokens(Block("sources", text, "tail").render()) <= 150
    assert render(hits("word " * 500), 60) == ("", ())
    assert render([], 1000) == ("", ())


def named(owner: User | None, *turns: tuple[str, str], tenant: str = "t", policy: str = "retrieval") -> list[str]:
    """The keys of a conversation."""
    body = json.dumps({"model": "m", "messages": [{"role": role, "content": text} for role, text in turns]})
    request = ChatRequest.parse(body.encode())
    return keys(Exchange("x", Caller(tenant), request, request, owner), policy)


def test_keys() -> None:
    """A turn's key depends on the person, the policy and all that was said up to it, and on nothing else."""
    one = named(ALICE, ("user", "ab"), ("assistant", "c"), ("user", "d"))
    assert len(set(one)) == 2
    assert named(ALICE, ("user", "ab")) == one[:1]
    assert named(ALICE, ("user", "a"), ("assistant", "bc"), ("user", "d"))[1] != one[1]
    others = (named(BOB, ("user", "ab")), named(None, ("user", "ab")), named(ALICE, ("user", "ab"), tenant="v"),
              named(ALICE, ("user", "ab"), policy="reminder"))
    assert len({key for found in (*others, one[:1]) for key in found}) == 5


def test_window() -> None:
    """Of more than there is room for the oldest go, several at a time, so that the start seldom moves."""
    past = [Given("x", (), 100) if place % 2 else None for place in range(24)]
    starts = []
    for length in range(2, 25, 2):
        kept = window(past[:length], 500)
        assert len(kept) == length
        shown = [place for place, each in enumerate(kept) if each is not None]
        assert spent([each for each in kept if each]) <= 500
        starts.append(shown[0])
    assert starts == sorted(starts)
    assert len(set(starts)) <= 3
    assert window([None], 0) == [None]
    large = [Given("x", (), 400), Given("y", (), 450), Given("z", (), 600)]
    assert window(large[:2], 500) == [None, large[1]]
    assert window(large, 500) == [None, None, None]
