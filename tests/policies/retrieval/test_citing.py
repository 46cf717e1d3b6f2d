"""Numbers of passages hold for a conversation, and the receipt says which of them an answer cites."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import Caller, ChatRequest, Hit, Passage, Reply
from policies.base import Adapters, Exchange, Receipt
from policies.citing import Sources
from policies.replay import recall
from policies.retrieval import RetrievalConfig
from policies.retrieval.citing import account, free, known, numbered
from policies.retrieval.render import UNCITED, address

SUBJECTS = ("leave", "travel", "badges", "lunch")
PASSAGES = {f"/srv/{name}.md": [Passage(f"id-{name}", "default", f"/srv/{name}.md", name.title(), f"Of {name}. " * 9)]
            for name in SUBJECTS}  # fmt: skip


class World:
    """A conversation with the policy over ports in memory."""

    def __init__(self, **settings: Any) -> None:
        self.sessions, knowledge, people = MemoryCache(), MemoryKnowledge(), MemoryPeople()
        asyncio.run(knowledge.replace("default", PASSAGES, {}))
        ports = Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), self.sessions, knowledge)
        self.policy = RetrievalConfig(when=(), min_coverage=0, top_k=1, stuff_max_tokens=0, **settings).build(ports)
        self.turns: list[tuple[str, str]] = []

    def say(self, text: str, answer: str = "Well.", room: int = 32_000, tenant: str = "default") -> Exchange:
        """A turn of the person, and what they are answered."""
        self.turns.append(("user", text))
        body = {"model": "m", "messages": [{"role": role, "content": said} for role, said in self.turns]}
        request = ChatRequest.parse(json.dumps(body).encode())
        exchange = Exchange("x", Caller(tenant), request, request, receipt=Receipt(2000, room))
        asyncio.run(self.policy.on_request(exchange))  # type: ignore
        whole = {"choices": [{"message": {"role": "assistant", "content": answer}}]}
        exchange.reply = Reply(200, (), json.dumps(whole).encode(), complete=True)
        exchange.receipt = Receipt()
        if exchange.sources:
            asyncio.run(self.policy.on_reply(exchange))  # type: ignore
        self.turns.append(("assistant", answer))
        return exchange


def test_numbers_go_on() -> None:
    """Each turn's passages get numbers of their own, earlier turns keep their bytes, and all numbers stay known."""
    world, sent = World(), list[Any]()
    for number, subject in enumerate(SUBJECTS, 1):
        exchange = world.say(f"What does the handbook say on {subject}?")
        text = exchange.request.last_user_text
        assert f"[{number}] {subject.title()} ({subject}.md)" in text
        assert exchange.request.items[: len(sent)] == tuple(sent)
        sent = list(exchange.request.items)
        assert exchange.sources and list(exchange.sources.known) == list(range(1, number + 1))
        assert exchange.sources.latest == (number,)
        assert exchange.sources.known[1].label == "leave.md"


def test_numbers_of_what_is_left_out() -> None:
    """Where earlier passages have no room any more, their numbers are not given to others, and stay known."""
    world = World()
    world.say("What does the handbook say on leave?")
    second = world.say("What does the handbook say on travel?", "As said [1], and [2].", room=0)
    assert "[2] Travel" in second.request.last_user_text
    assert "[1] Leave" not in second.request.body().decode()
    assert [each["id"] for each in second.receipt.detail["citations"]] == ["id-leave", "id-travel"]


def test_the_same_turn_keeps_its_numbers() -> None:
    """A turn that is sent again, or answered anew, has the numbers that it had."""
    world = World()
    world.say("What does the handbook say on leave?")
    first = world.say("What does the handbook say on travel?")
    del world.turns[-2:]
    again = world.say("What does the handbook say on travel?")
    assert (again.request.items, again.sources) == (first.request.items, first.sources)


def test_after_the_idle_hour() -> None:
    """What nobody knows any more may be numbered anew."""
    world = World()
    world.say("What does the handbook say on leave?")
    asyncio.run(world.sessions.drop(""))
    assert "[1] Travel" in world.say("What does the handbook say on travel?").request.last_user_text


def test_the_receipt() -> None:
    """It names the passages that are cited with the places of the marks, those of the turn that are not, and numbers
    that stand for nothing: never a word of the answer."""
    world = World()
    told = world.say("What does the handbook say on leave?", "Ämter 🙂 say so [1][7].").receipt
    assert told.reasons == ["cited"]
    mark = {"number": 1, "source": "leave.md", "id": "id-leave", "title": "Leave", "start": 15, "end": 18}
    assert told.detail == {"citations": [mark], "uncited": [], "unknown": [7]}
    told = world.say("What does the handbook say on travel?", "Nobody knows. `[2]`").receipt
    assert (told.reasons, told.detail) == (["nothing_cited"], {"citations": [], "uncited": [2], "unknown": []})
    # Nothing new for thanks, but what is cited is still known.
    thanks = world.say("Thank you!", "As said in [1].")
    assert [each["number"] for each in thanks.receipt.detail["citations"]] == [1]
    assert thanks.receipt.detail["uncited"] == []


def test_an_answer_that_was_not_seen() -> None:
    """Of an answer that was too long to be looked at, or none, nothing is said."""
    exchange = World().say("What does the handbook say on leave?", "So [1].")
    for reply in (None, Reply(500), Reply(200, room=-1)):
        exchange.reply, exchange.receipt = reply, Receipt()
        asyncio.run(World().policy.on_reply(exchange))  # type: ignore
        assert (exchange.receipt.reasons, exchange.receipt.detail) == (["citations_unread"], {})


@pytest.mark.parametrize(("answer", "reason"), [
    ("[1]" * 5000, "too_many_citations"), ("So [1]. " + "x" * 200_000, "citations_unread"),
])
def test_an_answer_beyond_all_measure(answer: str, reason: str) -> None:
    """Of an answer with very many citations, or of a very long one, the receipt has a reason and nothing else."""
    told = World().say("What does the handbook say on leave?", answer).receipt
    assert (told.reasons, told.detail) == ([reason], {})


@pytest.mark.parametrize(("citations", "asked", "attach"), [
    ("annotate", True, "annotate"), ("always", True, "always"), ("receipt", True, "receipt"), ("none", False, None),
])
def test_settings(citations: str, asked: bool, attach: str | None) -> None:
    """`none` asks for no citations and looks for none; the others say who is told."""
    exchange = World(citations=citations).say("What does the handbook say on leave?", "So [1].")
    text = exchange.request.last_user_text
    assert ("cite it as [n]" in text, UNCITED in text) == (asked, not asked)
    assert (exchange.sources.attach if exchange.sources else None) == attach
    assert exchange.receipt.reasons == (["cited"] if asked else [])


def test_nobody_elses_numbers() -> None:
    """Another tenant's conversation with the same words knows none of them."""
    world = World()
    world.say("What does the handbook say on leave?")
    other = world.say("What does the handbook say on travel?", tenant="other")
    assert other.sources is None


def test_what_is_kept() -> None:
    """What numbers stand for is remembered with the turn, and comes back the same."""
    world = World()
    exchange = world.say("What does the handbook say on leave?")
    (key,) = [key for key in world.sessions._entries if "retrieval" in key]
    given = asyncio.run(recall(world.sessions, key))
    assert given and exchange.sources and given.sources == tuple(exchange.sources.known.values())
    assert free([given, None]) == 2
    assert free([]) == 1
    assert known([], "annotate") is None


@pytest.mark.parametrize(("source", "url"), [
    ("/srv/docs/leave.md", "leave.md"), ("C:\\docs\\my leave.md", "my%20leave.md"), ("/srv/a.csv#17", "a.csv#17"),
    ("/srv/a:b?.md", "a%3Ab%3F.md"), ("https://x.org/a/leave?b=1#c", "https://x.org/a/leave?b=1#c"),
    ("https://ann:secret@x.org/leave", "https://x.org/leave"), ("file:///srv/leave.md", "leave.md"),
])
def test_address(source: str, url: str) -> None:
    """A page is named by its own address without a password, a file without the place where it lies."""
    assert address(source) == url


def test_untitled() -> None:
    """A passage without a title goes by its source."""
    (source,) = numbered([Hit(Passage("p", "t", "/a/b.md", " \n", "x"), 1.0)], 4)
    assert source == (4, "p", "b.md", "b.md", "b.md", "/a/b.md", "")
    reason, told = account("See [4].", Sources({4: source}))
    assert (reason, told["citations"][0]["title"]) == ("cited", "b.md")
