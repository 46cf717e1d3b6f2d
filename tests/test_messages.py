"""`POST /v1/messages`: relayed to Anthropic as it came, translated for others; errors as Anthropic writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest

from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, running, started
from tests.raw import Answer, send

VERSION = {"anthropic-version": "2023-06-01"}
OWN = {**VERSION, "x-api-key": "sk-ant-own"}
TOOL = {"name": "look", "description": "Looks.", "input_schema": {
    "type": "object", "properties": {"zeta": {"type": "string"}, "alpha": {"type": "integer"}}}}
TALK = [{"role": "user", "content": "hi"}]
WAYS = ("claude-x", "gpt-x", "demo")
OPEN = ["message_start", "content_block_start"]
TEXT = ["content_block_delta", "content_block_stop", "message_delta", "message_stop"]


@pytest.fixture(scope="module")
def anthropic() -> Iterator[Fake]:
    with serving("anthropic_api") as fake:
        yield fake


def backends(anthropic: Fake, openai_fake: Fake) -> list[dict[str, Any]]:
    claude = {"models": ["claude-*"], "use": "anthropic/{model}", "api_base": anthropic.url, "api_key": "env:FAKE_KEY"}
    own = {**claude, "models": ["own-*"], "api_key": "client"}
    return [claude, own, {"models": ["demo"], "use": "demo"}, openai_backend(openai_fake.base, models=["gpt-*"])]


@pytest.fixture(scope="module")
def server(anthropic: Fake, openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("messages")
    with running(folder, policies=[], backends=backends(anthropic, openai_fake)) as server:
        yield server


def ask(server: Running, model: str = "claude-x", headers: dict[str, str] | None = None, query: str = "",
        **body: Any) -> Answer:  # fmt: skip
    body = {"model": model, "max_tokens": 50, "messages": TALK, **body}
    return send(server.url, "POST", f"/v1/messages{query}", body, headers or OWN)


def error(answer: Answer) -> tuple[int, str]:
    """Status and type of an error, which is in Anthropic's envelope."""
    assert answer.json["type"] == "error" and answer.json["error"]["message"], answer.body
    return answer.status, answer.json["error"]["type"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_is_relayed_as_it_came(server: Running, anthropic: Fake, stream: bool) -> None:
    """Body byte for byte, the query, the client's beta headers; with the operator's key and no other."""
    body = (b'{ "max_tokens":5, "model" : "claude-x", "stream": %s, "tools": [%s],  "messages":[{"role":"user",'
            b'"content":[{"text":"na\\u00efve \xf0\x9f\x99\x82","type":"text","cache_control":{"type":"ephemeral"}}]}],'
            b'"vendor_flag":{"b":1.0,"a":[null]}}' % (json.dumps(stream).encode(), json.dumps(TOOL).encode()))
    beta = {"anthropic-beta": "tools-2024-04-04,files-api-2025-04-14", "x-rapport-user": "ann"}
    answer = send(server.url, "POST", "/v1/messages?beta=true", body, {**OWN, **beta})
    assert answer.status == 200
    seen = anthropic.last()
    assert (seen.raw, seen.path) == (body, "/v1/messages?beta=true")
    assert (seen.headers["anthropic-beta"], seen.headers["x-api-key"]) == (beta["anthropic-beta"], "sk-fake")
    assert not seen.headers.keys() & {"authorization", "x-rapport-user"}


@pytest.mark.parametrize("words", ["prompt", "reasoning;prompt", "tools", "refusal", "split"])
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_relayed_as_it_came(server: Running, anthropic: Fake, words: str, stream: bool) -> None:
    """The same bytes as from the provider itself, ids, pings and unknown fields included."""
    body = {"model": f"claude-x;{words};c=4", "max_tokens": 50, "messages": TALK, "tools": [TOOL], "stream": stream}
    ours, theirs = (send(url, "POST", "/v1/messages", body, OWN) for url in (server.url, anthropic.url))
    assert ours.body == theirs.body
    assert ours.headers["content-type"] == theirs.headers["content-type"]


@pytest.mark.parametrize("model", WAYS)
def test_a_message(server: Running, model: str) -> None:
    """A whole message of any backend has all that Anthropic's clients require."""
    message = ask(server, model).json
    assert (message["type"], message["role"], message["model"], message["stop_reason"]) == (
        "message", "assistant", model, "end_turn")
    assert message["id"].startswith("msg_") and message["content"][0]["text"]
    assert message["usage"]["input_tokens"] and message["usage"]["output_tokens"]


@pytest.mark.parametrize("model", WAYS)
def test_a_streamed_message(server: Running, model: str) -> None:
    """The order of events that the specification has, each under its name; the pieces are the text."""
    events = ask(server, model, stream=True).events
    assert [name for name, _ in events] == [event["type"] for _, event in events]
    names = [name for name, _ in groupby(name for name, _ in events if name != "ping")]
    assert names == [*OPEN, *TEXT]
    deltas = [event["delta"] for name, event in events if name == "content_block_delta"]
    assert "".join(delta["text"] for delta in deltas)
    last = events[-2][1]
    assert last["delta"]["stop_reason"] == "end_turn" and last["usage"]["output_tokens"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["claude-x", "gpt-x"])
def test_tools(server: Running, anthropic: Fake, openai_fake: Fake, model: str, stream: bool) -> None:
    """A tool is called with an object of arguments, and its result is understood by the model."""
    answer = ask(server, f"{model};tools", tools=[TOOL], stream=stream)
    if stream:
        start, deltas = answer.events[1][1], [event for name, event in answer.events if name == "content_block_delta"]
        call = start["content_block"] | {"input": json.loads("".join(one["delta"]["partial_json"] for one in deltas))}
        assert answer.events[-2][1]["delta"]["stop_reason"] == "tool_use"
    else:
        (call,), stop = answer.json["content"], answer.json["stop_reason"]
        assert stop == "tool_use"
    assert (call["type"], call["name"], call["input"].keys()) == ("tool_use", "look", {"zeta", "alpha"})
    talk = [*TALK, {"role": "assistant", "content": [call]}, {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": call["id"], "content": "seventeen owls"}]}]
    assert ask(server, f"{model};tools", tools=[TOOL], messages=talk).json["stop_reason"] == "end_turn"
    seen = (anthropic if model == "claude-x" else openai_fake).last().json["messages"]
    assert "seventeen owls" in json.dumps(seen[2]) and call["id"] in json.dumps(seen[2])
    assert seen[2]["role"] == ("user" if model == "claude-x" else "tool")


def test_the_system_prompt_is_translated(server: Running, openai_fake: Fake) -> None:
    """What stands in fields of its own with Anthropic is a message with OpenAI, and nothing is lost."""
    ask(server, "gpt-x", system=[{"type": "text", "text": "Be brief."}], temperature=0, stop_sequences=["END"])
    seen = openai_fake.last()
    assert seen.path == "/v1/chat/completions" and seen.json["messages"][-1]["content"] in ("hi", TALK)
    assert "Be brief." in json.dumps(seen.json["messages"][0]) and seen.json["messages"][0]["role"] == "system"
    assert (seen.json["temperature"], seen.json["stop"], seen.json["max_tokens"]) == (0, ["END"], 50)
    assert "x-api-key" not in seen.headers


@pytest.mark.parametrize("stream", [False, True])
def test_a_rate_limit_keeps_its_headers(server: Running, anthropic: Fake, stream: bool) -> None:
    """429 with when to try again and what is left, the provider's own request id beside ours."""
    answer = ask(server, "claude-x;e=429", stream=stream)
    direct = send(anthropic.url, "POST", "/v1/messages", {"model": "x;e=429", "max_tokens": 5, "messages": TALK}, OWN)
    assert error(answer) == (429, "rate_limit_error")
    kept = [name for name in direct.headers if name.startswith(("retry", "anthropic"))]
    assert len(kept) > 3 and all(answer.headers[name] == direct.headers[name] for name in kept)
    assert answer.headers["request-id"].startswith("req_") and answer.headers["x-request-id"]
    translated = ask(server, "gpt-x;e=429", stream=stream)
    assert error(translated) == (429, "rate_limit_error") and translated.headers["retry-after"] == "1"


@pytest.mark.parametrize(("body", "status", "kind"), [
    (b"{", 400, "invalid_request_error"), (b"[]", 400, "invalid_request_error"),
    (b'{"model":"claude-x","max_tokens":5}', 400, "invalid_request_error"),
    (b'{"messages":[{"role":"user","content":"x"}]}', 400, "invalid_request_error"),
    (b'{"model":"nobody","max_tokens":5,"messages":[{"role":"user","content":"x"}]}', 404, "not_found_error"),
])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_our_own_errors_are_anthropics(server: Running, path: str, body: bytes, status: int, kind: str) -> None:
    """Whatever is wrong, Anthropic's clients find it where they look."""
    if path.endswith("count_tokens") and b"messages" not in body and body.startswith(b'{"model'):
        status, kind = 400, "invalid_request_error"  # the provider says so
    assert error(send(server.url, "POST", path, body, OWN)) == (status, kind)


def test_wrong_urls_are_told_in_the_clients_shape(server: Running) -> None:
    """404 and 405 below /v1/messages, or for whoever sends Anthropic's version header; 405 says what is allowed."""
    unknown = send(server.url, "POST", "/v1/messages/batches", {"requests": []}, OWN)
    assert error(unknown) == (404, "not_found_error") and "POST /v1/messages" in unknown.json["error"]["message"]
    wrong = send(server.url, "GET", "/v1/messages", None, OWN)
    assert error(wrong)[0] == 405 and wrong.headers["allow"] == "POST"
    assert error(send(server.url, "GET", "/v1/models/nobody", None, OWN)) == (404, "not_found_error")
    assert send(server.url, "GET", "/v1/models/nobody").json["error"]["code"] == "model_not_found"


def test_tokens_are_counted_where_they_can_be(server: Running, anthropic: Fake) -> None:
    """The provider counts; a backend without such an endpoint is a 404 that says so."""
    body = {"model": "claude-x", "messages": TALK}
    counted = send(server.url, "POST", "/v1/messages/count_tokens?beta=true", body, OWN)
    assert counted.json == {"input_tokens": counted.json["input_tokens"]}
    assert anthropic.last().path == "/v1/messages/count_tokens?beta=true"
    for model in ("gpt-x", "demo"):
        lacking = send(server.url, "POST", "/v1/messages/count_tokens", {**body, "model": model}, OWN)
        assert error(lacking) == (404, "not_found_error") and "count_tokens" in lacking.json["error"]["message"]


def test_models_for_anthropics_clients(server: Running) -> None:
    """With the version header the list has their shape, without it OpenAI's; both know what the backends list."""
    ours = send(server.url, "GET", "/v1/models", None, OWN).json
    assert all(card["type"] == "model" and card["display_name"] and card["created_at"] for card in ours["data"])
    assert (ours["has_more"], ours["first_id"]) == (False, ours["data"][0]["id"])
    assert {"claude-fake-large", "demo", "gpt-4o-mini"} <= {card["id"] for card in ours["data"]}
    assert send(server.url, "GET", "/v1/models/claude-fake-large", None, OWN).json["type"] == "model"
    theirs = send(server.url, "GET", "/v1/models").json
    ids = [[card["id"] for card in listed["data"]] for listed in (theirs, ours)]
    assert theirs["object"] == "list" and ids[0] == ids[1]


def test_the_callers_own_key_is_passed_on_where_it_is_wanted(server: Running, anthropic: Fake) -> None:
    """`api_key: client` hands on the key of whoever asks, in the header in which it came."""
    assert ask(server, "own-x", OWN).status == 200
    assert anthropic.last().headers["x-api-key"] == "sk-ant-own"
    assert error(ask(server, "own-x", VERSION)) == (401, "authentication_error")


@pytest.fixture(scope="module")
def guarded(anthropic: Fake, openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    config = configure(tmp_path_factory.mktemp("guarded"), auth={"required": True},
                       policies=[{"kind": "identity"}], backends=backends(anthropic, openai_fake))
    with started(config) as server:
        yield server


@pytest.fixture(scope="module")
def key(guarded: Running) -> str:
    """A Rapport key that may say who asks."""
    done = cli("keys", "create", "--trust", "backend", "--json", config=guarded.folder / "config.yaml")
    return str(json.loads(done.stdout)["key"])


@pytest.mark.parametrize("name", ["x-api-key", "authorization", "api-key"])
def test_a_rapport_key_comes_in_any_of_the_usual_headers(
    guarded: Running, anthropic: Fake, key: str, name: str
) -> None:
    """As Anthropic's clients send a key, as OpenAI's do, as Azure's do; it goes no further."""
    headers = {**VERSION, name: f"Bearer {key}" if name == "authorization" else key}
    answer = ask(guarded, "claude-x", headers, metadata={"user_id": "ann"})
    assert answer.status == 200 and "identity=from_metadata" in answer.headers["x-rapport-policies"]
    assert key not in json.dumps(anthropic.last().headers) and anthropic.last().headers["x-api-key"] == "sk-fake"
    assert send(guarded.url, "GET", "/v1/models", None, headers).status == 200
    chat = {"model": "gpt-x", "messages": TALK}
    assert send(guarded.url, "POST", "/v1/chat/completions", chat, headers).status == 200


def test_a_rapport_key_beside_ones_own(guarded: Running, anthropic: Fake, key: str) -> None:
    """Rapport's key in one header, the provider's own in the other: each goes where it belongs."""
    answer = ask(guarded, "own-x", {**VERSION, "authorization": f"Bearer {key}", "x-api-key": "sk-ant-own"})
    assert answer.status == 200 and anthropic.last().headers["x-api-key"] == "sk-ant-own"
    assert key not in json.dumps(anthropic.last().headers)


@pytest.mark.parametrize("headers", [
    {}, {"x-api-key": "rk-wrong"}, {"x-api-key": "sk-ant-own"}, {"authorization": "Bearer rk-wrong"},
])
def test_without_a_key_nobody_gets_in(guarded: Running, anthropic: Fake, headers: dict[str, str]) -> None:
    """401 in Anthropic's envelope, on every route of theirs, and nothing reaches the provider."""
    anthropic.reset()
    for path in ("/v1/messages", "/v1/messages/count_tokens"):
        body = {"model": "claude-x", "max_tokens": 5, "messages": TALK}
        assert error(send(guarded.url, "POST", path, body, {**VERSION, **headers})) == (401, "authentication_error")
    assert error(send(guarded.url, "GET", "/v1/models", None, {**VERSION, **headers})) == (401, "authentication_error")
    assert anthropic.requests() == []


def test_a_wrong_key_is_wrong_on_the_loopback_too(server: Running) -> None:
    """Where no key is needed, one that looks like ours and is none is refused all the same."""
    assert error(ask(server, "claude-x", {**VERSION, "x-api-key": "rk-wrong"})) == (401, "authentication_error")
