"""Answers of the Chat Completions API: one JSON body, or the payloads of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.answer import VENDOR_NOTE, Answer, Call, Tool, pieces, tokens
from tests.fakes.behaviour import Behaviour

CREATED = 1_760_000_000
_CALL_CHUNKS = 4


def tools(body: Mapping[str, Any]) -> list[Tool]:
    """The tools that may be called now: none if the client forbids it or has just brought results."""
    if body.get("tool_choice") == "none" or body["messages"][-1].get("role") == "tool":
        return []
    offered = [item["function"] for item in body.get("tools") or () if item.get("type") == "function"]
    chosen = body.get("tool_choice")
    if isinstance(chosen, dict):
        offered = [item for item in offered if item["name"] == chosen.get("function", {}).get("name")]
    limit = len(offered) if body.get("parallel_tool_calls", True) else 1
    return [Tool(item["name"], item.get("parameters") or {}) for item in offered[:limit]]


def usage(prompt: tuple[int, int], said: Answer, choices: int) -> dict[str, Any]:
    """Counts with their details; `prompt` is the prompt's tokens and how many of them were cached."""
    spoken = len(tokens(said.text or said.refusal)) + sum(len(call.arguments) // 4 for call in said.calls)
    thought = len(tokens(said.reasoning))
    total = (spoken + thought) * choices
    return {
        "prompt_tokens": prompt[0],
        "completion_tokens": total,
        "total_tokens": prompt[0] + total,
        "prompt_tokens_details": {"cached_tokens": prompt[1], "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thought * choices, "audio_tokens": 0},
    }


def completion(body: Mapping[str, Any], said: Answer, counts: dict[str, Any]) -> dict[str, Any]:
    """The whole answer, with `n` choices."""
    choices = [
        {
            "index": index,
            "message": _message(said),
            "logprobs": _logprobs(body, said.text),
            "finish_reason": _finish(said),
        }
        for index in range(body.get("n") or 1)
    ]
    return {**_envelope(body, "chat.completion"), "choices": choices, "usage": counts}


def _envelope(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    ids = {"id": "chatcmpl-fake00000000000000000000000000", "object": kind, "created": CREATED, "model": body["model"]}
    return {**ids, "service_tier": "default", "system_fingerprint": "fp_fake"}


def _finish(said: Answer) -> str:
    return "tool_calls" if said.calls else "stop"


def _message(said: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None, "refusal": said.refusal or None}
    message["annotations"] = []
    if said.calls:
        message["tool_calls"] = [_called(call) for call in said.calls]
    if said.reasoning:
        message |= {"reasoning_content": said.reasoning, "vendor_note": VENDOR_NOTE}
    return message


def _called(call: Call) -> dict[str, Any]:
    return {"id": f"call_{call.id}", "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _logprobs(body: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    if not body.get("logprobs") or not text:
        return None
    alternatives = body.get("top_logprobs") or 0
    return {"content": [_logprob(token, alternatives) for token in tokens(text)], "refusal": None}


def _logprob(token: str, alternatives: int) -> dict[str, Any]:
    def entry(text: str, logprob: float) -> dict[str, Any]:
        return {"token": text, "logprob": logprob, "bytes": list(text.encode())}

    others = [entry(f"{token}~{rank}" if rank else token, -0.25 - rank) for rank in range(alternatives)]
    return {**entry(token, -0.25), "top_logprobs": others}


def chunks(body: Mapping[str, Any], said: Answer, counts: dict[str, Any], plan: Behaviour) -> Iterator[dict[str, Any]]:
    """The payloads of a stream, without its closing event. Choices take turns, as they do with `n` above 1."""
    envelope = _envelope(body, "chat.completion.chunk")
    wanted = bool((body.get("stream_options") or {}).get("include_usage"))
    for delta in _deltas(said, plan.chunks):
        for index in range(body.get("n") or 1):
            choice: dict[str, Any] = {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}
            choice["logprobs"] = _logprobs(body, delta.get("content") or "")
            yield _chunk(envelope, [choice], wanted)
    for index in range(body.get("n") or 1):
        last = {"index": index, "delta": {}, "logprobs": None, "finish_reason": _finish(said)}
        yield _chunk(envelope, [last], wanted)
    if wanted:
        yield {**envelope, "choices": [], "usage": counts}


def _chunk(envelope: dict[str, Any], choices: list[dict[str, Any]], wanted: bool) -> dict[str, Any]:
    chunk = {**envelope, "choices": choices}
    return {**chunk, "usage": None} if wanted else chunk


def _deltas(said: Answer, count: int) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "" if said.text else None, "refusal": None}
    for number, piece in enumerate(pieces(said.reasoning, _CALL_CHUNKS)):
        yield {"reasoning_content": piece} | ({} if number else {"vendor_note": VENDOR_NOTE})
    for piece in pieces(said.text, count):
        yield {"content": piece}
    for piece in pieces(said.refusal, count):
        yield {"refusal": piece}
    for index, call in enumerate(said.calls):
        yield {"tool_calls": [{"index": index, **_called(Call(call.id, call.name, ""))}]}
    # The arguments of parallel calls interleave: `index` alone says which call a piece belongs to.
    parts = [list(pieces(call.arguments, _CALL_CHUNKS)) for call in said.calls]
    for step in range(_CALL_CHUNKS if parts else 0):
        for index, split in enumerate(parts):
            if step < len(split):
                yield {"tool_calls": [{"index": index, "function": {"arguments": split[step]}}]}
