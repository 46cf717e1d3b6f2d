"""Responses: a text or items, instructions in two places, state that a server keeps; where an injection goes."""

import json
import random
from typing import Any

import pytest

from adapters.ports import RESPONSES, ChatRequest, MalformedRequest
from adapters.ports.formats.responses import as_items
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


def parse(body: bytes) -> ChatRequest:
    return ChatRequest.parse(body, format=RESPONSES)


def asked(input: Any, **fields: Any) -> ChatRequest:
    return parse(json.dumps({"model": "m", "input": input, **fields}).encode())


@pytest.mark.parametrize(("item", "expected"), [
    ({"role": "user", "content": "a"}, ("user", "a")),
    ({"type": "message", "role": "developer", "content": "a"}, ("developer", "a")),
    ({"type": None, "role": "user", "content": "a"}, ("user", "a")),
    ({"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": "u"},
                                  {"type": "input_text", "text": "b"}]}, ("user", "a\nb")),
    ({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, ("assistant", "a")),
    ({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}, ("assistant", "")),
    ({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, ("assistant", "")),
    ({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "x"}, ("assistant", "")),
    ({"type": "web_search_call", "id": "ws"}, ("assistant", "")),
    ({"type": "item_reference", "id": "msg_1"}, ("assistant", "")),
    ({"type": "function_call_output", "call_id": "c", "output": "r"}, ("tool", "")),
    ({"type": "custom_tool_call_output", "call_id": "c", "output": "r"}, ("tool", "")),
    ({"type": "reasoning", "id": "rs", "summary": []}, None), ({"type": "additional_tools", "tools": []}, None),
    ({"type": ["odd"]}, ("assistant", "")), ({"content": "a"}, ("", "a")),
    ({"role": "user", "content": 5}, ("user", "")),
])  # fmt: skip
def test_turns_of_items(item: Any, expected: tuple[str, str] | None) -> None:
    """Messages with and without a type; calls are the assistant's turns and results those of tools, and what a model
    thought is nobody's."""
    found = [(turn.role, turn.text, turn.index) for turn in asked([item]).turns]
    assert found == ([(*expected, 0)] if expected else [])


def test_a_text_is_what_the_person_says() -> None:
    """Behind the instructions, which stand above all items."""
    request = asked("hi \u00e9", instructions="Be brief.")
    assert [(turn.role, turn.text, turn.index) for turn in request.turns] == [("system", "Be brief.", -1),
                                                                            ("user", "hi \u00e9", 0)]
    assert request.last_user_text == "hi \u00e9"
    assert asked([{"role": "user", "content": "a"}], instructions="S").turns[0].index == -1
    assert [turn.role for turn in asked("hi", instructions=None).turns] == ["user"]
    assert [turn.role for turn in asked("hi", instructions=["odd"]).turns] == ["user"]


@pytest.mark.parametrize(("fields", "opens"), [
    ({}, True), ({"previous_response_id": "r"}, False), ({"conversation": {"id": "c"}}, False),
    ({"previous_response_id": None, "conversation": None}, True), ({"prompt": {"id": "p"}}, True),
])
def test_kept_state_comes_before_the_turns(fields: dict[str, Any], opens: bool) -> None:
    """A conversation that a server keeps has begun, whatever stands in this request."""
    assert asked("hi", **fields).opens is opens


def test_answers_and_calls_come_before_too() -> None:
    """What a client sends again of a conversation says that it has begun; what was thought says nothing."""
    said = {"role": "user", "content": "a"}
    for before in ({"type": "function_call"}, {"role": "assistant", "content": "b"}, {"type": "item_reference"}):
        assert not asked([said, before, said]).opens
    assert asked([{"type": "additional_tools"}, said, {"type": "reasoning"}]).opens


@pytest.mark.parametrize("fields", [
    {"previous_response_id": "r"}, {"conversation": "c"}, {"prompt": {"id": "p"}},
    {"prompt": {"id": "p"}, "input": None},
])
def test_state_may_be_all_there_is(fields: dict[str, Any]) -> None:
    """No input is needed where a server has something to go on with; the profile still has its place."""
    request = parse(json.dumps({"model": "m", **fields}).encode())
    assert request.items == () and request.last_user is None
    assert request.with_context(SOURCES) is request
    assert json.loads(request.with_context(PROFILE).body())["instructions"] == PROFILE.render()


@pytest.mark.parametrize(("body", "param"), [
    (b'{"model":"m"}', "input"), (b'{"model":"m","input":null}', "input"), (b'{"model":"m","input":5}', "input"),
    (b'{"model":"m","input":{}}', "input"), (b'{"model":"m","input":["a"]}', "input[0]"),
    (b'{"model":"m","input":[{},null]}', "input[1]"), (b'{"input":"a"}', "model"),
    (b'{"model":null,"input":"a"}', "model"),
    (b'{"model":"m","input":true}', "input"), (b'{"model":"m","input":[[]]}', "input[0]"),
    (b'{"model":"m","previous_response_id":null}', "input"),
])  # fmt: skip
def test_what_cannot_be_asked(body: bytes, param: str) -> None:
    """Nothing to answer, or of the wrong type: an error that names the place."""
    with pytest.raises(MalformedRequest) as caught:
        parse(body)
    assert caught.value.param == param


LEAD = [{"role": "developer", "content": "D"}, {"type": "message", "role": "system", "content": "S"}]
USER = {"role": "user", "content": "a"}


@pytest.mark.parametrize(("fields", "input", "place"), [
    ({"store": False}, [*LEAD, USER], 2), ({"store": False, "instructions": None}, [LEAD[0], USER], 1),
    ({"store": False, "instructions": "I"}, [*LEAD, USER], None), ({"store": False}, [USER, *LEAD], None),
    ({"store": True}, [*LEAD, USER], None), ({}, [*LEAD, USER], None), ({"store": None}, [*LEAD, USER], None),
    ({"store": False, "previous_response_id": "r"}, [*LEAD, USER], None),
    ({"store": False, "conversation": "c"}, [*LEAD, USER], None), ({"store": False}, "a", None), ({}, "a", None),
])  # fmt: skip
def test_where_the_profile_stands(fields: dict[str, Any], input: Any, place: int | None) -> None:
    """In the instructions, which no server keeps. Where the client instructs by items, and nothing of them is kept,
    behind those: what all people share then stays in front."""
    body = json.loads(asked(input, **fields).with_context(PROFILE).body())
    if place is None:
        given = fields.get("instructions")
        assert body["instructions"] == (f"{given}\n\n" if given else "") + PROFILE.render()
        assert body["input"] == input
    else:
        assert body.get("instructions") is None
        assert body["input"].pop(place) == {"role": input[place - 1]["role"], "content": PROFILE.render()}
        assert body["input"] == input


@pytest.mark.parametrize(("fields", "input", "place"), [
    ({"store": False}, [*LEAD, USER], 2), ({"store": False}, [USER, *LEAD], None), ({}, [*LEAD, USER], None),
    ({"instructions": "I \u00e9"}, "a", None), ({"instructions": ""}, "a", None), ({"instructions": None}, "a", None),
    ({"store": False, "instructions": "I"}, [*LEAD, USER], None), ({"previous_response_id": "r"}, "a", None),
])  # fmt: skip
def test_where_the_front_stands(fields: dict[str, Any], input: Any, place: int | None) -> None:
    """Between the client's own instructions and the profile, whichever of the two comes first."""
    request = asked(input, **fields)
    after = request.with_context(PROFILE).with_context(FRONT)
    assert after.body() == request.with_context(FRONT).with_context(PROFILE).body()
    body = json.loads(after.body())
    if place is None:
        given = fields.get("instructions")
        assert body["instructions"] == "\n\n".join([*([given] if given else []), FRONT.render(), PROFILE.render()])
        assert body["input"] == input
    else:
        role = input[place - 1]["role"]
        ours = [{"role": role, "content": block.render()} for block in (FRONT, PROFILE)]
        assert body["input"] == [*input[:place], *ours, *input[place:]]


def test_instructions_of_a_wrong_type_stay_wrong() -> None:
    """The backend says so."""
    request = asked("a", instructions=5)
    assert request.with_context(PROFILE) is request
    assert request.with_context(FRONT) is request


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_the_place_changes(seed: int) -> None:
    """The profile stands behind the client's own instructions, the tail behind the client's own bytes of the last
    words of the person; all else is as it came."""
    dice = random.Random(seed)
    for _ in range(40):
        part = {"type": "input_text", "text": text(dice)}
        last = {"content": dice.choice([text(dice), [part]]), "role": "user"}
        others = [{"type": "function_call_output", "call_id": "c", "output": text(dice)}, {"type": "reasoning"},
                  {"role": "assistant", "content": text(dice)}]
        given = [*dice.sample(others, dice.randint(0, 3)), last]
        body = spaced({"instructions": text(dice), "model": "m", "temperature": 1.0, "input": given}, dice).encode()
        body = body[:-1] + b',"tools":' + TOOLS + b"}"
        before = raws(body)
        after = injected(body, PROFILE, RESPONSES)
        assert differing(before, after) == ["instructions"]
        assert grown(before["instructions"], after["instructions"]) == f"\n\n{PROFILE.render()}"
        after = injected(body, SOURCES, RESPONSES)
        assert differing(before, after) == ["input"]
        own, found = items(before["input"]), items(after["input"])
        assert found[:-1] == own[:-1] and list(raws(found[-1])) == ["content", "role"]
        content, longer = raws(own[-1])["content"], raws(found[-1])["content"]
        if content.startswith(b'"'):
            assert grown(content, longer) == f"\n\n{SOURCES.render()}"
        else:
            assert longer.startswith(content[:-1].rstrip())
            assert json.loads(items(longer)[-1]) == {"type": "input_text", "text": SOURCES.render()}


@pytest.mark.parametrize("seed", range(2))
def test_a_text_grows_where_it_stands(seed: int) -> None:
    """An input that is a text stays one."""
    dice = random.Random(seed)
    for _ in range(20):
        body = spaced({"model": "m", "input": text(dice), "n": 1.0}, dice).encode()
        before, after = raws(body), injected(body, SOURCES, RESPONSES)
        assert differing(before, after) == ["input"]
        assert grown(before["input"], after["input"]) == f"\n\n{SOURCES.render()}"


@pytest.mark.parametrize("body", [
    b'{"model":"m","input":"a\\ud800"}', b'{"model":"m","input":[{"role":"user","content":"\\udc00"}]}',
    b'{"model":"m","instructions":"\\ud800x", "input":"a"}',
    b'{"model":"m","input":[{"type":"reasoning","x":"\\ud83d"}]}',
    b'{"model":"m","input":"a","previous_response_id":"\\ud800"}', b'{"model":"m","input":"a","user":"\\udfff" }',
])  # fmt: skip
def test_half_a_character_leaves_as_it_came(body: bytes) -> None:
    """In any field, if nothing is injected; and an injection makes no JSON that nobody can read."""
    request = parse(body)
    assert request.body() == body
    for block in (PROFILE, SOURCES, FRONT):
        json.loads(request.with_context(block).body().decode())


def test_a_conversation_is_put_in_front() -> None:
    """Its items as they were kept, in place of the id by which it was named; the turns know where they stand."""
    prior = as_items(asked("before").items)
    request = asked("now", previous_response_id="resp_1", store=True).continuing("resp_1", prior)
    body = json.loads(request.body())
    assert "previous_response_id" not in body and body["store"] is True
    assert body["input"] == [{"type": "message", "role": "user", "content": "before"},
                             {"type": "message", "role": "user", "content": "now"}]
    assert (request.continued.id, request.continued.prior) == ("resp_1", 1)
    assert request.last_user is not None and (request.last_user.text, request.last_user.index) == ("now", 1)
    tailed = json.loads(request.with_context(SOURCES).body())["input"]
    assert tailed[0]["content"] == "before" and tailed[1]["content"].startswith("now\n\n")
