"""The answer of a chat as a message of Anthropic's Messages API, whole or event by event."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from typing import Any

from adapters.ports import ChatRequest
from adapters.ports.formats.base import text_of
from adapters.translated.items import called, decoded

Event = dict[str, Any]
_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use",
          "content_filter": "refusal"}  # fmt: skip
_DELTAS = {"text": ("text_delta", "text"), "thinking": ("thinking_delta", "thinking"),
           "tool_use": ("input_json_delta", "partial_json")}  # fmt: skip


class Block:
    """A block of a message: `value` as it begins, and the pieces that it grows by."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        """All pieces so far."""
        return "".join(self.pieces)

    @property
    def whole(self) -> bool:
        """Whether another block may begin: of a call, only behind the end of its arguments."""
        return self.value["type"] != "tool_use" or isinstance(decoded(self.text), dict)

    def delta(self, text: str) -> dict[str, Any]:
        """A piece of it, as an event has it."""
        kind, field = _DELTAS[self.value["type"]]
        return {"type": kind, field: text}

    def ended(self) -> dict[str, Any]:
        """The block as the whole message has it."""
        kind = self.value["type"]
        if kind == "tool_use":
            return {**self.value, "input": _object(self.text)}
        return {**self.value, kind: self.text} if kind in _DELTAS else self.value


class MessageAnswer:
    """Takes the chunks of a chat and gives the events of a message; `value` is the message, whole at its end.

    Blocks follow one another, and calls of tools may interleave: what cannot be told yet waits for its turn.
    """

    number = 0

    def __init__(self, request: ChatRequest) -> None:
        self.value: dict[str, Any] = {
            "id": f"msg_{secrets.token_hex(12)}", "type": "message", "role": "assistant", "model": request.model,
            "content": [], "stop_reason": None, "stop_sequence": None, "usage": _usage({}),
        }  # fmt: skip
        self.finished: str | None = None
        self._names = _names(request)
        # The first one is being told.
        self._blocks: deque[Block] = deque()
        self._calls: dict[Any, Block] = {}
        self._refused = False

    def start(self) -> Iterator[Event]:
        """The first event: there is a message. How long the prompt was is known at the end only."""
        yield {"type": "message_start", "message": {**self.value, "content": []}}

    def take(self, chunk: dict[str, Any]) -> Iterator[Event]:
        """The events of a chunk. Of several choices the first one counts: a message has only one."""
        if isinstance(chunk.get("usage"), dict):
            self.value["usage"] = _usage(chunk["usage"])
        for choice in chunk.get("choices") or ():
            if not choice.get("index"):
                self.finished = choice.get("finish_reason") or self.finished
                yield from self._said(choice.get("delta") or choice.get("message") or {})

    def finish(self) -> Iterator[Event]:
        """The last events, once the chat is complete."""
        while self._blocks:
            yield from self._next()
        stop = "refusal" if self._refused else _STOPS.get(self.finished or "stop", "end_turn")
        if stop == "end_turn" and self._calls:
            # Not every server says why it stopped.
            stop = "tool_use"
        self.value["stop_reason"] = stop
        yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None},
               "usage": self.value["usage"]}
        yield {"type": "message_stop"}

    def _said(self, delta: dict[str, Any]) -> Iterator[Event]:
        yield from self._thought(delta)
        if text := text_of(delta.get("content")):
            yield from self._spoken("text", text)
        if delta.get("refusal"):
            self._refused = True
            yield from self._spoken("text", str(delta["refusal"]))
        for key, call in called(delta, self._calls):
            yield from self._called(key, call)

    def _thought(self, delta: dict[str, Any]) -> Iterator[Event]:
        """A piece of thinking; with the signatures of a provider that wants them back."""
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        usual = [{"thinking": thought}] if isinstance(thought, str) else []
        for block in delta.get("thinking_blocks") or usual:
            if block.get("data"):
                yield from self._added(Block({"type": "redacted_thinking", "data": block["data"]}))
            if block.get("thinking"):
                yield from self._spoken("thinking", block["thinking"], signature="")
            if block.get("signature"):
                yield from self._signed(block["signature"])

    def _spoken(self, kind: str, text: str, **more: str) -> Iterator[Event]:
        """A piece of what is said or thought; where something else came in between, in a block of its own."""
        last = self._blocks[-1] if self._blocks else None
        if last is None or last.value["type"] != kind or last.value.get("signature"):
            last = Block({"type": kind, kind: "", **more})
            yield from self._added(last)
        yield from self._grown(last, text)

    def _signed(self, signature: str) -> Iterator[Event]:
        last = self._blocks[-1] if self._blocks else None
        if last is not None and last.value["type"] == "thinking":
            last.value = {**last.value, "signature": signature}
            if last is self._blocks[0]:
                yield self._delta({"type": "signature_delta", "signature": signature})

    def _called(self, key: Any, piece: dict[str, Any]) -> Iterator[Event]:
        function, call = piece.get("function") or {}, self._calls.get(key)
        if call is None:
            name = str(function.get("name") or "")
            id = piece.get("id") or f"toolu_{secrets.token_hex(12)}"
            call = Block({"type": "tool_use", "id": id, "name": self._names.get(name, name), "input": {}})
            self._calls[key] = call
            yield from self._added(call)
        if function.get("arguments"):
            yield from self._grown(call, str(function["arguments"]))

    def _added(self, block: Block) -> Iterator[Event]:
        """One more block, told at once if all before it are whole."""
        self._blocks.append(block)
        if len(self._blocks) == 1:
            yield from self._begun()
        while len(self._blocks) > 1 and self._blocks[0].whole:
            yield from self._next()

    def _grown(self, block: Block, text: str) -> Iterator[Event]:
        if block not in self._blocks:
            # Its arguments had come to their end, and others are being told: there is nothing that this could add.
            return
        block.pieces.append(text)
        if block is self._blocks[0]:
            yield self._delta(block.delta(text))

    def _next(self) -> Iterator[Event]:
        """The end of the block that is being told, and the beginning of the one that waits."""
        yield {"type": "content_block_stop", "index": self._index}
        self.value["content"].append(self._blocks.popleft().ended())
        if self._blocks:
            yield from self._begun()

    def _begun(self) -> Iterator[Event]:
        """The beginning of the first block, with what has come of it."""
        block = self._blocks[0]
        begin = {**block.value, "signature": ""} if block.value["type"] == "thinking" else block.value
        yield {"type": "content_block_start", "index": self._index, "content_block": begin}
        if block.pieces:
            yield self._delta(block.delta(block.text))
        if block.value.get("signature"):
            yield self._delta({"type": "signature_delta", "signature": block.value["signature"]})

    @property
    def _index(self) -> int:
        return len(self.value["content"])

    def _delta(self, delta: dict[str, Any]) -> Event:
        return {"type": "content_block_delta", "index": self._index, "delta": delta}


def _names(request: ChatRequest) -> dict[str, str]:
    """A chat takes names of 64 characters."""
    tools = request.get("tools")
    long = [tool for tool in tools or () if isinstance(tool, dict) and len(str(tool.get("name"))) > 64]
    if not long:
        return {}
    from litellm.llms.anthropic.pass_through.adapters.transformation import create_tool_name_mapping

    return dict(create_tool_name_mapping(long))


def _object(arguments: str) -> Any:
    """Arguments of a tool, which a message has as an object; a model's broken JSON is handed on as a text."""
    found = decoded(arguments or "{}")
    return found if isinstance(found, dict) else {"arguments": arguments if found is None else found}


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    details = usage.get("prompt_tokens_details") or {}
    cached = details.get("cached_tokens") or 0
    written = details.get("cache_write_tokens") or details.get("cache_creation_tokens") or 0
    return {
        "input_tokens": max(0, (usage.get("prompt_tokens") or 0) - cached - written),
        "cache_creation_input_tokens": written, "cache_read_input_tokens": cached,
        "output_tokens": usage.get("completion_tokens") or 0,
    }  # fmt: skip
