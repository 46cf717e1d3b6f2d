"""Whoever goes away takes the backend's work along within a second: on every route, at every moment."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.process import Fake, serving
from tests.rapport import Running, running
from tests.raw import send

TALK = [{"role": "user", "content": "hi"}]
BODIES: dict[str, dict[str, Any]] = {
    "chat/completions": {"messages": TALK}, "responses": {"input": "hi"}, "embeddings": {"input": "hi"},
    "messages": {"messages": TALK, "max_tokens": 5}, "completions": {"prompt": "hi"},
    "audio/speech": {"input": "hi", "voice": "alloy"}, "moderations": {"input": "hi"},
}  # fmt: skip
WAYS = [
    ("chat/completions", "gpt"), ("chat/completions", "claude"), ("responses", "gpt"), ("responses", "translated"),
    ("responses", "claude"), ("messages", "claude"), ("messages", "translated"), ("completions", "gpt"),
    ("audio/speech", "gpt"),
]
"""A route, and the backend that it is relayed to or translated for."""
WHOLE = [*WAYS, ("embeddings", "gpt"), ("moderations", "gpt")]
SOON = 1.0


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as fake, serving("anthropic_api") as anthropic:
        yield {"gpt": fake, "translated": fake, "claude": anthropic}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    base, key = fakes["gpt"].base, "env:FAKE_KEY"
    openai = {"use": "openai/{model}", "api_base": base, "api_key": key}
    backends = [
        {"models": ["gpt*"], **openai, "responses": "native"},
        {"models": ["translated*"], **openai, "responses": "translated"},
        {"models": ["claude*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url, "api_key": key},
    ]
    further = {"paths": ["/v1/audio/*", "/v1/moderations", "/v1/files*"], "api_base": base, "api_key": key}
    with running(tmp_path_factory.mktemp("gone"), backends=backends, passthrough=[further]) as server:
        for model in ("translated", "claude"):  # what translates takes its time to be imported
            send(server.url, "POST", "/v1/responses", {"model": model, "input": "hi"})
        yield server


def asked(server: Running, route: str, model: str, stream: bool, head: bytes = b"") -> socket.socket:
    """A connection on which a request was sent."""
    streamed = {"stream": True} if stream and route not in ("audio/speech", "embeddings", "moderations") else {}
    body = json.dumps({"model": model, **BODIES[route], **streamed}).encode()
    client = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10)
    line = b"POST /v1/%s HTTP/1.1\r\nhost: localhost\r\n" % route.encode()
    client.sendall(line + head + b"content-length: %d\r\n\r\n" % len(body) + body)
    return client


def ready(fake: Fake) -> None:
    """Nothing of an earlier test is under way."""
    assert fake.wait("busy", 0)
    fake.reset()


@pytest.mark.parametrize(("route", "backend"), WAYS)
def test_gone_in_the_middle_of_a_stream(server: Running, fakes: dict[str, Fake], route: str, backend: str) -> None:
    """Something came, more was on its way."""
    fake = fakes[backend]
    ready(fake)
    with asked(server, route, f"{backend};c=100;d={500 if route == 'audio/speech' else 50}", True) as client:
        got = b""
        while b"\r\n\r\n" not in got or got.endswith(b"\r\n\r\n"):
            got += client.recv(65536)
        assert got.startswith(b"HTTP/1.1 200") and fake.open()["busy"] == 1
    assert fake.wait("abandoned", 1, SOON), fake.open()
    assert fake.open()["busy"] == 0 and len(fake.requests()) == 1


@pytest.mark.parametrize(("route", "backend"), WAYS)
def test_gone_before_the_first_token(server: Running, fakes: dict[str, Fake], route: str, backend: str) -> None:
    """A stream was asked for, and nothing of it has come."""
    gone(server, fakes[backend], route, f"{backend};l=20000", True)


@pytest.mark.parametrize(("route", "backend"), WHOLE)
def test_gone_before_a_whole_answer(server: Running, fakes: dict[str, Fake], route: str, backend: str) -> None:
    """No stream at all, where servers notice least."""
    gone(server, fakes[backend], route, f"{backend};l=20000", False)


def gone(server: Running, fake: Fake, route: str, model: str, stream: bool) -> None:
    """Ask, wait until the backend is at work, go away."""
    ready(fake)
    with asked(server, route, model, stream):
        assert fake.wait("busy", 1), fake.open()
    assert fake.wait("abandoned", 1, SOON), fake.open()
    assert fake.open()["busy"] == 0 and len(fake.requests()) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_said_stays_said(server: Running, fakes: dict[str, Fake], stream: bool) -> None:
    """Who leaves in the middle of a stream has asked all the same; who leaves before it has not been answered."""
    user = f"leaver-{stream}"
    head = b"x-rapport-user: %s\r\n" % user.encode()
    ready(fakes["gpt"])
    with asked(server, "chat/completions", "gpt;d=50;c=50;l=100", stream, head) as client:
        assert fakes["gpt"].wait("busy", 1)
        if stream:
            assert client.recv(1000)
    assert fakes["gpt"].wait("abandoned", 1, SOON) or not stream
    end = time.monotonic() + 2
    while (events := send(server.url, "GET", f"/v1/users/{user}/profile").json["events"]) < stream:
        assert time.monotonic() < end
    assert events == stream


def test_gone_in_the_middle_of_an_upload(server: Running, fakes: dict[str, Fake]) -> None:
    """The backend's half of a request ends with the client's, and is none."""
    ready(fakes["gpt"])
    before = fakes["gpt"].open()["open"]
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as client:
        client.sendall(b"POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9000000\r\n\r\n")
        client.sendall(bytes(3_000_000))
        assert fakes["gpt"].wait("open", before + 1)
    assert fakes["gpt"].wait("open", before, SOON), fakes["gpt"].open()
    assert fakes["gpt"].requests() == []


def test_the_server_serves_on(server: Running) -> None:
    """After all of them."""
    for route, backend in WAYS[:-1]:
        assert send(server.url, "POST", f"/v1/{route}", {"model": backend, **BODIES[route]}).status == 200
