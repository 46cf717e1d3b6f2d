"""The embedded backend `demo`: no model, no network, no key. It answers by showing what it was sent.

litellm knows it as a provider of its own (`demo/demo`); the same request always gets the same answer, whole or as a
stream.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from adapters.ports import blocks, count_tokens, strip_blocks

OPENING = "(demo backend: no model here. This is what a model would have been sent.)"
_NUMBERED = re.compile(r"\s*(\[\d+\]|ID: \d+ \|)")
_HEADINGS = {"profile": "About you", "corpus": "Documents", "sources": "Sources"}
_LONGEST = 300
_PIECE = re.compile(r"\s*\S+|\s+$")

Messages = Sequence[Mapping[str, Any]]


def answer(messages: Messages) -> str:
    """What a model would have been sent, to be read by people: background, sources and the question."""
    lines = [OPENING]
    for name, inner in _blocks(messages):
        shown = [line.strip() for line in inner.splitlines() if line.strip()]
        # What stands before the first numbered passage is meant for a model.
        start = next((index for index, line in enumerate(shown) if _NUMBERED.match(line)), 0)
        heading = _HEADINGS.get(name, name.replace("_", " ").capitalize())
        lines += ["", f"{heading}:", *(_short(line) for line in shown[start:])]
    if len(lines) == 1:
        lines += ["", "Nothing was added to your request."]
    if messages and messages[-1].get("role") == "tool":
        lines += ["", f"The tool answered: {_short(_text(messages[-1]))}"]
    asked = next((_text(message) for message in reversed(messages) if message.get("role") == "user"), "")
    return "\n".join([*lines, "", f"You asked: {strip_blocks(asked).strip()}"])


def call(messages: Messages, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """The tool call that `tool_choice` asks for, with arguments made from the tool's schema; None for an answer."""
    choice = options.get("tool_choice")
    forced = choice == "required" or isinstance(choice, Mapping)
    if not forced or (messages and messages[-1].get("role") == "tool"):
        return None
    wanted = choice.get("function", {}).get("name") if isinstance(choice, Mapping) else None
    for tool in options.get("tools") or ():
        function = tool.get("function") or {}
        if function.get("name") and wanted in (None, function["name"]):
            asked = next((_text(message) for message in reversed(messages) if message.get("role") == "user"), "")
            value = _example(function.get("parameters") or {}, strip_blocks(asked).strip())
            arguments = msgspec.json.encode(value if isinstance(value, dict) else {}).decode()
            return {"id": f"call_demo_{function['name']}", "type": "function", "index": 0,
                    "function": {"name": function["name"], "arguments": arguments}}
    return None


def usage(messages: Messages, said: str) -> dict[str, int]:
    """Tokens of the messages' texts and of the answer."""
    prompt = sum(count_tokens(_text(message)) for message in messages)
    spoken = count_tokens(said)
    return {"prompt_tokens": prompt, "completion_tokens": spoken, "total_tokens": prompt + spoken}


def whole(messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as a chat completion; litellm adds the id, the time and the model's name."""
    tool = call(messages, options)
    text = "" if tool else answer(messages)
    message: dict[str, Any] = {"role": "assistant", "content": None if tool else text}
    if tool:
        message["tool_calls"] = [tool]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if tool else "stop"}
    said = tool["function"]["arguments"] if tool else text
    return {"choices": [choice], "usage": usage(messages, said)}


def pieces(messages: Messages, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer word by word, as the chunks that litellm's own providers give; the last one has the counts."""
    made = whole(messages, options)
    choice = made["choices"][0]
    for tool in choice["message"].get("tool_calls", ()):
        yield _chunk(tool=tool)
    for found in _PIECE.finditer(choice["message"]["content"] or ""):
        yield _chunk(found.group())
    yield _chunk(finish=choice["finish_reason"], counts=made["usage"])


def _chunk(
    text: str = "", tool: dict[str, Any] | None = None, finish: str = "", counts: dict[str, int] | None = None
) -> dict[str, Any]:
    return {"text": text, "tool_use": tool, "is_finished": bool(finish), "finish_reason": finish, "usage": counts,
            "index": 0}


def _blocks(messages: Messages) -> Iterator[tuple[str, str]]:
    # What stands in earlier user turns was shown with them already.
    last = max((index for index, message in enumerate(messages) if message.get("role") == "user"), default=-1)
    for index, message in enumerate(messages):
        if message.get("role") in ("system", "developer") or index == last:
            yield from ((found.name, found.inner) for found in blocks(_text(message)))


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and "text" in part)


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _example(schema: Mapping[str, Any], text: str, depth: int = 0) -> Any:
    """A value that the schema allows: the question for strings, the first of an enumeration, all required fields."""
    if schema.get("enum"):
        return schema["enum"][0]
    properties = schema.get("properties") or {}
    kind = schema.get("type", "object" if properties else "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        names = schema.get("required") or list(properties)
        known = [name for name in names if depth < 8 and isinstance(properties.get(name), Mapping)]
        return {name: _example(properties[name], text, depth + 1) for name in known}
    return {"integer": 0, "number": 0, "boolean": False, "array": [], "null": None}.get(str(kind), text)


def provider(litellm: Any) -> Any:
    """The backend as litellm's custom provider. It gets the library instead of importing it, which takes seconds."""

    class Demo(litellm.CustomLLM):  # type: ignore[misc]
        """litellm's four ways to call: whole and streamed, with and without a loop."""

        def completion(self, *, messages: Messages, model_response: Any, optional_params: Any, **_: Any) -> Any:
            made = whole(messages, optional_params)
            model_response.choices = [litellm.Choices(**choice) for choice in made["choices"]]
            model_response.model = "demo"
            model_response.usage = litellm.Usage(**made["usage"])
            return model_response

        async def acompletion(self, **given: Any) -> Any:
            return self.completion(**given)

        def streaming(self, *, messages: Messages, optional_params: Any, **_: Any) -> Iterator[dict[str, Any]]:
            return pieces(messages, optional_params)

        async def astreaming(
            self, *, messages: Messages, optional_params: Any, **_: Any
        ) -> AsyncIterator[dict[str, Any]]:
            for piece in pieces(messages, optional_params):
                await asyncio.sleep(0)
                yield piece

    return Demo()
