"""What of a conversation the person wrote, as evidence."""

import json
from dataclasses import replace

from adapters.ports import ChatRequest, Continued, Evidence, Turn
from policies.history.statements import read


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
