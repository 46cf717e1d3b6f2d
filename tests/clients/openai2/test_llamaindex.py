"""LlamaIndex: OpenAILike, and the embeddings of that name."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.program.function_program import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from tests.clients.ways import Servers, Way, tell

CLIENT, PACKAGES = "LlamaIndex", ("llama-index-llms-openai-like",)
TRIED = "chat, completion prompts, streams, tool loops, structured prediction, embeddings, errors; sync and async"
HELLO = [ChatMessage(role=MessageRole.SYSTEM, content="Be brief."), ChatMessage(content="What could I cook?")]


class Person(BaseModel):
    """A person."""

    name: str
    age: int


def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def clock(zone: str) -> str:
    """The time of a zone."""
    return f"noon in {zone}"


TOOLS = [FunctionTool.from_defaults(weather), FunctionTool.from_defaults(clock)]


def client(way: Way, words: str = "", **more: Any) -> OpenAILike:
    return OpenAILike(**{
        "model": way.model(words), "api_base": way.base, "api_key": "sk-fake", "is_chat_model": True,
        "is_function_calling_model": True, "max_retries": 0, "default_headers": way.headers, **more})


def test_an_answer(chat: Way) -> None:
    """A chat is answered, and so is a prompt."""
    answer = client(chat).chat(HELLO)
    assert "The quick way" in (answer.message.content or "")
    assert answer.raw.usage.completion_tokens > 0  # type: ignore
    assert "The quick way" in client(chat).complete("Hello").text


def test_a_stream(chat: Way) -> None:
    """The text comes in pieces that add up."""
    pieces = list(client(chat).stream_chat(HELLO))
    assert len(pieces) > 8
    assert "".join(piece.delta or "" for piece in pieces) == pieces[-1].message.content


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_tool_loop(chat: Way, streamed: bool) -> None:
    """Parallel calls, or one from its pieces, and the answer to their results."""
    model = client(chat, "tools")
    # LlamaIndex itself takes the pieces of parallel calls apart only where they come one call after the other.
    tools = TOOLS[:1] if streamed else TOOLS
    if streamed:
        *_, answer = model.stream_chat_with_tools(tools, chat_history=HELLO)
    else:
        answer = model.chat_with_tools(tools, chat_history=HELLO, allow_parallel_tool_calls=True)
    calls = model.get_tool_calls_from_response(answer)
    assert [call.tool_name for call in calls] == ["weather", "clock"][:len(tools)]
    assert calls[0].tool_kwargs["city"].startswith("Zürich")
    results = [ChatMessage(role=MessageRole.TOOL, content="sunny", additional_kwargs={"tool_call_id": call.tool_id})
               for call in calls]
    last = model.chat_with_tools(TOOLS, chat_history=[*HELLO, answer.message, *results])
    assert "The quick way" in (last.message.content or "")
    assert "sunny" in chat.fake.last().body


def test_structured_prediction(chat: Way) -> None:
    """An answer in a class of the client's own, by a tool."""
    found: Any = client(chat, "tools").as_structured_llm(Person).chat(HELLO).raw
    assert (found.name, found.age) == ('Zürich, 1 "quoted" word', 3)


async def test_async(chat: Way) -> None:
    """The asynchronous client, whole and in pieces."""
    model = client(chat)
    assert "The quick way" in ((await model.achat(HELLO)).message.content or "")
    pieces = [piece async for piece in await model.astream_chat(HELLO)]
    assert len(pieces) > 8


def test_errors(chat: Way) -> None:
    """They are those of the official client."""
    with pytest.raises(openai.RateLimitError):
        client(chat, "e=429").chat(HELLO)


def test_retries(chat: Way) -> None:
    """The client tries again as often as without Rapport."""
    chat.fake.reset()
    with pytest.raises(openai.InternalServerError):
        client(chat, "e=500", max_retries=1).chat(HELLO)
    assert len(chat.fake.requests()) == 2


def test_embeddings(embeddings: Way) -> None:
    """Vectors of texts and of a query are in one space."""
    model = OpenAILikeEmbedding(model_name=embeddings.model(), api_base=embeddings.base, api_key="sk-fake",
                                default_headers=embeddings.headers)
    texts = model.get_text_embedding_batch(["red wine", "a bicycle"])
    assert model.get_query_embedding("red wine") == pytest.approx(texts[0], abs=1e-6)


def test_a_person_is_known_by_their_user_field(servers: Servers) -> None:
    """The summary is there for whom the field names."""
    tell(servers.rapport, "llama", "I'm vegan.")
    way = Way("known", servers.rapport.url, servers.openai, "gpt-4o")
    client(way, additional_kwargs={"user": "llama"}).chat(HELLO)
    *before, question = servers.openai.last().json["messages"]
    assert "vegan" in json.dumps(before)
    assert "vegan" not in json.dumps(question)
