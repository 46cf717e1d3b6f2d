"""What models wrote among what people wrote: behind, a small part, told as it is, and gone with what it rests on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, Caller, ChatRequest, Hit, Passage, Unavailable
from adapters.ports.ledger import Mixing
from policies.base import Exchange
from policies.retrieval.corpora import Corpora
from policies.retrieval.render import render
from policies.retrieval.search import Scored, above
from policies.retrieval.written import Searching, lowered, marked, mixed, parted, rendered, rests_on, sound
from tests.policies.test_retrieval import ASKED, World

MIXING = Mixing(0.3, 0.2)
ROOT = ("/srv/docs/leave.md", "d1")


def people(name: str, text: str = "x") -> Passage:
    return Passage(name, "default", f"/srv/docs/{name}.md", name, text, digest="d1")


def model(name: str, *roots: tuple[str, str], text: str = "x") -> Passage:
    return Passage(name, "default", f"write-back/{name}", name, text, origin="model", roots=roots or (ROOT,))


def scored(*names: str, best: float = 1.0) -> list[Scored]:
    """Passages by their names, best first; those of models begin with m."""
    made = [model(name) if name.startswith("m") else people(name) for name in names]
    return [Scored(Hit(each, best - place / 10), 1.0) for place, each in enumerate(made)]


def names(found: Sequence[Scored]) -> str:
    return " ".join(each.hit.passage.id for each in found)


@pytest.mark.parametrize(
    ("given", "most", "share", "kept"),
    [
        ("m1 a b c d", 5, 0.3, "a b c d m1"), ("m1 m2 a b c d", 5, 0.3, "a b c d m1"), ("m1 a b", 5, 0.3, "a b"),
        ("m1 m2", 5, 0.3, ""), ("m1 a b c d e", 5, 0.3, "a b c d e"), ("a m1 b c", 5, 0.0, "a b c"),
        ("m1 m2 m3 m4 a b c d e f g", 10, 0.3, "a b c d e f g m1 m2 m3"), ("a m1", 2, 0.5, "a m1"), ("", 5, 0.3, ""),
        ("m1 m2 a b c", 5, 0.25, "a b c m1"), ("m1 a b c", 3, 0.5, "a b c"),
    ],
)  # fmt: skip
def test_the_share(given: str, most: int, share: float, kept: str) -> None:
    """What models wrote comes behind what people wrote, into places that are left, and is the share at most, rounded
    down."""
    assert names(mixed(*parted(scored(*given.split())), most, Mixing(share))) == kept


def test_the_penalty() -> None:
    """What a model wrote loses part of all its scores, and with it its rank; what people wrote keeps them."""
    found = scored("m1", "a", "b", "c", "m2")
    assert names(lowered(found, MIXING)) == "a m1 b c m2"
    assert names(lowered(found, Mixing(0.3, 0.0))) == "m1 a b c m2"
    assert names(lowered(found, Mixing(0.3, 1.0))) == "a b c m1 m2"
    by_reranker = [each._replace(rerank=score) for each, score in zip(found, (0.9, 0.1, 0.8, 0.2, 0.9), strict=True)]
    assert names(lowered(by_reranker, MIXING)) == "b m1 m2 c a"
    untouched = scored("b", "a")[::-1]
    assert lowered(untouched, MIXING) == untouched


def test_it_must_fit_better_to_pass_the_same_floor() -> None:
    """The floor is met by what people wrote, and not by as good a passage of a model."""
    hits = [Hit(people("a"), 1.0, 0.0, 0.8), Hit(model("m1"), 1.0, 0.0, 0.8), Hit(model("m2"), 1.0, 0.0, 1.0)]
    by_words = [Scored(hit, cover) for hit, cover in zip(hits, (0.42, 0.5, 0.53), strict=True)]
    assert names(above(lowered(by_words, MIXING), 0.42, 2.0)) == "a m2"
    assert names(above(lowered([Scored(hit, 0.0) for hit in hits], MIXING), 0.42, 0.8)) == "a m2"


class Counted(MemoryKnowledge):
    """Counts how often it is asked for digests; `away` makes it fail."""

    asked = 0
    away = False

    async def digests(self, tenant: str, sources: Collection[str]) -> Mapping[str, str]:
        self.asked += 1
        if self.away:
            raise Unavailable("The index is away.")
        return await super().digests(tenant, sources)


def filled(*passages: Passage, knowledge: MemoryKnowledge | None = None) -> MemoryKnowledge:
    made = knowledge or MemoryKnowledge()
    asyncio.run(made.replace("default", {each.source: [each] for each in passages}, {}))
    return made


def test_what_stands() -> None:
    """One whose root has changed, or is gone, or that has none, is left out; all are while the index is away."""
    knowledge = Counted()
    filled(people("leave"), people("travel"), knowledge=knowledge)
    other = ("/srv/docs/travel.md", "d1")
    good, both = model("m1"), model("m2", ROOT, other)
    changed, gone = model("m3", ROOT, (other[0], "d0")), model("m4", ("/srv/docs/x.md", "d1"))
    rootless = replace(good, id="m5", roots=())
    found = [people("leave"), good, both, changed, gone, rootless]
    assert [each.id for each in asyncio.run(sound(knowledge, "default", found))] == ["leave", "m1", "m2"]
    assert asyncio.run(sound(knowledge, "other", found)) == [people("leave")]
    knowledge.away = True
    assert asyncio.run(sound(knowledge, "default", found)) == [people("leave")]


def test_an_index_without_any_is_asked_nothing_more() -> None:
    """Where people wrote all of it there is one search, and no look at roots."""
    knowledge, asked = Counted(), []

    async def search(limit: int) -> Sequence[Hit]:
        asked.append(limit)
        return [Hit(people(f"p{place}"), 1.0) for place in range(limit)]

    assert len(asyncio.run(Searching(knowledge, "default", MIXING).hits(search, 5))) == 5
    assert asked == [5]
    assert knowledge.asked == 0


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_it_takes_no_place(share: float) -> None:
    """Where models wrote the best hits, more is searched for, until there are as many of people's as without."""
    knowledge = filled(people("leave"))
    every = [Hit(model(f"m{place}"), 1.0) for place in range(9)] + [Hit(people(f"p{place}"), 0.5) for place in range(9)]

    async def search(limit: int) -> Sequence[Hit]:
        return every[:limit]

    found = asyncio.run(Searching(knowledge, "default", Mixing(share)).hits(search, 5))
    assert [hit.passage.id for hit in found if hit.passage.origin == "human"][:5] == [f"p{place}" for place in range(5)]
    assert any(hit.passage.origin == "model" for hit in found) == (share > 0)


def test_the_share_of_what_has_room() -> None:
    """Where passages are left out for want of room, those of models are fewer, too."""
    long = " ".join(["word"] * 200)
    hits = [Hit(people(name, long), 1.0) for name in "abcd"] + [Hit(model("m1", text="short"), 0.5)]

    def within(room: int) -> list[str]:
        return [hit.passage.id for hit in rendered(hits, MIXING, lambda given: render(given, room))[1]]

    assert within(5000) == ["a", "b", "c", "d", "m1"]
    assert within(500) == ["a", "b"]
    only = rendered([Hit(model("m1"), 1.0)], MIXING, lambda given: render(given, 500))
    assert only == ("", ())


def test_how_it_is_told() -> None:
    """By a label with what it was checked against, by file; a reader is sent to the first of these."""
    passage = model("m1", ROOT, ("https://x.org/faq", "d"))
    said = marked(passage, lambda source: source.rsplit("/")[-1])
    assert said == "answer from earlier, checked against: leave.md, faq"
    assert marked(people("leave"), str) == ""
    assert (rests_on(passage), rests_on(people("leave"))) == ("/srv/docs/leave.md", "/srv/docs/leave.md")
    text, _ = render([Hit(passage, 1.0)], 500)
    assert "[1] m1 (answer from earlier, checked against: leave.md, faq)" in text


ANSWER = "New parents take sixteen weeks of parental leave, and it is paid."
LEAVE = Passage("p", "default", "/srv/docs/leave.md", "Parental leave",
                "Parents of a new child take sixteen weeks of leave, paid in full.", digest="d1")  # fmt: skip


def world(*roots: tuple[str, str]) -> World:
    """A corpus of people's passages that speak of leave, and one answer of a model, of the same."""
    made = World()
    texts = [f"Parents who take parental leave for {word} weeks, or new leave, write to us." for word in
             ("two", "six", "eight")]  # fmt: skip
    filled(LEAVE, *(replace(people(f"p{place}", text), title="Parental leave") for place, text in enumerate(texts)),
           replace(model("m1", *(roots or (ROOT,)), text=ANSWER), title="Parental leave"),
           knowledge=made.knowledge)  # type: ignore[arg-type]
    return made


def prompt(made: World, mixing: Mixing) -> str:
    """The last turn of a question as it leaves."""
    policy = made.policy()
    finding = replace(policy.finding, adapters=replace(policy.finding.adapters, mixing=mixing))
    body = {"model": "m", "messages": [{"role": "user", "content": ASKED}]}
    request = ChatRequest.parse(json.dumps(body).encode())
    exchange = Exchange("ex_1", Caller("default"), request, request)
    asyncio.run(replace(policy, finding=finding).on_request(exchange))
    return exchange.request.last_user_text


def test_in_a_chat() -> None:
    """It is put in behind what people wrote, marked, and only with the share that allows it."""
    shown = prompt(world(), MIXING)
    assert "checked against: leave.md" in shown
    assert shown.index("sixteen weeks of leave, paid in full") < shown.index(ANSWER)
    assert ANSWER not in prompt(world(), Mixing(0.1))
    assert ANSWER not in prompt(world(), Mixing())


def test_a_stale_one_is_never_shown() -> None:
    """Not even before anything has withdrawn it."""
    assert ANSWER not in prompt(world(("/srv/docs/leave.md", "older")), MIXING)
    assert ANSWER not in prompt(world(("/srv/docs/gone.md", "d1")), MIXING)


def test_whole_corpora_are_peoples() -> None:
    """What is put in as a whole has nothing that a model wrote."""
    made = filled(people("leave", "words"), model("m1", text="other words"))
    whole = asyncio.run(Corpora(made, 100).newest("default", 5))
    assert whole is not None
    assert whole.given.ids == ("leave",)


def test_faults_are_the_index_own() -> None:
    """A search that fails is the caller's to handle."""

    async def search(limit: int) -> Sequence[Hit]:
        raise Unavailable("The index is away.")

    with pytest.raises(AdapterError):
        asyncio.run(Searching(MemoryKnowledge(), "default", MIXING).hits(search, 5))
