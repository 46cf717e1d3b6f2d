"""Further routes, relayed byte for byte: files, sound, pictures; with the official client and without one."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import jwt
import openai
import pytest
from openai import OpenAI

from tests.fakes.openai_media import SPEECH
from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import scripted, send

SHARED = "a-shared-secret-of-well-over-64-bytes-" * 2
CHAT = b'{"model":"x","messages":[{"role":"user","content":"hi"}]}'
BYTES = random.Random(7).randbytes(3_000_000)
OPERATORS = ["/v1/files*", "/v1/audio/*", "/v1/moderations", "/v1/images/*"]
EARLY = b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n" + \
    b'{"error":{"code":"no"}} '  # fmt: skip


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api", "--key", "sk-fake") as fake:
        yield fake


@pytest.fixture(scope="module")
def server(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("passthrough")
    (folder / "secret").write_text(SHARED)
    base, key = fake.base, "env:FAKE_KEY"
    with scripted(EARLY, early=True) as (early, _):
        routes = [
            {"paths": OPERATORS, "api_base": base, "api_key": key},
            {"paths": ["/v1/models-of-mine", "/v1/batches*"], "api_base": base, "api_key": "client"},
            {"paths": ["/v1/away/*", "/v1/messages/away"], "api_base": "http://127.0.0.1:9/v1"},
            {"paths": ["/v1/early"], "api_base": early}, {"paths": ["/v1/*"], "api_base": base, "api_key": key},
        ]
        signed = {"key": f"file:{folder}/secret", "algorithms": ["HS256"], "header": "x-person"}
        config = configure(folder, passthrough=routes, backends=[openai_backend(base)], auth={"jwt": signed})
        with started(config) as server:
            yield server


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base, api_key="sk-of-the-client", max_retries=0) as client:
        yield client


def test_a_file_there_and_back(client: OpenAI, fake: Fake) -> None:
    """Uploaded, listed, looked at, downloaded byte for byte, deleted."""
    file = client.files.create(file=("ünïcode.bin", BYTES), purpose="assistants")
    assert file.bytes == len(BYTES) and fake.last().headers["authorization"] == "Bearer sk-fake"
    assert client.files.retrieve(file.id) == file and file.id in [one.id for one in client.files.list(limit=1)]
    content = client.files.content(file.id).read()
    assert hashlib.sha256(content).digest() == hashlib.sha256(BYTES).digest()
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_goes_out_as_it_came(server: Running, fake: Fake, chunked: bool) -> None:
    """Whatever bytes and whatever boundary, with a length or in chunks."""
    kind = 'multipart/form-data; charset="x"; boundary="--odd =boundary"'
    body = b'----odd =boundary\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n\xff\x00\r\n----odd =boundary--'
    pieces = [body[:10], body[10:60], body[60:]]
    connection = http.client.HTTPConnection(server.url.partition("://")[2], timeout=10)
    connection.request("POST", "/v1/files", iter(pieces) if chunked else body, {"content-type": kind, "x-mine": "1"},
                       encode_chunked=chunked)
    assert connection.getresponse().read()
    connection.close()
    seen = fake.last()
    assert (seen.raw, seen.headers["content-type"], seen.headers["x-mine"]) == (body, kind, "1")
    assert ("content-length" in seen.headers) != chunked


def test_sound_streams(client: OpenAI) -> None:
    """Pieces arrive while the rest is still to be made, and are what the backend made."""
    start, first, got = time.perf_counter(), 0.0, b""
    with client.audio.speech.with_streaming_response.create(model="tts;d=40", voice="alloy", input="hi") as answer:
        assert answer.headers["content-type"] == "audio/mpeg"
        for piece in answer.iter_bytes():
            first = first or time.perf_counter() - start
            got += piece
    assert got == SPEECH and first < 0.5 * (time.perf_counter() - start)


def test_other_media(client: OpenAI, fake: Fake) -> None:
    """A recording in, pictures out, a judgement: all that the client has methods for."""
    heard = client.audio.transcriptions.create(model="whisper", file=("x.wav", b"RIFF\x00\xff"))
    assert heard.text == "6 bytes of x.wav"
    assert len(client.images.generate(model="gpt-image", prompt="an owl", n=2).data or ()) == 2
    assert client.moderations.create(input=["a", "b"]).results[1].flagged is False


@pytest.mark.parametrize("query", [
    "limit=2&purpose=a%2Fb+c", "a=%E2%82%AC&a=2&empty", "x=%22%3C%3E%7C", "next=/v1/../x",
])
def test_a_query_goes_out_as_it_came(server: Running, fake: Fake, query: str) -> None:
    """No quoting is undone or added."""
    assert send(server.url, "GET", f"/v1/files?{query}").status in (200, 404)
    assert fake.last().path == f"/v1/files?{query}"


@pytest.mark.parametrize("words", ["e=400", "e=401", "e=429", "e=500"])
def test_errors_pass(server: Running, fake: Fake, words: str) -> None:
    """Status, body and headers of the backend's own error."""
    body = {"model": f"tts;{words}", "voice": "alloy", "input": "hi"}
    ours = send(server.url, "POST", "/v1/audio/speech", body)
    theirs = send(fake.url, "POST", "/v1/audio/speech", body, {"authorization": "Bearer sk-fake"})
    assert (ours.status, ours.body) == (theirs.status, theirs.body)
    named = {name: value for name, value in theirs.headers.items() if "limit" in name or name.startswith("retry")}
    assert named.items() <= ours.headers.items() and ours.headers["x-request-id"] != theirs.headers["x-request-id"]


def test_a_gateways_page_is_not_passed_on(server: Running) -> None:
    """It may quote the credentials that it was sent."""
    answer = send(server.url, "POST", "/v1/audio/speech", {"model": "tts;html502", "voice": "a", "input": "x"})
    assert answer.status == 502 and set(answer.json["error"]) == {"message", "type", "param", "code"}
    assert b"sk-fake" not in answer.body


@pytest.mark.parametrize("fault", ["cut", "reset"])
@pytest.mark.parametrize("path", ["/v1/audio/speech", "/v1/moderations"])
def test_what_breaks_off_breaks_off(server: Running, path: str, fault: str) -> None:
    """In chunks or with a length: half of a sound never looks like all of it."""
    answer = send(server.url, "POST", path, {"model": f"x;{fault}", "voice": "a", "input": "x"})
    assert answer.status == 200 and answer.body and not answer.whole


def test_headers_go_out_in_their_bytes(server: Running, fake: Fake) -> None:
    """Characters beyond ASCII, and lists that come as several headers."""
    for path, body in (("/v1/moderations", b'{"input":"x"}'), ("/v1/chat/completions", CHAT)):
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as wire:
            wire.sendall(b"POST %s HTTP/1.1\r\nhost: localhost\r\nx-title: caf\xc3\xa9\r\nopenai-beta: one\r\n"
                         b"openai-beta: two\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                         b"connection: close\r\n\r\n" % (path.encode(), len(body)) + body)
            assert wire.recv(12) == b"HTTP/1.1 200"
        seen = fake.last().headers
        assert (seen["x-title"].encode("latin-1"), seen["openai-beta"]) == ("caf\u00e9".encode(), "one, two")


def test_an_error_has_the_shape_that_its_client_reads(server: Running) -> None:
    """Anthropic's say who they are, by the path or in a header; all others are OpenAI's."""
    for path, headers, anthropic in (("/v1/away/x", {}, False), ("/v1/away/x", {"anthropic-version": "1"}, True),
                                     ("/v1/messages/away", {}, True)):
        said = send(server.url, "POST", path, {}, headers).json
        assert (said.get("type"), set(said["error"])) == ("error" if anthropic else None,
                                                          {"message", "type", "param", "code"}), path


def test_a_backend_that_is_away(server: Running) -> None:
    """502 in the envelope."""
    answer = send(server.url, "POST", "/v1/away/x", b"\x00" * 100_000)
    assert (answer.status, answer.json["error"]["code"]) == (502, "backend_unavailable")


def test_an_upload_that_is_too_large(client: OpenAI, server: Running, fake: Fake) -> None:
    """50 MB are 413, told by their length before they are sent or counted as they come; nothing is kept of them."""
    before = fake.stats()["requests"]
    with pytest.raises(openai.APIStatusError) as caught:
        client.files.create(file=("large.bin", bytes(50 << 20)), purpose="assistants")
    assert (caught.value.status_code, caught.value.code) == (413, "request_too_large")
    pieces = (bytes(1 << 20) for _ in range(34))
    connection = http.client.HTTPConnection(server.url.partition("://")[2], timeout=30)
    connection.request("POST", "/v1/files", pieces, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 413 and json.load(answer)["error"]["code"] == "request_too_large"
    connection.close()
    assert fake.stats()["requests"] == before and fake.wait("busy", 0)


def test_an_answer_before_the_end_of_the_upload(server: Running) -> None:
    """A backend that has seen enough is heard."""
    answer = send(server.url, "POST", "/v1/early", bytes(20 << 20))
    assert (answer.status, answer.json["error"]["code"]) == (403, "no")


@pytest.mark.parametrize("path", [
    "/v1/files/../models", "/v1/files/%2e%2e/models", "/v1/files/.%2E/models", "/v1/files%2f..%2fmodels",
    "/v1/files/%252e%252e/models", "/v1/files/..%5cmodels", "/v1/files/\\..\\models", "/v1/files/./models",
    "/v1/audio/..;/../models", "/v1/images/x/..", "/%76%31/files",
])
def test_nobody_leaves_the_listed_paths(server: Running, fake: Fake, path: str) -> None:
    """Dots, quoted once or twice, backslashes and a quoted root: 404, and the backend is not asked."""
    before = fake.stats()["requests"]
    answer = send(server.url, "GET", path)
    assert (answer.status, answer.json["error"]["code"]) == (404, "unknown_url")
    assert fake.stats()["requests"] == before


def test_our_own_routes_come_first(server: Running, fake: Fake) -> None:
    """However wide a pattern is, people's data, receipts, models and kept responses are ours; the rest goes on."""
    send(server.url, "POST", "/v1/chat/completions", {"model": "echo", "user": "ann", "messages": [
        {"role": "user", "content": "I'm vegan."}]})
    before = fake.stats()["requests"]
    assert send(server.url, "GET", "/v1/users/ann/profile").json["object"] == "rapport.profile"
    assert send(server.url, "DELETE", "/v1/users/ann").json["object"] == "rapport.erasure"
    assert send(server.url, "GET", "/v1/receipts/x").status == 404
    assert fake.stats()["requests"] == before
    assert send(server.url, "GET", "/v1/chat/completions?limit=2").status == 404
    assert fake.last().path == "/v1/chat/completions?limit=2"


def test_who_speaks_for_one_person_does_not_get_the_operators_key(server: Running, fake: Fake) -> None:
    """A key with trust `user`, and a person's token: 403; their own key goes through where it is wanted."""
    made = cli("keys", "create", "--trust", "user", "--json", config=server.folder / "config.yaml")
    key = json.loads(made.stdout)["key"]
    token = jwt.encode({"sub": "carol", "exp": time.time() + 60}, SHARED, algorithm="HS256")
    before = fake.stats()["requests"]
    for headers in ({"authorization": f"Bearer {key}"}, {"x-api-key": key}, {"x-person": token}):
        answer = send(server.url, "GET", "/v1/files", None, headers)
        assert (answer.status, answer.json["error"]["code"]) == (403, "not_allowed")
    assert fake.stats()["requests"] == before
    own: dict[str, Any] = {"authorization": "Bearer sk-fake", "x-api-key": key, "x-person": token}
    assert send(server.url, "GET", "/v1/batches", None, own).json["error"]["code"] == "unknown_url"
    seen = fake.last().headers
    assert seen["authorization"] == "Bearer sk-fake" and not seen.keys() & {"x-api-key", "x-person"}
    assert send(server.url, "GET", "/v1/batches", None, {"authorization": f"Bearer {key}"}).status == 401
    assert key not in json.dumps(fake.last().headers)
    assert send(server.url, "GET", "/v1/files", None, {"authorization": "Bearer rk-wrong"}).status == 401
