"""What pages of other web origins may read, and what they still may not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, free_port, openai_backend, running
from tests.raw import Answer, send

PAGE = {"origin": "https://app.example"}
LOCAL = {"origin": "http://localhost:3000"}
CHAT: dict[str, Any] = {"model": "echo", "messages": [{"role": "user", "content": "hi"}], "user": "ann"}
ROUTES = ("/v1/chat/completions", "/v1/responses", "/v1/messages/count_tokens", "/v1/embeddings", "/v1/models",
          "/v1/files", "/v1/responses/resp_x", "/v1/nothing")


def serve(folder: Any, fake: Fake, *origins: str) -> Any:
    files = {"paths": ["/v1/files*"], "api_base": fake.base, "api_key": "env:FAKE_KEY"}
    given = {"cors_origins": list(origins)} if "*" not in origins else {}
    return running(folder, backends=[openai_backend(fake.base)], passthrough=[files],
                   server={"port": free_port(), **given})


@pytest.fixture(scope="module")
def server(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serve(tmp_path_factory.mktemp("cors"), openai_fake, "*") as server:
        yield server


@pytest.fixture(scope="module")
def listed(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serve(tmp_path_factory.mktemp("listed"), openai_fake, PAGE["origin"]) as server:
        yield server


@pytest.fixture(scope="module")
def closed(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serve(tmp_path_factory.mktemp("closed"), openai_fake) as server:
        yield server


def readable(answer: Answer) -> str | None:
    """Whose pages may read an answer."""
    return answer.headers.get("access-control-allow-origin")


def preflight(server: Running, path: str, headers: dict[str, str]) -> Answer:
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,x-stainless-os"}
    return send(server.url, "OPTIONS", path, None, {**headers, **wanted})


@pytest.mark.parametrize("path", ROUTES)
def test_a_browser_asks_beforehand(server: Running, openai_fake: Fake, path: str) -> None:
    """204 with what the page may send, on every route, without a key, and without asking any backend."""
    openai_fake.reset()
    answer = preflight(server, path, PAGE)
    assert (answer.status, answer.body, readable(answer)) == (204, b"", "*")
    assert answer.headers["access-control-allow-headers"] == "authorization,x-stainless-os"
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert int(answer.headers["access-control-max-age"]) > 0 and openai_fake.requests() == []


@pytest.mark.parametrize("path", ROUTES)
def test_answers_and_errors_can_be_read(server: Running, path: str) -> None:
    """A page sees the error as well as the answer, with its headers, once and not twice."""
    for headers in (PAGE, LOCAL):
        posts = path in ROUTES[:4]
        answer = send(server.url, "POST" if posts else "GET", path, {**CHAT, "input": "hi"} if posts else None, headers)
        assert readable(answer) == "*" and answer.headers["access-control-expose-headers"] == "*"
        assert "," not in answer.headers["access-control-allow-origin"] and answer.headers["vary"] == "origin"
        assert answer.status == (401 if headers is PAGE and path != "/v1/nothing" else answer.status)


def test_streams_can_be_read(server: Running) -> None:
    """So does the head of a stream, and of an error in its place."""
    for model, status in (("echo", 200), ("gpt-x;e=429", 429)):
        answer = send(server.url, "POST", "/v1/chat/completions", {**CHAT, "model": model, "stream": True}, LOCAL)
        assert (answer.status, readable(answer)) == (status, "*")


@pytest.mark.parametrize("origin", [PAGE["origin"], "null", "http://localhost.evil.example", "http://127.0.0.1.nip.io"])
def test_a_foreign_page_is_nobody(server: Running, openai_fake: Fake, origin: str) -> None:
    """On the loopback without a key: 401, and neither a person's memory nor a backend is reached."""
    send(server.url, "POST", "/v1/chat/completions", {**CHAT, "messages": [{"role": "user", "content": "I'm vegan."}]})
    known = send(server.url, "GET", "/v1/users/ann/profile").json
    openai_fake.reset()
    for method, path, body in (("POST", "/v1/chat/completions", CHAT), ("GET", "/v1/users/ann/profile", None),
                               ("DELETE", "/v1/users/ann", None), ("GET", "/v1/files", None)):
        assert send(server.url, method, path, body, {"origin": origin}).status == 401
    assert openai_fake.requests() == []
    assert send(server.url, "GET", "/v1/users/ann/profile").json == known and known["events"]


def test_only_those_that_are_listed(listed: Running) -> None:
    """With origins in the configuration others get no headers; those listed get their own back."""
    for path in ("/v1/chat/completions", "/v1/models"):
        assert readable(preflight(listed, path, PAGE)) == PAGE["origin"]
        assert preflight(listed, path, LOCAL).status == 405
    for headers, shown in ((PAGE, PAGE["origin"]), (LOCAL, None), ({}, None)):
        assert readable(send(listed.url, "GET", "/v1/models", None, headers)) == shown


@pytest.mark.parametrize("path", ROUTES[:5])
def test_no_origins_switch_it_off(closed: Running, path: str) -> None:
    """`cors_origins: []`: no preflight is granted, and no header says that anybody may read."""
    assert preflight(closed, path, PAGE).status == 405
    answer = send(closed.url, "POST", path, {**CHAT, "input": "hi"}, LOCAL)
    assert not any(name.startswith("access-control") for name in answer.headers)
