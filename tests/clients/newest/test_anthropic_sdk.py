"""The official Python client of Anthropic: relayed to a server of that format, and translated over one of OpenAI's."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from pydantic import BaseModel

from tests.clients.ways import Servers, Way, tell

CLIENT, PACKAGES = "anthropic (Python)", ("anthropic",)
TRIED = "messages, streams, tool use, output schema, tokens, errors, retries; sync and async"
WEATHER: Any = {"name": "weather", "description": "The weather of a city.", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}}}
CLOCK: Any = {"name": "clock", "input_schema": {"type": "object", "properties": {"zone": {"type": "string"}}}}
ASKED: Any = [{"role": "user", "content": "What could I cook tonight?"}]


class Echo(BaseModel):
    """What the fakes' model `echo` answers with: the request that arrived."""

    model: str


def client(way: Way, retries: int = 0, **more: Any) -> Anthropic:
    return Anthropic(base_url=way.url, api_key="sk-fake", max_retries=retries, default_headers=way.headers, **more)


def ask(way: Way, words: str = "", **more: Any) -> Any:
    """One message, whole."""
    return client(way).messages.create(**{"model": way.model(words), "max_tokens": 100, "messages": ASKED, **more})


def test_an_answer(messages: Way) -> None:
    """A message is answered, with counts."""
    answer = ask(messages, system="Be brief.")
    assert (answer.type, answer.role, answer.stop_reason) == ("message", "assistant", "end_turn")
    assert "The quick way" in answer.content[0].text
    assert answer.usage.input_tokens > 0 < answer.usage.output_tokens
    assert "Be brief." in messages.fake.last().body


def test_an_id_to_ask_support_about(messages: Way) -> None:
    """The client finds the id of the request where Anthropic puts it."""
    assert ask(messages)._request_id


def test_a_stream(messages: Way) -> None:
    """Events come in Anthropic's order, the text in pieces, with counts at the end."""
    asked = {"model": messages.model(), "max_tokens": 100, "messages": ASKED}
    events: list[Any] = list(client(messages).messages.create(**asked, stream=True))  # type: ignore
    kinds = [event.type for event in events if event.type != "ping"]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert kinds.count("content_block_delta") > 8
    assert next(event for event in events if event.type == "message_delta").usage.output_tokens > 0
    with client(messages).messages.stream(**asked) as stream:
        text = "".join(stream.text_stream)
        whole: Any = stream.get_final_message()
    assert "The quick way" in text
    assert whole.content[0].text == text
    assert whole.usage.output_tokens > 0
    assert whole.stop_reason == "end_turn"


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("tools", [[WEATHER], [WEATHER, CLOCK]], ids=["one use", "parallel uses"])
def test_tool_use(messages: Way, tools: Any, streamed: bool) -> None:
    """Uses come with their ids, names and inputs, and the results that go back are answered."""
    if streamed:
        with client(messages).messages.stream(
                model=messages.model("tools"), max_tokens=100, messages=ASKED, tools=tools) as stream:
            answer: Any = stream.get_final_message()
    else:
        answer = ask(messages, "tools", tools=tools)
    assert answer.stop_reason == "tool_use"
    uses = [block for block in answer.content if block.type == "tool_use"]
    assert [use.name for use in uses] == [tool["name"] for tool in tools]
    assert uses[0].input["city"].startswith("Zürich")
    results = [{"type": "tool_result", "tool_use_id": use.id, "content": "sunny"} for use in uses]
    said = [block.model_dump(exclude_none=True, include={"type", "id", "name", "input", "text"})
            for block in answer.content]
    history = [*ASKED, {"role": "assistant", "content": said}, {"role": "user", "content": results}]
    last = ask(messages, "tools", tools=tools, messages=history)
    assert "The quick way" in last.content[0].text
    assert "sunny" in messages.fake.last().body


def test_tool_choice(messages: Way) -> None:
    """A tool can be named, all of them forbidden, or only one call be wanted."""
    tools = [WEATHER, CLOCK]
    forced = ask(messages, "tools", tools=tools, tool_choice={"type": "tool", "name": "clock"})
    assert [block.name for block in forced.content if block.type == "tool_use"] == ["clock"]
    forbidden = ask(messages, "tools", tools=tools, tool_choice={"type": "none"})
    assert not [block for block in forbidden.content if block.type == "tool_use"]
    one = ask(messages, "tools", tools=tools, tool_choice={"type": "auto", "disable_parallel_tool_use": True})
    assert len([block for block in one.content if block.type == "tool_use"]) == 1


def test_a_picture(messages: Way) -> None:
    """A picture in a message reaches the provider, in its own way of saying it."""
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    parts = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
    ask(messages, messages=[{"role": "user", "content": parts}])
    assert "iVBORw0KGgo=" in messages.fake.last().body


def test_parts_of_all_kinds(messages: Way) -> None:
    """System text in blocks with cache marks, results in parts, errors of tools: the provider sees them all."""
    cached = {"type": "ephemeral"}
    system = [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind.", "cache_control": cached}]
    use = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Bern"}}
    other = {"type": "tool_use", "id": "toolu_2", "name": "clock", "input": {}}
    results = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "sunny spells"}]},
        {"type": "tool_result", "tool_use_id": "toolu_2", "content": "clock broken", "is_error": True},
        {"type": "text", "text": "And now?", "cache_control": cached},
    ]
    said = {"role": "assistant", "content": [{"type": "text", "text": "I'll look."}, use, other]}
    talk = [*ASKED, said, {"role": "user", "content": results}]
    ask(messages, system=system, messages=talk, tools=[WEATHER, CLOCK], stop_sequences=["END"])
    seen = messages.fake.last()
    places = [seen.body.index(text) for text in ("I'll look.", "sunny spells", "clock broken", "And now?")]
    assert places == sorted(places)
    assert "Be brief." in seen.body and "Be kind." in seen.body
    assert ["END"] in (seen.json.get("stop_sequences"), seen.json.get("stop"))


def test_a_missing_limit(messages: Way) -> None:
    """`max_tokens` must be there, as Anthropic has it."""
    body: Any = {"model": messages.model(), "messages": ASKED}
    with pytest.raises(anthropic.BadRequestError):
        client(messages).post("/v1/messages", body=body, cast_to=object)


def test_an_output_schema(messages: Way) -> None:
    """An answer after a JSON schema is parsed into the client's own class."""
    answer = client(messages).messages.parse(
        model=messages.model("echo"), max_tokens=100, messages=ASKED, output_format=Echo)
    assert answer.parsed_output
    assert answer.parsed_output.model == messages.fake.last().json["model"]
    assert "json_schema" in messages.fake.last().body


def test_thinking(messages: Way) -> None:
    """Thoughts come as a block of their own before the answer, in a stream, too."""
    if messages.name == "translated":
        pytest.skip("thoughts without Anthropic's signature cannot be sent back, so none are made up")
    with client(messages).messages.stream(
            model=messages.model("reasoning"), max_tokens=100, messages=ASKED) as stream:
        assert [block.type for block in stream.get_final_message().content] == ["thinking", "text"]


CLASSES = {
    400: anthropic.BadRequestError, 401: anthropic.AuthenticationError, 403: anthropic.PermissionDeniedError,
    404: anthropic.NotFoundError, 429: anthropic.RateLimitError, 500: anthropic.InternalServerError,
}  # fmt: skip


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("status", CLASSES)
def test_errors(messages: Way, status: int, streamed: bool) -> None:
    """An error of the provider raises the class that it raises without Rapport, in Anthropic's envelope."""
    with pytest.raises(CLASSES[status]) as caught:
        ask(messages, f"e={status}", stream=streamed)
    error: Any = caught.value
    assert error.status_code == status
    assert error.body["type"] == "error"
    assert error.body["error"]["message"] and error.body["error"]["type"]


def test_overload(messages: Way) -> None:
    """Anthropic's own status for an overload arrives as that."""
    with pytest.raises(anthropic.InternalServerError) as caught:
        ask(messages, "e=529")
    assert caught.value.status_code == 529


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_retries(messages: Way, streamed: bool) -> None:
    """The client tries again as often as it would without Rapport, and waits as long as the provider says."""
    messages.fake.reset()
    start = time.monotonic()
    with pytest.raises(anthropic.RateLimitError):
        list(client(messages, retries=1).messages.create(
            model=messages.model("e=429"), max_tokens=100, messages=ASKED, stream=streamed))  # type: ignore
    assert len(messages.fake.requests()) == 2
    assert 1.0 <= time.monotonic() - start < 3.0


@pytest.mark.parametrize("fault", ["cut=8", "errorevent=8"])
def test_a_broken_stream(messages: Way, fault: str) -> None:
    """A stream that breaks off raises an error and never looks like a finished message."""
    kinds: list[str] = []
    with pytest.raises(Exception):  # noqa: B017
        for event in client(messages).messages.create(
                model=messages.model(fault), max_tokens=100, messages=ASKED, stream=True):
            kinds.append(event.type)
    assert "content_block_delta" in kinds
    assert "message_stop" not in kinds


def test_counting_tokens(messages: Way) -> None:
    """Tokens are counted where the provider can."""
    if messages.name == "translated":
        with pytest.raises(anthropic.NotFoundError):
            client(messages).messages.count_tokens(model=messages.model(), messages=ASKED)
        return
    assert client(messages).messages.count_tokens(model=messages.model(), messages=ASKED).input_tokens > 0


def test_models(messages: Way) -> None:
    """Models are listed in Anthropic's way."""
    assert "claude-fake-large" in {model.id for model in client(messages).models.list()}


def test_batches_are_not_there(messages: Way) -> None:
    """What neither the fake nor Rapport has raises the client's own class."""
    with pytest.raises(anthropic.NotFoundError):
        client(messages).messages.batches.list()


async def test_async(messages: Way) -> None:
    """Ten streams side by side: each is whole."""
    async with AsyncAnthropic(base_url=messages.url, api_key="sk-fake", default_headers=messages.headers) as asks:
        async def one(number: int) -> str:
            line: Any = [{"role": "user", "content": f"number {number}"}]
            async with asks.messages.stream(
                    model=messages.model("prompt"), max_tokens=100, messages=line) as stream:
                return "".join([text async for text in stream.text_stream])

        for number, text in enumerate(await asyncio.gather(*map(one, range(10)))):
            assert f"number {number}" in json.dumps(json.loads(text)["messages"][-1])


async def test_leaving_a_stream_ends_it(messages: Way) -> None:
    """Whoever stops reading stops the provider, too."""
    messages.fake.reset()
    async with AsyncAnthropic(base_url=messages.url, api_key="sk-fake", default_headers=messages.headers) as asks:
        stream = await asks.messages.create(
            model=messages.model("c=200;d=50"), max_tokens=100, messages=ASKED, stream=True)
        async for _ in stream:
            break
        await stream.close()
    assert await asyncio.to_thread(messages.fake.wait, "busy", 0)


@pytest.mark.parametrize("model", ["claude-opus-4-6", "gpt-4o"], ids=["relayed", "translated"])
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_person_is_known_by_their_metadata(servers: Servers, model: str, streamed: bool) -> None:
    """The summary goes behind the system text and not into the conversation."""
    tell(servers.rapport, "anthropic", "I'm vegan.")
    with Anthropic(base_url=servers.rapport.url, api_key="x") as asks:
        answer: Any = asks.messages.create(model=model, max_tokens=100, messages=ASKED, system="Be brief.",
                                           metadata={"user_id": "anthropic"}, stream=streamed)
        list(answer)
    seen = (servers.anthropic if model == "claude-opus-4-6" else servers.openai).last().json
    *talk, question = seen["messages"]
    system = json.dumps([seen.get("system"), talk])
    assert system.index("Be brief.") < system.index("vegan")
    assert "vegan" not in json.dumps(question)
