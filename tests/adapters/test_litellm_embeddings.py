"""The embeddings of providers that only litellm speaks to, as OpenAI's clients want them."""

import asyncio
import base64
import json
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.litellm import Target, warm
from adapters.litellm_embeddings import LiteLLMEmbeddings
from adapters.ports import EMBEDDINGS, ChatRequest, MalformedRequest, Reply, Timeout, Unavailable
from tests.adapters.relay.raw import answering
from tests.fakes.embeddings import vector
from tests.fakes.process import Fake, serving

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
KEY = "sk-operator-0123456789"
SHORT = 1e-6


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api", "--dim", "8") as running:
        yield running


def request(**fields: Any) -> ChatRequest:
    headers = (("authorization", "Bearer sk-client"),)
    return ChatRequest.parse(json.dumps({"model": "client-name", "input": "a", **fields}).encode(), headers, EMBEDDINGS)


async def asked(base: str, model: str, clocks: dict[str, float], **fields: Any) -> Reply:
    backend = LiteLLMEmbeddings(Target(f"openai/{model}", base, KEY, **clocks))
    try:
        return await backend.complete(request(**fields))
    finally:
        await backend.close()


def embed(fake: Fake, model: str = "bench-embed", clocks: dict[str, float] | None = None, **fields: Any) -> Any:
    """The answer, decoded, of a call that went well."""
    reply = asyncio.run(asked(fake.base, model, clocks or {}, **fields))
    assert (reply.status, reply.complete, reply.chunks) == (200, True, None)
    return json.loads(reply.body)


def near(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(abs(a - b) < SHORT for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("given", "each"), [
    ("one word", ["one word"]), (["one", "two", "three"], ["one", "two", "three"]), ([1, 2, 3], [[1, 2, 3]]),
    ([[1, 2], [3]], [[1, 2], [3]]), ([""], [""]),
])
def test_every_input_has_its_vector(fake: Fake, given: Any, each: list[Any]) -> None:
    """A text, a list of texts, token ids, and lists of these: in their order, under the client's name of the model."""
    body = embed(fake, input=given)
    assert (body["object"], body["model"]) == ("list", "client-name")
    assert [(row["object"], row["index"]) for row in body["data"]] == [("embedding", at) for at in range(len(each))]
    assert all(near(row["embedding"], vector(one, 8)) for row, one in zip(body["data"], each, strict=True))
    assert body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 0 or given == [""]
    assert fake.last().json["input"] == given


def test_vectors_come_packed_where_that_is_asked_for(fake: Fake) -> None:
    """As OpenAI's clients ask for them: base64 of little-endian float32."""
    packed = embed(fake, input=["one", "two"], encoding_format="base64", user="u1")["data"]
    for row, text in zip(packed, ["one", "two"], strict=True):
        assert near(struct.unpack("<8f", base64.b64decode(row["embedding"])), vector(text, 8))
    assert fake.last().json["user"] == "u1"


def test_a_length_can_be_asked_for(fake: Fake) -> None:
    """Of models that can; where the wish would be lost, the client is told."""
    body = embed(fake, "text-embedding-3-small", dimensions=4)
    assert len(body["data"][0]["embedding"]) == 4
    with pytest.raises(MalformedRequest) as caught:
        embed(fake, dimensions=4)
    assert caught.value.param == "dimensions"
    assert len(embed(fake, dimensions=8)["data"]) == 1


def test_the_operators_key_is_sent(fake: Fake) -> None:
    """And the client's is not; the provider's own hints come back."""
    reply = asyncio.run(asked(fake.base, "bench-embed", {}))
    assert fake.last().headers["authorization"] == f"Bearer {KEY}"
    assert dict(reply.headers)["x-request-id"].startswith("req_")
    assert dict(reply.headers)["content-type"] == "application/json"


@pytest.mark.parametrize("given", [None, "", [], 5, {"a": 1}, True])
def test_what_is_no_input(fake: Fake, given: Any) -> None:
    """Nobody is asked."""
    fake.reset()
    with pytest.raises(MalformedRequest) as caught:
        embed(fake, input=given)
    assert caught.value.param == "input" and fake.stats()["requests"] == 0


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_errors_keep_their_meaning(fake: Fake, status: int) -> None:
    """Status, code and hints are the provider's; no key shows, and it is asked once."""
    fake.reset()
    reply = asyncio.run(asked(fake.base, f"e={status}", {}))
    assert (reply.status, reply.complete, fake.stats()["requests"]) == (status, False, 1)
    error = json.loads(reply.body)["error"]
    assert error.keys() == {"message", "type", "param", "code"} and KEY not in reply.body.decode()
    assert dict(reply.headers).get("retry-after") == ("1" if status == 429 else None)
    if status == 429:
        assert error["code"] == "rate_limit_exceeded"


def test_a_page_keeps_its_status_alone(fake: Fake) -> None:
    """Of its words nothing goes on."""
    reply = asyncio.run(asked(fake.base, "html502", {}))
    assert reply.status == 502 and b"<" not in reply.body and KEY.encode() not in reply.body


@pytest.mark.parametrize("fault", ["cut", "short", "reset"])
def test_half_an_answer_is_none(fake: Fake, fault: str) -> None:
    """Whatever the way in which it broke off."""
    with pytest.raises(Unavailable):
        embed(fake, fault)


@pytest.mark.parametrize(("fault", "clocks"), [("hang", {"first": 0.2}), ("stall", {"first": 0.2}),
                                               ("hang", {"total": 0.2})])
def test_nothing_in_time(fake: Fake, fault: str, clocks: dict[str, float]) -> None:
    """Both clocks of a whole answer count."""
    start = time.monotonic()
    with pytest.raises(Timeout):
        embed(fake, fault, clocks)
    assert time.monotonic() - start < 5
    assert fake.wait("busy", 0)


def test_nobody_there() -> None:
    """A refused connection is Unavailable, in words that hold no address."""
    with pytest.raises(Unavailable) as caught:
        embed(Fake("http://127.0.0.1:9", 0))
    assert "127.0.0.1" not in str(caught.value)


def told(body: bytes, **fields: Any) -> Reply:
    """What comes of one answer."""

    async def go() -> Reply:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        async with answering(head + body) as raw:
            return await asked(raw.base, "bench-embed", {}, **fields)

    return asyncio.run(go())


def test_vectors_are_put_in_order() -> None:
    """A provider may answer in any; numbers stay what they are."""
    rows = [{"index": 1, "embedding": [0.1, 1]}, {"index": 0, "embedding": [0.123456789012345, -2.5]}]
    body = json.loads(told(json.dumps({"data": rows, "usage": {"prompt_tokens": 3}}).encode(), input=["a", "b"]).body)
    assert [row["embedding"] for row in body["data"]] == [[0.123456789012345, -2.5], [0.1, 1.0]]
    assert body["usage"] == {"prompt_tokens": 3, "total_tokens": 0}


@pytest.mark.parametrize("body", [
    b'{"data":[]}', b'{"data":[{"index":0,"embedding":"AAAA"}]}', b'{"data":[{"index":0,"embedding":["a"]}]}',
    b'{"data":[{"index":0}]}', b'{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}', b"{}", b"[]",
    b'{"error":"private words"}', b"private words",
])
def test_an_answer_that_makes_no_sense(body: bytes) -> None:
    """No vectors, too many, or what is none: an error that quotes nothing."""
    with pytest.raises(Unavailable) as caught:
        told(body)
    assert "private" not in str(caught.value)
