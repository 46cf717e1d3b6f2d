"""What models wrote beside what people wrote: behind, a small part, told as it is, and gone with what it rests on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import AdapterError, Caller, ChatRequest, Hit, Passage, Unavailable
from adapters.ports.ledger import Mixing
from policies.base import Exchange
from policies.replay import Given
from policies.retrieval.citing import sources_of
from policies.retrieval.render import HEAD, render
from policies.retrieval.search import Scored, above
from policies.retrieval.standing import Standing, row_of
from policies.retrieval.written import (
    Models,
    lowered,
    marked,
    news,
    present,
    rendered,
    rests_on,
    room,
    sound,
)
from tests.policies.test_retrieval import ASKED, World

MIXING = Mixing(0.3, 0.2)
ROOT = ("/srv/docs/leave.md", "d1")


def people(name: str, text: str = "x") -> Passage:
    return Passage(name, "default", f"/srv/docs/{name}.md", name, text, digest="d1")


def model(name: str, *roots: tuple[str, str], text: str = "x") -> Passage:
    return Passage(name, "default", f"write-back/{name}", name, text, origin="model", roots=roots or (ROOT,))


def names(found: Sequence[Scored]) -> str:
    return " ".join(each.hit.passage.id for each in found)


@pytest.mark.parametrize(
    ("own", "most", "share", "places"),
    [
        (4, 5, 0.3, 1), (2, 5, 0.3, 0), (0, 5, 0.3, 0), (5, 5, 0.3, 0), (3, 5, 0.0, 0), (7, 10, 0.3, 3), (1, 2, 0.5, 1),
        (3, 5, 0.25, 1), (3, 3, 0.5, 0), (1, 5, 0.5, 1), (2, 5, 0.5, 2),
    ],
)  # fmt: skip
def test_the_share(own: int, most: int, share: float, places: int) -> None:
    """What models wrote comes into places that are left, and is the share at most, rounded down."""
    assert room(own, most, share) == places


def test_a_copy_is_no_news() -> None:
    """What says the same in the same words as a passage beside it is left out."""
    (own,) = [Scored(Hit(people("a", "Leave is sixteen weeks for all, paid in full."), 1.0), 1.0)]
    copy, other = model("m1", text="Leave is sixteen weeks for all: paid in full"), model("m2", text="Leave is paid.")
    assert names(news([Scored(Hit(each, 1.0), 1.0) for each in (copy, other)], [own])) == "m2"
    assert names(news([Scored(Hit(copy, 1.0), 1.0)], [])) == "m1"


def test_it_must_fit_better_to_pass_the_same_floor() -> None:
    """The floor is met by what people wrote, and not by as good a passage of a model."""
    own, models = Hit(people("a"), 1.0, 0.0, 0.8), [Hit(model(name), 1.0, 0.0, near) for name, near in
                                                    (("m1", 0.8), ("m2", 1.0))]  # fmt: skip
    assert names(above([Scored(own, 0.42)], 0.42, 2.0)) == "a"
    by_words = [Scored(hit, cover) for hit, cover in zip(models, (0.5, 0.53), strict=True)]
    assert names(above(lowered(by_words, 0.2), 0.42, 2.0)) == "m2"
    assert names(above([Scored(own, 0.0)], 0.42, 0.8)) == "a"
    assert names(above(lowered([Scored(hit, 0.0) for hit in models], 0.2), 0.42, 0.8)) == "m2"
    assert names(above(lowered(by_words, 1.0), 0.42, 0.8)) == ""
    (less,) = lowered([Scored(Hit(model("m1"), 1.0), 1.0)], 0.2)
    assert (less.hit.score, less.coverage, less.hit.similarity) == (0.8, 0.8, None)


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
    """One whose root has changed, or is gone, or that has none, is left out; of none nothing is asked."""
    knowledge = Counted()
    filled(people("leave"), people("travel"), knowledge=knowledge)
    other = ("/srv/docs/travel.md", "d1")
    good, both = model("m1"), model("m2", ROOT, other)
    changed, gone = model("m3", ROOT, (other[0], "d0")), model("m4", ("/srv/docs/x.md", "d1"))
    found = [good, both, changed, gone, replace(good, id="m5", roots=())]
    assert [each.id for each in asyncio.run(sound(knowledge, "default", found))] == ["m1", "m2"]
    assert asyncio.run(sound(knowledge, "other", found)) == []
    asked = knowledge.asked
    assert asyncio.run(sound(knowledge, "default", [])) == []
    assert knowledge.asked == asked
    knowledge.away = True
    with pytest.raises(AdapterError):
        asyncio.run(sound(knowledge, "default", found))


def test_what_is_still_there() -> None:
    """Passages by their names, each of the index that has it; those of models only while it can be told that they
    hold, and never without their index."""
    knowledge, leave, good, stale = Counted(), people("leave"), model("m1"), model("m2", (ROOT[0], "older"))
    filled(leave, knowledge=knowledge)
    written = filled(good, stale)
    named = [(each.source, each.id) for each in (leave, good, stale)]

    def ids(index: MemoryKnowledge | None) -> list[str]:
        return [each.id for each in asyncio.run(present(knowledge, index, "default", named))]

    assert (ids(written), ids(None), ids(MemoryKnowledge())) == (["leave", "m1"], ["leave"], ["leave"])
    knowledge.away = True
    assert ids(written) == ["leave"]


def test_what_was_given_before() -> None:
    """Of an earlier turn what a model wrote is given again as long as it holds, and no longer."""
    leave, good = people("leave"), model("m1")
    given = Given("text", ("leave", "m1"), 9, sources_of([leave, good]), (row_of(leave), row_of(good)))

    def left(written: MemoryKnowledge | None, digest: str = "d1") -> tuple[str, ...]:
        index = filled(replace(leave, digest=digest))
        (found,) = asyncio.run(Standing(index, None, HEAD, 9, written).of("default", [given]))
        return found.ids if found else ()

    assert left(filled(good)) == ("leave", "m1")
    assert left(filled(good), "d2") == left(filled()) == left(None) == ("leave",)


def test_where_there_is_none_nothing_is_asked() -> None:
    """Without an index, a place, a share, or anything of the tenant there is no room, and no search."""
    knowledge = filled(people("leave"))
    written = filled(model("m1"))
    assert Models(knowledge, written, MIXING).room("default", 4, 5) == 1
    assert Models(knowledge, written, MIXING).room("other", 4, 5) == 0
    assert Models(knowledge, written, Mixing(0.0)).room("default", 4, 5) == 0
    assert Models(knowledge, MemoryKnowledge(), MIXING).room("default", 4, 5) == 0
    assert Models(knowledge, None, MIXING).room("default", 4, 5) == 0
    assert asyncio.run(Models(knowledge, None, MIXING).search("default", "x", None, 5)) == []
    (hit,) = asyncio.run(Models(knowledge, written, MIXING).search("default", "x", None, 5))
    assert hit.passage.id == "m1"


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


def world() -> World:
    """A corpus of people's passages that speak of leave."""
    made = World()
    texts = [f"Parents who take parental leave for {word} weeks, or new leave, write to us." for word in
             ("two", "six", "eight")]  # fmt: skip
    filled(LEAVE, *(replace(people(f"p{place}", text), title="Parental leave") for place, text in enumerate(texts)),
           knowledge=made.knowledge)  # type: ignore[arg-type]
    return made


class Lost(MemoryKnowledge):
    """Has something, and fails when it is searched."""

    async def search(self, *_given: Any) -> Sequence[Hit]:
        raise Unavailable("The index is away.")


def answers(*roots: tuple[str, str], index: MemoryKnowledge | None = None) -> MemoryKnowledge:
    """One answer of a model, of the same."""
    return filled(replace(model("m1", *(roots or (ROOT,)), text=ANSWER), title="Parental leave"), knowledge=index)


def asked(mixing: Mixing, written: MemoryKnowledge | None) -> Exchange:
    """A question as it leaves."""
    policy = world().policy()
    adapters = replace(policy.finding.adapters, mixing=mixing, written=written)
    body = {"model": "m", "messages": [{"role": "user", "content": ASKED}]}
    request = ChatRequest.parse(json.dumps(body).encode())
    exchange = Exchange("ex_1", Caller("default"), request, request)
    asyncio.run(replace(policy, finding=replace(policy.finding, adapters=adapters)).on_request(exchange))
    return exchange


def prompt(mixing: Mixing, written: MemoryKnowledge | None) -> str:
    """The last turn of it."""
    return asked(mixing, written).request.last_user_text


def test_in_a_chat() -> None:
    """It is put in behind what people wrote, marked, and only with the share that allows it; what people wrote is
    there as without it."""
    shown, alone = prompt(MIXING, answers()), prompt(Mixing(), None)
    assert "checked against: leave.md" in shown
    assert shown.index("sixteen weeks of leave, paid in full") < shown.index(ANSWER)
    assert shown.startswith(alone[: alone.index("eight weeks")])
    for mixing, written in ((Mixing(0.1), answers()), (Mixing(), answers()), (MIXING, None), (MIXING, filled())):
        assert prompt(mixing, written) == alone


def test_a_stale_one_is_never_shown() -> None:
    """Not even before anything has withdrawn it."""
    assert ANSWER not in prompt(MIXING, answers(("/srv/docs/leave.md", "older")))
    assert ANSWER not in prompt(MIXING, answers(("/srv/docs/gone.md", "d1")))


def test_an_index_that_is_away_costs_only_itself() -> None:
    """What people wrote is put in, and the receipt says what is not."""
    exchange = asked(MIXING, answers(index=Lost()))
    assert exchange.request.last_user_text == prompt(Mixing(), None)
    assert exchange.receipt.reasons == ["written_unavailable", "retrieved"]
