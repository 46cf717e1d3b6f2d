"""Chat Completions: where an injection goes, byte for byte."""

import json
import random
from typing import Any

import pytest

from adapters.ports import CHAT, ChatRequest
from tests.adapters.formats.unchanged import (
    PROFILE,
    SOURCES,
    TOOLS,
    differing,
    grown,
    injected,
    items,
    raws,
    spaced,
    text,
)


def parse(body: bytes) -> ChatRequest:
    return ChatRequest.parse(body, format=CHAT)


@pytest.mark.parametrize(("message", "role", "said"), [
    ({"role": "user", "content": "a"}, "user", "a"),
    ({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}]},
     "user", "a\nb"),
    ({"role": "assistant", "content": None, "tool_calls": []}, "assistant", ""),
    ({"role": "tool", "tool_call_id": "c", "content": "r"}, "tool", "r"),
    ({"role": "user", "content": 5}, "user", ""), ({"role": "user", "content": [5, {"text": 5}]}, "user", ""),
    ({"content": "a"}, "", "a"), ({"role": ["user"], "content": "a"}, "['user']", "a"), ({}, "", ""),
])
def test_turns(message: Any, role: str, said: str) -> None:
    """Each message is one; what is no text reads as nothing, and what is odd costs nobody the chat."""
    (turn,) = parse(json.dumps({"model": "m", "messages": [message]}).encode()).turns
    assert (turn.role, turn.text, turn.index) == (role, said, 0)


def test_an_answer_of_the_assistant_ends_the_opening() -> None:
    """A conversation begins where there is none yet."""
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]
    assert parse(json.dumps({"model": "m", "messages": turns}).encode()).opens
    turns += [{"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    assert not parse(json.dumps({"model": "m", "messages": turns}).encode()).opens


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_the_place_changes(seed: int) -> None:
    """The profile is one more message behind the leading instructions, the tail stands behind the client's own bytes
    of the last words of the person; all else is as it came."""
    dice = random.Random(seed)
    for _ in range(40):
        lead = [{"role": dice.choice(["system", "developer"]), "content": text(dice)}
                for _ in range(dice.randint(0, 2))]  # fmt: skip
        turns = [{"role": dice.choice(["user", "assistant", "tool"]), "content": text(dice)}
                 for _ in range(dice.randint(0, 3))]  # fmt: skip
        given = [*lead, *turns, {"name": "n", "role": "user", "content": text(dice)}]
        fields = {"n": 1.0, "model": "m", "messages": given, "seed": 12345678901234567890}
        body = spaced(fields, dice).encode()[:-1] + b',"tools":' + TOOLS + b"}"
        before, own = raws(body), items(raws(body)["messages"])
        after = injected(body, PROFILE, CHAT)
        assert differing(before, after) == ["messages"]
        found = items(after["messages"])
        assert found[: len(lead)] + found[len(lead) + 1 :] == own
        assert json.loads(found[len(lead)]) == {"role": lead[-1]["role"] if lead else "system",
                                                "content": PROFILE.render()}
        after = injected(body, SOURCES, CHAT)
        assert differing(before, after) == ["messages"]
        *same, last = items(after["messages"])
        assert same == own[:-1]
        assert list(raws(last)) == ["name", "role", "content"]
        assert grown(raws(own[-1])["content"], raws(last)["content"]) == f"\n\n{SOURCES.render()}"


@pytest.mark.parametrize("content", ["5", "true", '{"text":"a"}'])
def test_a_content_that_is_wrong_stays_wrong(content: str) -> None:
    """The backend says so: what we would put there would hide it."""
    body = b'{"model":"m","messages":[{"role":"user","content":%s}]}' % content.encode()
    assert injected(body, SOURCES, CHAT) == raws(body)


@pytest.mark.parametrize("message", [b'{"role":"user"}', b'{"role":"user","content":null}'])
def test_a_turn_without_words_gets_some(message: bytes) -> None:
    """A person may have sent nothing at all."""
    after = injected(b'{"model":"m","messages":[%s]}' % message, SOURCES, CHAT)
    assert json.loads(items(after["messages"])[0])["content"] == SOURCES.render()


LONE = (b"\\ud800", b"\\uDFFF", b"a\\udc00b", b"\\ud83d", b"\\ud83d\\ud83d\\ude42")


@pytest.mark.parametrize("half", LONE)
@pytest.mark.parametrize("body", [
    b'{"model":"m","messages":[{"role":"user","content":"%s"}]}',
    b'{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"%s"}]}],"n":1.0}',
    b'{"model":"m","user":"%s","messages":[{"role":"user","content":"a"}]}',
    b'{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"%s": 1}]}',
    b'{ "model":"m", "metadata":{"a":"%s"} ,"messages":[{"role":"user","content":"a"}]}',
])
def test_half_a_character_leaves_as_it_came(body: bytes, half: bytes) -> None:
    """Where a client cut a text in the middle of one, its bytes go on if nothing is injected; inside they read as
    U+FFFD."""
    body = body % half
    request = parse(body)
    assert request.body() == body
    assert all("\ud800" not in turn.text for turn in request.turns)
    json.loads(request.with_context(SOURCES).body().decode())


@pytest.mark.parametrize("message", [b'{"role":"user","content":"a","content":"b"}', b'{"content":"b","role":"user"}'])
def test_a_key_that_stands_twice_counts_once(message: bytes) -> None:
    """The last one, as everybody reads it."""
    request = parse(b'{"model":"m","messages":[%s]}' % message)
    assert request.last_user_text == "b"
    assert json.loads(request.with_context(SOURCES).body())["messages"][0]["content"].startswith("b\n\n")
