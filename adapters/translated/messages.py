"""The answer of a chat as a message of Anthropic's Messages API, whole or event by event."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import msgspec

from adapters.ports import ChatRequest

Event = dict[str, Any]
_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use",
          "content_filter": "refusal"}  # fmt: skip


class MessageAnswer:
    """Takes the chunks of a chat and gives the events of a message; `value` is the message as it stands now."""

    def __init__(self, request: ChatRequest) -> None:
        self.value: dict[str, Any] = {
            "id": f"msg_{secrets.token_hex(12)}", "type": "message", "role": "assistant", "model": request.model,
            "content": [], "stop_reason": None, "stop_sequence": None, "usage": _usage({}),
        }  # fmt: skip
        self._open: int | None = None
        self._calls: dict[int, list[str]] = {}
        self._finish: str | None = None
        self._refused = False

    def start(self) -> Iterator[Event]:
        """The first event: there is a message. How long the prompt was is known at the end only."""
        yield {"type": "message_start", "message": {**self.value, "content": []}}

    def take(self, chunk: dict[str, Any]) -> Iterator[Event]:
        """The events of a chunk. Of several choices the first one counts: a message has only one."""
        if isinstance(chunk.get("usage"), dict):
            self.value["usage"] = _usage(chunk["usage"])
        for choice in chunk.get("choices") or ():
            if choice.get("index", 0) == 0:
                self._finish = choice.get("finish_reason") or self._finish
                yield from self._said(choice.get("delta") or choice.get("message") or {})

    def finish(self) -> Iterator[Event]:
        """The last events, once the chat is complete."""
        yield from self._closed()
        for id, name, *arguments in self._calls.values():
            yield from self._tool(id, name, "".join(arguments))
        stop = "refusal" if self._refused else _STOPS.get(self._finish or "stop", "end_turn")
        self.value["stop_reason"] = stop
        yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None},
               "usage": self.value["usage"]}
        yield {"type": "message_stop"}

    def _said(self, delta: dict[str, Any]) -> Iterator[Event]:
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str) and thought:
            yield from self._grown({"type": "thinking", "thinking": "", "signature": ""}, "thinking", thought)
        if delta.get("content"):
            yield from self._grown({"type": "text", "text": ""}, "text", str(delta["content"]))
        if delta.get("refusal"):
            self._refused = True
            yield from self._grown({"type": "text", "text": ""}, "text", str(delta["refusal"]))
        for place, call in enumerate(delta.get("tool_calls") or ()):
            # Calls may interleave, and blocks must not: they wait for the end.
            function = call.get("function") or {}
            first = [call.get("id") or f"toolu_{secrets.token_hex(12)}", function.get("name") or ""]
            self._calls.setdefault(call.get("index", place), first).append(function.get("arguments") or "")

    def _grown(self, block: dict[str, Any], field: str, text: str) -> Iterator[Event]:
        content = self.value["content"]
        if self._open is None or content[self._open]["type"] != block["type"]:
            yield from self._closed()
            self._open = len(content)
            content.append(block)
            yield {"type": "content_block_start", "index": self._open, "content_block": {**block}}
        content[self._open][field] += text
        yield self._delta({"type": f"{field}_delta", field: text})

    def _closed(self) -> Iterator[Event]:
        if self._open is not None:
            yield {"type": "content_block_stop", "index": self._open}
            self._open = None

    def _tool(self, id: str, name: str, arguments: str) -> Iterator[Event]:
        self._open = len(self.value["content"])
        block = {"type": "tool_use", "id": id, "name": name, "input": {}}
        yield {"type": "content_block_start", "index": self._open, "content_block": block}
        if arguments:
            yield self._delta({"type": "input_json_delta", "partial_json": arguments})
        self.value["content"].append({**block, "input": _object(arguments)})
        yield from self._closed()

    def _delta(self, delta: dict[str, Any]) -> Event:
        return {"type": "content_block_delta", "index": self._open, "delta": delta}


def _object(arguments: str) -> Any:
    """Arguments of a tool, which a message has as an object; a model's broken JSON is handed on as a text."""
    try:
        found = msgspec.json.decode(arguments or "{}")
    except msgspec.DecodeError:
        return {"arguments": arguments}
    return found if isinstance(found, dict) else {"arguments": found}


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    details = usage.get("prompt_tokens_details") or {}
    cached, written = details.get("cached_tokens") or 0, details.get("cache_write_tokens") or 0
    return {
        "input_tokens": max(0, (usage.get("prompt_tokens") or 0) - cached - written),
        "cache_creation_input_tokens": written, "cache_read_input_tokens": cached,
        "output_tokens": usage.get("completion_tokens") or 0,
    }  # fmt: skip
