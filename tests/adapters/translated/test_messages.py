"""Chats become messages of Anthropic's: block after block, live where that can be, and the same told whole."""

import json
import random
from typing import Any

import pytest

from adapters.ports import MESSAGES
from adapters.translated.messages import MessageAnswer
from tests.adapters.translated.strict import request
from tests.adapters.translated.test_responses import call, chats, piece

pytestmark = pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier")
_FIELDS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature",
           "input_json_delta": "partial_json"}  # fmt: skip
_KINDS = {"text": {"text_delta"}, "thinking": {"thinking_delta", "signature_delta"}, "tool_use": {"input_json_delta"}}


def told(*chunks: dict[str, Any], **fields: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events of an answer, with the message that a client makes of them, which is the answer's own."""
    answer = MessageAnswer(request(MESSAGES, **fields))
    events = [*answer.start(), *(event for chunk in chunks for event in answer.take(chunk)), *answer.finish()]
    message = folded(events)
    assert message == answer.value
    return events, message


def folded(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A stream put together as Anthropic's clients do, which want blocks one after another."""
    first, *between, delta, last = events
    message = {**first["message"], "content": []}
    assert (first["type"], delta["type"], last) == ("message_start", "message_delta", {"type": "message_stop"})
    assert first["message"]["content"] == [] and first["message"]["stop_reason"] is None
    place, arguments, block = 0, "", None
    for event in between:
        assert event["index"] == place
        if event["type"] == "content_block_start":
            assert block is None
            block, arguments = {**event["content_block"]}, ""
            assert block.get("input", {}) == {} and not block.get("text") and not block.get("thinking")
        elif event["type"] == "content_block_delta":
            assert block is not None and event["delta"]["type"] in _KINDS[block["type"]]
            said = event["delta"][_FIELDS[event["delta"]["type"]]]
            if block["type"] == "tool_use":
                arguments += said
            else:
                block[_FIELDS[event["delta"]["type"]]] += said
        else:
            assert event["type"] == "content_block_stop" and block is not None
            if block["type"] == "tool_use":
                block["input"] = json.loads(arguments or "{}")
            message["content"].append(block)
            place, block = place + 1, None
    assert block is None
    return {**message, **delta["delta"], "usage": delta["usage"]}


def whole(message: dict[str, Any], finish: str = "stop", **fields: Any) -> dict[str, Any]:
    """The message that comes of a chat in one piece."""
    answer = MessageAnswer(request(MESSAGES, **fields))
    for _ in (*answer.take({"choices": [{"index": 0, "message": message, "finish_reason": finish}]}), *answer.finish()):
        pass
    return answer.value


def live(answer: MessageAnswer, chunk: dict[str, Any]) -> list[str]:
    """What of a chunk goes on at once: kinds of events, and the text of deltas."""
    found = []
    for event in answer.take(chunk):
        kind = event["type"].removeprefix("content_block_")
        found.append(event["delta"][_FIELDS[event["delta"]["type"]]] if kind == "delta" else kind)
    return found


def test_a_text_is_one_block() -> None:
    """Begun with its first words, and ended before the reason is told."""
    events, message = told(piece(role="assistant", content=""), piece(content="Hel"), piece(content="lo"),
                           piece("stop"), model="claude-x")
    assert [event["type"] for event in events] == [
        "message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
        "message_delta", "message_stop",
    ]  # fmt: skip
    assert message["content"] == [{"type": "text", "text": "Hello"}]
    assert (message["type"], message["role"], message["model"]) == ("message", "assistant", "claude-x")
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert message["id"].startswith("msg_")


def test_thinking_comes_first() -> None:
    """In a block of its own; one whose signature nobody gave has an empty one."""
    _, message = told(piece(reasoning_content="Hm"), piece(reasoning="m."), piece(content="Yes"), piece("stop"))
    assert message["content"] == [{"type": "thinking", "thinking": "Hmm.", "signature": ""},
                                  {"type": "text", "text": "Yes"}]


def test_signed_thoughts_can_be_sent_back() -> None:
    """Each keeps its own signature, and what is encrypted stays as it is: the provider wants all of it again."""
    def thought(**block: Any) -> dict[str, Any]:
        return piece(reasoning_content=block.get("thinking", ""), thinking_blocks=[block])

    expected = [{"type": "thinking", "thinking": "ab", "signature": "s1"}, {"type": "redacted_thinking", "data": "x"},
                {"type": "thinking", "thinking": "c", "signature": "s2"}, {"type": "text", "text": "So."}]
    _, message = told(thought(thinking="a"), thought(thinking="b"), thought(thinking="", signature="s1"),
                      thought(data="x"), thought(thinking="c", signature="s2"), piece(content="So."), piece("stop"))
    assert message["content"] == expected
    said = {"content": "So.", "reasoning_content": "abc", "thinking_blocks": [{**block} for block in expected[:3]]}
    assert whole(said)["content"] == expected


def test_a_refusal_is_a_text_that_says_so_at_the_end() -> None:
    """Anthropic tells it by the stop reason."""
    _, message = told(piece(refusal="I can"), piece(refusal="not."), piece("stop"))
    assert (message["content"], message["stop_reason"]) == ([{"type": "text", "text": "I cannot."}], "refusal")


def test_the_arguments_of_a_call_are_told_live() -> None:
    """Each piece when it comes, from the first one on."""
    answer = MessageAnswer(request(MESSAGES))
    assert live(answer, piece(content="Let me see.")) == ["start", "Let me see."]
    assert live(answer, piece(tool_calls=[call(0, "", "look", "c1")])) == ["stop", "start"]
    assert live(answer, piece(tool_calls=[call(0, '{"q":')])) == ['{"q":']
    assert live(answer, piece(tool_calls=[call(0, '"x"}')])) == ['"x"}']
    assert live(answer, piece("tool_calls")) == []
    assert [event["type"] for event in answer.finish()] == ["content_block_stop", "message_delta", "message_stop"]
    assert answer.value["content"][1] == {"type": "tool_use", "id": "c1", "name": "look", "input": {"q": "x"}}


def test_one_call_after_another_is_told_live() -> None:
    """A call ends where its arguments are whole and the next one begins."""
    answer = MessageAnswer(request(MESSAGES))
    live(answer, piece(tool_calls=[call(0, '{"q":1}', "look", "c1")]))
    assert live(answer, piece(tool_calls=[call(1, "", "look", "c2")])) == ["stop", "start"]
    assert live(answer, piece(tool_calls=[call(1, "{}")])) == ["{}"]
    assert live(answer, piece(tool_calls=[call(0, " ")])) == [], "nothing can follow in a block that has ended"
    assert live(answer, piece(content="Well.")) == ["stop", "start", "Well."]


def test_interleaved_calls_wait_for_their_turn() -> None:
    """The first one is told live; the others, and a text among them, once it has ended."""
    answer = MessageAnswer(request(MESSAGES))
    live(answer, piece(tool_calls=[call(0, "", "look", "c1")]))
    assert live(answer, piece(tool_calls=[call(1, "", "find", "c2")])) == []
    assert live(answer, piece(tool_calls=[call(0, '{"a"'), call(1, '{"b"')])) == ['{"a"']
    assert live(answer, piece(content="while")) == []
    assert live(answer, piece(content=" I look")) == []
    assert live(answer, piece(tool_calls=[call(1, ":2}"), call(0, ":1}")])) == [":1}"]
    assert live(answer, piece(tool_calls=[call(2, "{", "look", "c3")])) == [
        "stop", "start", '{"b":2}', "stop", "start", "while I look", "stop", "start", "{"]
    for _ in (*answer.take(piece(tool_calls=[call(2, "}")])), *answer.finish()):
        pass
    assert [block.get("input", block.get("text")) for block in answer.value["content"]] == [
        {"a": 1}, {"b": 2}, "while I look", {}]


@pytest.mark.parametrize(("arguments", "expected"), [
    ("", {}), ("{}", {}), ('{"a": [1, "é"]}', {"a": [1, "é"]}), ('{"a": 1', {"arguments": '{"a": 1'}),
    ("[1]", {"arguments": [1]}), ("null", {"arguments": "null"}), ("[" * 5000, {"arguments": "[" * 5000}),
], ids=range(7))
def test_arguments_are_an_object(arguments: str, expected: Any) -> None:
    """What a model makes that is none is handed on as it is."""
    message = whole({"content": None, "tool_calls": [call(0, arguments, "look", "c1")]}, "tool_calls")
    assert message["content"] == [{"type": "tool_use", "id": "c1", "name": "look", "input": expected}]
    assert message["stop_reason"] == "tool_use"


def test_a_long_name_of_a_tool_is_the_clients_again() -> None:
    """A chat takes 64 characters; the client knows its tool by the name that it gave it."""
    from litellm.llms.anthropic.pass_through.adapters.transformation import truncate_tool_name

    name = "mcp__" + "server_" * 12 + "__look"
    tools = [{"name": name, "input_schema": {}}, {"name": "short", "input_schema": {}}]
    chunks = [piece(tool_calls=[call(0, "{}", truncate_tool_name(name), "c1")]),
              piece(tool_calls=[call(1, "{}", "short", "c2")]), piece("tool_calls")]
    _, message = told(*chunks, tools=tools)
    assert [block["name"] for block in message["content"]] == [name, "short"]


@pytest.mark.parametrize(("finish", "stop"), [
    ("stop", "end_turn"), (None, "end_turn"), ("length", "max_tokens"), ("tool_calls", "tool_use"),
    ("function_call", "tool_use"), ("content_filter", "refusal"), ("vendor_reason", "end_turn"),
])
def test_why_it_stopped(finish: str | None, stop: str) -> None:
    """In Anthropic's words."""
    assert told(piece(content="a"), piece(finish))[1]["stop_reason"] == stop


def test_calls_are_a_reason_to_stop() -> None:
    """Whatever the server says: clients run the tools only then."""
    _, message = told(piece(tool_calls=[call(0, "{}", "look", "c1")]), piece("stop"))
    assert message["stop_reason"] == "tool_use"
    _, message = told(piece(tool_calls=[call(0, "{}", "look", "c1")]), piece("length"))
    assert message["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(("details", "read", "written"), [
    ({"cached_tokens": 12, "cache_write_tokens": 5}, 12, 5), ({"cached_tokens": 12}, 12, 0),
    ({"cached_tokens": 1, "cache_creation_tokens": 2}, 1, 2), (None, 0, 0), ({"cached_tokens": 99}, 99, 0),
])
def test_cached_tokens_are_counted_apart(details: Any, read: int, written: int) -> None:
    """Anthropic's counts are what remains, what was written and what was read; none of them is below nothing."""
    usage = {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29, "prompt_tokens_details": details}
    events, message = told(piece(content="a"), piece("stop"), {"choices": [], "usage": usage})
    assert message["usage"] == {
        "input_tokens": max(0, 20 - read - written), "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read, "output_tokens": 9,
    }
    assert events[0]["message"]["usage"]["output_tokens"] == 0


def test_of_several_choices_the_first_counts() -> None:
    """A message has only one."""
    _, message = told(piece(content="one"), piece(content="two", index=1), piece("length", index=1), piece("stop"))
    assert (message["content"], message["stop_reason"]) == ([{"type": "text", "text": "one"}], "end_turn")


@pytest.mark.parametrize("seed", range(3))
def test_streamed_and_whole_are_the_same(seed: int) -> None:
    """However a chat was cut, its message is the one that the same chat has in one piece."""
    dice = random.Random(seed)
    for chunks, message in chats(seed):
        for each in message["tool_calls"]:
            each["function"]["arguments"] = dice.choice(['{"a":1}', "{}", ""])
        chunks = [chunk for chunk in chunks if not chunk["choices"][0]["delta"].get("tool_calls")]
        pieces = [(each["index"], part) for each in message["tool_calls"]
                  for part in ["", *each["function"]["arguments"]]]  # fmt: skip
        order = [index for index, _ in pieces]
        dice.shuffle(order)
        left = {each["index"]: iter(["", *each["function"]["arguments"]]) for each in message["tool_calls"]}
        names = {each["index"]: (each["function"]["name"], each["id"]) for each in message["tool_calls"]}
        for index in order:
            name, id = names.pop(index, ("", ""))
            chunks.insert(-1, piece(tool_calls=[call(index, next(left[index]), name, id)]))
        made = sorted(told(*chunks)[1]["content"], key=str)
        assert made == sorted(whole(message)["content"], key=str)
