"""Arguments for litellm and bytes out of its objects, by table."""

import json
from typing import Any

import pytest

from adapters import litellm_wire as wire
from adapters.ports import ChatRequest, Unavailable

CONTROL = frozenset({"api_base", "api_key", "mock_response", "timeout", "id"})


def chat(**fields: Any) -> ChatRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}
    return ChatRequest.parse(json.dumps(body).encode())


def payload(event: bytes | None) -> Any:
    assert event is not None and event.startswith(b"data: ") and event.endswith(b"\n\n")
    return json.loads(event[6:])


def test_only_documented_fields_become_arguments() -> None:
    """What OpenAI does not document is no argument: it goes into the body of who speaks OpenAI's format, or nowhere."""
    fields = {"temperature": 0, "user": "u", "metadata": {"a": "b"}, "top_k": 1, "api_base": "x", "_private": 1,
              "extra_body": {"api_base": "x"}, "aws_region_name": "r", "litellm_params": {}}
    made = wire.arguments(chat(**fields), CONTROL, shaped=True)
    assert set(made) == {"messages", "temperature", "user", "stream", "extra_body"}
    assert made["extra_body"] == {"metadata": {"a": "b"}, "top_k": 1} and made["temperature"] == 0
    assert set(wire.arguments(chat(**fields), CONTROL, shaped=False)) == {"messages", "temperature", "user", "stream"}


def test_cleaning_keeps_the_bytes_where_nothing_steers() -> None:
    """A request without steering fields is the same object; others lose only those."""
    plain = chat(top_k=1, thinking={"type": "enabled"})
    assert wire.clean(plain, CONTROL) is plain
    cleaned = wire.clean(chat(api_base="x", seed=1, id="y"), CONTROL)
    assert list(json.loads(cleaned.body())) == ["model", "messages", "seed"]


def test_a_completion_has_the_keys_that_the_schema_requires() -> None:
    """Required keys are there as null, what litellm displaced is back in its place, and the counts are whole."""
    message = {"role": "assistant", "content": None, "tool_calls": None, "function_call": None,
               "provider_specific_fields": {"refusal": "no", "note": {"a": 1}, "citations": None}}
    said = {"id": "i", "object": "chat.completion", "created": 1, "model": "m", "system_fingerprint": None,
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3,
                      "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": None}, "speed": None}}
    assert json.loads(wire.completion(said)) == {
        "id": "i", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": {
            "role": "assistant", "content": None, "refusal": "no", "note": {"a": 1}}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3,
                  "prompt_tokens_details": {"cached_tokens": 0}},
    }  # fmt: skip


def test_chunks() -> None:
    """A delta has what is new, later pieces of a call no id, counts no choices, and an empty chunk is no event."""
    call = {"id": None, "type": "function", "index": 0, "function": {"name": None, "arguments": "{"}}
    delta = {"role": None, "content": "", "tool_calls": [call], "provider_specific_fields": {"x": 1}}
    top = {"id": "i", "object": "chat.completion.chunk", "created": 1, "model": "m", "citations": None}
    made = payload(wire.chunk({**top, "choices": [{"index": 0, "finish_reason": None, "delta": delta}]}))
    assert made["choices"][0] == {"index": 0, "logprobs": None, "finish_reason": None, "delta": {
        "x": 1, "tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}}
    empty = {"index": 0, "finish_reason": None, "delta": {"content": None, "role": None}}
    assert wire.chunk({**top, "choices": [empty]}) is None
    counted = payload(wire.chunk({**top, "choices": [empty], "usage": {"total_tokens": 3}}))
    assert counted["choices"] == [] and counted["usage"] == {"total_tokens": 3}
    ended = payload(wire.chunk({**top, "choices": [{**empty, "finish_reason": "stop"}]}))
    assert ended["choices"][0]["delta"] == {} and ended["choices"][0]["finish_reason"] == "stop"


def test_headers_that_clients_know_pass() -> None:
    """litellm's prefix is taken off; request ids, limits and retry hints pass, the rest is the operator's business."""
    given = {"llm_provider-x-request-id": "r", "llm_provider-retry-after": "1", "x-ratelimit-limit-requests": "5",
             "llm_provider-set-cookie": "c", "llm_provider-anthropic-organization-id": "org"}
    expected = {"x-request-id": "r", "retry-after": "1", "x-ratelimit-limit-requests": "5"}
    assert dict(wire.passed(given.items())) == expected
    assert dict(wire.passed([("Request-Id", "q")])) == {"request-id": "q", "x-request-id": "q"}


@pytest.mark.parametrize(("data", "whole"), [
    (b"data: a\n\n", 9), (b"data: a\n\ndata: b\n", 9), (b"data: a\r\n\r\nx", 11), (b"data: a\n", 0), (b"a\r\rb", 3),
])  # fmt: skip
def test_events_end_at_an_empty_line(data: bytes, whole: int) -> None:
    """Only whole events are passed on, whichever line ends the backend writes."""
    assert wire.boundary(data) == whole


def test_only_a_json_object_is_an_answer() -> None:
    """Anything else from a backend is none."""
    assert wire.checked(b'{"a":1}') == b'{"a":1}'
    for wrong in (b"", b"[]", b"<html>", b'{"a":'):
        with pytest.raises(Unavailable):
            wire.checked(wrong)
