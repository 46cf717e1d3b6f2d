"""The Responses API of the fake, held against the official client and the types that come with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import httpx
import openai
import pytest
from openai.types.responses import Response, ResponseInputParam, ResponseStreamEvent, ToolParam
from openai.types.responses.input_token_count_response import InputTokenCountResponse
from openai.types.responses.response_item_list import ResponseItemList
from pydantic import TypeAdapter

from tests.fakes.answer import REASONING, REFUSAL, SPLIT, VENDOR_NOTE
from tests.fakes.process import Fake, serving

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS: list[ToolParam] = [
    {"type": "function", "name": name, "parameters": dict(SCHEMA), "strict": None} for name in ("weather", "trains")
]
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
# The types give these a default because they may be null; the specification still wants them there.
NULLABLE = {"error", "incomplete_details", "instructions", "metadata", "temperature", "top_p"}
ASKED = {"model": "gpt-4o-mini", "input": "Grüße: which café is near?"}


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


@pytest.fixture(scope="module")
def client(fake: Fake) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=fake.base, api_key="sk-fake-0123456789", max_retries=0, timeout=10) as made:
        yield made


def test_plain_answer(fake: Fake) -> None:
    """A plain answer is a whole response, with a text, counts and a field that no SDK knows."""
    answer = _post(fake, **ASKED, temperature=0.5, top_k=40)
    body = answer.json()
    whole = _valid(body)
    assert whole.status == "completed" and whole.output_text and body["vendor_note"] == VENDOR_NOTE
    assert whole.usage is not None and whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens
    assert answer.headers["openai-organization"] == "org-fake" and "x-request-id" in answer.headers
    assert (fake.last().json["top_k"], fake.stats()["responses"] > 0) == (40, True)


def test_what_was_asked_is_repeated(fake: Fake) -> None:
    """A response repeats the request's settings and fills in the rest, as the service does."""
    settings = {"instructions": "Be brief.", "metadata": {"a": "b"}, "temperature": 0, "parallel_tool_calls": False,
                "reasoning": {"effort": "low"}, "text": {"verbosity": "low"}, "conversation": "conv_1",
                "tools": [{"type": "function", "name": "weather"}]}  # fmt: skip
    body = _post(fake, **ASKED, **settings).json()
    _valid(body)
    assert {name: body[name] for name in ("instructions", "metadata", "temperature", "parallel_tool_calls")} == {
        name: settings[name] for name in ("instructions", "metadata", "temperature", "parallel_tool_calls")
    }
    assert body["reasoning"] == {"effort": "low", "summary": None} and body["conversation"] == {"id": "conv_1"}
    assert body["text"] == {"format": {"type": "text"}, "verbosity": "low"} and body["top_p"] == 1.0


TEXT = ["content_part.added", "output_text.delta", "output_text.done", "content_part.done"]
SUMMARY = ["reasoning_summary_part.added", "reasoning_summary_text.delta", "reasoning_summary_text.done",
           "reasoning_summary_part.done"]  # fmt: skip
CALL = ["function_call_arguments.delta", "function_call_arguments.done"]
REFUSED = [name.replace("output_text", "refusal") for name in TEXT]


@pytest.mark.parametrize(
    ("word", "items"),
    [
        ("bench", [TEXT]),
        ("reasoning", [SUMMARY, TEXT]),
        ("refusal", [REFUSED]),
        ("reasoning;tools", [SUMMARY, CALL, CALL]),
    ],
)
def test_stream(fake: Fake, word: str, items: list[list[str]]) -> None:
    """A stream has the specification's order of events, each valid, numbered, and under the name of its type."""
    events = _streamed(fake, model=f"bench;{word};c=4", input="hi", tools=TOOLS)
    inner = [["output_item.added", *steps, "output_item.done"] for steps in items]
    expected = ["created", "in_progress", *(name for steps in inner for name in steps), "completed"]
    assert [kind for kind, _ in groupby(event["type"] for event in events)] == [f"response.{one}" for one in expected]
    whole = events[-1]["response"]
    assert [item["id"] for item in whole["output"]] == _ids(events) and len(set(_ids(events))) == len(items)
    assert (events[0]["response"]["status"], events[0]["response"]["usage"]) == ("in_progress", None)


@pytest.mark.parametrize("word", ["bench", "reasoning", "refusal", "tools"])
def test_pieces_make_the_whole(fake: Fake, word: str) -> None:
    """What comes in pieces is what stands in the closing event, and in a plain answer."""
    events = _streamed(fake, model=f"bench;{word};c=7", input="hi", tools=TOOLS)
    added = [event["item"] for event in events if event["type"] == "response.output_item.added"]
    assert not any(item.get("content") or item.get("summary") or item.get("arguments") for item in added)
    output = [_said(item) for item in events[-1]["response"]["output"]]
    assert output == [_deltas(events, index) for index in range(len(added))]
    if word in ("refusal", "tools"):  # the others have the clock in their text
        plain = _post(fake, model=f"bench;{word}", input="hi", tools=TOOLS).json()
        assert output == [_said(item) for item in plain["output"]]


def test_official_stream(client: openai.OpenAI) -> None:
    """The official client puts a stream together again."""
    with client.responses.stream(model="bench;reasoning;c=5", input="hi", tools=TOOLS) as stream:
        pieces = [event.delta for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(pieces) == final.output_text and len(pieces) == 5
    assert final.output[0].type == "reasoning" and final.output[0].summary[0].text == REASONING
    refused = client.responses.create(model="bench;refusal", input="hi").output[0]
    assert refused.type == "message" and refused.content[0].type == "refusal"
    assert refused.content[0].refusal == REFUSAL


def test_pace(fake: Fake) -> None:
    """The model's name sets how many pieces of text come, and how far apart."""
    events = _streamed(fake, model="bench;l=20;c=6;d=1", input="hi")
    assert sum(event["type"] == "response.output_text.delta" for event in events) == 6


def test_echo(client: openai.OpenAI, fake: Fake) -> None:
    """`echo` answers with the body that arrived."""
    said = client.responses.create(model="echo", input="né", extra_body={"seed": 7}).output_text
    assert said == fake.last().body and json.loads(said)["seed"] == 7


def test_echo_of_lone_surrogates(fake: Fake) -> None:
    """Half a character, which JSON can hold and UTF-8 cannot, comes back as it went."""
    raw = b'{"model":"bench","input":"hi","instructions":"half \\ud83d of it"}'
    answer = httpx.post(f"{fake.base}/responses", content=raw)
    assert answer.json()["instructions"] == "half \ud83d of it"


@pytest.mark.parametrize(
    ("settings", "called"),
    [
        ({}, ["weather", "trains"]),
        ({"parallel_tool_calls": False}, ["weather"]),
        ({"tool_choice": {"type": "function", "name": "trains"}}, ["trains"]),
        ({"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "trains"}]}},
         ["trains"]),
        ({"tool_choice": "none"}, []),
    ],
)  # fmt: skip
def test_tools(fake: Fake, settings: dict[str, Any], called: list[str]) -> None:
    """`tools` calls the functions that may be called, with arguments that fit."""
    output = _valid(_post(fake, model="tools", input="hi", tools=TOOLS, **settings).json()).output
    calls = [item for item in output if item.type == "function_call"]
    assert [call.name for call in calls] == called
    assert all(json.loads(call.arguments)["days"] == 3 and call.call_id != call.id for call in calls)


def test_tools_rest_when_results_come(client: openai.OpenAI) -> None:
    """Once the result of a call is there, nothing is called any more."""
    first = client.responses.create(model="tools", input="hi", tools=TOOLS)
    call = first.output[0]
    assert call.type == "function_call"
    result: ResponseInputParam = [{"type": "function_call_output", "call_id": call.call_id, "output": "9 °C"}]
    after = client.responses.create(model="tools", input=result, tools=TOOLS, previous_response_id=first.id)
    assert after.output_text and [item.type for item in after.output] == ["message"]


def test_chain(client: openai.OpenAI) -> None:
    """A response that follows another has all of it in the prompt, but for its instructions."""
    first = client.responses.create(model="bench", input="one", instructions="First orders.")
    parts: ResponseInputParam = [{"role": "user", "content": [{"type": "input_text", "text": "two"}]}]
    second = client.responses.create(model="bench", input=parts, previous_response_id=first.id)
    third = client.responses.create(
        model="prompt", input="three", previous_response_id=second.id, instructions="Last orders.", tools=TOOLS
    )
    seen = json.loads(third.output_text)
    assert list(seen) == ["tools", "instructions", "input"]
    assert (seen["tools"], seen["instructions"]) == (TOOLS, "Last orders.")
    said = [first.output[0].to_dict(), second.output[0].to_dict()]
    assert seen["input"] == [
        {"role": "user", "content": "one"}, said[0], parts[0], said[1], {"role": "user", "content": "three"}
    ]  # fmt: skip
    assert len({first.id, second.id, third.id}) == 3 and third.previous_response_id == second.id


def test_stored(client: openai.OpenAI, fake: Fake) -> None:
    """A response is kept with its input, until it is deleted."""
    given: ResponseInputParam = [
        {"role": "developer", "content": "Be brief."},
        {"role": "assistant", "content": "Yes?"},
        {"type": "function_call_output", "call_id": "c1", "output": "9 °C"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "né"}]},
    ]
    made = client.responses.create(model="bench", input=given)
    assert client.responses.retrieve(made.id) == made
    _valid(httpx.get(f"{fake.base}/responses/{made.id}?include=a").json())
    listed = httpx.get(f"{fake.base}/responses/{made.id}/input_items?order=asc").json()
    TypeAdapter(ResponseItemList).validate_python(listed)
    assert [item["type"] for item in listed["data"]] == ["message", "message", "function_call_output", "message"]
    assert (listed["first_id"], listed["last_id"]) == (listed["data"][0]["id"], listed["data"][3]["id"])
    newest = client.responses.input_items.list(made.id, limit=3)
    assert newest.has_more and [item.id for item in newest] == [item["id"] for item in listed["data"][::-1]]
    deleted = httpx.delete(f"{fake.base}/responses/{made.id}").json()
    assert deleted == {"id": made.id, "object": "response", "deleted": True}
    for call in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError):
            call(made.id)


def test_unknown_previous_response(client: openai.OpenAI) -> None:
    """A response that was deleted, never made or not to be kept cannot be followed."""
    gone = client.responses.create(model="bench", input="hi")
    client.responses.delete(gone.id)
    unkept = client.responses.create(model="bench", input="hi", store=False)
    for name in (gone.id, unkept.id, "resp_none"):
        with pytest.raises(openai.BadRequestError) as caught:
            client.responses.create(model="bench", input="hi", previous_response_id=name)
        assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")
        assert caught.value.body == {
            "message": f"Previous response with id '{name}' not found.", "type": "invalid_request_error",
            "param": "previous_response_id", "code": "previous_response_not_found",
        }  # fmt: skip


def test_cancel(client: openai.OpenAI) -> None:
    """What runs in the background is answered at once, found later, and may be cancelled; nothing else may."""
    started = client.responses.create(model="bench", input="hi", background=True)
    assert (started.status, started.output) == ("queued", [])
    assert client.responses.retrieve(started.id).status == "completed"
    assert client.responses.cancel(started.id).status == "cancelled"
    assert client.responses.retrieve(started.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(client.responses.create(model="bench", input="hi").id)
    with pytest.raises(openai.NotFoundError):
        client.responses.cancel("resp_none")


def test_input_tokens(client: openai.OpenAI, fake: Fake) -> None:
    """Tokens are counted before as they are afterwards, with what came before."""
    first = client.responses.create(model="bench", input="one " * 50)
    asked: dict[str, Any] = {"model": "bench", "input": "two", "instructions": "x", "previous_response_id": first.id}
    counted = httpx.post(f"{fake.base}/responses/input_tokens", json=asked).json()
    TypeAdapter(InputTokenCountResponse).validate_python(counted)
    usage = client.responses.create(**asked).usage
    assert usage is not None and usage.input_tokens == counted["input_tokens"] > 50
    assert client.responses.input_tokens.count(input="two").input_tokens < 50


def test_cached_tokens(client: openai.OpenAI) -> None:
    """`usage` counts as cached what the chain shares with an earlier prompt; other instructions share nothing."""

    def cached(instructions: str, previous: str | None) -> tuple[int, str]:
        made = client.responses.create(
            model="bench;usage", input="Stay on it. " * 500, instructions=instructions, previous_response_id=previous
        )
        assert made.usage is not None
        return made.usage.input_tokens_details.cached_tokens, made.id

    before, first = cached("Be brief.", None)
    follows, _ = cached("Be brief.", first)
    otherwise, _ = cached("Do be brief.", first)
    assert (before, otherwise) == (0, 0) and follows == 1408


@pytest.mark.parametrize(
    ("fault", "left", "count"),
    [("cut=4", "RemoteProtocolError", 4), ("reset=4", "ReadError", 4), ("errorevent=4", "", 5), ("short=4", "", 4),
     ("nodone", "", 9)],
)  # fmt: skip
def test_broken_streams(client: openai.OpenAI, fault: str, left: str, count: int) -> None:
    """A stream breaks off after the events that were let through; its closing event never comes."""
    received, raised = [], ""
    try:
        for event in client.responses.create(model=f"bench;c=2;{fault}", input="hi", stream=True):
            received.append(event)
    except httpx.HTTPError as error:
        raised = type(error).__name__
    assert (raised, len(received)) == (left, count)
    assert "response.completed" not in [event.type for event in received]
    assert [event.sequence_number for event in received] == list(range(count))


def test_error_event(fake: Fake) -> None:
    """The error event is the specification's, in the place of the next event, and the response is not kept."""
    events = _events(_post(fake, model="bench;errorevent=3", input="hi", stream=True).content)
    assert events[3] == {
        "type": "error", "sequence_number": 3, "code": "server_error", "param": None,
        "message": "The server had an error while processing your request.",
    }  # fmt: skip
    assert httpx.get(f"{fake.base}/responses/{events[0]['response']['id']}").status_code == 404


def test_split_packets(fake: Fake) -> None:
    """Characters and events that packets cut in two come together again; there is no [DONE] at the end."""
    raw = _post(fake, model="bench;split;c=9", input="hi", stream=True).content
    assert raw.count(b": ping\n\n") > 9 and raw.rstrip().endswith(b"}") and b"\ndata: [DONE]" not in raw
    events = _events(raw)
    assert _deltas(events, 0) == SPLIT
    plain = _valid(_post(fake, model="bench;split", input="hi").json())
    assert plain.output_text == SPLIT
    assert httpx.get(f"{fake.base}/responses/{plain.id}").status_code == 200


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("e=429", openai.RateLimitError),
        ("e=404", openai.NotFoundError),
        ("e=503", openai.InternalServerError),
        ("html502", openai.InternalServerError),
        ("page=429", openai.RateLimitError),
        ("cut", openai.APIConnectionError),
    ],
)
def test_errors(client: openai.OpenAI, model: str, kind: type[openai.APIError]) -> None:
    """Errors and broken bodies come as they do in chat."""
    with pytest.raises(kind):
        client.responses.create(model=f"bench;{model}", input="hi")


@pytest.mark.parametrize("body", [{"model": "m"}, {"input": "hi"}, {"model": "m", "input": {}}])
def test_unusable_requests(fake: Fake, body: dict[str, Any]) -> None:
    """What cannot be answered gets an error in the provider's shape."""
    answer = httpx.post(f"{fake.base}/responses", json=body)
    assert answer.status_code == 400 and set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_stateless() -> None:
    """A server without memory answers, keeps nothing, and refuses to follow a response."""
    with (
        serving("openai_api", "--stateless") as fake,
        openai.OpenAI(base_url=fake.base, api_key="sk-fake", max_retries=0) as client,
    ):
        made = client.responses.create(model="bench", input="hi")
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(made.id)
        with pytest.raises(openai.BadRequestError) as caught:
            client.responses.create(model="bench", input="hi", previous_response_id=made.id)
    assert caught.value.param == "previous_response_id"


def _post(fake: Fake, **body: Any) -> httpx.Response:
    return httpx.post(f"{fake.base}/responses", json=body)


def _streamed(fake: Fake, **body: Any) -> list[dict[str, Any]]:
    answer = _post(fake, **body, stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = _events(answer.content)
    _valid(events[-1]["response"])
    return events


def _events(raw: bytes) -> list[dict[str, Any]]:
    """The payloads of a stream, each of them checked against the types."""
    framed = [part.split(b"\n", 1) for part in raw.split(b"\n\n") if part and not part.startswith(b":")]
    events = [json.loads(data.removeprefix(b"data: ")) for _, data in framed]
    assert [name for name, _ in framed] == [f"event: {event['type']}".encode() for event in events]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    for event in events:
        assert EVENT.validate_python(event).type == event["type"]
    return events


def _valid(body: dict[str, Any]) -> Response:
    assert set(body) >= NULLABLE
    assert all(set(tool) >= {"parameters", "strict"} for tool in body["tools"])
    return TypeAdapter(Response).validate_python(body)


def _ids(events: Sequence[dict[str, Any]]) -> list[str]:
    named = [event.get("item_id") or event["item"]["id"] for event in events if "output_index" in event]
    return [name for name, _ in groupby(named)]


def _deltas(events: Sequence[dict[str, Any]], index: int) -> str:
    return "".join(event["delta"] for event in events if event.get("output_index") == index and "delta" in event)


def _said(item: dict[str, Any]) -> str:
    if item["type"] == "function_call":
        return str(item["arguments"])
    part = item.get("content", item.get("summary", ()))[0]
    return str(part["refusal"] if part["type"] == "refusal" else part["text"])
