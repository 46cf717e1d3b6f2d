"""Anthropic's Messages: the system prompt by itself, results of tools in user turns, the client's marks of a cache."""

import json
import random
from typing import Any

import pytest

from adapters.ports import MESSAGES, ChatRequest, MalformedRequest
from tests.adapters.formats.unchanged import (
    FRONT,
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
from tests.fakes.anthropic_cache import MARKS, marks

MARK = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "found"}]}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}


def parse(body: bytes) -> ChatRequest:
    return ChatRequest.parse(body, format=MESSAGES)


def asked(*messages: Any, **fields: Any) -> ChatRequest:
    return parse(json.dumps({"model": "m", "messages": messages, **fields}).encode())


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


@pytest.mark.parametrize(("message", "expected"), [
    ({"role": "user", "content": "a"}, ("user", "a")),
    ({"role": "user", "content": [said("a", **MARK), IMAGE, said("b")]}, ("user", "a\nb")),
    ({"role": "user", "content": [RESULT]}, ("tool", "")),
    ({"role": "user", "content": [RESULT, RESULT, IMAGE]}, ("tool", "")),
    ({"role": "user", "content": [RESULT, said("and?")]}, ("user", "and?")),
    ({"role": "user", "content": [said("and?"), RESULT]}, ("user", "and?")),
    ({"role": "user", "content": [IMAGE]}, ("user", "")), ({"role": "user", "content": []}, ("user", "")),
    ({"role": "assistant", "content": [{"type": "thinking", "thinking": "t"}, said("b"),
                                       {"type": "tool_use", "id": "t", "name": "f", "input": {}}]}, ("assistant", "b")),
    ({"role": "user", "content": [{"type": ["odd"]}, {"type": {}}]}, ("user", "")),
    ({"role": "user", "content": 5}, ("user", "")), ({"role": "user", "content": ["a", None]}, ("user", "")),
    ({}, ("", "")),
])  # fmt: skip
def test_turns(message: Any, expected: tuple[str, str]) -> None:
    """A user turn that only brings results is one of the tools; the person's own words make it theirs again."""
    assert [(turn.role, turn.text, turn.index) for turn in asked(message).turns] == [(*expected, 0)]


@pytest.mark.parametrize(("system", "expected"), [
    ("S", "S"), ([said("S"), said("T", **MARK)], "S\nT"), (None, None), ("", None), ([], None), (5, None),
])
def test_the_system_prompt_is_a_turn_above_the_others(system: Any, expected: str | None) -> None:
    """A text or blocks; none where there is none, or something else."""
    first, *rest = asked({"role": "user", "content": "a"}, system=system).turns
    assert [turn.index for turn in rest] == ([0] if expected else [])
    assert (first.role, first.text, first.index) == (("system", expected, -1) if expected else ("user", "a", 0))


def test_a_conversation_begins_without_an_answer() -> None:
    """Clients send all of it, every time."""
    assert asked({"role": "user", "content": "a"}, system="S").opens
    assert not asked({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}).opens


@pytest.mark.parametrize(("body", "param"), [
    (b'{"model":"m"}', "messages"), (b'{"model":"m","messages":[]}', "messages"),
    (b'{"model":"m","messages":"a"}', "messages"), (b'{"model":"m","messages":[{},"a"]}', "messages[1]"),
    (b'{"model":["m"],"messages":[{}]}', "model"), (b'{"messages":[{}]}', "model"), (b'["model"]', None),
])
def test_what_cannot_be_asked(body: bytes, param: str | None) -> None:
    """An error that names the place."""
    with pytest.raises(MalformedRequest) as caught:
        parse(body)
    assert caught.value.param == param


@pytest.mark.parametrize(("given", "expected"), [
    ({}, PROFILE.render()), ({"system": None}, PROFILE.render()), ({"system": "S"}, f"S\n\n{PROFILE.render()}"),
    ({"system": []}, [said(PROFILE.render())]),
    ({"system": [said("S"), said("T", **MARK)]}, [said("S"), said("T", **MARK), said(PROFILE.render())]),
    ({"system": 5}, 5), ({"system": {"text": "S"}}, {"text": "S"}),
])
def test_the_profile_stands_behind_the_system_prompt(given: dict[str, Any], expected: Any) -> None:
    """Behind the client's last mark, so that what is cached is the same for all people; and never marked itself."""
    body = json.loads(asked({"role": "user", "content": "a"}, **given).with_context(PROFILE).body())
    assert body["system"] == expected
    assert body["messages"] == [{"role": "user", "content": "a"}]


@pytest.mark.parametrize(("given", "own"), [
    ({}, []), ({"system": None}, []), ({"system": ""}, []), ({"system": "S \u00e9"}, [said("S \u00e9")]),
    ({"system": []}, []), ({"system": [said("S"), said("T", **MARK)]}, [said("S"), said("T", **MARK)]),
])
def test_the_front_is_a_block_between_the_clients_and_the_profile(given: dict[str, Any], own: list[Any]) -> None:
    """Marked, so that all people share what is cached up to it."""
    request = asked({"role": "user", "content": "a"}, **given)
    ours = [said(FRONT.render(), cache_control={"type": "ephemeral"}), said(PROFILE.render())]
    for first, second in ((PROFILE, FRONT), (FRONT, PROFILE)):
        body = json.loads(request.with_context(first).with_context(second).body())
        assert body["system"] == [*own, *ours]
        assert body["messages"] == [{"role": "user", "content": "a"}]


HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


@pytest.mark.parametrize(("fields", "last", "marked"), [
    ({}, said("a"), True), ({"cache_control": {"type": "ephemeral"}}, said("a"), True),
    ({"tools": [{"name": "t", **MARK}], "system": [said("S", **MARK)]}, said("a", **MARK), True),
    ({"tools": [{"name": "t", **MARK}], "system": [said("S", **MARK), said("T", **MARK)]}, said("a", **MARK), False),
    ({"tools": [{"name": "t", **MARK}], "system": [said("S", **MARK), said("T", **MARK)],
      "cache_control": {"type": "ephemeral"}}, said("a"), False),
    ({}, said("a", **HOUR), False), ({"system": [said("S", **HOUR)]}, said("a"), False),
    ({}, said('A text on "cache_control" of "1h": "cache_control" "cache_control" "cache_control"'), True),
])
def test_the_front_is_marked_where_the_client_leaves_a_mark(fields: Any, last: Any, marked: bool) -> None:
    """Four are allowed in all, and none in front of one that lasts an hour. Nothing else depends on it, so that what
    was cached holds when the client's marks move on."""
    request = asked({"role": "user", "content": [last]}, **fields)
    body = json.loads(request.with_context(PROFILE).with_context(FRONT).body())
    block = body["system"][-2]
    assert block.pop("cache_control", None) == ({"type": "ephemeral"} if marked else None)
    assert block == said(FRONT.render())
    assert marks(body) <= MARKS and marks(body) == marks(json.loads(request.body()))


@pytest.mark.parametrize("system", [5, {"text": "S"}])
def test_a_system_prompt_that_is_wrong_takes_no_front(system: Any) -> None:
    """The backend says so."""
    request = asked({"role": "user", "content": "a"}, system=system)
    assert request.with_context(FRONT) is request


@pytest.mark.parametrize(("content", "expected"), [
    ("a", f"a\n\n{SOURCES.render()}"), (None, SOURCES.render()), ([], [said(SOURCES.render())]),
    ([said("a"), said("b")], [said("a"), said(f"b\n\n{SOURCES.render()}")]),
    ([RESULT, said("b", **MARK)], [RESULT, said(f"b\n\n{SOURCES.render()}", **MARK)]),
    ([said("b"), {**IMAGE, **MARK}], [said("b"), {**IMAGE, **MARK}, said(SOURCES.render())]),
    ([said("b"), RESULT], [said("b"), RESULT, said(SOURCES.render())]),
])
def test_the_tail_stands_behind_the_last_words(content: Any, expected: Any) -> None:
    """Inside of the client's last text, so that its mark covers both; behind what is no text. No mark is ours."""
    request = asked({"role": "user", "content": content}, {"role": "assistant", "content": "x"})
    body = json.loads(request.with_context(SOURCES).body())
    assert body["messages"] == [{"role": "user", "content": expected}, {"role": "assistant", "content": "x"}]


def test_results_of_tools_take_no_tail() -> None:
    """It stays with the person's own turn before, in the same bytes all through the loop."""
    turns = [{"role": "user", "content": "look"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "t"}]}]
    first = json.loads(asked(*turns[:1]).with_context(SOURCES).body())["messages"]
    body = json.loads(asked(*turns, {"role": "user", "content": [RESULT]}).with_context(SOURCES).body())
    assert body["messages"] == [*first, turns[1], {"role": "user", "content": [RESULT]}]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_the_place_changes(seed: int) -> None:
    """Marks, tools, key order and every byte of the client's stay; its texts stand in front of ours."""
    dice = random.Random(seed)
    for _ in range(40):
        blocks = [{"type": "text", **dice.choice([{}, MARK]), "text": text(dice)} for _ in range(dice.randint(1, 3))]
        given = [{"role": "assistant", "content": text(dice)}, {"role": "user", "content": [IMAGE, *blocks]}]
        system = dice.choice([text(dice), [{"type": "text", "text": text(dice), **MARK}]])
        body = spaced({"max_tokens": 9, "system": system, "model": "m", "messages": given}, dice).encode()
        body = body[:-1] + b',"tools":' + TOOLS + b',"temperature":1.0}'
        before = raws(body)
        after = injected(body, PROFILE, MESSAGES)
        assert differing(before, after) == ["system"]
        if before["system"].startswith(b'"'):
            assert grown(before["system"], after["system"]) == f"\n\n{PROFILE.render()}"
        else:
            assert items(after["system"]) == [*items(before["system"]), items(after["system"])[-1]]
        after = injected(body, SOURCES, MESSAGES)
        assert differing(before, after) == ["messages"]
        own, found = items(before["messages"]), items(after["messages"])
        assert found[:-1] == own[:-1] and list(raws(found[-1])) == ["role", "content"]
        parts, longer = items(raws(own[-1])["content"]), items(raws(found[-1])["content"])
        assert longer[:-1] == parts[:-1]
        assert differing(raws(parts[-1]), raws(longer[-1])) == ["text"]
        assert grown(raws(parts[-1])["text"], raws(longer[-1])["text"]) == f"\n\n{SOURCES.render()}"
        assert body.count(b"cache_control") == json.dumps(json.loads(body)).count("cache_control")


@pytest.mark.parametrize("content", [b"5", b'{"text":"a"}'])
def test_a_content_that_is_wrong_stays_wrong(content: bytes) -> None:
    """The backend says so."""
    body = b'{"model":"m","messages":[{"role":"user","content":%s}]}' % content
    assert injected(body, SOURCES, MESSAGES) == raws(body)


@pytest.mark.parametrize("body", [
    b'{"model":"m","system":"\\ud800", "messages":[{"role":"user","content":"a"}]}',
    b'{"model":"m","system":[{"type":"text","text":"\\udc00"}],"messages":[{"role":"user","content":"a"}]}',
    b'{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x\\ud83d"}]}],"max_tokens":1.0}',
    b'{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","content":"\\ud83d"}]}]}',
    b'{"model":"m","metadata":{"user_id":"\\udfff"},"messages":[{"role":"user","content":"a"}]}',
])
def test_half_a_character_leaves_as_it_came(body: bytes) -> None:
    """In any field, if nothing is injected; and an injection makes no JSON that nobody can read."""
    request = parse(body)
    assert request.body() == body
    for block in (PROFILE, SOURCES, FRONT):
        json.loads(request.with_context(block).body().decode())
