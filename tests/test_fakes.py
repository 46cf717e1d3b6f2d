"""The fakes are what other tests lean on: they are held against the official client and against the bare wire."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from tests.fakes.answer import REFUSAL, SPLIT, VENDOR_NOTE
from tests.fakes.process import Fake, serving

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Grüße: which café is near?"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS: list[ChatCompletionToolParam] = [
    {"type": "function", "function": {"name": name, "parameters": dict(SCHEMA)}} for name in ("weather", "trains")
]


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api", "--dim", "64") as running:
        yield running


@pytest.fixture(scope="module")
def client(fake: Fake) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=fake.base, api_key="sk-fake-0123456789", max_retries=0, timeout=10) as made:
        yield made


def test_plain_answer(client: openai.OpenAI, fake: Fake) -> None:
    """A plain answer has a text, counts and the provider's headers, and the fake shows what it was asked."""
    answer = client.chat.completions.with_raw_response.create(model="bench", messages=ASKED)
    parsed = answer.parse()
    assert parsed.choices[0].message.content and parsed.choices[0].finish_reason == "stop"
    assert parsed.usage is not None and parsed.usage.total_tokens == 184
    assert {"x-request-id", "openai-processing-ms", "openai-version"} <= set(answer.headers)
    assert answer.headers["openai-organization"] == "org-fake"
    seen = fake.last()
    assert (seen.method, seen.path, seen.json["messages"]) == ("POST", "/v1/chat/completions", ASKED)
    assert seen.headers["authorization"] == "Bearer sk-fake-0123456789"


@pytest.mark.parametrize("model", ["bench", "gpt-4o-mini"])
def test_stream(client: openai.OpenAI, model: str) -> None:
    """A stream has its role first, one finish reason, and counts only for those who ask."""
    bare = list(client.chat.completions.create(model=model, messages=ASKED, stream=True))
    assert bare[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in bare if chunk.choices[0].finish_reason] == ["stop"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in bare)
    options: Any = {"include_usage": True}
    asked = list(client.chat.completions.create(model=model, messages=ASKED, stream=True, stream_options=options))
    assert asked[-1].choices == [] and asked[-1].usage is not None


def test_pace(client: openai.OpenAI) -> None:
    """The model's name sets how many chunks come, and how far apart."""
    start = time.monotonic()
    chunks = list(client.chat.completions.create(model="bench;l=20;c=6;d=10", messages=ASKED, stream=True))
    assert len(chunks) == 7 and time.monotonic() - start >= 0.07


def test_echo(client: openai.OpenAI, fake: Fake) -> None:
    """`echo` answers with the body that arrived, whole or in pieces."""
    answer = client.chat.completions.create(model="bench;echo", messages=ASKED, seed=7)
    content = answer.choices[0].message.content or ""
    assert content == fake.last().body and json.loads(content)["seed"] == 7
    pieces = client.chat.completions.create(model="bench;echo;c=5", messages=ASKED, stream=True)
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == fake.last().body


def test_prompt(client: openai.OpenAI) -> None:
    """`prompt` answers with the JSON of what the model sees: tools before messages, nothing else."""
    answer = client.chat.completions.create(model="prompt", messages=ASKED, tools=TOOLS, seed=7)
    seen = json.loads(answer.choices[0].message.content or "")
    assert list(seen.items()) == [("tools", TOOLS), ("messages", ASKED)]


@pytest.mark.parametrize("parallel", [True, False])
def test_tools(client: openai.OpenAI, parallel: bool) -> None:
    """`tools` calls one tool, or two at once, and rests once their results are there."""
    answer = client.chat.completions.create(
        model="bench;tools", messages=ASKED, tools=TOOLS, parallel_tool_calls=parallel
    )
    calls = answer.choices[0].message.tool_calls or []
    assert [call.function.name for call in calls if call.type == "function"] == ["weather", "trains"][: 1 + parallel]
    assert answer.choices[0].finish_reason == "tool_calls" and answer.choices[0].message.content is None
    brought: list[ChatCompletionMessageParam] = [*ASKED, {"role": "tool", "tool_call_id": "call_1", "content": "9 °C"}]
    after = client.chat.completions.create(model="bench;tools", messages=brought, tools=TOOLS)
    assert after.choices[0].finish_reason == "stop" and after.choices[0].message.content


def test_tools_streamed(client: openai.OpenAI) -> None:
    """Arguments of parallel calls come in pieces that interleave; only the index tells them apart."""
    order: list[int] = []
    arguments = ["", ""]
    for chunk in client.chat.completions.create(model="bench;tools", messages=ASKED, tools=TOOLS, stream=True):
        for call in chunk.choices[0].delta.tool_calls or []:
            assert call.function is not None
            order.append(call.index)
            arguments[call.index] += call.function.arguments or ""
    assert order != sorted(order)
    assert [json.loads(text)["days"] for text in arguments] == [3, 3]


def test_choices_and_logprobs(client: openai.OpenAI) -> None:
    """`n` and `logprobs` are honoured, whole and streamed."""
    answer = client.chat.completions.create(
        model="bench", messages=ASKED, n=2, logprobs=True, top_logprobs=2, stop="never"
    )
    assert [choice.index for choice in answer.choices] == [0, 1]
    logprobs = answer.choices[1].logprobs
    assert logprobs is not None and logprobs.content is not None and len(logprobs.content[0].top_logprobs) == 2
    streamed = client.chat.completions.create(model="bench;c=3", messages=ASKED, n=2, stream=True)
    finished = [chunk.choices[0].index for chunk in streamed if chunk.choices[0].finish_reason]
    assert finished == [0, 1]


def test_refusal_and_reasoning(client: openai.OpenAI) -> None:
    """A refusal stands in its own field; fields that no SDK knows come through."""
    refused = client.chat.completions.create(model="bench;refusal", messages=ASKED).choices[0].message
    assert (refused.refusal, refused.content) == (REFUSAL, None)
    thought = client.chat.completions.create(model="bench;reasoning", messages=ASKED).choices[0].message
    assert thought.model_extra is not None and thought.model_extra["vendor_note"] == VENDOR_NOTE
    # Read to the end: a stream left open is closed by the garbage collector, which can deadlock the client's pool.
    chunks = list(client.chat.completions.create(model="bench;reasoning", messages=ASKED, stream=True))
    assert any("reasoning_content" in (chunk.choices[0].delta.model_extra or {}) for chunk in chunks)


def test_cached_tokens(client: openai.OpenAI) -> None:
    """`usage` counts cached tokens for a prompt that begins as an earlier one did, and for no other."""

    def cached(tail: str) -> int:
        long: ChatCompletionMessageParam = {"role": "system", "content": "Stay on the subject. " * 300}
        asked: list[ChatCompletionMessageParam] = [long, {"role": "user", "content": tail}]
        usage = client.chat.completions.create(model="bench;usage", messages=asked).usage
        assert usage is not None and usage.prompt_tokens_details is not None
        return usage.prompt_tokens_details.cached_tokens or 0

    assert cached("first") == 0
    assert cached("second") == 1536
    usage = client.chat.completions.create(model="bench;usage", messages=ASKED).usage
    assert usage is not None and usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 0


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, openai.BadRequestError, "context_length_exceeded"),
        (401, openai.AuthenticationError, "invalid_api_key"),
        (403, openai.PermissionDeniedError, "model_access_denied"),
        (404, openai.NotFoundError, "model_not_found"),
        (408, openai.APIStatusError, "request_timeout"),
        (409, openai.ConflictError, "resource_conflict"),
        (413, openai.APIStatusError, "request_too_large"),
        (422, openai.UnprocessableEntityError, "unprocessable_entity"),
        (429, openai.RateLimitError, "rate_limit_exceeded"),
        (500, openai.InternalServerError, None),
        (503, openai.InternalServerError, "server_is_overloaded"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors(
    client: openai.OpenAI, status: int, kind: type[openai.APIStatusError], code: str | None, stream: bool
) -> None:
    """An error makes the client raise its own class, with all four keys of the envelope."""
    with pytest.raises(kind) as caught:
        client.chat.completions.create(model=f"bench;e={status}", messages=ASKED, stream=stream)
    assert caught.value.status_code == status and caught.value.code == code
    assert isinstance(caught.value.body, dict) and set(caught.value.body) == {"message", "type", "param", "code"}
    if status == 429:
        assert caught.value.response.headers["retry-after"] == "1"
        assert caught.value.response.headers["retry-after-ms"] == "1000"
        assert caught.value.response.headers["x-ratelimit-remaining-requests"] == "0"


def test_gateway_page_quotes_the_key(client: openai.OpenAI) -> None:
    """A gateway's page of HTML holds the credentials it was sent, so that a leak can be seen."""
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="bench;html502", messages=ASKED)
    assert "sk-fake-0123456789" in caught.value.response.text
    assert caught.value.response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("fault", "left", "count"),
    [
        ("cut=4", "RemoteProtocolError", 4),
        ("reset=4", "ReadError", 4),
        ("errorevent=4", "APIError", 4),
        ("short=4", "", 4),
        ("nodone", "", 34),
    ],
)
def test_broken_streams(client: openai.OpenAI, fault: str, left: str, count: int) -> None:
    """A stream breaks off after the events that were let through, in the way that was asked for."""
    received, raised = [], ""
    try:
        for chunk in client.chat.completions.create(model=f"bench;{fault}", messages=ASKED, stream=True):
            received.append(chunk)
    except (httpx.HTTPError, openai.APIError) as error:
        raised = type(error).__name__
    assert (raised, len(received)) == (left, count)
    finished = [chunk.choices[0].finish_reason for chunk in received if chunk.choices[0].finish_reason]
    assert finished == (["stop"] if fault == "nodone" else [])


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_broken_bodies(client: openai.OpenAI, fault: str) -> None:
    """A whole answer can break off too."""
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(model=f"bench;{fault}", messages=ASKED)


def test_split_packets(client: openai.OpenAI, fake: Fake) -> None:
    """Characters and events that packets cut in two come together again, comments and separators between them."""
    chunks = client.chat.completions.create(model="bench;split;c=9", messages=ASKED, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SPLIT
    assert client.chat.completions.create(model="bench;split", messages=ASKED).choices[0].message.content == SPLIT
    status, raw = _post(fake, "/v1/chat/completions", {"model": "bench;split", "messages": ASKED, "stream": True})
    assert status == 200 and raw.count(b": ping\n\n") > 9 and raw.endswith(b"data: [DONE]\n\n")
    assert "\u2028".encode() in raw


@pytest.mark.parametrize("fault", ["hang", "stall"])
def test_leaving_early_is_counted(fake: Fake, fault: str) -> None:
    """A client that goes before its answer ended is counted, whether anything had come or not."""
    fake.reset()
    body = json.dumps({"model": f"bench;{fault}", "messages": ASKED, "stream": True})
    connection = http.client.HTTPConnection(fake.url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/v1/chat/completions", body)
    if fault == "stall":
        answer = connection.getresponse()
        assert answer.readline().startswith(b"data: {")
        answer.close()
    assert fake.wait("busy", 1) and fake.open()["abandoned"] == 0
    connection.close()
    assert fake.wait("busy", 0) and fake.open()["abandoned"] == 1


def test_embeddings(client: openai.OpenAI, fake: Fake) -> None:
    """Vectors depend on the words, and come the same as floats and as base64, for texts and for token ids."""
    texts = ["the train to the coast", "a train along the coast", "quarterly tax forms"]
    default = [row.embedding for row in client.embeddings.create(model="bench-embed", input=texts).data]
    assert fake.last().json["encoding_format"] == "base64"
    floats = client.embeddings.create(model="bench-embed", input=texts, encoding_format="float")
    assert floats.data[0].embedding == pytest.approx(default[0], abs=1e-6)
    assert sum(value * value for value in default[0]) == pytest.approx(1.0, abs=1e-6)
    assert _dot(default[0], default[1]) > _dot(default[0], default[2]) + 0.2
    ids = client.embeddings.create(model="bench-embed", input=[[5, 6, 7], [5, 6, 8]], dimensions=32)
    assert [len(row.embedding) for row in ids.data] == [32, 32]
    assert 0.3 < _dot(ids.data[0].embedding, ids.data[1].embedding) < 0.99
    raw = {"model": "m", "input": "the train to the coast", "encoding_format": "base64"}
    _, answer = _post(fake, "/v1/embeddings", raw)
    packed = base64.b64decode(json.loads(answer)["data"][0]["embedding"])
    assert struct.unpack("<64f", packed) == pytest.approx(default[0], abs=1e-6)


def test_models(client: openai.OpenAI) -> None:
    """Models are listed and found by their ids, which may hold slashes and colons."""
    names = [model.id for model in client.models.list()]
    assert "bench" in names and client.models.retrieve("org/model-x:free").id in names
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", {"model": "m"}, 400),
        ("/v1/chat/completions", {"messages": ASKED}, 400),
        ("/v1/embeddings", {"model": "m", "input": {}}, 400),
        ("/v1/nothing", {}, 404),
    ],
)
def test_unusable_requests(fake: Fake, path: str, body: dict[str, Any], status: int) -> None:
    """What cannot be answered gets an error in the provider's shape."""
    given, answer = _post(fake, path, body)
    assert given == status and set(json.loads(answer)["error"]) == {"message", "type", "param", "code"}


def test_key() -> None:
    """With a key, any other key is refused."""
    with serving("openai_api", "--key", "sk-right-0001") as fake:
        right = openai.OpenAI(base_url=fake.base, api_key="sk-right-0001", max_retries=0)
        wrong = openai.OpenAI(base_url=fake.base, api_key="sk-wrong-0002", max_retries=0)
        with right, wrong:
            assert right.chat.completions.create(model="bench", messages=ASKED).choices
            with pytest.raises(openai.AuthenticationError) as caught:
                wrong.models.list()
    assert "sk-wrong-0002" not in str(caught.value)


def test_pipelined_requests(fake: Fake) -> None:
    """Requests sent at once on one connection are answered in their order."""
    host, port = fake.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(b"GET /v1/models/bench HTTP/1.1\r\n\r\nGET /v1/models/none HTTP/1.1\r\n\r\n")
        raw = b""
        while raw.count(b"HTTP/1.1 ") < 2:
            raw += wire.recv(65536)
    assert [part[:3] for part in raw.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404"]


def test_chunked_requests(fake: Fake) -> None:
    """Request bodies may come chunked, and counters count them."""
    fake.reset()
    body = json.dumps({"model": "bench;echo", "messages": ASKED}).encode()
    connection = http.client.HTTPConnection(fake.url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/v1/chat/completions", iter([body[:40], body[40:]]), encode_chunked=True,
                       headers={"transfer-encoding": "chunked"})  # fmt: skip
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["choices"][0]["message"]["content"].encode() == body
    stats = fake.stats()
    assert (stats["requests"], stats["chat"], stats["bytes_in"]) == (1, 1, len(body))
    assert [seen.path for seen in fake.requests()] == ["/v1/chat/completions"]


def _dot(one: list[float], other: list[float]) -> float:
    return sum(left * right for left, right in zip(one, other, strict=True))


def _post(fake: Fake, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(fake.url.removeprefix("http://"), timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
