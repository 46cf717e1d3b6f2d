"""The official Python client, the Responses API."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel

from tests.clients.ways import Servers, Way, tell

CLIENT, PACKAGES = "openai (Python), Responses", ("openai",)
TRIED = "plain, streams, tool calls, JSON schema, previous_response_id, stored responses, errors, retries"
WEATHER: Any = {"type": "function", "name": "weather", "strict": False, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}
CLOCK: Any = {"type": "function", "name": "clock", "strict": False, "parameters": {
    "type": "object", "properties": {"zone": {"type": "string"}}}}
ASKED = "What could I cook tonight?"


class Echo(BaseModel):
    """What the fake's model `echo` answers with: the request that arrived."""

    model: str


def client(way: Way, retries: int = 0) -> OpenAI:
    return OpenAI(base_url=way.base, api_key="sk-fake", max_retries=retries, default_headers=way.headers)


def test_an_answer(responses: Way) -> None:
    """A response has an id, a text, counts, and repeats what it was asked."""
    answer = client(responses).responses.create(
        model=responses.model(), input=ASKED, instructions="Be brief.", metadata={"k": "v"}, temperature=0.5)
    assert answer.id.startswith("resp_")
    assert answer.status == "completed"
    assert "The quick way" in answer.output_text
    assert answer.usage and answer.usage.input_tokens > 0 < answer.usage.output_tokens
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert (answer.metadata, answer.temperature) == ({"k": "v"}, 0.5)
    assert answer._request_id


def test_instructions_come_back_as_they_were_sent(responses: Way) -> None:
    """The client finds its own instructions in the response, without what was put in behind them."""
    answer = client(responses).responses.create(model=responses.model(), input=ASKED, instructions="Be brief.")
    assert answer.instructions == "Be brief."


def test_a_stream(responses: Way) -> None:
    """Events come in order and numbered, the text in pieces, and at the end the whole response."""
    events: list[Any] = list(client(responses).responses.create(model=responses.model(), input=ASKED, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    pieces = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(pieces) > 8
    assert "".join(pieces) == events[-1].response.output_text
    assert events[0].response.id == events[-1].response.id


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("tools", [[WEATHER], [WEATHER, CLOCK]], ids=["one call", "parallel calls"])
@pytest.mark.parametrize("kept", [False, True], ids=["with the items", "with the id"])
def test_tool_calls(responses: Way, tools: Any, streamed: bool, kept: bool) -> None:
    """Calls come whole, and their results go back with all that was said, or with the id of the response."""
    ask, model = client(responses).responses, responses.model("tools")
    if streamed:
        with ask.stream(model=model, input=ASKED, tools=tools) as events:
            answer: Any = events.get_final_response()
    else:
        answer = ask.create(model=model, input=ASKED, tools=tools)
    calls = [item for item in answer.output if item.type == "function_call"]
    assert [call.name for call in calls] == [tool["name"] for tool in tools]
    assert json.loads(calls[0].arguments)["city"].startswith("Zürich")
    results: Any = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"} for call in calls]
    if kept:
        last = ask.create(model=model, input=results, tools=tools, previous_response_id=answer.id)
    else:
        said = [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output]
        last = ask.create(model=model, input=[{"role": "user", "content": ASKED}, *said, *results], tools=tools)
    assert "The quick way" in last.output_text
    assert "sunny" in responses.fake.last().body


def test_pieces_of_a_call(responses: Way) -> None:
    """The arguments of a call come in pieces that make up the whole."""
    events: list[Any] = list(client(responses).responses.create(
        model=responses.model("tools"), input=ASKED, tools=[WEATHER, CLOCK], stream=True))
    for place in (0, 1):
        mine = [event for event in events if getattr(event, "output_index", None) == place]
        assert mine[0].type == "response.output_item.added"
        assert mine[-1].type == "response.output_item.done"
        pieces = [event.delta for event in mine if event.type == "response.function_call_arguments.delta"]
        done = next(event for event in mine if event.type == "response.function_call_arguments.done")
        assert "".join(pieces) == done.arguments == mine[-1].item.arguments


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_schema(responses: Way, streamed: bool) -> None:
    """An answer after a JSON schema is parsed into the client's own class."""
    ask, model = client(responses).responses, responses.model("echo")
    if streamed:
        with ask.stream(model=model, input=ASKED, text_format=Echo) as events:
            parsed = events.get_final_response().output_parsed
    else:
        parsed = ask.parse(model=model, input=ASKED, text_format=Echo).output_parsed
    assert parsed and parsed.model == responses.fake.last().json["model"]
    assert '"Echo"' in responses.fake.last().body


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_conversation_goes_on_by_its_id(responses: Way, streamed: bool) -> None:
    """Three responses, each naming the one before: the model sees all that was said, once and in order."""
    ask, previous = client(responses).responses, None
    for word in ("first", "second", "third"):
        asked = {"model": responses.model("prompt"), "input": f"the {word} thing", "previous_response_id": previous}
        if streamed:
            with ask.stream(**asked) as events:
                answer: Any = events.get_final_response()
        else:
            answer = ask.create(**asked)
        assert answer.previous_response_id == previous
        previous = answer.id
    seen = json.loads(answer.output_text)
    talk = json.dumps(seen.get("input") or seen.get("messages"))
    assert talk.index("the first thing") < talk.index("the second thing") < talk.rindex("the third thing")
    kept = ask.input_items.list(previous, order="asc").data
    assert [item.content[0].text for item in kept] == ["the third thing"]  # type: ignore


def test_a_kept_response(responses: Way) -> None:
    """A response can be read again, its input listed, and it can be deleted, after which it is gone."""
    ask = client(responses).responses
    made = ask.create(model=responses.model(), input=ASKED)
    again = ask.retrieve(made.id)
    assert (again.id, again.output_text) == (made.id, made.output_text)
    assert ask.input_items.list(made.id).data[0].content[0].text == ASKED  # type: ignore
    ask.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        ask.retrieve(made.id)
    with pytest.raises(openai.APIStatusError) as caught:
        ask.create(model=responses.model(), input="And?", previous_response_id=made.id)
    assert caught.value.status_code in (400, 404)
    assert caught.value.code == "previous_response_not_found"


def test_a_response_that_is_not_kept(responses: Way) -> None:
    """`store: false` keeps nothing."""
    ask = client(responses).responses
    made = ask.create(model=responses.model(), input=ASKED, store=False)
    with pytest.raises(openai.NotFoundError):
        ask.retrieve(made.id)


def test_reasoning(responses: Way) -> None:
    """Reasoning comes as an item of its own before the answer."""
    answer = client(responses).responses.create(model=responses.model("reasoning"), input=ASKED)
    assert [item.type for item in answer.output] == ["reasoning", "message"]


def test_parts_of_all_kinds(responses: Way) -> None:
    """Roles, pictures and files reach the provider, each in the way that it has for them."""
    picture = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}
    file = {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK"}
    parts = [{"type": "input_text", "text": "What is it?"}, picture, file]
    told = {"role": "assistant", "content": [{"type": "output_text", "text": "Show me."}]}
    talk: Any = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Look!"}, told,
                 {"role": "user", "content": parts}]
    answer = client(responses).responses.create(
        model=responses.model(), input=talk, instructions="Be brief.", max_output_tokens=77)
    assert answer.max_output_tokens == 77
    body = responses.fake.last().body
    assert all(text in body for text in ("Be brief.", "Be kind.", "Look!", "Show me.", "What is it?", "77"))
    assert "iVBORw0KGgo=" in body
    assert "JVBERi0xLjQK" in body


def test_reasoning_goes_back(responses: Way) -> None:
    """A client that keeps the conversation itself sends reasoning back with it."""
    ask = client(responses).responses
    first = ask.create(model=responses.model("reasoning"), input=ASKED, store=False,
                       include=["reasoning.encrypted_content"])
    said: Any = [item.model_dump(exclude_none=True) for item in first.output]
    talk = [{"role": "user", "content": ASKED}, *said, {"role": "user", "content": "And then?"}]
    again = ask.create(model=responses.model("reasoning"), input=talk, store=False)
    assert again.status == "completed"
    assert "And then?" in responses.fake.last().body


def test_a_refusal(responses: Way) -> None:
    """A refusal is one, and not an answer, in a stream, too."""
    if responses.name == "claude":
        pytest.skip("Anthropic's refusals are texts")
    answer: Any = client(responses).responses.create(model=responses.model("refusal"), input=ASKED)
    assert answer.output[0].content[0].type == "refusal"
    with client(responses).responses.stream(model=responses.model("refusal"), input=ASKED) as events:
        assert events.get_final_response().output[0].content[0].type == "refusal"  # type: ignore


def test_tool_choice(responses: Way) -> None:
    """A function can be named, all of them forbidden, or only one call be wanted."""
    def called(**more: Any) -> list[str]:
        answer = client(responses).responses.create(
            model=responses.model("tools"), input=ASKED, tools=[WEATHER, CLOCK], **more)
        return [item.name for item in answer.output if item.type == "function_call"]

    assert called(tool_choice={"type": "function", "name": "clock"}) == ["clock"]
    assert called(tool_choice="none") == []
    assert called(parallel_tool_calls=False) == ["weather"]


CLASSES = {400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError,
           429: openai.RateLimitError, 500: openai.InternalServerError}


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("status", CLASSES)
def test_errors(responses: Way, status: int, streamed: bool) -> None:
    """An error of the provider raises the class that it raises without Rapport."""
    with pytest.raises(CLASSES[status]) as caught:
        client(responses).responses.create(model=responses.model(f"e={status}"), input=ASKED, stream=streamed)
    error: Any = caught.value
    assert error.status_code == status
    assert error.body["message"]


def test_retries(responses: Way) -> None:
    """The client tries again as often as it would without Rapport."""
    responses.fake.reset()
    with pytest.raises(openai.RateLimitError):
        client(responses, retries=1).responses.create(model=responses.model("e=429"), input=ASKED)
    assert len(responses.fake.requests()) == 2


@pytest.mark.parametrize("fault", ["cut=6", "errorevent=6"])
def test_a_broken_stream(responses: Way, fault: str) -> None:
    """A stream that breaks off never looks like a finished response: an error is raised, or says so as an event."""
    seen: list[str] = []
    try:
        for event in client(responses).responses.create(
                model=responses.model(fault), input=ASKED, stream=True):
            seen.append(event.type)
    except Exception:
        seen.append("error")
    assert "response.completed" not in seen
    assert seen[-1] in ("error", "response.failed")


def test_a_person_is_known_by_their_user_field(servers: Servers) -> None:
    """The summary goes behind the instructions, which no later response carries on, and not into the input."""
    tell(servers.rapport, "openai-responses", "I'm vegan.")
    with OpenAI(base_url=servers.rapport.base, api_key="x") as ask:
        for streamed in (False, True):
            answer: Any = ask.responses.create(
                model="gpt-4o", input=ASKED, instructions="Be brief.", user="openai-responses", stream=streamed)
            list(answer if streamed else ())
            seen = servers.openai.last().json
            assert seen["instructions"].index("Be brief.") < seen["instructions"].index("vegan")
            assert seen["input"] == ASKED
