"""`POST /v1/responses` over every kind of backend: native, without state, without the route, translated, embedded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, running, started
from tests.raw import Answer, scripted, send

WAYS = ("native", "stateless", "auto", "plain", "translated", "claude", "demo")
TOLD = tuple(way for way in WAYS if way != "demo")
"""Those whose model says how it answers."""
FAKES = {
    "native": (), "other": (), "keyed": ("--key", "sk-wanted"), "stateless": ("--stateless",),
    "auto": ("--without", "responses"), "plain": ("--without", "responses", "--plain-404"),
}  # fmt: skip
TOOL: Any = {"type": "function", "name": "look", "description": "Looks.", "strict": False,
             "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TEXT = ["content_part.added", "output_text.delta", "output_text.done", "content_part.done"]
SUMMARY = ["reasoning_summary_part.added", "reasoning_summary_text.delta", "reasoning_summary_text.done",
           "reasoning_summary_part.done"]
CALL = ["function_call_arguments.delta", "function_call_arguments.done"]
REFUSED = [name.replace("output_text", "refusal") for name in TEXT]
ITEMS = {"x": [TEXT], "reasoning": [SUMMARY, TEXT], "tools": [CALL], "refusal": [REFUSED]}
"""Words that tell a model how to answer, and the events of the items that it answers with."""


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with ExitStack() as stack:
        made = {name: stack.enter_context(serving("openai_api", *options)) for name, options in FAKES.items()}
        yield {**made, "claude": stack.enter_context(serving("anthropic_api"))}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    def backend(name: str, fake: str, responses: str = "auto") -> dict[str, Any]:
        return {"models": [f"{name}/*"], "use": "openai/{model}", "api_base": fakes[fake].base,
                "api_key": "env:FAKE_KEY", "responses": responses}

    claude = {"models": ["claude/*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url,
              "api_key": "env:FAKE_KEY"}
    backends = [
        backend("native", "native", "native"), backend("other", "other", "native"),
        backend("stateless", "stateless", "stateless"), backend("auto", "auto"), backend("plain", "plain"),
        backend("probed", "auto"), backend("probed-plain", "plain"), backend("translated", "native", "translated"),
        claude, {"models": ["demo/*"], "use": "demo"},
    ]  # fmt: skip
    with running(tmp_path_factory.mktemp("responses"), backends=backends) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        yield client


def post(server: Running, **body: Any) -> Answer:
    """The raw answer to one request."""
    return send(server.url, "POST", "/v1/responses", body)


def made(server: Running, **body: Any) -> Any:
    """A response."""
    answer = post(server, **body)
    assert answer.status == 200, answer.body
    return answer.json


def said(response: Any) -> str:
    """The text of a response."""
    return "".join(part.get("text", "") for item in response["output"] for part in item.get("content") or ())


@pytest.mark.parametrize("way", WAYS)
def test_a_plain_response(client: OpenAI, way: str) -> None:
    """The official client reads a whole response; strings and lists of items are both input."""
    for given in ("hello", [{"role": "user", "content": "hello"}], [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}]):
        response = client.responses.create(model=f"{way}/prompt", input=given)
        assert (response.status, response.model, response.error) == ("completed", f"{way}/prompt", None)
        assert response.id.startswith("resp_") and response.usage is not None
        assert "hello" in response.output_text


@pytest.mark.parametrize("way", ["translated", "claude"])
def test_an_item_may_be_named(server: Running, way: str) -> None:
    """What was answered before may stand in the input by its id alone, but not for somebody else."""
    first = made(server, model=f"{way}/prompt", input="Say something.", user="ida")
    reference = {"type": "item_reference", "id": first["output"][0]["id"]}
    asked = [{"role": "user", "content": "Say something."}, reference, {"role": "user", "content": "Go on."}]
    prompt = json.loads(said(made(server, model=f"{way}/prompt", input=asked, user="ida")))
    assert [message["role"] for message in prompt["messages"]] == ["user", "assistant", "user"]
    assert "Say something" in str(prompt["messages"][1])
    for user, id in (("joe", reference["id"]), ("ida", reference["id"][:-1] + "7")):
        answer = post(server, model=f"{way}/x", input=[{**reference, "id": id}], user=user)
        assert (answer.status, answer.json["error"]["code"]) == (400, "item_not_found")
        assert answer.json["error"]["param"] == "input[0]"


@pytest.mark.parametrize(("way", "words"), [
    *((way, words) for way in TOLD for words in ITEMS if (way, words) != ("claude", "refusal")), ("demo", "x"),
])
def test_events_come_in_the_order_of_the_specification(
    server: Running, client: OpenAI, way: str, words: str
) -> None:
    """Every event under the name of its type, numbered from 0; together they are what the last one holds."""
    asked: Any = {"model": f"{way}/{words};c=4", "input": "hi", "tools": [TOOL]}
    events = post(server, **asked, stream=True).events
    events = events[:-1] if events[-1][1] == "[DONE]" else events
    assert [name for name, _ in events] == [event["type"] for _, event in events]
    assert [event["sequence_number"] for _, event in events] == list(range(len(events)))
    inner = [["output_item.added", *steps, "output_item.done"] for steps in ITEMS[words]]
    expected = ["created", "in_progress", *(name for steps in inner for name in steps), "completed"]
    assert [name for name, _ in groupby(name for name, _ in events)] == [f"response.{name}" for name in expected]
    deltas = "".join(event["delta"] for name, event in events if name.endswith("text.delta"))
    assert deltas.endswith(said(events[-1][1]["response"])) or words == "refusal"
    with client.responses.stream(**asked) as stream:
        final = [*stream] and stream.get_final_response()
    assert final.status == "completed" and len(final.output) == len(ITEMS[words])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_function_is_called_and_answers(client: OpenAI, way: str, stream: bool) -> None:
    """The call comes back as an item; its output, sent with nothing but the response's id, meets it at the model."""
    asked: Any = {"model": f"{way}/tools", "input": "look around", "tools": [TOOL], "tool_choice": "required"}
    if stream:
        with client.responses.stream(**asked) as events:
            first = [*events] and events.get_final_response()
    else:
        first = client.responses.create(**asked)
    (call,) = (item for item in first.output if item.type == "function_call")
    assert call.name == "look" and json.loads(call.arguments).keys() == {"city"}
    output: Any = [{"type": "function_call_output", "call_id": call.call_id, "output": "seventeen owls"}]
    second = client.responses.create(model=f"{way}/prompt", input=output, previous_response_id=first.id, tools=[TOOL])
    assert "seventeen owls" in second.output_text and "look around" in second.output_text
    assert way == "demo" or second.output_text.count(call.call_id.removeprefix("call_")) == 2


@pytest.mark.parametrize("way", TOLD)
def test_a_conversation_of_four_turns(server: Running, way: str) -> None:
    """Each request sends its own turn alone, and the model sees all before it, once and in order."""
    turns, previous, text = ["first: red", "second: green", "third: blue", "fourth: what now?"], None, ""
    for turn in turns:
        response = made(server, model=f"{way}/prompt", input=turn, previous_response_id=previous)
        assert response["previous_response_id"] == previous
        previous, text = response["id"], said(response)
    seen = json.loads(text)
    messages = seen.get("input") or seen["messages"]
    told = [message for message in messages if message.get("role") == "user"]
    assert len(messages) == 7 and len(told) == 4
    assert all(turn in json.dumps(message) for turn, message in zip(turns, told, strict=True))


@pytest.mark.parametrize("way", TOLD)
def test_instructions_are_for_one_response(server: Running, way: str) -> None:
    """They reach the model, and the next response does not inherit them."""
    first = made(server, model=f"{way}/prompt", input="hi", instructions="Speak like a pirate.")
    assert "pirate" in said(first) and first["instructions"] == "Speak like a pirate."
    second = made(server, model=f"{way}/x", input="and now?", previous_response_id=first["id"])
    third = made(server, model=f"{way}/prompt", input="hm?", previous_response_id=second["id"])
    told = json.loads(said(third))
    assert "pirate" not in json.dumps([told.get("instructions"), told.get("system"), told.get("messages", [""])[0]])


@pytest.mark.parametrize("way", WAYS)
def test_what_shall_not_be_stored_is_not(server: Running, way: str) -> None:
    """`store: false` leaves nothing to get and nothing to go on from."""
    response = made(server, model=f"{way}/x", input="hi", store=False)
    assert send(server.url, "GET", f"/v1/responses/{response['id']}").status == 404
    assert refused(server, way, response["id"]) == (400, "previous_response_not_found", "previous_response_id")


def refused(server: Running, way: str, id: str) -> tuple[int, str, str]:
    """What comes of going on from a response that is not there."""
    answer = post(server, model=f"{way}/x", input="hi", previous_response_id=id)
    error = answer.json["error"]
    assert set(error) == {"message", "type", "param", "code"} and id in error["message"]
    return answer.status, error["code"], error["param"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_response_is_told(client: OpenAI, server: Running, way: str, stream: bool) -> None:
    """Wherever the state would be: 400 previous_response_not_found, before any stream begins."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model=f"{way}/x", input="hi", previous_response_id="resp_nothing", stream=stream)
    assert caught.value.code == "previous_response_not_found"
    assert send(server.url, "GET", "/v1/responses/resp_nothing").status == 404


@pytest.mark.parametrize("way", WAYS)
def test_a_kept_response_by_its_id(client: OpenAI, way: str) -> None:
    """Get, list its input page by page, delete; then it is gone, for good and for going on."""
    given: Any = [{"role": "user", "content": f"item {number}"} for number in range(5)]
    response = client.responses.create(model=f"{way}/x", input=given, metadata={"k": "v"})
    got = client.responses.retrieve(response.id)
    assert (got.id, got.output_text, got.metadata) == (response.id, response.output_text, {"k": "v"})
    newest = [_text(item) for item in client.responses.input_items.list(response.id, limit=2)]
    oldest = [_text(item) for item in client.responses.input_items.list(response.id, limit=2, order="asc")]
    assert oldest == [f"item {number}" for number in range(5)] == newest[::-1]
    page = client.responses.input_items.list(response.id, limit=2)
    assert (len(page.data), page.has_more, page.first_id) == (2, True, page.data[0].id)
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(response.id)
    client.responses.delete(response.id)
    for gone in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError):
            gone(response.id)


def _text(item: Any) -> str:
    assert item.id and item.type == "message"
    return str(item.content[0].text)


@pytest.mark.parametrize(("route", "fake"), [("probed", "auto"), ("probed-plain", "plain")])
def test_a_server_without_the_route_is_asked_once(
    server: Running, fakes: dict[str, Fake], route: str, fake: str
) -> None:
    """A 404 in OpenAI's words or in FastAPI's leads to a chat, and from then on there is nothing else."""
    fakes[fake].reset()
    for stream in (False, True, False):
        assert post(server, model=f"{route}/x", input="hi", stream=stream).status == 200
    asked = [seen.path for seen in fakes[fake].requests()]
    assert asked == ["/v1/responses", *["/v1/chat/completions"] * 3]


def test_whether_a_server_keeps_state_is_found_out(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """With `auto` it is asked once for what it just made; a conversation goes on in any case, and is erased."""
    backends = [{"models": [f"{name}/*"], "use": "openai/{model}", "api_base": fakes[name].base}
                for name in ("native", "stateless")]  # fmt: skip
    with running(tmp_path, backends=backends) as server:
        for way, asked in (("native", 1), ("stateless", 1)):
            fakes[way].reset()
            first = made(server, model=f"{way}/x", input="The word is heron.", user="una")
            second = made(server, model=f"{way}/x", input="Hm.", previous_response_id=first["id"], user="una")
            third = made(server, model=f"{way}/prompt", input="Well?", previous_response_id=second["id"], user="una")
            assert "heron" in said(third) and third["previous_response_id"] == second["id"]
            assert [seen.method for seen in fakes[way].requests()].count("GET") == asked
            assert send(server.url, "GET", f"/v1/responses/{first['id']}").json["id"] == first["id"]
            there = send(fakes[way].url, "GET", f"/v1/responses/{first['id']}").status
            assert there == (200 if way == "native" else 404)
        assert send(server.url, "DELETE", "/v1/users/una").json["left_at_backends"] == 0
        assert send(fakes["native"].url, "GET", f"/v1/responses/{first['id']}").status == 404


def test_who_answers_everything_keeps_nothing(tmp_path: Path, fakes: dict[str, Fake]) -> None:
    """A server that has an answer to any GET is not believed that it keeps a response."""
    body = b'{"id":"resp_up","object":"response","output":[],"error":"Unexpected endpoint or method."}'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    odd = body.replace(b"resp_up", b"other")
    with scripted(head + body, {b"GET": head + odd.ljust(len(body))}) as (url, heads):
        with running(tmp_path, backends=[openai_backend(f"{url}/v1")]) as server:
            assert made(server, model="x", input="hi")["id"] == "resp_up"
            assert made(server, model="x", input="on", previous_response_id="resp_up")["id"] == "resp_up"
        assert [each.split()[0] for each in heads] == [b"POST", b"GET", b"POST"]


def test_one_request_does_not_take_the_route_from_all(tmp_path: Path) -> None:
    """A 404 about a file that a request names is its answer, whether or not the server answered before."""
    body = b'{"error":{"message":"File with id \'file-gone\' not found.","code":null}}'
    head = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    with scripted(head + body) as (url, heads), running(tmp_path, backends=[openai_backend(f"{url}/v1")]) as server:
        for _ in range(2):
            answer = post(server, model="x", input="hi")
            assert (answer.status, "file-gone" in answer.json["error"]["message"]) == (404, True)
    assert [each.split()[1] for each in heads] == [b"/v1/responses"] * 2


@pytest.mark.parametrize("body", [
    b'{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}',
    b'{"error":{"message":"no such model: x","type":"invalid_request_error","code":null}}',
])
def test_a_404_about_the_model_is_the_answer(tmp_path: Path, body: bytes) -> None:
    """In whatever words; the server is not taken for one without the route."""
    head = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    with scripted(head + body) as (url, heads):
        backend = {"models": ["*"], "use": "openai/{model}", "api_base": f"{url}/v1"}
        with running(tmp_path, backends=[backend]) as server:
            for _ in range(2):
                answer = post(server, model="x", input="hi")
                assert answer.status == 404 and "model" in answer.json["error"]["message"]
        assert [head.split()[1] for head in heads] == [b"/v1/responses"] * 2


def test_an_unknown_model_is_no_missing_route(server: Running, fakes: dict[str, Fake]) -> None:
    """A 404 that names the model is the answer, and no chat is tried."""
    fakes["native"].reset()
    answer = post(server, model="native/e=404", input="hi")
    assert (answer.status, answer.json["error"]["code"]) == (404, "model_not_found")
    assert len(fakes["native"].requests()) == 1


@pytest.mark.parametrize("way", ["native", "other"])
def test_each_id_goes_to_the_backend_that_made_it(server: Running, fakes: dict[str, Fake], way: str) -> None:
    """Of several backends with state only the one that has a response is asked about it."""
    response = made(server, model=f"{way}/x", input="hi")
    for name in ("native", "other"):
        fakes[name].reset()
    path = f"/v1/responses/{response['id']}"
    for method, below, status in (("GET", "", 200), ("GET", "/input_items?limit=1", 200), ("POST", "/cancel", 400),
                                  ("DELETE", "", 200)):
        assert send(server.url, method, path + below).status == status
    asked = [seen.path.removeprefix(path) for seen in fakes[way].requests()]
    assert asked == ["", "/input_items?limit=1", "/cancel", ""]
    assert fakes["other" if way == "native" else "native"].requests() == []


def test_an_id_made_elsewhere_is_looked_for(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """One that a backend made before us is found there, though another backend is away and one refuses the key."""
    keyed = {"models": ["keyed/*"], "use": "openai/{model}", "api_base": fakes["keyed"].base, "responses": "native"}
    away = {**keyed, "models": ["away/*"], "api_base": "http://127.0.0.1:9/v1"}
    other = {**keyed, "models": ["other/*"], "api_base": fakes["other"].base}
    before = send(fakes["other"].url, "POST", "/v1/responses", {"model": "x", "input": "hi"}).json["id"]
    with running(tmp_path, backends=[away, keyed, other]) as server:
        assert send(server.url, "GET", f"/v1/responses/{before}").json["id"] == before
        assert made(server, model="other/x", input="hm", previous_response_id=before)["previous_response_id"] == before
        lost = send(server.url, "GET", "/v1/responses/resp_lost")
    assert (lost.status, lost.json["error"]["code"]) == (502, "backend_unavailable"), "it may be where nobody answers"


@pytest.mark.parametrize("field", ["conversation", "prompt", "background"])
def test_state_that_is_nowhere_is_refused(server: Running, field: str) -> None:
    """What no server behind a model can keep is told, instead of being dropped in silence."""
    value: Any = {"conversation": "conv_1", "prompt": {"id": "pmpt_1"}, "background": True}[field]
    for way in ("translated", "claude", "demo"):
        answer = post(server, model=f"{way}/x", input="hi", **{field: value})
        error = answer.json["error"]
        assert (answer.status, error["code"], error["param"]) == (400, "unsupported_parameter", field)


def test_a_named_conversation_gets_nothing_of_ours_for_good(tmp_path: Path, fakes: dict[str, Fake]) -> None:
    """Its items stay at the provider, so that passages go where nothing is kept."""
    (tmp_path / "battery.md").write_text("# Warranty\n\nThe battery is covered for 42 months after the purchase.\n")
    chain = [{"kind": "retrieval", "stuff_max_tokens": 0}]
    config = configure(tmp_path, backends=[openai_backend(fakes["native"].base, responses="native")], policies=chain)
    assert cli("ingest", str(tmp_path / "battery.md"), config=config).returncode == 0
    with started(config) as server:
        question = "How many months is the battery covered after the purchase?"
        while server.get("/readyz")[1]["degraded"]:
            time.sleep(0.05)
        named = {"conversation": "conv_1"}
        for more, where, elsewhere in ((named, "instructions", "input"), ({}, "input", "instructions")):
            post(server, model="x", input=question, **more)
            seen = fakes["native"].last().json
            assert "42 months" in json.dumps(seen[where]) and "42 months" not in json.dumps(seen.get(elsewhere))


def test_what_is_kept_holds_nothing_of_ours(server: Running) -> None:
    """A response that was asked for with a summary shows neither in its instructions nor in its input."""
    for way in ("native", "stateless", "translated"):
        made(server, model=f"{way}/x", input="I'm vegan.", user="rosa")
        response = made(server, model=f"{way}/prompt", input="What could I cook?", user="rosa", instructions="Short.")
        assert "vegan" in said(response)
        path = f"/v1/responses/{response['id']}"
        shown = send(server.url, "GET", path).json
        assert shown["instructions"] == "Short." and "vegan" not in json.dumps([shown["instructions"], shown["tools"]])
        assert "rapport-" not in json.dumps(send(server.url, "GET", f"{path}/input_items").json)
