"""pydantic-ai with its three models: OpenAI's chat, OpenAI's Responses, Anthropic's Messages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ToolOutput, UnexpectedModelBehavior
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from tests.clients.ways import CHAT, MESSAGES, RESPONSES, Servers, Way, tell, way

CLIENT, PACKAGES = "pydantic-ai", ("pydantic-ai-slim",)
TRIED = "chat, Responses and Anthropic models: runs, streams, tool loops, structured output, usage, errors"
WAYS = [(kind, name) for kind, ways in (("chat", CHAT), ("responses", RESPONSES), ("messages", MESSAGES))
        for name in ways]


class Person(BaseModel):
    """A person."""

    name: str
    age: int


class Echo(BaseModel):
    """What the fakes' model `echo` answers with: the request that arrived."""

    model: str


class Asked:
    """One of the three models on one way."""

    def __init__(self, kind: str, at: Way) -> None:
        self.kind = kind
        self.way = at
        if kind == "messages":
            self.client: Any = AsyncAnthropic(
                base_url=at.url, api_key="sk-fake", max_retries=0, default_headers=at.headers)
        else:
            self.client = AsyncOpenAI(
                base_url=at.base, api_key="sk-fake", max_retries=0, default_headers=at.headers)

    def model(self, words: str = "") -> Any:
        """pydantic-ai's model, answering as `words` say."""
        name = self.way.model(words)
        if self.kind == "messages":
            return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=self.client))
        model = OpenAIChatModel if self.kind == "chat" else OpenAIResponsesModel
        return model(name, provider=OpenAIProvider(openai_client=self.client))


@pytest.fixture(params=WAYS, ids=lambda param: f"{param[0]}-{param[1]}")
async def asked(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Asked]:
    """Each model on each of its ways."""
    kind, name = request.param
    made = Asked(kind, way(servers, {"chat": CHAT, "responses": RESPONSES, "messages": MESSAGES}[kind], name))
    yield made
    await made.client.close()


async def test_a_run(asked: Asked) -> None:
    """An answer, with counts."""
    result = await Agent(asked.model(), instructions="Be brief.").run("Hello")
    assert "The quick way" in result.output
    assert result.usage.input_tokens > 0 < result.usage.output_tokens


async def test_a_stream(asked: Asked) -> None:
    """The text comes in pieces."""
    async with Agent(asked.model()).run_stream("Hello") as stream:
        pieces = [piece async for piece in stream.stream_text(delta=True, debounce_by=None)]
    assert len(pieces) > 8
    assert "The quick way" in "".join(pieces)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_tool_loop(asked: Asked, streamed: bool) -> None:
    """Both tools are called with their arguments, and the answer follows their results."""
    called: list[str] = []
    agent = Agent(asked.model("tools"))

    @agent.tool_plain
    def weather(city: str) -> str:
        called.append(city)
        return "sunny"

    @agent.tool_plain
    def clock(hour: int) -> str:
        called.append(str(hour))
        return "noon"

    if streamed:
        async with agent.run_stream("How is the weather?") as stream:
            output = await stream.get_output()
    else:
        output = (await agent.run("How is the weather?")).output
    assert "The quick way" in output
    assert sorted(called) == ["3", 'Zürich, 1 "quoted" word']
    assert "sunny" in asked.way.fake.last().body


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_output_by_a_tool(asked: Asked, streamed: bool) -> None:
    """Structured output, the way that is the default: a tool that the model must call."""
    agent = Agent(asked.model("tools"), output_type=ToolOutput(Person))
    if streamed:
        async with agent.run_stream("Who?") as stream:
            partial = [one async for one in stream.stream_output(debounce_by=None)]
            output = await stream.get_output()
        assert partial
    else:
        output = (await agent.run("Who?")).output
    assert output == Person(name='Zürich, 1 "quoted" word', age=3)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_output_by_a_schema(asked: Asked, streamed: bool) -> None:
    """Structured output by a JSON schema."""
    agent = Agent(asked.model("echo"), output_type=NativeOutput(Echo))
    try:
        if streamed:
            async with agent.run_stream("Who?") as stream:
                output = await stream.get_output()
        else:
            output = (await agent.run("Who?")).output
    except Exception as error:
        if "not supported" in str(error):
            pytest.skip("pydantic-ai offers no schema for a model of this name")
        raise
    assert output.model == asked.way.fake.last().json["model"]


async def test_a_conversation(asked: Asked) -> None:
    """Earlier messages go along."""
    agent = Agent(asked.model("prompt"))
    first = await agent.run("the first thing")
    second = await agent.run("the second thing", message_history=first.all_messages())
    assert second.output.index("the first thing") < second.output.rindex("the second thing")


async def test_a_conversation_by_its_id(servers: Servers) -> None:
    """With the Responses model only what is new is sent, and the model sees the rest all the same."""
    for name in RESPONSES:
        made = Asked("responses", way(servers, RESPONSES, name))
        agent: Any = Agent(made.model("prompt"))
        settings: Any = {"openai_previous_response_id": "auto"}
        first = await agent.run("the first thing", model_settings=settings)
        second = await agent.run("the second thing", message_history=first.all_messages(), model_settings=settings)
        assert second.output.index("the first thing") < second.output.rindex("the second thing")
        await made.client.close()


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_errors(asked: Asked, status: int) -> None:
    """An error of the provider has its status and, in its body, the provider's words."""
    with pytest.raises(ModelHTTPError) as caught:
        await Agent(asked.model(f"e={status}")).run("Hello")
    assert caught.value.status_code == status
    body: Any = caught.value.body
    assert (body.get("error") or body)["message"]


@pytest.mark.parametrize("fault", ["cut=8", "errorevent=8"])
async def test_a_broken_stream(asked: Asked, fault: str) -> None:
    """A stream that breaks off does not look like an answer."""
    with pytest.raises(Exception) as caught:
        async with Agent(asked.model(fault)).run_stream("Hello") as stream:
            await stream.get_output()
    assert not isinstance(caught.value, UnexpectedModelBehavior) or "finish" not in str(caught.value)


@pytest.mark.parametrize("kind", ["chat", "responses", "messages"])
async def test_a_person_is_known(servers: Servers, kind: str) -> None:
    """The summary is there for whom the request names, behind the instructions."""
    person = f"pydantic-{kind}"
    tell(servers.rapport, person, "I'm vegan.")
    ways = {"chat": CHAT, "responses": RESPONSES, "messages": MESSAGES}[kind]
    at = way(servers, ways, {"chat": "relay", "responses": "native", "messages": "relayed"}[kind])
    made = Asked(kind, Way(at.name, at.url, at.fake, at.family))
    named: Any = {"anthropic_metadata": {"user_id": person}} if kind == "messages" else {"openai_user": person}
    await Agent(made.model(), instructions="Be brief.").run("What could I cook?", model_settings=named)
    seen = json.dumps(at.fake.last().json)
    assert person in seen
    assert seen.index("Be brief.") < seen.index("vegan")
    await made.client.close()
