"""Answers of the Anthropic Messages API: one JSON body, or the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.answer import REFUSAL, VENDOR_NOTE, Answer, Call, Tool, pieces, tokens
from tests.fakes.anthropic_cache import Counts
from tests.fakes.behaviour import Behaviour

_SIGNATURE = "c2lnbmVkIGJ5IGEgZmFrZQ=="
_CALL_CHUNKS = 4


def tools(body: Mapping[str, Any]) -> list[Tool]:
    """The tools that may be called now: none if the client forbids it or has just brought results."""
    choice = body.get("tool_choice") or {}
    content = body["messages"][-1].get("content")
    brought = isinstance(content, list) and any(part.get("type") == "tool_result" for part in content)
    if brought or choice.get("type") == "none":
        return []
    offered = [item for item in body.get("tools") or () if choice.get("name") in (None, item["name"])]
    limit = 1 if choice.get("disable_parallel_tool_use") else len(offered)
    return [Tool(item["name"], item.get("input_schema") or {}) for item in offered[:limit]]


def usage(prompt: Counts, said: Answer) -> dict[str, Any]:
    """Counts; tokens written to the cache and read from it are counted apart from the rest of the prompt."""
    called = sum(len(call.arguments) // 4 for call in said.calls)
    spoken = called + len(tokens(said.reasoning + said.text + said.refusal))
    cached = {"cache_creation_input_tokens": prompt.written, "cache_read_input_tokens": prompt.read}
    return {"input_tokens": prompt.size - prompt.written - prompt.read, **cached, "output_tokens": spoken}


def message(body: Mapping[str, Any], said: Answer, counts: dict[str, Any]) -> dict[str, Any]:
    """The whole answer."""
    return {**_envelope(body), "content": _blocks(said), **_stop(said), "usage": counts}


def _envelope(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "msg_fake0000000000000000000", "type": "message", "role": "assistant", "model": body["model"]}


def _stop(said: Answer) -> dict[str, Any]:
    reason = "tool_use" if said.calls else "refusal" if said.refusal else "end_turn"
    return {"stop_reason": reason, "stop_sequence": None}


def _blocks(said: Answer) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if said.reasoning:
        thinking = {"type": "thinking", "thinking": said.reasoning, "signature": _SIGNATURE}
        blocks.append({**thinking, "vendor_note": VENDOR_NOTE})
    if said.text or said.refusal:
        blocks.append({"type": "text", "text": said.text or REFUSAL})
    return [*blocks, *(_tool_use(call, json.loads(call.arguments)) for call in said.calls)]


def _tool_use(call: Call, arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{call.id}", "name": call.name, "input": arguments}


def events(body: Mapping[str, Any], said: Answer, counts: dict[str, Any], plan: Behaviour) -> Iterator[dict[str, Any]]:
    """The payloads of a stream, from message_start to message_stop."""
    start = {**_envelope(body), "content": [], "stop_reason": None, "stop_sequence": None}
    yield {"type": "message_start", "message": {**start, "usage": {**counts, "output_tokens": 1}}}
    for index, (block, deltas) in enumerate(_streamed(said, plan.chunks)):
        yield {"type": "content_block_start", "index": index, "content_block": block}
        if index == 0:
            yield {"type": "ping"}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": _stop(said), "usage": {"output_tokens": counts["output_tokens"]}}
    yield {"type": "message_stop"}


def _streamed(said: Answer, count: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    if said.reasoning:
        parts = [{"type": "thinking_delta", "thinking": part} for part in pieces(said.reasoning, _CALL_CHUNKS)]
        empty = {"type": "thinking", "thinking": "", "signature": "", "vendor_note": VENDOR_NOTE}
        yield empty, [*parts, {"type": "signature_delta", "signature": _SIGNATURE}]
    if said.text or said.refusal:
        text = pieces(said.text or REFUSAL, count)
        yield {"type": "text", "text": ""}, [{"type": "text_delta", "text": part} for part in text]
    for call in said.calls:
        split = pieces(call.arguments, _CALL_CHUNKS)
        yield _tool_use(call, {}), [{"type": "input_json_delta", "partial_json": part} for part in split]
