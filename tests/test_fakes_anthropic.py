"""The Anthropic fake, held against the bare wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.answer import SPLIT
from tests.fakes.process import Fake, serving

ASKED = [{"role": "user", "content": "Grüße: which café is near?"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
MARK = {"cache_control": {"type": "ephemeral"}}
LONG = "Stay on the subject. " * 300


@pytest.fixture(scope="module")
def messages() -> Iterator[Fake]:
    with serving("anthropic_api") as running:
        yield running


def test_plain_answer(messages: Fake) -> None:
    """An answer comes in blocks: text, thinking, calls of tools."""
    status, answer = _messages(messages, {"model": "claude-fake-small"})
    assert status == 200 and json.loads(answer)["content"][0]["type"] == "text"
    tools = [{"name": "weather", "input_schema": SCHEMA}, {"name": "trains", "input_schema": SCHEMA}]
    status, answer = _messages(messages, {"model": "bench;tools;reasoning", "tools": tools})
    found = json.loads(answer)
    assert [block["type"] for block in found["content"]] == ["thinking", "tool_use", "tool_use"]
    assert found["stop_reason"] == "tool_use" and found["content"][1]["input"]["days"] == 3
    assert messages.last().headers["x-api-key"] == "sk-ant-fake"


def test_stream(messages: Fake) -> None:
    """A stream has the service's own order of events, each under its name."""
    tools = [{"name": "weather", "input_schema": SCHEMA}]
    _, raw = _messages(messages, {"model": "bench;tools;reasoning", "tools": tools, "stream": True})
    events = [part.split(b"\ndata: ") for part in raw.strip().split(b"\n\n")]
    payloads = [json.loads(data) for _, data in events]
    assert [name.removeprefix(b"event: ").decode() for name, _ in events] == [item["type"] for item in payloads]
    kinds = [item["type"] for item in payloads if item["type"] != "content_block_delta"]
    block = ["content_block_start", "content_block_stop"]
    assert kinds == ["message_start", block[0], "ping", block[1], *block, "message_delta", "message_stop"]
    deltas = [item["delta"] for item in payloads if item["type"] == "content_block_delta"]
    arguments = "".join(delta["partial_json"] for delta in deltas if delta["type"] == "input_json_delta")
    assert json.loads(arguments)["days"] == 3
    _, raw = _messages(messages, {"model": "bench;split;c=9", "stream": True})
    texts = [json.loads(line[6:]) for line in raw.split(b"\n") if line.startswith(b"data: ")]
    said = "".join(item["delta"]["text"] for item in texts if item["type"] == "content_block_delta")
    assert said == SPLIT and raw.count(b": ping\n\n") > 9


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "invalid_request_error"), (429, "rate_limit_error"), (529, "overloaded_error")]
)
def test_errors(messages: Fake, status: int, kind: str) -> None:
    """Errors have the service's shape."""
    given, answer = _messages(messages, {"model": f"bench;e={status}"})
    body = json.loads(answer)
    assert given == status and body["type"] == "error" and body["error"]["type"] == kind


def test_wants_its_headers(messages: Fake) -> None:
    """Without a key it refuses, as it does without a limit of tokens."""
    version, key = {"anthropic-version": "2023-06-01"}, {"x-api-key": "k"}
    body = {"model": "m", "messages": ASKED, "max_tokens": 5}
    for headers, status in ((version, 401), ({**version, "authorization": "Bearer k"}, 401), (key, 400)):
        assert httpx.post(f"{messages.base}/messages", json=body, headers=headers).status_code == status
    assert _messages(messages, {"model": "m", "max_tokens": None})[0] == 400


def test_prompt(messages: Fake) -> None:
    """`prompt` answers with the JSON of what the model sees, in its order."""
    tools = [{"name": "weather", "input_schema": SCHEMA}]
    _, answer = _messages(messages, {"model": "prompt", "tools": tools, "system": "Be brief.", "temperature": 0})
    seen = json.loads(json.loads(answer)["content"][0]["text"])
    assert list(seen.items()) == [("tools", tools), ("system", "Be brief."), ("messages", ASKED)]


def test_bearer() -> None:
    """With `--bearer` a key may come as OpenAI's clients send it; a wrong one is refused either way."""
    body = {"model": "m", "messages": ASKED, "max_tokens": 5}
    with serving("anthropic_api", "--bearer", "--key", "sk-right") as fake:
        for headers, status in (
            ({"authorization": "Bearer sk-right"}, 200),
            ({"x-api-key": "sk-right"}, 200),
            ({"authorization": "Bearer sk-wrong"}, 401),
            ({}, 401),
        ):
            sent = {"anthropic-version": "2023-06-01", **headers}
            assert httpx.post(f"{fake.base}/messages", json=body, headers=sent).status_code == status


def test_models(messages: Fake) -> None:
    """Models are listed, and found by their ids."""
    headers = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
    listed = httpx.get(f"{messages.base}/models?limit=5", headers=headers).json()
    assert [row["id"] for row in listed["data"]] == ["claude-fake-large", "claude-fake-small"]
    assert httpx.get(f"{messages.base}/models/claude-fake-small", headers=headers).json() == listed["data"][1]
    missing = httpx.get(f"{messages.base}/models/none", headers=headers)
    assert (missing.status_code, missing.json()["error"]["type"]) == (404, "not_found_error")


def test_count_tokens(messages: Fake) -> None:
    """Tokens are counted as an answer counts them, and no limit of them is wanted."""
    body = {"model": "m", "system": LONG, "max_tokens": None}
    status, answer = _messages(messages, body, "messages/count_tokens")
    assert status == 200 and list(json.loads(answer)) == ["input_tokens"]
    assert json.loads(answer)["input_tokens"] == _usage(messages, system=LONG)[0] > 1500
    assert _messages(messages, {"model": "e=429"}, "messages/count_tokens")[0] == 429


def test_nothing_is_cached_unmarked(messages: Fake) -> None:
    """Without a mark nothing is cached, however often it is sent; nor is a short prefix with one."""
    short = [{"type": "text", "text": "Be brief.", **MARK}]
    for system in (LONG, LONG, short, short):
        assert _usage(messages, system=system)[1:] == [0, 0]


@pytest.mark.parametrize("place", ["tools", "system", "messages"])
def test_a_marked_prefix_is_cached(messages: Fake, place: str) -> None:
    """A marked prefix is written once and read afterwards, whatever comes behind it; other bytes in it are new."""

    def used(long: str, tail: str) -> list[int]:
        said = {"type": "text", "text": f"{place} {long}", **MARK}
        asked = {"type": "text", "text": tail}
        body: dict[str, Any] = {"messages": [{"role": "user", "content": [asked]}]}
        if place == "messages":
            body["messages"][0]["content"] = [said, asked]
        elif place == "system":
            body["system"] = [said]
        else:
            body["tools"] = [{"name": "t", "description": said["text"], "input_schema": SCHEMA, **MARK}]
        return _usage(messages, **body)

    rest, written, read = used(LONG, "one")
    assert written > 1500 and read == 0 and rest < 50
    assert used(LONG, "two")[1:] == [0, written]
    assert used(f"{LONG}!", "two")[2] == 0


def test_marks_move_on(messages: Fake) -> None:
    """A mark on the last block reads what an earlier one wrote and writes the rest, up to 20 blocks on."""
    turns: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": f"moving {LONG}"}]}]

    def used(added: int, **top: Any) -> list[int]:
        turns.extend({"role": "user", "content": [{"type": "text", "text": LONG[:400]}]} for _ in range(added))
        marked = [*turns[:-1], {"role": "user", "content": [{**turns[-1]["content"][0], **({} if top else MARK)}]}]
        return _usage(messages, messages=marked, **top)

    _, first, none = used(0)
    _, second, read = used(2, **MARK)
    assert (none, read) == (0, first) and second > 200
    assert used(20)[2] == first + second
    assert used(21)[2] == 0


def test_too_many_marks(messages: Fake) -> None:
    """More than four marks are refused, as the service does."""
    blocks = [{"type": "text", "text": str(number), **MARK} for number in range(5)]
    assert _messages(messages, {"model": "m", "system": blocks[:4]})[0] == 200
    assert _messages(messages, {"model": "m", "system": blocks})[0] == 400
    assert _messages(messages, {"model": "m", "system": blocks[:4], **MARK})[0] == 400


def _usage(fake: Fake, **body: Any) -> list[int]:
    """Input tokens: those that were not cached, those written to the cache, those read from it."""
    usage = json.loads(_messages(fake, {"model": "bench;usage", **body})[1])["usage"]
    return [usage[f"{name}input_tokens"] for name in ("", "cache_creation_", "cache_read_")]


def _messages(fake: Fake, body: dict[str, Any], path: str = "messages") -> tuple[int, bytes]:
    headers = {"x-api-key": "sk-ant-fake", "anthropic-version": "2023-06-01"}
    answer = httpx.post(f"{fake.base}/{path}", json={"max_tokens": 64, "messages": ASKED, **body}, headers=headers)
    return answer.status_code, answer.content
