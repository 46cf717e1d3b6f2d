"""What a fake says, before it is put into a provider's wire format: text, reasoning, a refusal, calls of tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic_ns
from typing import Any

from tests.fakes.behaviour import Behaviour
from tests.fakes.http import Request
from tests.fakes.styled import styled

FILL = (
    "The quick way to a short answer is to say the conclusion first, then give one reason and one example, "
    "and stop there. "
)
SPLIT = "naïve café — 日本語 🙂 [DONE] is no end\u2028a separator\u2029another\u0085and the last, à bientôt"
REASONING = "First the question is read again. Then the shortest true answer is chosen."
CITES = "Gänge: the battery is covered for two years [1]. So is the motor[1], not the frame [9] 🙂 `a[1]`."
REFUSAL = "I cannot help with that."
_LONG = 14
VENDOR_NOTE = {"shard": 7, "note": "ünknown to every SDK"}
_CACHE_STEP = 128
_CACHE_FLOOR = 1024
_TOKEN = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as the client described it: `schema` is the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool; `arguments` is JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; a call, a text or a refusal is its point, reasoning may come before."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[Call, ...] = ()


def answer(request: Request, plan: Behaviour, tools: Sequence[Tool], prompt: str) -> Answer:
    """What to say. `tools` are those that may be called now, one call for each of the first two; `prompt` is the JSON
    of all that the model sees."""
    reasoning = REASONING if "reasoning" in plan.words else ""
    if "tools" in plan.words and tools:
        return Answer(reasoning=reasoning, calls=tuple(_call(tool) for tool in tools[:2]))
    if "refusal" in plan.words:
        return Answer(reasoning=reasoning, refusal=REFUSAL)
    if "echo" in plan.words:
        return Answer(request.body.decode("utf-8", "replace"), reasoning)
    for word, text in (("cites", CITES), ("prompt", prompt)):
        if word in plan.words:
            return Answer(text, reasoning)
    if plan.fault == "split" or "styled" in plan.words:
        return Answer(styled(plan.words, prompt) if "styled" in plan.words else SPLIT, reasoning)
    fill = FILL * _LONG if "long" in plan.words else FILL
    return Answer(f"rx={request.received} tx={monotonic_ns()} {fill}", reasoning)


def _call(tool: Tool) -> Call:
    digest = blake2b(tool.name.encode(), digest_size=12).hexdigest()
    arguments = json.dumps(example(tool.schema), ensure_ascii=False)
    return Call(digest, tool.name, arguments)


def example(schema: Mapping[str, Any]) -> Any:
    """A value that a JSON schema allows: the first of an enumeration, every property of an object."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: example(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}))]
    return {"integer": 3, "number": 2.5, "boolean": True, "null": None}.get(kind, 'Zürich, 1 "quoted" word')


def pieces(text: str, count: int) -> Iterator[str]:
    """Cut a text into `count` pieces of about equal length, fewer where it has fewer characters."""
    count = min(count, len(text))
    for number in range(count):
        yield text[len(text) * number // count : len(text) * (number + 1) // count]


def tokens(text: str) -> list[str]:
    """Words with the space before them: what stands in for a provider's tokens."""
    return _TOKEN.findall(text)


class PromptCache:
    """A provider's prompt cache: the longest prefix shared with a recent prompt, in steps of 128 tokens from 1,024 on.

    Four characters stand for one token. The rule is the documented one of OpenAI's automatic caching.
    """

    def __init__(self, kept: int = 64) -> None:
        self._recent: list[str] = []
        self._kept = kept

    def measure(self, prompt: str, on: bool) -> tuple[int, int]:
        """Tokens of the prompt and how many of them were cached; the prompt itself is cached afterwards, if `on`."""
        size = -(-len(prompt) // 4)
        if not on:
            return size, 0
        shared = max((_shared(prompt, old) for old in self._recent), default=0) // 4
        self._recent = [*self._recent[1 - self._kept :], prompt]
        cached = shared // _CACHE_STEP * _CACHE_STEP
        return size, cached if cached >= _CACHE_FLOOR else 0


def _shared(one: str, other: str) -> int:
    same = min(len(one), len(other))
    return next((at for at in range(same) if one[at] != other[at]), same)
