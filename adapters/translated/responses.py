"""The answer of a chat as a response of OpenAI's Responses API, whole or event by event.

litellm has this translation too, but its events lack parts of the specification (no `reasoning_summary_part.added`,
some without `sequence_number`, refusals lost) and it ends every stream as completed.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any

from adapters.ports import ChatRequest, strip_blocks
from adapters.ports.formats.base import text_of
from adapters.translated.items import Call, CustomCall, Event, Item, Message, Reasoning, called

_ECHOED: dict[str, Any] = {
    "frequency_penalty": 0.0, "instructions": None, "max_output_tokens": None, "max_tool_calls": None, "metadata": {},
    "parallel_tool_calls": True, "presence_penalty": 0.0, "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None}, "safety_identifier": None, "service_tier": "default",
    "store": True, "temperature": 1.0, "text": {"format": {"type": "text"}}, "tool_choice": "auto", "tools": [],
    "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "user": None,
}  # fmt: skip
_TOOL = {"description": None, "parameters": None, "strict": None}
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class ResponseAnswer:
    """Takes the chunks of a chat and gives the events of a response; `value` is the response as it stands now.

    It repeats the parameters of the request, as every response does, without what was injected.
    """

    def __init__(self, request: ChatRequest) -> None:
        self.value: dict[str, Any] = {
            "id": f"resp_{secrets.token_hex(24)}", "object": "response", "created_at": int(time.time()),
            "completed_at": None, "status": "in_progress", "background": False, "error": None,
            "incomplete_details": None, "model": request.model, "output": [], "usage": None,
            **{name: _echo(default, request.get(name)) for name, default in _ECHOED.items()},
        }  # fmt: skip
        self.value["previous_response_id"] = request.continued.id
        if isinstance(self.value["instructions"], str):
            self.value["instructions"] = strip_blocks(self.value["instructions"]) or None
        self._customs, self._namespaces = _special(request)
        self._items: list[Item] = []
        self._open: Item | None = None
        self._calls: dict[Any, Call] = {}
        # The first one is being told.
        self._waiting: deque[Call] = deque()
        self.finished: str | None = None
        self.number = 0

    def start(self) -> Iterator[Event]:
        """The first events: there is a response."""
        yield from self._numbered([{"type": "response.created", "response": {**self.value}},
                                   {"type": "response.in_progress", "response": {**self.value}}])

    def take(self, chunk: dict[str, Any]) -> Iterator[Event]:
        """The events of a chunk. Of several choices the first one counts: a response has only one."""
        if isinstance(chunk.get("usage"), dict):
            self.value["usage"] = _usage(chunk["usage"])
        if chunk.get("service_tier"):
            self.value["service_tier"] = chunk["service_tier"]
        for choice in chunk.get("choices") or ():
            if not choice.get("index"):
                self.finished = choice.get("finish_reason") or self.finished
                said = choice.get("delta") or choice.get("message") or {}
                yield from self._numbered(self._said(said, choice.get("logprobs")))

    def finish(self) -> Iterator[Event]:
        """The last events, once the chat is complete."""
        reason = _INCOMPLETE.get(self.finished or "")
        status = "incomplete" if reason else "completed"
        yield from self._numbered(self._ended(status))
        self.value |= {"status": status, "output": [item.value for item in self._items]}
        if reason:
            self.value["incomplete_details"] = {"reason": reason}
        else:
            self.value["completed_at"] = int(time.time())
        yield from self._numbered([{"type": f"response.{self.value['status']}", "response": self.value}])

    def _numbered(self, events: Any) -> Iterator[Event]:
        for event in events:
            yield {"type": event["type"], "sequence_number": self.number, **event}
            self.number += 1

    def _said(self, delta: dict[str, Any], logprobs: Any) -> Iterator[Event]:
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str) and thought:
            reasoning = yield from self._opened(Reasoning)
            yield from reasoning.more(thought)
        if text := text_of(delta.get("content")):
            message = yield from self._opened(Message)
            yield from message.more(text, _logprobs(logprobs))
        if delta.get("refusal"):
            message = yield from self._opened(Message)
            yield from message.refuse(str(delta["refusal"]))
        if delta.get("annotations"):
            message = yield from self._opened(Message)
            yield from message.annotate(delta["annotations"])
        for key, call in called(delta, self._calls):
            yield from self._called(key, call)

    def _opened(self, kind: Any) -> Generator[Event, None, Any]:
        """The open item of a kind; a new one ends the one before it."""
        if type(self._open) is not kind:
            yield from self._closed()
            self._open = self._added(kind(self.value["id"], len(self._items)))
            yield from self._open.begin()
        return self._open

    def _closed(self) -> Iterator[Event]:
        if self._open is not None:
            yield from self._open.end()
            self._open = None

    def _added(self, item: Any) -> Any:
        self._items.append(item)
        return item

    def _called(self, key: Any, piece: dict[str, Any]) -> Iterator[Event]:
        function = piece.get("function") or {}
        call = self._calls.get(key)
        if call is None:
            yield from self._closed()
            namespace, name = self._namespaces.get(function.get("name") or "", (None, function.get("name") or ""))
            kind = CustomCall if name in self._customs else Call
            named = {"call_id": piece.get("id") or f"call_{secrets.token_hex(12)}", "name": name}
            named |= {"namespace": namespace} if namespace else {}
            call = self._calls[key] = self._added(kind(self.value["id"], len(self._items), **named))
            self._waiting.append(call)
            if len(self._waiting) == 1:
                yield from call.begin()
            while len(self._waiting) > 1 and self._waiting[0].whole:
                yield from self._next()
        if function.get("arguments") and call is self._waiting[0]:
            yield from call.more(str(function["arguments"]))
        elif function.get("arguments") and call in self._waiting:
            call.taken(str(function["arguments"]))

    def _next(self) -> Iterator[Event]:
        """The end of the call that is being told, and the beginning of the one that waits."""
        yield from self._waiting.popleft().end()
        yield from self._waiting[0].begin()

    def _ended(self, status: str) -> Iterator[Event]:
        """Only the last item can lack something."""
        while len(self._waiting) > 1:
            yield from self._next()
        left = [*([self._open] if self._open else []), *self._waiting]
        for item in sorted(left, key=lambda item: item.place):
            yield from item.end(status if item is self._items[-1] else "completed")


def _echo(default: Any, given: Any) -> Any:
    if default == [] and isinstance(given, list):
        functions = (isinstance(tool, dict) and tool.get("type") == "function" for tool in given)
        return [{**_TOOL, **tool} if function else tool for tool, function in zip(given, functions, strict=True)]
    if isinstance(default, dict) and isinstance(given, dict):
        return {**default, **given}
    return default if given is None else given


def _special(request: ChatRequest) -> tuple[set[str], dict[str, tuple[str, str]]]:
    """The names of tools that take free text, and of those in a namespace by the name that the chat has for them."""
    tools = request.get("tools")
    hoisted = any(b"additional_tools" in bytes(item) for item in request.items)
    if not (isinstance(tools, list) and tools) and not hoisted:
        return set(), {}
    from litellm.responses.additional_tools import hoist_additional_tools
    from litellm.responses.litellm_completion_transformation.custom_tools import extract_custom_tool_names
    from litellm.responses.litellm_completion_transformation.transformation import LiteLLMCompletionResponsesConfig

    tools = hoist_additional_tools(request.get("input") if hoisted else "", tools).tools
    return extract_custom_tool_names(tools), dict(LiteLLMCompletionResponsesConfig.namespace_tool_name_map(tools))


def _logprobs(found: Any) -> list[Any]:
    content = found.get("content") if isinstance(found, dict) else None
    return [{**each, "bytes": each.get("bytes") or [], "top_logprobs": each.get("top_logprobs") or []}
            for each in content or ()]  # fmt: skip


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    read, written = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    prompt = usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    written_to = prompt.get("cache_write_tokens") or prompt.get("cache_creation_tokens") or 0
    cached = {"cached_tokens": prompt.get("cached_tokens") or 0, "cache_write_tokens": written_to}
    return {
        "input_tokens": read, "input_tokens_details": cached, "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": completion.get("reasoning_tokens") or 0},
        "total_tokens": usage.get("total_tokens") or read + written,
    }  # fmt: skip
