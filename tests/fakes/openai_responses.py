"""Answers of the Responses API: one JSON body, or the events of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.answer import VENDOR_NOTE, Answer, Tool, pieces, tokens
from tests.fakes.openai_chat import CREATED
from tests.fakes.openai_errors import Fault

_CALL_CHUNKS = 4
_ENCRYPTED = "ZW5jcnlwdGVkIGJ5IGEgZmFrZQ=="
_ECHOED: Mapping[str, Any] = {
    "background": False, "instructions": None, "max_output_tokens": None, "max_tool_calls": None, "metadata": {},
    "parallel_tool_calls": True, "previous_response_id": None, "prompt_cache_key": None,
    "prompt_cache_retention": None, "safety_identifier": None, "store": True, "temperature": 1.0,
    "tool_choice": "auto", "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "user": None,
}  # fmt: skip
_TOOL = {"description": None, "parameters": None, "strict": True}


def items(given: Any) -> list[dict[str, Any]]:
    """The input, item by item; a text is what the user says."""
    return [{"role": "user", "content": given}] if isinstance(given, str) else list(given or ())


def tools(body: Mapping[str, Any]) -> list[Tool]:
    """The tools that may be called now: none if the client forbids it or has just brought results."""
    choice = body.get("tool_choice")
    brought = any(item.get("type") == "function_call_output" for item in items(body.get("input"))[-1:])
    if choice == "none" or brought:
        return []
    offered = [item for item in body.get("tools") or () if item.get("type") == "function"]
    if isinstance(choice, dict):  # one function, or a list of those allowed
        chosen = {one.get("name") for one in choice.get("tools", [choice])}
        offered = [item for item in offered if item["name"] in chosen]
    limit = 1 if body.get("parallel_tool_calls") is False else len(offered)
    return [Tool(item["name"], item.get("parameters") or {}) for item in offered[:limit]]


def usage(prompt: tuple[int, int], said: Answer) -> dict[str, Any]:
    """Counts with their details; `prompt` is the prompt's tokens and how many of them were cached."""
    spoken = len(tokens(said.text or said.refusal)) + sum(len(call.arguments) // 4 for call in said.calls)
    thought = len(tokens(said.reasoning))
    return {
        "input_tokens": prompt[0],
        "input_tokens_details": {"cached_tokens": prompt[1], "cache_write_tokens": 0},
        "output_tokens": spoken + thought,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": prompt[0] + spoken + thought,
    }


def output(said: Answer, mark: str) -> list[dict[str, Any]]:
    """The items of an answer; `mark` makes their ids its own."""
    made: list[dict[str, Any]] = []
    done = {"status": "completed"}
    if said.reasoning:
        thought = {"summary": [_summary(said.reasoning)], "encrypted_content": _ENCRYPTED, "vendor_note": VENDOR_NOTE}
        made.append({"id": f"rs_{mark}", "type": "reasoning", **done, **thought})
    if said.text or said.refusal:
        part = {"type": "refusal", "refusal": said.refusal} if said.refusal else text(said.text)
        made.append({"id": f"msg_{mark}", "type": "message", **done, "role": "assistant", "content": [part]})
    for number, call in enumerate(said.calls):
        called = {"call_id": f"call_{call.id}", "name": call.name, "arguments": call.arguments}
        made.append({"id": f"fc_{mark}{number}", "type": "function_call", **done, **called})
    return made


def text(said: str) -> dict[str, Any]:
    """What was said, as a part of a message."""
    return {"type": "output_text", "text": said, "annotations": [], "logprobs": []}


def _summary(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def response(body: Mapping[str, Any], made: Sequence[Any], counts: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The whole answer, which repeats what was asked, with the defaults filled in."""
    echoed = {name: usual if body.get(name) is None else body[name] for name, usual in _ECHOED.items()}
    talk = body.get("conversation")
    where = {"conversation": {"id": talk} if isinstance(talk, str) else talk} if talk else {}
    return {
        "id": f"resp_{mark}",
        "object": "response",
        "created_at": CREATED,
        "completed_at": CREATED + 1,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": body["model"],
        **echoed,
        **where,
        "reasoning": {"effort": None, "summary": None} | (body.get("reasoning") or {}),
        "service_tier": "default",
        "text": {"format": {"type": "text"}, "verbosity": "medium"} | (body.get("text") or {}),
        "tools": [_TOOL | item if item.get("type") == "function" else item for item in body.get("tools") or ()],
        "output": list(made),
        "usage": counts,
        "vendor_note": VENDOR_NOTE,
    }


def begun(whole: Mapping[str, Any], status: str) -> dict[str, Any]:
    """A response of which nothing has been said yet."""
    return {**whole, "status": status, "completed_at": None, "output": [], "usage": None}


def trouble(fault: Fault, number: int) -> dict[str, Any]:
    """The error event, which takes the place of event `number`; its fields stand at the top, unlike in chat."""
    fields = {"code": fault.code or fault.kind, "message": fault.message, "param": fault.param}
    return {"type": "error", "sequence_number": number, **fields}


def events(whole: Mapping[str, Any], chunks: int) -> Iterator[dict[str, Any]]:
    """The payloads of a stream, from response.created to response.completed, numbered."""
    for number, payload in enumerate(_events(whole, chunks)):
        yield {"type": payload["type"], "sequence_number": number, **payload}


def _events(whole: Mapping[str, Any], chunks: int) -> Iterator[dict[str, Any]]:
    start = begun(whole, "in_progress")
    yield {"type": "response.created", "response": start}
    yield {"type": "response.in_progress", "response": start}
    for index, item in enumerate(whole["output"]):
        empty, steps = _streamed(item, chunks)
        yield {"type": "response.output_item.added", "output_index": index, "item": {**item, **empty}}
        for kind, fields in steps:
            yield {"type": f"response.{kind}", "item_id": item["id"], "output_index": index, **fields}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": whole}


_Steps = Iterator[tuple[str, dict[str, Any]]]


def _streamed(item: Mapping[str, Any], chunks: int) -> tuple[dict[str, Any], _Steps]:
    """What of an item is still empty when it is announced, and the events that fill it."""
    started = {"status": "in_progress"}
    if item["type"] == "reasoning":
        return {**started, "summary": []}, _thinking(item["summary"][0]["text"])
    if item["type"] == "message":
        return {**started, "content": []}, _speaking(item["content"][0], chunks)
    return {**started, "arguments": ""}, _calling(item)


def _thinking(text: str) -> _Steps:
    at = {"summary_index": 0}
    yield "reasoning_summary_part.added", {**at, "part": _summary("")}
    for piece in pieces(text, _CALL_CHUNKS):
        yield "reasoning_summary_text.delta", {**at, "delta": piece}
    yield "reasoning_summary_text.done", {**at, "text": text}
    yield "reasoning_summary_part.done", {**at, "part": _summary(text)}


def _speaking(part: Mapping[str, Any], chunks: int) -> _Steps:
    at = {"content_index": 0}
    field = "refusal" if part["type"] == "refusal" else "text"
    extra: dict[str, Any] = {} if field == "refusal" else {"logprobs": []}
    yield "content_part.added", {**at, "part": {**part, field: ""}}
    for piece in pieces(part[field], chunks):
        yield f"{part['type']}.delta", {**at, "delta": piece, **extra}
    yield f"{part['type']}.done", {**at, field: part[field], **extra}
    yield "content_part.done", {**at, "part": part}


def _calling(item: Mapping[str, Any]) -> _Steps:
    for piece in pieces(item["arguments"], _CALL_CHUNKS):
        yield "function_call_arguments.delta", {"delta": piece}
    yield "function_call_arguments.done", {"name": item["name"], "arguments": item["arguments"]}
