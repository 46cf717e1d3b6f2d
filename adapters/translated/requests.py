"""Requests of other formats as chat completions: litellm translates, and what it leaves behind is taken along."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
from msgspec import Raw

from adapters.litellm_tables import library, loaded
from adapters.ports import CHAT, MESSAGES, ChatRequest, MalformedRequest, NotKept
from adapters.translated import content

# Of each format what a chat says otherwise or cannot say. Everything else means the same there, or is not ours to know.
_RESPONSES = frozenset({
    "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens",
    "max_tool_calls", "parallel_tool_calls", "previous_response_id", "prompt", "reasoning", "store", "stream",
    "stream_options", "text", "tool_choice", "tools", "top_logprobs", "truncation",
})  # fmt: skip
_MESSAGES = frozenset({
    "cache_control", "container", "context_management", "max_tokens", "mcp_servers", "messages", "metadata",
    "output_config", "output_format", "service_tier", "stop_sequences", "stream", "system", "thinking", "tool_choice",
    "tools", "top_k",
})  # fmt: skip
# What of litellm's translation is a chat's. The rest are arguments of its own, and what it did not translate.
_TAKEN = frozenset({
    "max_tokens", "messages", "parallel_tool_calls", "reasoning_effort", "response_format", "stop", "stream",
    "stream_options", "tool_choice", "tools", "user", "web_search_options",
})  # fmt: skip
# OpenAI's models that think refuse a limit by its older name.
_THINKERS = re.compile(r"(?:^|/)(?:o\d|gpt-(?:[5-9]|\d\d))")
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
_STATE = "is kept by no server behind this model: send the whole input, or previous_response_id"


async def as_chat(request: ChatRequest, hosted: bool, model: str = "") -> ChatRequest:
    """The chat completion that asks the same. Raises MalformedRequest for what no chat can ask.

    `hosted` says that the backend is asked through litellm, which knows what providers offer beside chats; `model` is
    the backend's own name of the model: what clients call it says nothing of what it can read.
    """
    if not loaded():
        await asyncio.to_thread(library)
    own, chat = (_MESSAGES, _message_chat) if request.format is MESSAGES else (_RESPONSES, _response_chat)
    try:
        said = chat(request, hosted, model or "-")
        said["messages"] = [content.of_chat(dict(message), hosted) for message in said["messages"]]
        if "max_tokens" in said and _THINKERS.search(model):
            said["max_completion_tokens"] = said.pop("max_tokens")
        fields = {name: raw for name, raw in request.fields.items() if name not in own}
        fields |= {name: Raw(msgspec.json.encode(value, enc_hook=_plain)) for name, value in said.items()}
    except _FAULTS as error:
        what = "This request cannot be translated for the backend of this model: a part of it has no counterpart there."
        raise MalformedRequest(what, request.format.field) from error
    if not said["messages"]:
        raise MalformedRequest(f"Invalid '{request.format.field}': there is nothing to answer.", request.format.field)
    return ChatRequest(fields, CHAT.items(fields), headers=request.headers, format=CHAT)


def _response_chat(request: ChatRequest, hosted: bool, model: str) -> dict[str, Any]:
    # Imported by `library` long ago; a plain import up here would cost every start two seconds.
    from litellm.responses.additional_tools import hoist_additional_tools
    from litellm.responses.litellm_completion_transformation.transformation import LiteLLMCompletionResponsesConfig

    body = {name: msgspec.json.decode(raw) for name, raw in request.fields.items()}
    _refuse_state(body)
    if isinstance(body.get("reasoning"), dict):
        # For a summary litellm would look the model up, in places that clients must not choose; there is one anyhow.
        body["reasoning"].pop("summary", None)
    hoisted = hoist_additional_tools(content.items(body.pop("input")), body.get("tools"))
    said = LiteLLMCompletionResponsesConfig.transform_responses_api_request_to_chat_completion_request(
        model=model, input=hoisted.input, stream=request.stream, custom_llm_provider="openai",
        responses_api_request={**body, "tools": list(hoisted.tools)},
    )
    told = _told(said, hosted)
    if isinstance(body.get("text"), dict) and body["text"].get("verbosity"):
        told["verbosity"] = body["text"]["verbosity"]
    if body.get("top_logprobs") or "message.output_text.logprobs" in (body.get("include") or ()):
        told |= {"logprobs": True, "top_logprobs": body.get("top_logprobs") or 0}
    return told


def _refuse_state(body: dict[str, Any]) -> None:
    if body.get("previous_response_id"):
        raise NotKept(str(body["previous_response_id"]))
    for name, what in (("conversation", f"A conversation {_STATE}."), ("prompt", f"A prompt {_STATE}.")):
        if body.get(name):
            raise MalformedRequest(what, name, "unsupported_parameter")
    if body.get("background"):
        message = "Background responses need a backend that keeps them; leave 'background' out."
        raise MalformedRequest(message, "background", "unsupported_parameter")


def _message_chat(request: ChatRequest, hosted: bool, model: str) -> dict[str, Any]:
    from litellm.llms.anthropic.pass_through.adapters.transformation import LiteLLMAnthropicMessagesAdapter

    body = {name: msgspec.json.decode(raw) for name, raw in request.fields.items()}
    if not isinstance(body.get("max_tokens"), int):
        raise MalformedRequest("max_tokens: Field required, as an integer.", "max_tokens")
    thinking = body.pop("thinking", None)
    body |= {"model": model, "messages": content.messages(body["messages"])}
    said, _ = LiteLLMAnthropicMessagesAdapter().translate_anthropic_to_openai(body)
    told = _told(said, hosted)
    effort = _effort(thinking, body.get("output_config"))
    if effort and (hosted or effort != "none"):
        told["reasoning_effort"] = effort
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("disable_parallel_tool_use") and told.get("tools"):
        told["parallel_tool_calls"] = False
    if request.stream:
        told["stream_options"] = {"include_usage": True}
    return told


def _effort(thinking: Any, output: Any) -> Any:
    """How much to think. Not to think is said to those alone that know it for sure: models that cannot refuse the word.
    """
    from litellm.llms.anthropic.pass_through.adapters.transformation import LiteLLMAnthropicMessagesAdapter

    wanted = output.get("effort") if isinstance(output, dict) else None
    if isinstance(thinking, dict) and thinking.get("type") == "adaptive" and wanted:
        return wanted
    return LiteLLMAnthropicMessagesAdapter.translate_anthropic_thinking_to_reasoning_effort(thinking)


def _told(said: Any, hosted: bool) -> dict[str, Any]:
    told = {name: value for name, value in dict(said).items() if name in _TAKEN and value is not None}
    if not told.get("stream"):
        told.pop("stream", None)
    if not hosted:
        told.pop("web_search_options", None)
    return told


def _plain(value: Any) -> Any:
    """litellm's own models as JSON values."""
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError
    return dump(exclude_none=True)
