"""What the person wrote is recorded once, and only that."""

import asyncio
import json
import time
from dataclasses import replace

from adapters.memory import MemoryCache, MemoryPeople
from adapters.ports import Caller, ChatRequest, Reply, User
from policies.base import Exchange
from policies.history import History

ALICE = User("u_" + "a" * 32)


def request(*turns: tuple[str, object]) -> ChatRequest:
    messages = [{"role": role, "content": content} for role, content in turns]
    return ChatRequest.parse(json.dumps({"model": "m", "messages": messages}).encode())


TALK = (("system", "Be kind."), ("user", "I'm vegan"), ("assistant", "Noted. What cuisine?"), ("user", "thai"))


def record(history: History, request: ChatRequest, user: User | None = ALICE, status: int = 200,
           answer: str = "") -> list[str]:
    known = replace(user, known=asyncio.run(history.users.load(user))) if user else None
    exchange = Exchange("ex_1", Caller(), request, request, known, Reply(status, complete=True))
    assert exchange.reply
    exchange.reply.body = json.dumps({"choices": [{"message": {"content": answer}}]}).encode() if answer else b""
    asyncio.run(history.on_reply(exchange))
    return exchange.receipt.reasons


def test_a_client_that_resends_everything_adds_nothing() -> None:
    """Fifty times the whole history is one copy of it."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    for _ in range(50):
        record(history, request(*TALK))
    assert [item.text for item in asyncio.run(people.load(ALICE)).pending] == ["I'm vegan", "thai"]


def test_a_sliding_window_adds_nothing() -> None:
    """A client that sends only the last turns does not bring old ones back as new."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    record(history, request(*TALK[:2]))
    record(history, request(*TALK))
    record(history, request(*TALK[1:], ("assistant", "Sure."), ("user", "with rice")))
    record(history, request(*TALK[3:], ("assistant", "Sure."), ("user", "with rice")))
    texts = [item.text for item in asyncio.run(people.load(ALICE)).pending]
    assert texts == ["I'm vegan", "thai", "with rice"]


def test_what_is_said_again_later_counts_again() -> None:
    """A statement, its opposite, and the statement again: the last one is the newest."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    for text in ("I'm vegan", "I'm not vegan any more", "I'm vegan"):
        record(history, request(("user", text)))
    texts = [item.text for item in asyncio.run(people.load(ALICE)).pending]
    assert texts == ["I'm vegan", "I'm not vegan any more", "I'm vegan"]


def test_nobody_and_no_answer_leave_no_trace() -> None:
    """Without an identity there is no memory; a chat that failed is not recorded."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    assert record(history, request(*TALK), user=None) == ["no_identity"]
    assert record(history, request(*TALK), status=500) == ["no_answer"]
    assert asyncio.run(people.load(ALICE)).pending == ()


def test_an_answer_that_outlasts_an_erasure_brings_nothing_back() -> None:
    """Words of a request that began before the person was erased are not recorded after it."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    record(history, request(("user", "I'm vegan")))
    before = replace(ALICE, known=asyncio.run(people.load(ALICE)))
    asyncio.run(people.forget(ALICE))
    talk = request(("user", "I'm vegan, as I said"))
    exchange = Exchange("ex_1", Caller(), talk, talk, before, Reply(200, complete=True))
    asyncio.run(history.on_reply(exchange))
    assert asyncio.run(people.load(ALICE)).pending == ()


def test_what_is_done_belongs_where_the_request_does() -> None:
    """An answer that is made anew and kept at work tells of work; what is said needs no place."""
    people, came = MemoryPeople(), time.time()
    history = History(people, 8000, MemoryCache())
    asked = request(("user", "Write a mail."))
    kept = request(("user", "Write a mail."), ("assistant", "Dear all,"), ("user", "Send it to Bob."))
    for at, talk, answer in ((0, asked, "Hello there,"), (60, asked, "Dear all,"), (90, kept, "Sent.")):
        known, reply = replace(ALICE, known=asyncio.run(people.load(ALICE))), Reply(200, complete=True)
        reply.body = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
        exchange = Exchange(f"ex_{at}", Caller(place="work"), talk, talk, known, reply, came=came + at)
        asyncio.run(history.on_reply(exchange))
    found = asyncio.run(people.load(ALICE)).pending
    assert [(item.kind, item.place) for item in found] == [("statement", ""), ("regenerate", "work"), ("statement", "")]


def keeps(known: User, reply: Reply, people: MemoryPeople) -> int:
    """How many answers are kept of an exchange."""
    cache, talk = MemoryCache(), request(("user", "Write a mail."))
    exchange = Exchange("ex_1", Caller(), talk, talk, known, reply)
    asyncio.run(History(people, 8000, cache).on_reply(exchange))
    return len(cache)


def test_answers_are_kept_of_known_people_who_are_not_paused() -> None:
    """And not of such as were erased while they were answered."""
    people, reply = MemoryPeople(), Reply(200, (), b'{"choices":[{"message":{"content":"Dear"}}]}', complete=True)
    record(History(people, 8000, MemoryCache()), request(("user", "I'm vegan")))
    known = replace(ALICE, known=asyncio.run(people.load(ALICE)))
    assert keeps(known, reply, people) == 1
    asyncio.run(people.forget(ALICE))
    assert keeps(known, reply, people) == 0
    profile = asyncio.run(people.load(ALICE)).profile
    paused = replace(profile, version=profile.version + 1, paused=True)
    assert asyncio.run(people.publish(ALICE, paused))
    assert keeps(replace(ALICE, known=asyncio.run(people.load(ALICE))), reply, people) == 0


def test_a_retry_after_thanks_adds_nothing() -> None:
    """What was done with the answer before stands before the statement, by which a retry is known."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    record(history, request(("user", "Hi.")), answer="Hello.")
    for _ in range(2):
        record(history, request(("user", "Hi."), ("assistant", "Hello."), ("user", "Thanks!")))
    kinds = [item.kind for item in asyncio.run(people.load(ALICE)).pending]
    assert kinds == ["statement", "accepted", "statement"]


def test_resent_history_does_not_undo_an_erasure() -> None:
    """After an erasure the turns of an open chat that come along again are not recorded; new ones are."""
    people = MemoryPeople()
    history = History(people, 8000, MemoryCache())
    record(history, request(*TALK[:2]))
    asyncio.run(people.forget(ALICE))
    record(history, request(*TALK))
    assert [item.text for item in asyncio.run(people.load(ALICE)).pending] == ["thai"]
