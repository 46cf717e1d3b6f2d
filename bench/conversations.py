"""Scripted conversations and the documents they ask about, in every wire format: deterministic, own wording."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

TOPICS = (
    "saddles", "brakes", "chains", "pedals", "wheels", "gears", "lamps", "bells", "racks", "fenders", "grips", "tyres",
    "pumps", "locks", "helmets", "baskets", "trailers", "mirrors", "batteries", "motors", "cables", "hubs", "spokes",
    "stems",
)  # fmt: skip
_SENTENCES = (
    "The {0} leave the workshop tested, and each of them carries a number that the order page shows.",
    "Somebody who rides every day looks after the {0} once a month, everybody else twice a year.",
    "Dry cloth first, then a drop of oil; water under pressure ruins {0} within a season.",
    "New {0} settle during the first hundred kilometres and want a second look after that.",
    "We keep the parts of the {0} in stock for ten years after a model has ended.",
    "What wears out about the {0} in normal use is no fault, what breaks within two years is.",
    "The workshop fits {0} while you wait, if you book a day ahead and bring the number.",
    "Cheap copies of our {0} are about; the mark on the inner side tells them apart.",
    "On long tours a spare set of {0} weighs little and saves a day at a closed shop.",
    "Riders over a hundred kilos ask for the reinforced {0}, which cost nothing more.",
)
SYSTEM = "You help the customers of a bicycle workshop. " + " ".join(
    f"Rule {at}: {_SENTENCES[at % len(_SENTENCES)].format(TOPICS[at % len(TOPICS)])}" for at in range(60)
)
TASTE = "I prefer short answers, I am vegan, and I like gravel roads. Please call me Robin."
_QUESTIONS = (
    "How many years do you keep parts of the {0} in stock?", "What ruins {0} within a season?",
    "How much oil do the {0} take, and which cloth?", "Are there cheap copies of your {0}, and what tells them apart?",
    "How long do new {0} take to settle?",
)

Kind = Literal["user", "assistant", "call", "result"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what the person or the assistant says, a call of a tool, or its result (`id` names the call)."""

    kind: Kind
    text: str
    id: str = ""


def documents() -> Iterator[tuple[str, str]]:
    """Name and text of documents, five for each topic, each about 260 tokens long."""
    for topic in TOPICS:
        for number, about in enumerate(("Care", "Purchase", "Repair", "Warranty", "Storage")):
            yield f"{about.lower()}-{topic}.md", f"# {about} of {topic}\n\n" + _prose(topic, 2 * number, 12)


def chat(turns: int) -> list[Step]:
    """A conversation about one topic after another, an answer of some 350 tokens to each question."""
    steps: list[Step] = []
    for number in range(turns):
        topic = TOPICS[number % len(TOPICS)]
        asked = _QUESTIONS[number % len(_QUESTIONS)].format(topic)
        steps += [Step("user", asked), Step("assistant", _prose(topic, number, 20))]
    return steps


def turning(turns: int) -> list[Step]:
    """A conversation that asks for facts, and from its middle on for what suits the person."""
    steps = chat(turns)
    asked = ("What ruins the {0} within a season?", "Which of these {0} suit a rider like me?")
    for number in range(turns):
        topic = TOPICS[number % len(TOPICS)]
        steps[2 * number] = Step("user", asked[number >= turns // 2].format(topic))
    return steps


def tool_loop(turns: int, calls: int) -> list[Step]:
    """The same with tools: so many calls, each with its result, before every answer."""
    steps: list[Step] = []
    for number, step in enumerate(chat(turns)):
        if step.kind == "assistant":
            for call in range(calls):
                topic = TOPICS[(number + call) % len(TOPICS)]
                id = f"call_{number}_{call}"
                steps += [Step("call", json.dumps({"part": topic, "shelf": call}), id),
                          Step("result", _prose(topic, call, 5), id)]
        steps.append(step)
    return steps


def _prose(topic: str, start: int, sentences: int) -> str:
    return " ".join(_SENTENCES[(start + at) % len(_SENTENCES)].format(topic) for at in range(sentences))


def requests(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """What a client sends, request by request: everything up to each point where it is the model's turn."""
    for end, step in enumerate(steps):
        if step.kind in ("assistant", "call"):
            yield steps[:end]


_SCHEMA = {"type": "object", "properties": {"part": {"type": "string"}, "shelf": {"type": "integer"}}}
_WHAT = "Looks up a part in the workshop's store, with its shelf, its price and what is written about it."


def as_chat(steps: Sequence[Step], system: str = SYSTEM) -> dict[str, Any]:
    """The body of a chat completion."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}]
    for step in steps:
        if step.kind == "call":
            function = {"name": "look_up", "arguments": step.text}
            calls = [{"id": step.id, "type": "function", "function": function}]
            messages.append({"role": "assistant", "content": None, "tool_calls": calls})
        elif step.kind == "result":
            messages.append({"role": "tool", "tool_call_id": step.id, "content": step.text})
        else:
            messages.append({"role": step.kind, "content": step.text})
    function = {"name": "look_up", "description": _WHAT, "parameters": _SCHEMA}
    return {"messages": messages, "tools": [{"type": "function", "function": function}]}


def as_responses(steps: Sequence[Step], system: str = SYSTEM) -> dict[str, Any]:
    """The body of a request to the Responses API, with everything in it."""
    items: list[dict[str, Any]] = []
    for step in steps:
        if step.kind == "call":
            items.append({"type": "function_call", "call_id": step.id, "name": "look_up", "arguments": step.text})
        elif step.kind == "result":
            items.append({"type": "function_call_output", "call_id": step.id, "output": step.text})
        else:
            items.append({"role": step.kind, "content": step.text})
    tool = {"type": "function", "name": "look_up", "description": _WHAT, "parameters": _SCHEMA}
    return {"instructions": system, "input": items, "tools": [tool], "store": False}


def as_messages(steps: Sequence[Step], system: str = SYSTEM) -> dict[str, Any]:
    """The body of a request to Anthropic's Messages, marked for its cache as its clients do it: behind the system
    prompt and at the end of the newest user turn."""
    messages: list[dict[str, Any]] = []
    for step in steps:
        if step.kind == "call":
            part = {"type": "tool_use", "id": step.id, "name": "look_up", "input": json.loads(step.text)}
        elif step.kind == "result":
            part = {"type": "tool_result", "tool_use_id": step.id, "content": step.text}
        else:
            part = {"type": "text", "text": step.text}
        messages.append({"role": "assistant" if step.kind in ("assistant", "call") else "user", "content": [part]})
    messages[-1]["content"][-1]["cache_control"] = {"type": "ephemeral"}
    instructions = [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
    tool = {"name": "look_up", "description": _WHAT, "input_schema": _SCHEMA}
    return {"system": instructions, "messages": messages, "tools": [tool], "max_tokens": 500}
