"""The official Python client, chat completions."""

from __future__ import annotations

import json
import time
from typing import Any

import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel

from tests.clients.ways import Servers, Way, tell
from tests.fakes.answer import SPLIT

CLIENT, PACKAGES = "openai (Python)", ("openai",)
TRIED = "chat, streams, tool calls, JSON schema, errors, retries, models, embeddings; sync and async"
WEATHER: Any = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}}}
CLOCK: Any = {"type": "function", "function": {"name": "clock", "parameters": {
    "type": "object", "properties": {"zone": {"type": "string"}}}}}
ASKED: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What could I cook tonight?"}]


class Line(BaseModel):
    role: str


class Seen(BaseModel):
    """What the fake's model `prompt` answers with, as far as every provider has it."""

    messages: list[Line]


def client(way: Way, retries: int = 0, **more: Any) -> OpenAI:
    return OpenAI(base_url=way.base, api_key="sk-fake", max_retries=retries, default_headers=way.headers, **more)


def test_an_answer(chat: Way) -> None:
    """A chat is answered, with counts and an id to ask support about."""
    answer = client(chat).chat.completions.create(model=chat.model(), messages=ASKED)
    assert "The quick way" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage and answer.usage.prompt_tokens > 0 < answer.usage.completion_tokens
    assert answer.model.endswith(chat.model())
    assert answer._request_id


def test_a_stream(chat: Way) -> None:
    """A stream comes in pieces, ends with a reason, and counts nothing that was not asked for."""
    stream = client(chat).chat.completions.create(model=chat.model(), messages=ASKED, stream=True)
    chunks = list(stream)
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) > 8
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]
    assert not any(chunk.usage for chunk in chunks)


def test_usage_in_a_stream(chat: Way) -> None:
    """With `include_usage` the last chunk counts and has no choices."""
    options: Any = {"include_usage": True}
    chunks = list(client(chat).chat.completions.create(
        model=chat.model(), messages=ASKED, stream=True, stream_options=options))
    assert [bool(chunk.usage) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices == []
    assert chunks[-1].usage and chunks[-1].usage.completion_tokens > 0


@pytest.mark.parametrize("tools", [[WEATHER], [WEATHER, CLOCK]], ids=["one call", "parallel calls"])
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_tool_calls(chat: Way, tools: Any, streamed: bool) -> None:
    """Calls come with their ids, names and arguments, and the results that go back are answered."""
    ask = client(chat)
    names = [tool["function"]["name"] for tool in tools]
    if streamed:
        with ask.chat.completions.stream(model=chat.model("tools"), messages=ASKED, tools=tools) as events:
            answer: Any = events.get_final_completion()
    else:
        answer = ask.chat.completions.create(model=chat.model("tools"), messages=ASKED, tools=tools)
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert [call.function.name for call in choice.message.tool_calls] == names
    assert all(call.id for call in choice.message.tool_calls)
    assert json.loads(choice.message.tool_calls[0].function.arguments)["city"].startswith("Zürich")
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in choice.message.tool_calls]
    said = choice.message.model_dump(exclude_none=True, exclude={"tool_calls": {"__all__": {"function": {
        "parsed_arguments"}}}, "parsed": True})
    history: Any = [*ASKED, said, *results]
    last = ask.chat.completions.create(model=chat.model("tools"), messages=history, tools=tools)
    assert "The quick way" in (last.choices[0].message.content or "")
    assert "sunny" in chat.fake.last().body


def test_pieces_of_parallel_calls(chat: Way) -> None:
    """In a stream the id and the name of a call come once, and `index` says to which call a piece belongs."""
    calls: dict[int, list[Any]] = {}
    for chunk in client(chat).chat.completions.create(
            model=chat.model("tools"), messages=ASKED, tools=[WEATHER, CLOCK], stream=True):
        for piece in chunk.choices[0].delta.tool_calls or ():
            calls.setdefault(piece.index, []).append(piece)
    assert sorted(calls) == [0, 1]
    for pieces in calls.values():
        assert [bool(piece.id) for piece in pieces] == [True] + [False] * (len(pieces) - 1)
        json.loads("".join(piece.function.arguments or "" for piece in pieces))


def test_forced_and_forbidden_tools(chat: Way) -> None:
    """`tool_choice` is obeyed: that function, or none."""
    ask = client(chat).chat.completions
    chosen: Any = {"type": "function", "function": {"name": "clock"}}
    forced = ask.create(model=chat.model("tools"), messages=ASKED, tools=[WEATHER, CLOCK], tool_choice=chosen)
    assert [call.function.name for call in forced.choices[0].message.tool_calls or ()] == ["clock"]  # type: ignore
    forbidden = ask.create(model=chat.model("tools"), messages=ASKED, tools=[WEATHER], tool_choice="none")
    assert not forbidden.choices[0].message.tool_calls


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_schema(chat: Way, streamed: bool) -> None:
    """An answer after a JSON schema is parsed into the client's own class."""
    ask, model = client(chat).chat.completions, chat.model("prompt")
    if streamed:
        with ask.stream(model=model, messages=ASKED, response_format=Seen) as events:
            parsed = events.get_final_completion().choices[0].message.parsed
    else:
        parsed = ask.parse(model=model, messages=ASKED, response_format=Seen).choices[0].message.parsed
    assert parsed and parsed.messages[-1].role == "user"
    if chat.name != "claude":  # where litellm makes a tool of it, which `prompt` does not call
        assert "json_schema" in chat.fake.last().body


def test_a_schema_that_is_a_tool(servers: Servers) -> None:
    """Where a provider has no schemas, a tool takes its place, and the client sees an answer after its schema."""
    way = Way("claude", servers.rapport.url, servers.anthropic, "claude-opus-4-6")
    for _ in range(2):
        answer = client(way).chat.completions.parse(model=way.model("tools"), messages=ASKED, response_format=Line)
        assert answer.choices[0].message.parsed == Line(role='Zürich, 1 "quoted" word')
        assert answer.choices[0].finish_reason == "stop"
        with client(way).chat.completions.stream(
                model=way.model("tools"), messages=ASKED, response_format=Line) as events:
            assert events.get_final_completion().choices[0].message.parsed


def test_several_choices(chat: Way) -> None:
    """`n` answers are told apart by their index, in a stream, too."""
    if chat.name == "claude":
        pytest.skip("Anthropic gives one answer")
    ask = client(chat).chat.completions
    assert [one.index for one in ask.create(model=chat.model(), messages=ASKED, n=2).choices] == [0, 1]
    stream = ask.create(model=chat.model(), messages=ASKED, n=2, stream=True)
    assert {choice.index for chunk in stream for choice in chunk.choices} == {0, 1}


def test_logprobs(chat: Way) -> None:
    """Probabilities come as they were asked for."""
    if chat.name == "claude":
        pytest.skip("Anthropic has none")
    answer = client(chat).chat.completions.create(
        model=chat.model(), messages=ASKED, logprobs=True, top_logprobs=2)
    assert len(answer.choices[0].logprobs.content[0].top_logprobs) == 2  # type: ignore


def test_a_refusal(chat: Way) -> None:
    """A refusal is one, and not an answer."""
    if chat.name == "claude":
        pytest.skip("Anthropic's refusals are texts")
    answer = client(chat).chat.completions.create(model=chat.model("refusal"), messages=ASKED)
    assert answer.choices[0].message.refusal == "I cannot help with that."
    assert not answer.choices[0].message.content


CLASSES = {
    400: openai.BadRequestError, 401: openai.AuthenticationError, 403: openai.PermissionDeniedError,
    404: openai.NotFoundError, 409: openai.ConflictError, 422: openai.UnprocessableEntityError,
    429: openai.RateLimitError, 500: openai.InternalServerError, 503: openai.InternalServerError,
}  # fmt: skip
ANTHROPIC = (400, 401, 403, 404, 429, 500)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("status", CLASSES)
def test_errors(chat: Way, status: int, streamed: bool) -> None:
    """An error of the provider raises the class that it raises without Rapport, with a message, a type and a code."""
    if chat.name == "claude" and status not in ANTHROPIC:
        pytest.skip("Anthropic has no such error")
    with pytest.raises(CLASSES[status]) as caught:
        client(chat).chat.completions.create(model=chat.model(f"e={status}"), messages=ASKED, stream=streamed)
    error: Any = caught.value
    assert type(error) is CLASSES[status]
    assert error.status_code == status
    assert error.body["message"] and error.type
    assert error.request_id
    if chat.name != "claude":
        assert error.code == {500: None, 400: "context_length_exceeded"}.get(status, error.code)


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_retries(chat: Way, status: int, streamed: bool) -> None:
    """The client tries again as often as it would without Rapport, and waits as long as the provider says."""
    chat.fake.reset()
    start = time.monotonic()
    with pytest.raises(CLASSES[status]):
        client(chat, retries=1).chat.completions.create(
            model=chat.model(f"e={status}"), messages=ASKED, stream=streamed)
    assert len(chat.fake.requests()) == 2
    if status == 429:
        assert 1.0 <= time.monotonic() - start < 3.0


def test_a_bad_request_is_not_repeated_by_the_client(chat: Way) -> None:
    """What cannot work is asked once by the client; Rapport asks again at most without what it has put in."""
    chat.fake.reset()
    with pytest.raises(openai.BadRequestError):
        client(chat, retries=2).chat.completions.create(model=chat.model("e=400"), messages=ASKED)
    assert len(chat.fake.requests()) == (1 if chat.direct else 2)


def test_a_silent_provider(chat: Way) -> None:
    """The client's own timeout ends the wait, and the provider's work with it."""
    chat.fake.reset()
    with pytest.raises(openai.APITimeoutError):
        client(chat, timeout=0.5).chat.completions.create(model=chat.model("hang"), messages=ASKED)
    assert chat.fake.wait("busy", 0)


@pytest.mark.parametrize("fault", ["cut=6", "errorevent=6", "reset=6"])
def test_a_broken_stream(chat: Way, fault: str) -> None:
    """A stream that breaks off raises an error and never looks like a finished answer."""
    pieces: list[str] = []
    with pytest.raises((openai.APIError, OSError)) if not chat.direct else pytest.raises(Exception):
        for chunk in client(chat).chat.completions.create(model=chat.model(fault), messages=ASKED, stream=True):
            assert not any(choice.finish_reason for choice in chunk.choices)
            pieces += [choice.delta.content or "" for choice in chunk.choices]
    assert "".join(pieces)


def test_awkward_text(chat: Way) -> None:
    """Characters that packets cut, line separators and a [DONE] inside the text arrive as they are."""
    def said(words: str) -> str:
        stream = client(chat).chat.completions.create(model=chat.model(words), messages=ASKED, stream=True)
        return "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)

    assert said("split") == SPLIT


def test_a_person_is_known_by_their_user_field(servers: Servers) -> None:
    """The summary stands behind the client's own instructions, before the conversation, and nowhere else; between them
    may stand what is the same for everybody."""
    ask = OpenAI(base_url=servers.rapport.base, api_key="x")
    tell(servers.rapport, "openai-chat", "I'm vegan.")
    for streamed in (False, True):
        answer: Any = ask.chat.completions.create(
            model="gpt-4o", messages=ASKED, user="openai-chat", stream=streamed)
        list(answer if streamed else ())
        seen = servers.openai.last().json
        assert {line["role"] for line in seen["messages"][:-1]} == {"system"} and seen["messages"][-1]["role"] == "user"
        own, *shared, summary, question = (json.dumps(line["content"]) for line in seen["messages"])
        assert len(shared) <= 1 and all("<rapport-corpus" in each and "vegan" not in each for each in shared)
        assert (own, question) == (json.dumps("Be brief."), json.dumps(ASKED[-1]["content"]))
        assert "vegan" in summary
        assert seen["user"] == "openai-chat"


def test_passages_stand_with_the_question(servers: Servers) -> None:
    """What is looked up goes as late as it can: to the question, and not into the instructions."""
    ask = OpenAI(base_url=servers.rapport.base, api_key="x")
    question = {"role": "user", "content": "How long is the battery covered by the warranty?"}
    talk: Any = [ASKED[0], question]
    ask.chat.completions.create(model="gpt-4o", messages=talk, user="openai-new")
    first, *rest = servers.openai.last().json["messages"]
    assert first == talk[0]
    assert "<rapport-" in json.dumps(rest)


def test_models(chat: Way) -> None:
    """Models are listed and found, also by a name with a slash in it."""
    if chat.name in ("claude", "litellm"):
        pytest.skip("the list is the same for all")
    assert "org/model-x:free" in {model.id for model in client(chat).models.list()}
    assert client(chat).models.retrieve("org/model-x:free").id == "org/model-x:free"


def test_embeddings(embeddings: Way) -> None:
    """Vectors come in base64 without being asked for, and are the same numbers as in plain; token ids are taken."""
    ask, name = client(embeddings).embeddings, embeddings.model()
    texts = ["red wine", "a bicycle"]
    vectors = [row.embedding for row in ask.create(model=name, input=texts).data]
    if embeddings.name != "litellm":
        assert embeddings.fake.last().json["encoding_format"] == "base64"
    plain = [row.embedding for row in ask.create(model=name, input=texts, encoding_format="float").data]
    assert len(vectors) == 2
    assert vectors[0] == pytest.approx(plain[0], abs=1e-6)
    assert vectors[0] != vectors[1]
    answer = ask.create(model=name, input=[[1, 2, 3], [4]])
    assert len(answer.data) == 2
    assert answer.usage.prompt_tokens == 4


def test_embedding_errors(embeddings: Way) -> None:
    """An error raises the same class as in a chat."""
    with pytest.raises(openai.RateLimitError):
        client(embeddings).embeddings.create(model=embeddings.model("e=429"), input="x")


def test_completions(chat: Way) -> None:
    """The older completions are there, plain and streamed, where the provider has them."""
    if chat.name in ("claude", "litellm"):
        pytest.skip("what is translated has no completions, and says so with a 404")
    ask = client(chat).completions
    assert "The quick way" in ask.create(model=chat.model(), prompt="Once").choices[0].text
    stream = ask.create(model=chat.model(), prompt="Once", stream=True)
    assert "The quick way" in "".join(chunk.choices[0].text for chunk in stream)
