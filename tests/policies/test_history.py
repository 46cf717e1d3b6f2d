"""What the person wrote is recorded once, and only that."""

import asyncio
import json
from dataclasses import replace

from adapters.memory import MemoryPeople
from adapters.ports import Caller, ChatRequest, Continued, Evidence, Reply, Turn, User
from policies.base import Exchange
from policies.history import History, read

ALICE = User("u_" + "a" * 32)


def request(*turns: tuple[str, object]) -> ChatRequest:
    messages = [{"role": role, "content": content} for role, content in turns]
    return ChatRequest.parse(json.dumps({"model": "m", "messages": messages}).encode())


def events(*turns: tuple[str, object]) -> list[Evidence]:
    return list(read(request(*turns), 8000, 1.0))


TALK = (("system", "Be kind."), ("user", "I'm vegan"), ("assistant", "Noted. What cuisine?"), ("user", "thai"))


def test_turns_of_the_person_are_evidence_and_nothing_else_is() -> None:
    """Instructions and the assistant's words are no evidence; the question that a turn answers is its context."""
    first, second = events(*TALK)
    assert (first.text, first.context, first.fresh) == ("I'm vegan", "", False)
    assert (second.text, second.context, second.fresh) == ("thai", "Noted. What cuisine?", True)
    assert {first.author, second.author} == {"self"}


def test_a_turn_keeps_its_event_as_the_conversation_grows() -> None:
    """The same turn in a longer history is the same event."""
    assert [event.event for event in events(*TALK[:2])] == [events(*TALK)[0].event]


def test_injected_blocks_are_never_learnt() -> None:
    """A client that sends our own block back does not teach us our own words."""
    block = '\n\n<rapport-profile note="x">\nDiet: vegan\n</rapport-profile>'
    assert [event.text for event in events(("user", "hello" + block))] == ["hello"]
    assert events(("user", block)) == []


def test_parts_that_are_no_text_are_left_out() -> None:
    """An image is no statement; the text beside it is."""
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:..."}}]
    assert [event.text for event in events(("user", parts))] == ["look"]


def test_what_a_server_keeps_is_context_only() -> None:
    """It was recorded when it was said, all of it and not the end that is left here."""
    before = Continued(turns=(Turn("user", "...my name is Ann", -3), Turn("assistant", "Which one?", -2)))
    (said,) = read(replace(request(("user", "the second")), continued=before), 8000, 1.0)
    assert (said.text, said.context, said.fresh) == ("the second", "Which one?", True)


def record(history: History, request: ChatRequest, user: User | None = ALICE, status: int = 200) -> list[str]:
    known = replace(user, known=asyncio.run(history.users.load(user))) if user else None
    exchange = Exchange("ex_1", Caller(), request, request, known, Reply(status, complete=True))
    asyncio.run(history.on_reply(exchange))
    return exchange.receipt.reasons


def test_a_client_that_resends_everything_adds_nothing() -> None:
    """Fifty times the whole history is one copy of it."""
    people = MemoryPeople()
    history = History(people, 8000)
    for _ in range(50):
        record(history, request(*TALK))
    assert [item.text for item in asyncio.run(people.load(ALICE)).pending] == ["I'm vegan", "thai"]


def test_a_sliding_window_adds_nothing() -> None:
    """A client that sends only the last turns does not bring old ones back as new."""
    people = MemoryPeople()
    history = History(people, 8000)
    record(history, request(*TALK[:2]))
    record(history, request(*TALK))
    record(history, request(*TALK[1:], ("assistant", "Sure."), ("user", "with rice")))
    record(history, request(*TALK[3:], ("assistant", "Sure."), ("user", "with rice")))
    texts = [item.text for item in asyncio.run(people.load(ALICE)).pending]
    assert texts == ["I'm vegan", "thai", "with rice"]


def test_what_is_said_again_later_counts_again() -> None:
    """A statement, its opposite, and the statement again: the last one is the newest."""
    people = MemoryPeople()
    history = History(people, 8000)
    for text in ("I'm vegan", "I'm not vegan any more", "I'm vegan"):
        record(history, request(("user", text)))
    texts = [item.text for item in asyncio.run(people.load(ALICE)).pending]
    assert texts == ["I'm vegan", "I'm not vegan any more", "I'm vegan"]


def test_nobody_and_no_answer_leave_no_trace() -> None:
    """Without an identity there is no memory; a chat that failed is not recorded."""
    people = MemoryPeople()
    history = History(people, 8000)
    assert record(history, request(*TALK), user=None) == ["no_identity"]
    assert record(history, request(*TALK), status=500) == ["no_answer"]
    assert asyncio.run(people.load(ALICE)).pending == ()


def test_an_answer_that_outlasts_an_erasure_brings_nothing_back() -> None:
    """Words of a request that began before the person was erased are not recorded after it."""
    people = MemoryPeople()
    history = History(people, 8000)
    record(history, request(("user", "I'm vegan")))
    before = replace(ALICE, known=asyncio.run(people.load(ALICE)))
    asyncio.run(people.forget(ALICE))
    talk = request(("user", "I'm vegan, as I said"))
    exchange = Exchange("ex_1", Caller(), talk, talk, before, Reply(200, complete=True))
    asyncio.run(history.on_reply(exchange))
    assert asyncio.run(people.load(ALICE)).pending == ()


def test_resent_history_does_not_undo_an_erasure() -> None:
    """After an erasure the turns of an open chat that come along again are not recorded; new ones are."""
    people = MemoryPeople()
    history = History(people, 8000)
    record(history, request(*TALK[:2]))
    asyncio.run(people.forget(ALICE))
    record(history, request(*TALK))
    assert [item.text for item in asyncio.run(people.load(ALICE)).pending] == ["thai"]
