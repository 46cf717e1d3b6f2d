"""The demo backend: it shows what it was sent, whole and as a stream, over litellm as every other backend."""

import asyncio
import json
from typing import Any

import pytest

from adapters import demo
from adapters.litellm import LiteLLMBackend, Target, warm
from adapters.ports import Block, ChatRequest

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
TOOLS = [
    {"type": "function", "function": {"name": "first", "parameters": {}}},
    {"type": "function", "function": {"name": "look", "parameters": {
        "type": "object", "required": ["q", "kind", "limit", "where"],
        "properties": {"q": {"type": "string"}, "kind": {"enum": ["a", "b"]}, "limit": {"type": "integer"},
                       "where": {"type": "object", "properties": {"deep": {"type": "boolean"}}},
                       "unasked": {"type": "string"}}}}},
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


def sent(**fields: Any) -> ChatRequest:
    """A request as the policies leave it: with a profile, and with sources at the question."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "May I  return\nit?"}]
    request = ChatRequest.parse(json.dumps({"model": "any", "messages": messages, **fields}).encode())
    sources = Block("sources", "Cite as [n].\n\n[1] returns.md\nThirty days.\n\n[2] shops.md\nOpen at nine.", "tail")
    return request.with_context(Block("profile", "Diet: vegan\nLanguage: German")).with_context(sources)


def ask(request: ChatRequest) -> bytes:
    async def go() -> bytes:
        backend = LiteLLMBackend(Target("demo"))
        reply = await backend.complete(request)
        raw = reply.body if reply.chunks is None else b"".join([chunk async for chunk in reply.chunks])
        assert reply.status == 200 and reply.complete
        await backend.close()
        return raw

    return asyncio.run(go())


def payloads(raw: bytes) -> list[Any]:
    lines = raw.decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


EXPECTED = """\
(demo backend: no model here. This is what a model would have been sent.)

About you:
Diet: vegan
Language: German

Sources:
[1] returns.md
Thirty days.
[2] shops.md
Open at nine.

You asked: May I  return
it?"""


def test_it_shows_what_it_was_sent() -> None:
    """Background, sources and the question stand in the answer, and the counts are those of the texts."""
    said = json.loads(ask(sent()))
    assert said["choices"][0]["message"]["content"] == EXPECTED
    assert said["choices"][0]["finish_reason"] == "stop" and said["model"] == "demo"
    usage = said["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 60


def test_a_stream_says_the_same() -> None:
    """Word by word it is the same text, with one finish, and counts if they are asked for."""
    chunks = payloads(ask(sent(stream=True, stream_options={"include_usage": True})))
    words = [choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]]
    assert "".join(words) == EXPECTED and len(words) > 20
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]][-1] == "stop"
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] > 60
    assert not any(chunk.get("usage") for chunk in payloads(ask(sent(stream=True))))


def test_nothing_added_is_said() -> None:
    """A request that no policy changed is shown as that."""
    assert demo.answer([{"role": "user", "content": "hello"}]).split("\n\n")[1:] == [
        "Nothing was added to your request.", "You asked: hello"]


def test_other_blocks_and_list_content_are_shown() -> None:
    """Blocks of any name are shown under it; content in parts is read; earlier turns are left alone."""
    old = Block("sources", "[1] old.md", "tail").render()
    part = {"type": "text", "text": "now? " + Block("rows_found", "a | b", "tail").render()}
    now = {"role": "user", "content": [part, {"type": "x"}]}
    said = demo.answer([{"role": "user", "content": "then? " + old}, now])
    assert "Rows found:\na | b" in said and "old.md" not in said and said.endswith("You asked: now?")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("choice", "name"), [
    ("required", "first"), ({"type": "function", "function": {"name": "look"}}, "look"), ("auto", None), ("none", None),
])  # fmt: skip
def test_tools_are_called_on_demand(choice: Any, name: str | None, stream: bool) -> None:
    """A tool is called if tool_choice demands it, with arguments that its schema allows."""
    raw = ask(sent(stream=stream, tools=TOOLS, tool_choice=choice))
    if stream:
        choices = [choice for chunk in payloads(raw) for choice in chunk["choices"]]
        calls = [call for choice in choices for call in choice["delta"].get("tool_calls") or ()]
        finish = choices[-1]["finish_reason"]
    else:
        whole = json.loads(raw)["choices"][0]
        calls, finish = whole["message"].get("tool_calls") or [], whole["finish_reason"]
    if name is None:
        assert not calls and finish == "stop"
        return
    assert finish == "tool_calls" and [call["function"]["name"] for call in calls] == [name] and calls[0]["id"]
    arguments = json.loads(calls[0]["function"]["arguments"])
    question = "May I  return\nit?"
    assert arguments == ({} if name == "first" else
                         {"q": question, "kind": "a", "limit": 0, "where": {"deep": False}})


def test_a_tools_result_is_answered() -> None:
    """After a tool has answered there is text, even where a call is still demanded: loops end."""
    messages = [{"role": "user", "content": "q"}, {"role": "tool", "content": "42"}]
    assert demo.call(messages, {"tools": TOOLS, "tool_choice": "required"}) is None
    assert "The tool answered: 42" in demo.answer(messages)
