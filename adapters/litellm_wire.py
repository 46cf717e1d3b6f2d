"""Between OpenAI's wire format and litellm: the arguments of a call, and its answers as bytes. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from adapters.ports import ChatRequest, Unavailable

DONE = b"data: [DONE]\n\n"
# What OpenAI documents for POST /chat/completions, and nothing else, may become an argument of litellm's.
FIELDS = frozenset({
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls",
    "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
    "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
    "web_search_options",
})  # fmt: skip
# To litellm `metadata` is its own log record, and the other three are no arguments of it: these go into the body only.
_BODY_ONLY = frozenset({"metadata", "moderation", "prompt_cache_options", "prompt_cache_retention"})
# Names that steer litellm although no list of its own holds them, besides families of names.
STEERING = frozenset({
    "additional_drop_params", "agentcore_runtime_session_id", "callbacks", "default_headers", "deployment_url",
    "extra_body", "extra_query", "failure_callback", "initial_prompt_value", "nvcf_function_id", "original_function",
    "success_callback", "use_ssl", "user_api_key_auth_metadata", "user_config", "workspace_id",
})  # fmt: skip
FAMILIES = (
    "_", "anthropic-", "anthropic_", "aws_", "azure_", "bedrock_", "databricks_", "gcs_", "gigachat_", "langfuse_",
    "langsmith_", "litellm", "mock_", "oci_", "s3_", "sagemaker_", "sap_", "snowflake_", "vertex_", "watsonx_",
)  # fmt: skip
_PASSED = ("anthropic-ratelimit-", "openai-", "request-id", "retry-after", "x-ratelimit-", "x-request-id",
           "x-should-retry")
_PREFIX = "llm_provider-"


def steers(name: str, control: frozenset[str]) -> bool:
    """Whether a request field would steer litellm (an address, credentials, routing, mocks) and not the model."""
    return name not in FIELDS and (name in control or name in STEERING or name.startswith(FAMILIES))


def clean(request: ChatRequest, control: frozenset[str]) -> ChatRequest:
    """The request without the fields that steer litellm: a backend behind this one may be litellm, too."""
    return request.without(*(name for name in request.fields if steers(name, control)))


def arguments(request: ChatRequest, control: frozenset[str], shaped: bool) -> dict[str, Any]:
    """The request as litellm's keyword arguments, `model` excepted.

    Fields beyond OpenAI's go into the body where the provider speaks OpenAI's format (`shaped`), and nowhere else:
    other providers refuse what they do not know.
    """
    known, beyond = {}, {}
    for name, raw in request.fields.items():
        if name == "model" or steers(name, control):
            continue
        value = msgspec.json.decode(raw)
        if name in FIELDS and name not in _BODY_ONLY:
            known[name] = value
        elif shaped:
            beyond[name] = value
    known["stream"] = request.stream
    return {**known, "extra_body": beyond} if beyond else known


def completion(said: Mapping[str, Any]) -> bytes:
    """A dumped ModelResponse as the body of a chat completion, with what litellm displaced back in its place."""
    top = {name: value for name, value in said.items() if value is not None}
    choices = []
    for choice in said["choices"]:
        message = _restored(choice.get("message") or {})
        message = {"role": "assistant", "content": None, "refusal": None} | message
        for call in message.get("tool_calls") or ():
            call.pop("index", None)
        choices.append({"index": choice.get("index", 0), "message": message, "logprobs": choice.get("logprobs"),
                        "finish_reason": choice.get("finish_reason")})
    return msgspec.json.encode({**top, "choices": choices, **_counted(said)})


def chunk(said: Mapping[str, Any]) -> bytes | None:
    """A dumped chunk as an event; None for one that says nothing. Counts go into an event without choices."""
    dropped = ("choices", "usage", "provider_specific_fields", "citations")
    top = {name: value for name, value in said.items() if value is not None and name not in dropped}
    usage = _counted(said)
    choices = [] if usage else [shown for choice in said.get("choices") or () if (shown := _choice(choice))]
    if not (choices or usage):
        return None
    return b"data: " + msgspec.json.encode({**top, "choices": choices, **usage}) + b"\n\n"


def _choice(choice: Mapping[str, Any]) -> dict[str, Any] | None:
    delta = _restored(choice.get("delta") or {})
    calls = [_call(call) for call in delta.get("tool_calls") or ()]
    if calls:
        delta["tool_calls"] = calls
    if delta.get("content") == "" and len(delta) > ("role" in delta) + 1:
        del delta["content"]
    finish = choice.get("finish_reason")
    if not delta and finish is None:
        return None
    return {"index": choice.get("index", 0), "delta": delta, "logprobs": choice.get("logprobs"),
            "finish_reason": finish}


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = {name: value for name, value in (call.get("function") or {}).items() if value is not None}
    # The index is the key of a call; its id, type and name come with the first piece only.
    kept = {name: value for name, value in call.items() if value is not None and (name != "type" or call.get("id"))}
    return {**kept, "function": function}


def _restored(message: Mapping[str, Any]) -> dict[str, Any]:
    displaced = message.get("provider_specific_fields") or {}
    whole = {**displaced, **{name: value for name, value in message.items() if value is not None}}
    whole.pop("provider_specific_fields", None)
    return {name: value for name, value in whole.items() if value is not None}


def _counted(said: Mapping[str, Any]) -> dict[str, Any]:
    usage = said.get("usage")
    if not usage:
        return {}
    return {"usage": {name: _given(value) if isinstance(value, Mapping) else value
                      for name, value in usage.items() if value is not None}}


def _given(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if value is not None}


def checked(body: bytes) -> bytes:
    """A whole answer, if it is a JSON object. Raises Unavailable."""
    try:
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable("The backend answered with no JSON.") from error
    return body


def passed(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers that a client of OpenAI's knows: request ids, limits, retries. litellm's prefix is taken off."""
    bare = {str(name).lower().removeprefix(_PREFIX): str(value) for name, value in headers}
    kept = {name: value for name, value in bare.items() if name.startswith(_PASSED)}
    if "request-id" in kept:
        kept.setdefault("x-request-id", kept["request-id"])
    return tuple(kept.items())


def boundary(data: bytes | bytearray, start: int = 0) -> int:
    """How many bytes of a stream are whole events: up to behind the last empty line at or after `start`."""
    found = ((data.rfind(mark, start), len(mark)) for mark in (b"\n\n", b"\r\n\r\n", b"\r\r"))
    return max((place + length for place, length in found if place >= 0), default=0)
