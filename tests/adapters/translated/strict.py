"""Holds answers against the types of the official client, and puts streams together again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel

from adapters.ports import CHAT, RESPONSES, ChatRequest, Format
from adapters.translated.responses import ResponseAnswer

_UNION = get_args(get_args(ResponseStreamEvent)[0])
EVENTS: dict[str, type[BaseModel]] = {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in _UNION}


def request(format: Format = CHAT, **fields: Any) -> ChatRequest:
    """A request of a format, with what it needs besides `fields`."""
    said = "hi" if format is RESPONSES else [{"role": "user", "content": "hi"}]
    return ChatRequest.parse(msgspec.json.encode({"model": "m", format.field: said, **fields}), format=format)


def check(kind: type[BaseModel], value: Any) -> None:
    """Validate strictly, and see that every required key is really there, at any depth."""
    _complete(kind.model_validate(value, strict=True), value, kind.__name__)


def _complete(model: Any, value: Any, place: str) -> None:
    if isinstance(model, list):
        for index, (inner, raw) in enumerate(zip(model, value, strict=True)):
            _complete(inner, raw, f"{place}[{index}]")
    elif isinstance(model, BaseModel) and isinstance(value, dict):
        for name, field in type(model).model_fields.items():
            key = field.alias or name
            assert key in value or not field.is_required(), f"{place} lacks {key}"
            if key in value:
                _complete(getattr(model, name), value[key], f"{place}.{key}")


def streamed(answer: ResponseAnswer, chunks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """All events of an answer, each of them checked: its type, its number, and that it means what the ones before it
    have made of the output."""
    events = [*answer.start(), *(event for chunk in chunks for event in answer.take(chunk)), *answer.finish()]
    for number, event in enumerate(events):
        assert event["sequence_number"] == number
        check(EVENTS[event["type"]], event)
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    assert folded(events) == events[-1]["response"]["output"]
    return events


def folded(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The output that the events between the first two and the last one tell, piece by piece; every `done` must repeat
    what came before it."""
    output: list[dict[str, Any]] = []
    done: dict[int, dict[str, Any]] = {}
    for event in events:
        kind = event["type"].removeprefix("response.")
        if kind == "output_item.added":
            assert event["output_index"] == len(output)
            output.append(_copy(event["item"]))
        elif kind == "output_item.done":
            done[event["output_index"]] = event["item"]
            assert {**output[event["output_index"]], **_status(event["item"])} == event["item"]
        elif "output_index" in event:
            assert event["output_index"] not in done, "nothing follows the end of an item"
            item = output[event["output_index"]]
            assert item["id"] == event["item_id"]
            _STEPS[kind](item, event)
    assert sorted(done) == list(range(len(output))), "every item ends"
    return [done[place] for place in range(len(output))]


def _status(item: dict[str, Any]) -> dict[str, Any]:
    return {"status": item["status"]} if "status" in item else {}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _part(item: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    parts = item["summary" if "summary_index" in event else "content"]
    assert event.get("summary_index", event.get("content_index")) == len(parts) - 1, "only the last part grows"
    part: dict[str, Any] = parts[-1]
    return part


def _begin(item: dict[str, Any], event: dict[str, Any]) -> None:
    parts = item["summary" if "summary_index" in event else "content"]
    assert event.get("summary_index", event.get("content_index")) == len(parts)
    parts.append(_copy(event["part"]))


def _grow(field: str) -> Any:
    def step(item: dict[str, Any], event: dict[str, Any]) -> None:
        part = _part(item, event)
        part[field] += event["delta"]
        if "logprobs" in event:
            part["logprobs"] += event["logprobs"]

    return step


def _repeat(field: str) -> Any:
    def step(item: dict[str, Any], event: dict[str, Any]) -> None:
        assert event[field] == _part(item, event)[field]

    return step


def _end(item: dict[str, Any], event: dict[str, Any]) -> None:
    assert event["part"] == _part(item, event)


def _annotate(item: dict[str, Any], event: dict[str, Any]) -> None:
    known = _part(item, event)["annotations"]
    assert event["annotation_index"] == len(known)
    known.append(event["annotation"])


def _call(field: str) -> tuple[Any, Any]:
    def grow(item: dict[str, Any], event: dict[str, Any]) -> None:
        item[field] += event["delta"]

    def end(item: dict[str, Any], event: dict[str, Any]) -> None:
        assert item[field] == event[field]
        assert event.get("name", item["name"]) == item["name"]

    return grow, end


_ARGUMENTS, _INPUT = _call("arguments"), _call("input")
_STEPS: dict[str, Any] = {
    "reasoning_summary_part.added": _begin, "reasoning_summary_text.delta": _grow("text"),
    "reasoning_summary_text.done": _repeat("text"), "reasoning_summary_part.done": _end,
    "content_part.added": _begin, "output_text.delta": _grow("text"), "output_text.done": _repeat("text"),
    "output_text.annotation.added": _annotate, "refusal.delta": _grow("refusal"), "refusal.done": _repeat("refusal"),
    "content_part.done": _end, "function_call_arguments.delta": _ARGUMENTS[0],
    "function_call_arguments.done": _ARGUMENTS[1], "custom_tool_call_input.delta": _INPUT[0],
    "custom_tool_call_input.done": _INPUT[1],
}  # fmt: skip


def check_response(value: dict[str, Any]) -> None:
    """A whole response."""
    check(Response, value)
