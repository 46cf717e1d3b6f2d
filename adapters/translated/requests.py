"""Requests of other formats as chat completions: litellm translates, and what it leaves behind is taken along."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from msgspec import Raw

from adapters.litellm_tables import library, loaded
from adapters.ports import CHAT, MESSAGES, ChatRequest, MalformedRequest, NotKept

# Of each format what a chat says otherwise or cannot say. Everything else means the same there, or is not ours to know.
_RESPONSES = frozenset({
    "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens",
    "max_tool_calls", "parallel_tool_calls", "previous_response_id", "prompt", "reasoning", "store", "stream",
    "stream_options", "text", "tool_choice", "tools", "top_logprobs", "truncation",
})  # fmt: skip
_MESSAGES = frozenset({
    "container", "context_management", "max_tokens", "mcp_servers", "messages", "metadata", "output_config",
    "output_format", "stop_sequences", "stream", "system", "thinking", "tool_choice", "tools", "top_k",
})  # fmt: skip
# Not arguments of a chat: what litellm's own call takes beside them.
_LITELLM = ("custom_llm_provider", "extra_headers", "context_management", "reasoning_summary")
_FAULTS = (ValueError, TypeError, LookupError, AttributeError)
_STATE = "is kept by no server behind this model: send the whole input, or previous_response_id"


async def as_chat(request: ChatRequest, hosted: bool) -> ChatRequest:
    """The chat completion that asks the same. Raises MalformedRequest for what no chat can ask.

    `hosted` says that the backend is asked through litellm, which knows providers that search the web.
    """
    if not loaded():
        await asyncio.to_thread(library)
    try:
        said = _message_chat(request) if request.format is MESSAGES else _response_chat(request)
        if not hosted:
            said.pop("web_search_options", None)
        own = _MESSAGES if request.format is MESSAGES else _RESPONSES
        fields = {name: raw for name, raw in request.fields.items() if name not in own}
        fields |= {name: Raw(msgspec.json.encode(value, enc_hook=_plain)) for name, value in said.items()}
        items = CHAT.items(fields)
    except _FAULTS as error:
        what = "This request cannot be translated for the backend of this model: a part of it has no counterpart there."
        raise MalformedRequest(what, request.format.field) from error
    return ChatRequest(fields, items, headers=request.headers, format=CHAT)


def _response_chat(request: ChatRequest) -> dict[str, Any]:
    # Imported by `library` long ago; a plain import up here would cost every start two seconds.
    from litellm.responses.additional_tools import hoist_additional_tools
    from litellm.responses.litellm_completion_transformation.transformation import LiteLLMCompletionResponsesConfig

    body = {name: msgspec.json.decode(raw) for name, raw in request.fields.items()}
    if body.get("previous_response_id"):
        raise NotKept(body["previous_response_id"])
    for name, what in (("conversation", f"A conversation {_STATE}."), ("prompt", f"A prompt {_STATE}.")):
        if body.get(name):
            raise MalformedRequest(what, name, "unsupported_parameter")
    if body.get("background"):
        message = "Background responses need a backend that keeps them; leave 'background' out."
        raise MalformedRequest(message, "background", "unsupported_parameter")
    hoisted = hoist_additional_tools(body.pop("input"), body.get("tools"))
    said = LiteLLMCompletionResponsesConfig.transform_responses_api_request_to_chat_completion_request(
        model=request.model, input=hoisted.input, stream=request.stream,
        responses_api_request={**body, "tools": list(hoisted.tools)},
    )
    told = _told(said)
    if isinstance(body.get("text"), dict) and body["text"].get("verbosity"):
        told["verbosity"] = body["text"]["verbosity"]
    if body.get("top_logprobs") or "message.output_text.logprobs" in (body.get("include") or ()):
        told |= {"logprobs": True, "top_logprobs": body.get("top_logprobs") or 0}
    return told


def _message_chat(request: ChatRequest) -> dict[str, Any]:
    from litellm.llms.anthropic.pass_through.adapters.transformation import LiteLLMAnthropicMessagesAdapter

    body = {name: msgspec.json.decode(raw) for name, raw in request.fields.items()}
    said, _ = LiteLLMAnthropicMessagesAdapter().translate_anthropic_to_openai(body)
    told = _told(said)
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("disable_parallel_tool_use") and told.get("tools"):
        told["parallel_tool_calls"] = False
    if request.stream:
        told["stream_options"] = {"include_usage": True}
    return told


def _told(said: Any) -> dict[str, Any]:
    told = {name: value for name, value in dict(said).items() if name not in _LITELLM and value is not None}
    if not told.get("stream"):
        told.pop("stream", None)
    for message in told["messages"]:
        for call in message.get("tool_calls") or ():
            # An index belongs to the pieces of a stream.
            call.pop("index", None)
    return told


def _plain(value: Any) -> Any:
    """litellm's own models as JSON values."""
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError
    return dump(exclude_none=True)
