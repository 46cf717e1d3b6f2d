"""The output items of a response while they are made: each knows how it begins, grows and ends, as events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from adapters.ports import item_id
from adapters.ports.formats.base import UNDECODABLE

Event = dict[str, Any]


class Item:
    """An item at its place in the output of a response. `value` is the item, whole once it has ended."""

    def __init__(self, response: str, place: int, kind: str, **more: Any) -> None:
        self.place = place
        self.value: dict[str, Any] = {"id": item_id(response, place, kind), "type": kind, **more}

    def begin(self) -> Iterator[Event]:
        """It is there, and empty."""
        yield {"type": "response.output_item.added", "output_index": self.place, "item": {**self.value}}

    def end(self, status: str = "completed") -> Iterator[Event]:
        """Nothing more comes."""
        self.value = {**self.value, "status": status}
        yield self._done()

    def _done(self) -> Event:
        return {"type": "response.output_item.done", "output_index": self.place, "item": self.value}

    def _event(self, kind: str, **more: Any) -> Event:
        return {"type": kind, "item_id": self.value["id"], "output_index": self.place, **more}


class Reasoning(Item):
    """What the model thought, as one part of a summary."""

    def __init__(self, response: str, place: int) -> None:
        super().__init__(response, place, "reasoning", summary=[])
        self._pieces: list[str] = []

    def begin(self) -> Iterator[Event]:
        """The item, and its one part."""
        yield from super().begin()
        yield self._event("response.reasoning_summary_part.added", summary_index=0, part=_summary(""))

    def more(self, text: str) -> Iterator[Event]:
        """A piece of it."""
        self._pieces.append(text)
        yield self._event("response.reasoning_summary_text.delta", summary_index=0, delta=text)

    def end(self, status: str = "completed") -> Iterator[Event]:
        """Text, part and item are whole."""
        part = _summary("".join(self._pieces))
        yield self._event("response.reasoning_summary_text.done", summary_index=0, text=part["text"])
        yield self._event("response.reasoning_summary_part.done", summary_index=0, part=part)
        self.value["summary"] = [part]
        yield self._done()


class Message(Item):
    """What the model says: text, or a refusal, each as one part."""

    def __init__(self, response: str, place: int) -> None:
        super().__init__(response, place, "message", status="in_progress", role="assistant", content=[])
        self.parts: list[dict[str, Any]] = []
        self._pieces: list[str] = []

    def more(self, text: str, logprobs: list[Any]) -> Iterator[Event]:
        """A piece of the text."""
        yield from self._part("output_text")
        self._pieces.append(text)
        self.parts[-1]["logprobs"] += logprobs
        yield self._said("response.output_text.delta", delta=text, logprobs=logprobs)

    def refuse(self, text: str) -> Iterator[Event]:
        """A piece of a refusal."""
        yield from self._part("refusal")
        self._pieces.append(text)
        yield self._said("response.refusal.delta", delta=text)

    def annotate(self, found: list[dict[str, Any]]) -> Iterator[Event]:
        """Sources of the text."""
        yield from self._part("output_text")
        for annotation in found:
            inner = annotation.get(annotation.get("type", ""), {})
            known = self.parts[-1]["annotations"]
            known.append({"type": annotation.get("type"), **inner} if isinstance(inner, dict) else annotation)
            yield self._said("response.output_text.annotation.added", annotation_index=len(known) - 1,
                             annotation=known[-1])

    def end(self, status: str = "completed") -> Iterator[Event]:
        """Parts and item are whole."""
        yield from self._close()
        self.value["content"] = self.parts
        yield from super().end(status)

    def _part(self, kind: str) -> Iterator[Event]:
        if self.parts and self.parts[-1]["type"] == kind:
            return
        yield from self._close()
        text: dict[str, Any] = {"type": kind, "text": "", "annotations": [], "logprobs": []}
        self.parts.append(text if kind == "output_text" else {"type": kind, "refusal": ""})
        part = {name: list(value) if isinstance(value, list) else value for name, value in self.parts[-1].items()}
        yield self._said("response.content_part.added", part=part)

    def _close(self) -> Iterator[Event]:
        if not self.parts:
            return
        part, said, self._pieces = self.parts[-1], "".join(self._pieces), []
        if part["type"] == "refusal":
            part["refusal"] = said
            yield self._said("response.refusal.done", refusal=said)
        else:
            part["text"] = said
            yield self._said("response.output_text.done", text=said, logprobs=part["logprobs"])
        yield self._said("response.content_part.done", part=part)

    def _said(self, kind: str, **more: Any) -> Event:
        return self._event(kind, content_index=max(len(self.parts) - 1, 0), **more)


class Call(Item):
    """A call of a function: its `call_id`, its `name`, and its `namespace` if it has one.

    Items follow one another, and the calls of a chat may interleave: what is `taken` in before its turn waits.
    """

    kind, field = "function_call", "arguments"

    def __init__(self, response: str, place: int, **more: str) -> None:
        super().__init__(response, place, self.kind, status="in_progress", **more, **{self.field: ""})
        self._pieces: list[str] = []

    @property
    def whole(self) -> bool:
        """Whether its arguments have come to their end."""
        return isinstance(decoded("".join(self._pieces)), dict)

    def taken(self, arguments: str) -> None:
        """A piece of its arguments that cannot be told yet."""
        self._pieces.append(arguments)

    def begin(self) -> Iterator[Event]:
        """It is there, with what waited."""
        yield from super().begin()
        if self._pieces:
            yield from self.told("".join(self._pieces))

    def more(self, arguments: str) -> Iterator[Event]:
        """A piece of its arguments."""
        self._pieces.append(arguments)
        yield from self.told(arguments)

    def told(self, arguments: str) -> Iterator[Event]:
        """Arguments as events."""
        yield self._event("response.function_call_arguments.delta", delta=arguments)

    def end(self, status: str = "completed") -> Iterator[Event]:
        """Arguments and item are whole."""
        self.value["arguments"] = "".join(self._pieces)
        yield self._event("response.function_call_arguments.done", name=self.value["name"],
                          arguments=self.value["arguments"])
        yield from super().end(status)


class CustomCall(Call):
    """A call of a tool that takes free text. To a chat it is a function with one argument, so its text can be told
    only once that is whole."""

    kind, field = "custom_tool_call", "input"

    def told(self, arguments: str) -> Iterator[Event]:
        """Nothing yet."""
        yield from ()

    def end(self, status: str = "completed") -> Iterator[Event]:
        """Input and item are whole."""
        from litellm.responses.litellm_completion_transformation.custom_tools import unwrap_custom_tool_arguments

        self.value["input"] = unwrap_custom_tool_arguments("".join(self._pieces))
        yield self._event("response.custom_tool_call_input.delta", delta=self.value["input"])
        yield self._event("response.custom_tool_call_input.done", input=self.value["input"])
        yield from Item.end(self, status)


def decoded(arguments: str) -> Any:
    """The arguments of a call, None where they are no JSON, or not all of it."""
    try:
        return msgspec.json.decode(arguments)
    except UNDECODABLE:
        return None


def called(delta: Mapping[str, Any], known: Mapping[Any, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The calls of tools in a delta or a message, each under what tells it from others: its index, and where a server
    gives none, its place and id. A piece without a name then belongs to the last one of those `known`."""
    for place, call in enumerate(delta.get("tool_calls") or ()):
        index = call.get("index")
        if index is None:
            named = (call.get("function") or {}).get("name") or not known
            index = (place, call.get("id")) if named else next(reversed(list(known)))
        yield index, call


def _summary(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}
