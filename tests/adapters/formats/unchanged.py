"""What an injection may change of a client's bytes, and what it may not."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
from msgspec import Raw

from adapters.ports import Block, ChatRequest, Format

FRONT = Block("corpus", "ID: 1 | \u00e9\"\n", "front")
PROFILE, SOURCES = Block("profile", "Diet: vegan"), Block("sources", "[1] a \u00e9\U0001f642", "tail")
# A client's own marks and tools stay as they are, whatever stands in them.
TOOLS = b'[ {"name":"look", "input_schema":{"b" : 1,"a":\t2.50}, "cache_control":{"type":"ephemeral"}} ]'


def raws(body: bytes) -> dict[str, bytes]:
    """The fields of a body, undecoded, in their order."""
    return {name: bytes(raw) for name, raw in msgspec.json.decode(body, type=dict[str, Raw]).items()}


def items(field: bytes) -> list[bytes]:
    """The items of a list, undecoded."""
    return [bytes(raw) for raw in msgspec.json.decode(field, type=list[Raw])]


def injected(body: bytes, block: Block, format: Format) -> dict[str, bytes]:
    """The fields after an injection: all that were there are there, in their order."""
    before, after = raws(body), raws(ChatRequest.parse(body, format=format).with_context(block).body())
    assert [name for name in after if name in before] == list(before)
    return after


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The fields that are not byte for byte what they were."""
    return [name for name, raw in after.items() if before.get(name) != raw]


def grown(before: bytes, after: bytes) -> str:
    """What a string gained: the client's own bytes stand in front of it."""
    assert before.startswith(b'"') and after.startswith(before[:-1])
    text: str = json.loads(after)
    return text[len(json.loads(before)) :]


def text(dice: random.Random) -> str:
    """A JSON string as clients may write it: escapes, characters of every length, words that look like ours."""
    parts = ["a", " ", "\\u00e9", "\u00e9", "\\n", "\\\"", "\U0001f642", "\\ud83d\\ude42", "\\u2028", "<rapport-x>",
             "</rapport-profile>", "\\\\", "}", "]"]
    return f'"{"".join(dice.choices(parts, k=dice.randint(0, 9)))}"'


def spaced(value: Any, dice: random.Random) -> str:
    """JSON with spaces wherever they may stand. A string that begins with a quotation mark is JSON already."""
    gap = dice.choice(["", " ", "\n", "\t "])
    if isinstance(value, dict):
        inner = f",{gap}".join(f'"{name}"{gap}:{spaced(each, dice)}' for name, each in value.items())
        return f"{{{gap}{inner}{gap}}}"
    if isinstance(value, list):
        return f"[{gap}{f'{gap},'.join(spaced(each, dice) for each in value)}{gap}]"
    return value if isinstance(value, str) and value.startswith('"') else json.dumps(value)
