"""OpenAI's Agents SDK, over chat completions and over the Responses API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel

from tests.clients.ways import CHAT, RESPONSES, Servers, Way, tell, way

CLIENT, PACKAGES = "OpenAI Agents", ("openai-agents",)
TRIED = "chat and Responses models: runs, streams, tool loops, hand-offs, output types, previous_response_id, errors"
WAYS = [(kind, name) for kind, ways in (("chat", CHAT), ("responses", RESPONSES)) for name in ways]
set_tracing_disabled(True)


class Echo(BaseModel):
    """What the fake's model `echo` answers with: the request that arrived."""

    model: str


class Asked:
    """One of the two models on one way."""

    def __init__(self, kind: str, at: Way) -> None:
        self.kind = kind
        self.way = at
        self.client = AsyncOpenAI(base_url=at.base, api_key="sk-fake", max_retries=0, default_headers=at.headers)

    def model(self, words: str = "") -> Any:
        """The SDK's model, answering as `words` say."""
        model: Any = OpenAIChatCompletionsModel if self.kind == "chat" else OpenAIResponsesModel
        return model(model=self.way.model(words), openai_client=self.client)


@pytest.fixture(params=WAYS, ids=lambda param: f"{param[0]}-{param[1]}")
async def asked(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Asked]:
    """Each model on each of its ways."""
    kind, name = request.param
    made = Asked(kind, way(servers, CHAT if kind == "chat" else RESPONSES, name))
    yield made
    await made.client.close()


async def run(agent: Any, text: Any, streamed: bool, **more: Any) -> Any:
    """Run an agent to its end."""
    if not streamed:
        return await Runner.run(agent, text, **more)
    result = Runner.run_streamed(agent, text, **more)
    async for _ in result.stream_events():
        pass
    return result


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_run(asked: Asked, streamed: bool) -> None:
    """An answer, with counts."""
    result = await run(Agent(name="a", instructions="Be brief.", model=asked.model(),
                             model_settings=ModelSettings(include_usage=True)), "Hello", streamed)
    assert "The quick way" in result.final_output
    assert result.context_wrapper.usage.output_tokens > 0


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_tool_loop(asked: Asked, streamed: bool) -> None:
    """Both tools are called with their arguments, and the answer follows their results."""
    called: list[str] = []

    @function_tool
    def weather(city: str) -> str:
        """The weather of a city."""
        called.append(city)
        return "sunny"

    @function_tool
    def clock(hour: int) -> str:
        """The time."""
        called.append(str(hour))
        return "noon"

    agent = Agent(name="a", model=asked.model("tools"), tools=[weather, clock])
    result = await run(agent, "How is the weather?", streamed)
    assert "The quick way" in result.final_output
    assert sorted(called) == ["3", 'Zürich, 1 "quoted" word']
    assert "sunny" in asked.way.fake.last().body


async def test_a_hand_off(asked: Asked) -> None:
    """One agent hands over to another, which answers."""
    other = Agent(name="Other", model=asked.model())
    result = await run(Agent(name="First", model=asked.model("tools"), handoffs=[other]), "Hello", True)
    assert result.last_agent is other
    assert "The quick way" in result.final_output


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_an_output_type(asked: Asked, streamed: bool) -> None:
    """Structured output by a JSON schema."""
    result = await run(Agent(name="a", model=asked.model("echo"), output_type=Echo), "Who?", streamed)
    assert result.final_output.model == asked.way.fake.last().json["model"]


async def test_a_conversation(asked: Asked) -> None:
    """Earlier items go along."""
    agent = Agent(name="a", model=asked.model("prompt"))
    first = await run(agent, "the first thing", False)
    second = await run(agent, [*first.to_input_list(), {"role": "user", "content": "the second thing"}], False)
    assert second.final_output.index("the first thing") < second.final_output.rindex("the second thing")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_conversation_by_its_id(responses: Way, streamed: bool) -> None:
    """Only what is new is sent, and the model sees the rest all the same."""
    made = Asked("responses", responses)
    agent = Agent(name="a", model=made.model("prompt"))
    first = await run(agent, "the first thing", streamed)
    second = await run(agent, "the second thing", streamed, previous_response_id=first.last_response_id)
    assert second.final_output.index("the first thing") < second.final_output.rindex("the second thing")
    await made.client.close()


async def test_errors(asked: Asked) -> None:
    """They are those of the official client."""
    with pytest.raises(openai.RateLimitError):
        await run(Agent(name="a", model=asked.model("e=429")), "Hello", False)


@pytest.mark.parametrize("kind", ["chat", "responses"])
async def test_a_person_is_known(servers: Servers, kind: str) -> None:
    """The summary is there for whom the request names, behind the instructions."""
    person = f"agents-{kind}"
    tell(servers.rapport, person, "I'm vegan.")
    made = Asked(kind, Way("known", servers.rapport.url, servers.openai, "gpt-4o"))
    agent = Agent(name="a", instructions="Be brief.", model=made.model(),
                  model_settings=ModelSettings(extra_args={"user": person}))
    await run(agent, "What could I cook?", False)
    seen = json.dumps(servers.openai.last().json)
    assert person in seen
    assert "vegan" in seen
    await made.client.close()
