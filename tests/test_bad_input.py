"""Requests that are none: one status and one envelope on every route, words that help, and a server that stays well."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import Answer, send

TALK = '"messages":[{"role":"user","content":"hi"}]'
ROUTES = {
    "chat/completions": ("gpt", TALK), "responses": ("gpt", '"input":"hi"'), "embeddings": ("gpt", '"input":"hi"'),
    "messages": ("claude", f'"max_tokens":5,{TALK}'), "completions": ("gpt", '"prompt":"hi"'),
    "responses/input_tokens": ("gpt", '"input":"hi"'), "messages/count_tokens": ("claude", TALK),
}  # fmt: skip
"""A model for each route, and what the route needs beside it."""
VERSION = {"anthropic-version": "2023-06-01"}


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as fake, serving("anthropic_api") as anthropic:
        yield {"gpt": fake, "claude": anthropic}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    claude = {"models": ["claude*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url,
              "api_key": "env:FAKE_KEY"}
    backends = [openai_backend(fakes["gpt"].base, models=["gpt*"], responses="native"), claude]
    with started(configure(tmp_path_factory.mktemp("bad"), backends=backends)) as server:
        yield server


@pytest.fixture(autouse=True)
def well(server: Running) -> Iterator[None]:
    """After every test the server answers as before, and has logged no fault of its own."""
    yield
    assert send(server.url, "GET", "/readyz").status == 200
    chat = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}
    assert send(server.url, "POST", "/v1/chat/completions", chat).status == 200
    assert not any(word in server.log for word in ("Traceback", "internal_error", "unhandled", "ASGI"))


def post(server: Running, route: str, body: str | bytes, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(server.url, "POST", f"/v1/{route}", raw, {**VERSION, **named})


def whole(route: str, more: str = "") -> str:
    """A good body, with more fields in it."""
    model, needed = ROUTES[route]
    return f'{{"model":"{model}",{needed}{"," if more else ""}{more}}}'


def refused(route: str, answer: Answer, status: int) -> tuple[str, str | None]:
    """Message and param of an error that is in the envelope of its route."""
    assert answer.status == status, answer
    error = answer.json["error"]
    assert {"message", "type", "param", "code"} == set(error)
    assert answer.json.get("type") == ("error" if route.startswith("messages") else None)
    kinds = {404: "not_found_error", 413: "request_too_large", 401: "authentication_error"}
    expected = kinds.get(status, "invalid_request_error") if "type" in answer.json else "invalid_request_error"
    assert error["type"] == expected and answer.headers["content-type"] == "application/json"
    return error["message"], error["param"]


@pytest.mark.parametrize("body", [
    "", "{", "[]", '"text"', "null", "17", '{"model":"gpt"', '{"model":"gpt"} x', '{"model":"gpt"}{}', "model=gpt",
    "{'model': 'gpt'}", '{"model":"gpt",}', b'\xef\xbb\xbf{"model":"gpt"}', '{"model":"gpt"}'.encode("utf-16"),
    b"\x00\xff\xfe", b"\x1f\x8b" + bytes(50),
])  # fmt: skip
def test_what_is_no_json_object(server: Running, fakes: dict[str, Fake], body: str | bytes) -> None:
    """Nothing, half of something, something else: 400 that says what it must be, and no backend is asked."""
    for fake in fakes.values():
        fake.reset()
    for route in ROUTES:
        message, param = refused(route, post(server, route, body), 400)
        assert "must be one JSON object" in message and param is None
    assert not any(fake.requests() for fake in fakes.values())


@pytest.mark.parametrize("value", [
    "NaN", "Infinity", "-Infinity", '{"deep":[NaN]}', "undefined", "01", "+1", ".5", '"\t"',
])
def test_what_json_does_not_have(server: Running, value: str) -> None:
    """Python's and JavaScript's own words are refused wherever they stand."""
    for route in ROUTES:
        assert "JSON" in refused(route, post(server, route, whole(route, f'"temperature":{value}')), 400)[0]


@pytest.mark.parametrize("nested", ["[" * 100_000 + "]" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000])
def test_deep_nesting(server: Running, nested: str) -> None:
    """A body that would exhaust a stack is refused; one that is only deep goes through."""
    for route, (model, _) in ROUTES.items():
        refused(route, post(server, route, whole(route, f'"x":{nested}')), 400)
        refused(route, post(server, route, f'{{"model":"{model}","messages":{nested},"input":{nested}}}'), 400)
        assert post(server, route, whole(route, f'"x":{"[" * 400 + "]" * 400}')).status == 200


@pytest.mark.parametrize(("model", "status", "words"), [
    (None, 400, "Missing required parameter: 'model'"), ("null", 400, "expected a string"),
    ("1", 400, "expected a string"), ('["gpt"]', 400, "expected a string"), ('""', 404, "Configured: gpt*, claude*"),
    ('"nobody"', 404, "Configured: gpt*, claude*"),
])
def test_a_model_that_is_none(server: Running, model: str | None, status: int, words: str) -> None:
    """Missing, of the wrong type, unknown: the message says which there are, `param` where it stands."""
    for route, (_, needed) in ROUTES.items():
        body = f"{{{needed}}}" if model is None else f'{{"model":{model},{needed}}}'
        message, param = refused(route, post(server, route, body), status)
        assert words in message and param == "model"


@pytest.mark.parametrize(("value", "at"), [
    ("null", ""), ("1", ""), ("true", ""), ('"text"', ""), ("{}", ""), ("[]", ""), ("[1]", "[0]"), ('["a"]', "[0]"),
    ("[null]", "[0]"), ('[{"role":"user","content":"hi"},7]', "[1]"),
])
def test_messages_and_input_of_the_wrong_type(server: Running, value: str, at: str) -> None:
    """400 that names the place and what is expected there; what only a model can judge is left to it."""
    for route, field in (("chat/completions", "messages"), ("messages", "messages"), ("responses", "input")):
        if route == "responses" and value in ('"text"', "[]"):
            continue
        body = f'{{"model":"{ROUTES[route][0]}","max_tokens":5,"{field}":{value}}}'
        message, param = refused(route, post(server, route, body), 400)
        assert param == field + at and (field in message or "'input'" in message)


@pytest.mark.parametrize(("route", "param"), [
    ("chat/completions", "messages"), ("messages", "messages"), ("responses", "input"),
])
def test_a_missing_field(server: Running, route: str, param: str) -> None:
    """What the route cannot do without is named."""
    message, named = refused(route, post(server, route, f'{{"model":"{ROUTES[route][0]}"}}'), 400)
    assert named == param and param in message


@pytest.mark.parametrize("route", ["embeddings", "completions", "responses/input_tokens"])
def test_what_we_do_not_read_the_backend_judges(server: Running, route: str) -> None:
    """On routes that no policy reads, a missing field is the backend's to tell."""
    assert refused(route, post(server, route, '{"model":"gpt"}'), 400)[1] in ("input", "prompt")


def test_bodies_that_are_too_large(server: Running) -> None:
    """50 MB are 413 that says how much is allowed, whatever they hold; a little less than the limit goes through."""
    large, nearly = b"y" * (50 << 20), "y" * (31 << 20)
    for route in ("chat/completions", "messages"):
        assert "33554432 bytes" in refused(route, post(server, route, large), 413)[0]
    assert post(server, "chat/completions", whole("chat/completions", f'"x":"{nearly}"')).status == 200


@pytest.mark.parametrize("packing", ["gzip", "br", "deflate", "gzip, gzip", "nonsense"])
def test_packed_bodies(server: Running, packing: str) -> None:
    """415 that says how to send it; nothing is unpacked, however small it is."""
    for route in ROUTES:
        answer = post(server, route, gzip.compress(whole(route).encode()), content_encoding=packing)
        assert "send the JSON as it is" in refused(route, answer, 415)[0]
        assert post(server, route, whole(route), content_encoding="identity").status == 200


@pytest.mark.parametrize("more", [
    r'"x":"\ud83d"', r'"x":["\udc00\ud83d"]', r'"\ud800":1', r'"x":"\u0000"', r'"x":"\ud83d\ude42"', '"x":1e999',
    f'"seed":{"9" * 400}', '"x":1.0,"y":-0,"z":1E2', '"stream":"yes"', '"model":"gpt"', '"metadata":null,"x":{}',
    '"x":"\u2028\u2029\x7f\ufeff"',
])
def test_odd_but_whole_bodies_go_through_as_they_are(server: Running, fakes: dict[str, Fake], more: str) -> None:
    """Halves of characters, huge numbers, doubled keys: where nothing is injected, the backend gets the very bytes."""
    for route, (model, _) in ROUTES.items():
        body = whole(route, more.replace('"gpt"', f'"{model}"')).encode()
        assert post(server, route, body).status == 200, route
        assert fakes[model].last().raw == body


def test_half_a_character_in_a_persons_text(server: Running, fakes: dict[str, Fake]) -> None:
    """Where something is injected it becomes U+FFFD, and nobody's request fails."""
    person = {"x_rapport_user": "ann"}
    for route in ("chat/completions", "responses", "messages"):
        said = whole(route).replace("hi", r"I'm vegan. \ud83d")
        assert post(server, route, said, **person).status == 200
        asked = whole(route).replace("hi", r"What could I cook? \ud83d")
        assert post(server, route, asked, **person).status == 200
        seen = fakes[ROUTES[route][0]].last().body
        assert "Diet: vegan" in seen and "What could I cook? \ufffd" in json.dumps(json.loads(seen), ensure_ascii=False)


def test_a_doubled_key_counts_once(server: Running, fakes: dict[str, Fake]) -> None:
    """The last one counts, for us as for the backend."""
    twice = '{"model":"nobody","model":"gpt","messages":[{"role":"user","content":"a"}],' + TALK + "}"
    assert post(server, "chat/completions", twice).status == 200
    assert fakes["gpt"].last().json["messages"][0]["content"] == "hi"
    refused("chat/completions", post(server, "chat/completions", whole("chat/completions", '"model":"nobody"')), 404)


@pytest.mark.parametrize("headers", [{"x_rapport_mode": "loud"}, {"x_rapport_mode": ""}])
def test_a_mode_that_there_is_not(server: Running, headers: dict[str, str]) -> None:
    """400 that lists them."""
    for route in ROUTES:
        message, param = refused(route, post(server, route, whole(route), **headers), 400)
        assert "full, readonly, off" in message and param == "x-rapport-mode"


def test_keys(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> None:
    """None, a wrong one, one in the wrong form: 401 that says how to send one, before a byte of the body is judged."""
    config = configure(tmp_path_factory.mktemp("keys"), auth={"required": True},
                       backends=[openai_backend(fakes["gpt"].base, models=["*"])])
    good = json.loads(cli("keys", "create", "--json", config=config).stdout)["key"]
    fakes["gpt"].reset()
    with started(config) as server:
        for route in ROUTES:
            for headers in ({}, {"authorization": "Bearer sk-x"}, {"authorization": f"Basic {good[:-1]}"},
                            {"x_api_key": "rk-x"}, {"authorization": "Bearer"}, {"authorization": "\xff\xfe"}):
                message, _ = refused(route, post(server, route, "{", **headers), 401)
                assert "API key" in message and good not in message
            refused(route, post(server, route, "{", authorization=f"Bearer {good}"), 400)
    assert fakes["gpt"].requests() == []
