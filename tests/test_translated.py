"""A backend of another wire format, through the whole server: litellm translates, the chain stays the same."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake, serving
from tests.rapport import Running, running

TOOL: Any = {"type": "function", "function": {"name": "look", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}}


@pytest.fixture(scope="module")
def anthropic() -> Iterator[Fake]:
    with serving("anthropic_api") as fake:
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, anthropic: Fake) -> Iterator[Running]:
    backend = {"models": ["*"], "use": "anthropic/{model}", "api_base": anthropic.url, "api_key": "env:FAKE_KEY"}
    with running(tmp_path_factory.mktemp("translated"), backends=[backend]) as server:
        yield server


def ask(server: Running, text: str, stream: bool, model: str = "claude-x", **fields: Any) -> Any:
    """The last message of an answer, put together from its chunks where it is streamed."""
    messages: Any = [{"role": "user", "content": text}]
    with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        if not stream:
            answer = client.chat.completions.create(model=model, messages=messages, user="ann", **fields)
            return answer.choices[0].message
        with client.chat.completions.stream(model=model, messages=messages, user="ann", **fields) as events:
            return events.get_final_completion().choices[0].message


@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_is_translated_with_what_was_injected(server: Running, anthropic: Fake, stream: bool) -> None:
    """The summary reaches a provider whose format is not OpenAI's, and its answer comes back as OpenAI's."""
    ask(server, "I'm vegan.", stream)
    assert ask(server, "What could I cook?", stream).content
    seen = anthropic.last()
    assert seen.path == "/v1/messages"
    assert "vegan" in str(seen.json["system"])
    assert "What could I cook?" in str(seen.json["messages"])


@pytest.mark.parametrize("stream", [False, True])
def test_tool_calls_are_translated(server: Running, stream: bool) -> None:
    """A tool call of the provider is a tool call of OpenAI's, streamed or not."""
    call = ask(server, "look", stream, "claude-x;tools", tools=[TOOL]).tool_calls[0]
    assert call.function.name == "look"
    assert call.function.arguments.startswith("{")


def test_errors_are_translated(server: Running) -> None:
    """A provider's 429 raises the class that it would raise at OpenAI."""
    with pytest.raises(openai.RateLimitError):
        ask(server, "hi", False, "claude-x;e=429")
