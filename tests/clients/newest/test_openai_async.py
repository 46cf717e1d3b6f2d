"""The official Python client, asynchronous."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.clients.newest.test_openai_chat import ASKED, CLIENT, CLOCK, PACKAGES, TRIED, WEATHER, Seen
from tests.clients.ways import Way

__all__ = ["CLIENT", "PACKAGES", "TRIED"]


def client(way: Way, retries: int = 0) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=way.base, api_key="sk-fake", max_retries=retries, default_headers=way.headers)


async def test_many_at_once(chat: Way) -> None:
    """Twenty streams side by side: each is whole."""
    async with client(chat) as ask:
        async def one(number: int) -> str:
            line = [{"role": "user", "content": f"number {number}"}]
            stream: Any = await ask.chat.completions.create(
                model=chat.model("prompt"), messages=line, stream=True)  # type: ignore
            return "".join([choice.delta.content or "" async for chunk in stream for choice in chunk.choices])

        for number, text in enumerate(await asyncio.gather(*map(one, range(20)))):
            assert f"number {number}" in json.dumps(json.loads(text)["messages"][-1])


async def test_tool_calls_in_a_stream(chat: Way) -> None:
    """Parallel calls are put together from their pieces."""
    async with client(chat) as ask, ask.chat.completions.stream(
            model=chat.model("tools"), messages=ASKED, tools=[WEATHER, CLOCK]) as events:
        answer = await events.get_final_completion()
    calls = answer.choices[0].message.tool_calls or []
    assert [call.function.name for call in calls] == ["weather", "clock"]
    assert all(json.loads(call.function.arguments) for call in calls)


async def test_leaving_a_stream_ends_it(chat: Way) -> None:
    """Whoever stops reading stops the provider, too."""
    chat.fake.reset()
    async with client(chat) as ask:
        stream: Any = await ask.chat.completions.create(
            model=chat.model("c=200;d=50"), messages=ASKED, stream=True)
        async for _ in stream:
            break
        await stream.close()
    assert await asyncio.to_thread(chat.fake.wait, "busy", 0)


async def test_a_cancelled_task_ends_its_request(chat: Way) -> None:
    """A task that is cancelled before the first byte stops the provider, too."""
    chat.fake.reset()
    async with client(chat) as ask:
        task = asyncio.ensure_future(ask.chat.completions.create(model=chat.model("hang"), messages=ASKED))
        assert await asyncio.to_thread(chat.fake.wait, "busy", 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.to_thread(chat.fake.wait, "busy", 0)


async def test_errors(chat: Way) -> None:
    """They raise the client's own classes."""
    async with client(chat) as ask:
        with pytest.raises(openai.RateLimitError):
            await ask.chat.completions.create(model=chat.model("e=429"), messages=ASKED)


async def test_retries(chat: Way) -> None:
    """The client tries again as often as without Rapport."""
    chat.fake.reset()
    async with client(chat, retries=1) as ask:
        with pytest.raises(openai.RateLimitError):
            await ask.chat.completions.create(model=chat.model("e=429"), messages=ASKED)
    assert len(chat.fake.requests()) == 2


async def test_responses_in_a_stream(responses: Way) -> None:
    """A response is put together from its events."""
    async with client(responses) as ask, ask.responses.stream(model=responses.model(), input="Hello") as events:
        answer = await events.get_final_response()
    assert "The quick way" in answer.output_text


async def test_a_parsed_answer(chat: Way) -> None:
    """A JSON schema's answer is parsed."""
    async with client(chat) as ask:
        answer = await ask.chat.completions.parse(
            model=chat.model("prompt"), messages=ASKED, response_format=Seen)
    assert answer.choices[0].message.parsed


async def test_embeddings(embeddings: Way) -> None:
    """Vectors are decoded."""
    async with client(embeddings) as ask:
        answer = await ask.embeddings.create(model=embeddings.model(), input="red wine")
    assert sum(value * value for value in answer.data[0].embedding) == pytest.approx(1, abs=1e-3)
