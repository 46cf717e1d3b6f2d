"""LangChain's ChatOpenAI: its own standard tests, and what they leave out."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests
from pydantic import BaseModel, SecretStr

from tests.clients.ways import Servers, Way, tell

CLIENT, PACKAGES = "LangChain", ("langchain-openai",)
TRIED = "its standard integration tests over chat and Responses, tool loops, structured output, usage, embeddings"


class Standard(ChatModelIntegrationTests):
    """LangChain's tests of a chat model; pictures and documents are left out, for it would fetch them."""

    way: Way
    more: dict[str, Any] = {"stream_usage": True}  # noqa: RUF012

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {**target(self.way), "model": self.way.model("tools"), **self.more}

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        return {"method": "function_calling"}

    @property
    def supports_image_inputs(self) -> bool:
        return False

    @property
    def model_override_value(self) -> str:
        return self.way.model("tools;other")

    def made(self, request: Any) -> ChatOpenAI:
        """The model of a test, with what that test adds."""
        added = getattr(request, "param", None) or {}
        return ChatOpenAI(**{**self.standard_chat_model_params, **self.chat_model_params, **added})

    @pytest.mark.xfail(reason="The fake's arguments do not depend on the question.")
    def test_unicode_tool_call_integration(self, model: Any) -> None:
        """It wants Chinese back."""
        super().test_unicode_tool_call_integration(model)


class TestChat(Standard):
    """Over chat completions."""

    @pytest.fixture
    def model(self, request: Any, chat: Way) -> Any:
        self.way = chat
        return self.made(request)


class TestResponses(Standard):
    """Over the Responses API, which has no stop sequences."""

    more: dict[str, Any] = {"use_responses_api": True}  # noqa: RUF012

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {name: value for name, value in super().standard_chat_model_params.items() if name != "stop"}

    @pytest.fixture
    def model(self, request: Any, responses: Way) -> Any:
        self.way = responses
        return self.made(request)


class Person(BaseModel):
    """A person."""

    name: str
    age: int


class Echo(BaseModel):
    """What the fake's model `echo` answers with: the request that arrived."""

    model: str


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


@tool
def clock(zone: str) -> str:
    """The time of a zone."""
    return f"noon in {zone}"


def target(way: Way) -> dict[str, Any]:
    return {"base_url": way.base, "api_key": SecretStr("sk-fake"), "default_headers": way.headers}


def client(way: Way, model: str, **more: Any) -> ChatOpenAI:
    return ChatOpenAI(**{**target(way), "model": model, "max_retries": 0, **more})


def loop(model: ChatOpenAI, streamed: bool) -> AIMessage:
    """Ask, call what is called, and bring the results back."""
    bound = model.bind_tools([weather, clock])
    talk: list[Any] = [HumanMessage("How is the weather?")]
    if streamed:
        said: Any = None
        for chunk in bound.stream(talk):
            said = chunk if said is None else said + chunk
    else:
        said = bound.invoke(talk)
    assert [call["name"] for call in said.tool_calls] == ["weather", "clock"]
    assert said.tool_calls[0]["args"]["city"].startswith("Zürich")
    results = [{"weather": weather, "clock": clock}[call["name"]].invoke(call) for call in said.tool_calls]
    assert all(isinstance(result, ToolMessage) for result in results)
    last = bound.invoke([*talk, said, *results])
    assert isinstance(last, AIMessage)
    return last


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_tool_loop(chat: Way, streamed: bool) -> None:
    """Parallel calls, whole or in chunks, and the answer to their results."""
    assert "The quick way" in loop(client(chat, chat.model("tools")), streamed).text


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("by_id", [False, True], ids=["with the items", "with the id"])
def test_a_tool_loop_over_responses(responses: Way, streamed: bool, by_id: bool) -> None:
    """The same over the Responses API, with all that was said or with the id of the response."""
    model = client(responses, responses.model("tools"), use_responses_api=True, use_previous_response_id=by_id)
    assert "The quick way" in loop(model, streamed).text
    assert bool(by_id) == bool(model.use_previous_response_id)
    if responses.name in ("direct", "native") and by_id:
        assert responses.fake.last().json["previous_response_id"].startswith("resp_")


@pytest.mark.parametrize("method", ["function_calling", "json_schema"])
def test_structured_output(chat: Way, method: Any) -> None:
    """An answer in a class of the client's own, by a tool or by a JSON schema, whole and as a stream."""
    words, schema = ("tools", Person) if method == "function_calling" else ("echo", Echo)
    model = client(chat, chat.model(words)).with_structured_output(schema, method=method)
    assert isinstance(model.invoke("Who?"), schema)
    *_, last = model.stream("Who?")
    assert isinstance(last, schema)


def test_usage_in_a_stream(chat: Way) -> None:
    """With `stream_usage` the chunks add up to counts."""
    whole: Any = None
    for chunk in client(chat, chat.model(), stream_usage=True).stream("Hello"):
        assert isinstance(chunk, AIMessageChunk)
        whole = chunk if whole is None else whole + chunk
    assert whole.usage_metadata["input_tokens"] > 0 < whole.usage_metadata["output_tokens"]


def test_a_conversation_goes_on_by_its_id(responses: Way) -> None:
    """LangChain leaves out what the server has kept, and the model sees it all the same."""
    model = client(responses, responses.model("prompt"), use_responses_api=True, use_previous_response_id=True)
    first = model.invoke("the first thing")
    second = model.invoke([HumanMessage("the first thing"), first, HumanMessage("the second thing")])
    assert second.text.index("the first thing") < second.text.rindex("the second thing")


def test_errors(chat: Way) -> None:
    """They are those of the official client."""
    with pytest.raises(openai.RateLimitError):
        client(chat, chat.model("e=429")).invoke("Hello")
    with pytest.raises(openai.BadRequestError) as caught:
        client(chat, chat.model("e=400")).invoke("Hello")
    assert "too long" in str(caught.value) or "maximum context length" in str(caught.value)


def test_retries(chat: Way) -> None:
    """They are those of the official client."""
    chat.fake.reset()
    with pytest.raises(openai.RateLimitError):
        client(chat, chat.model("e=429"), max_retries=1).invoke("Hello")
    assert len(chat.fake.requests()) == 2


async def test_async(chat: Way) -> None:
    """A stream of events, asynchronously."""
    chunks = [chunk.text async for chunk in client(chat, chat.model()).astream("Hello")]
    assert len(chunks) > 8
    assert "The quick way" in "".join(chunks)


def test_embeddings(embeddings: Way) -> None:
    """Vectors of documents and of a query are in one space."""
    # Its default, token ids, would fetch a vocabulary.
    model = OpenAIEmbeddings(**target(embeddings), model=embeddings.model(), check_embedding_ctx_length=False)
    documents = model.embed_documents(["red wine", "a bicycle"])
    assert model.embed_query("red wine") == pytest.approx(documents[0], abs=1e-6)


@pytest.mark.parametrize("route", ["chat", "responses"])
def test_a_person_is_known_by_their_user_field(servers: Servers, route: str) -> None:
    """The summary is there for whom the field names, over either API."""
    tell(servers.rapport, f"langchain-{route}", "I'm vegan.")
    model = ChatOpenAI(base_url=f"{servers.rapport.base}", api_key=SecretStr("x"), model="gpt-4o",
                       use_responses_api=route == "responses", model_kwargs={"user": f"langchain-{route}"})
    model.invoke([("system", "Be brief."), ("human", "What could I cook tonight?")])
    seen = servers.openai.last().json
    assert seen["user"] == f"langchain-{route}"
    assert "vegan" in json.dumps(seen)
    asked = seen["messages"][-1] if route == "chat" else seen["input"][-1]
    assert "vegan" not in json.dumps(asked)
