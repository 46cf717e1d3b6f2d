"""With `policies: []` the body that reaches the backend is the client's body, field by field, through both carriers."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, openai_backend, running

TOOL = {"type": "function", "function": {"name": "look", "strict": True, "parameters": {
    "type": "object", "properties": {"zeta": {"type": "string"}, "alpha": {"type": "integer"}}, "required": ["zeta"]}}}
SCHEMA = {"name": "out", "strict": True, "schema": {"type": "object", "properties": {"b": {}, "a": {}}}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"zeta": "x",  "alpha":1}'}}
TALKS: dict[str, list[dict[str, Any]]] = {
    "developer": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "hi", "name": "ann"}],
    "tool calls": [
        {"role": "user", "content": "look"}, {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "found"},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "more"}]},
    ],
    "image": [{"role": "user", "content": [{"type": "text", "text": "what is it?"}, IMAGE]}],
    "audio and file": [{"role": "user", "content": [
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "file", "file": {"file_id": "file-1"}}]}],
    "refusal": [{"role": "user", "content": "x"}, {"role": "assistant", "content": None, "refusal": "no"},
                {"role": "user", "content": "y"}],
}
FIELDS: dict[str, Any] = {
    "n": 2, "logprobs": True, "top_logprobs": 3, "max_tokens": 0, "max_completion_tokens": 5, "temperature": 0,
    "top_p": 0.5, "stop": ["\n", "END"], "seed": 7, "presence_penalty": -0.5, "frequency_penalty": 0.25,
    "logit_bias": {"50256": -100}, "response_format": {"type": "json_schema", "json_schema": SCHEMA},
    "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look"}}, "parallel_tool_calls": False,
    "functions": [TOOL["function"]], "function_call": "auto", "user": "user-1", "safety_identifier": "safe-1",
    "prompt_cache_key": "cache-1", "prompt_cache_retention": "24h", "store": False, "metadata": {"k": "v"},
    "service_tier": "flex", "reasoning_effort": "low", "verbosity": "low", "modalities": ["text"],
    "audio": {"voice": "alloy", "format": "wav"}, "prediction": {"type": "content", "content": "x"},
    "web_search_options": {"search_context_size": "low"}, "prompt_cache_options": {"mode": "implicit"},
    "moderation": {"model": "omni"}, "top_k": 40, "chat_template_kwargs": {"enable_thinking": False},
    "vendor_flag": {"deep": [1, {"x": None}]},
}


@pytest.fixture(scope="module", params=["relay", "litellm"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
           openai_fake: Fake) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"fidelity-{request.param}")
    backend = openai_backend(openai_fake.base, carrier=request.param)
    with running(folder, policies=[], backends=[backend]) as server:
        yield server


def post(server: Running, body: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send a body as it is, without a client that could change it."""
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=30)
    connection.request("POST", "/v1/chat/completions", json.dumps(body),
                       {"content-type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def arrived(fake: Fake) -> dict[str, Any]:
    body: dict[str, Any] = fake.last().json
    return body


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_arrives(server: Running, openai_fake: Fake, field: str) -> None:
    """One documented (or unknown) field at a time: it arrives as sent, and nothing is added."""
    body = {"model": "echo", "messages": [{"role": "user", "content": "hi"}], field: FIELDS[field]}
    assert post(server, body)[0] == 200
    assert arrived(openai_fake) == body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("talk", TALKS)
def test_every_kind_of_message_arrives(server: Running, openai_fake: Fake, talk: str, stream: bool) -> None:
    """Roles, parts, tool calls and their arguments arrive as sent, stream or plain."""
    body = {"model": "echo", "messages": TALKS[talk], **({"stream": True} if stream else {})}
    assert post(server, body)[0] == 200
    assert arrived(openai_fake) == body


def test_all_fields_at_once(server: Running, openai_fake: Fake) -> None:
    """They do not disturb each other."""
    body = {"model": "echo", "messages": TALKS["tool calls"], **FIELDS}
    assert post(server, body)[0] == 200
    assert arrived(openai_fake) == body


SMUGGLED = ("api_base", "base_url", "api_key", "custom_llm_provider", "fallbacks", "model_list", "extra_headers",
            "headers", "mock_response", "aws_region_name", "vertex_project", "azure_ad_token", "num_retries", "timeout")


@pytest.mark.parametrize("field", SMUGGLED)
def test_a_body_cannot_steer_the_carrier(server: Running, openai_fake: Fake, field: str) -> None:
    """Names that mean something to litellm have no effect: the same backend answers, with the operator's key."""
    openai_fake.reset()
    value: Any = "http://127.0.0.1:9/v1" if field.endswith("base") or field.endswith("url") else "x"
    value = {"authorization": "Bearer stolen"} if field.endswith("headers") else value
    status, body = post(server, {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}], field: value,
                                 "extra_body": {field: value}})
    assert status in (200, 400), body
    for seen in openai_fake.requests():
        assert seen.headers["authorization"] == "Bearer sk-fake"
