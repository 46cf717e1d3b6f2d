"""Embeddings, legacy completions, the list of models, and what is not here: with the official client."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake, serving
from tests.rapport import Running, openai_backend, running
from tests.raw import send


@pytest.fixture(scope="module")
def fakes(openai_fake: Fake) -> Iterator[dict[str, Fake]]:
    with ExitStack() as stack:
        options = {"keyed": ("--key", "sk-own"), "unlisted": ("--without", "models,embeddings", "--plain-404")}
        made = {name: stack.enter_context(serving("openai_api", *given)) for name, given in options.items()}
        yield {**made, "full": openai_fake}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    def backend(name: str, *models: str, **more: Any) -> dict[str, Any]:
        base = fakes[name].base if name in fakes else "http://127.0.0.1:9/v1"
        return openai_backend(base, models=list(models), **more)

    backends = [
        backend("away", "away/*", "named"), backend("unlisted", "unlisted/*", "also-named"),
        backend("full", "pinned-*", use="openai/pinned-model"), backend("keyed", "org/*", api_key="client"),
        {"models": ["demo"], "use": "demo"}, backend("full", "gpt-*", "bench*"),
    ]
    with running(tmp_path_factory.mktemp("other"), backends=backends) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base, api_key="sk-own", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def direct(fakes: dict[str, Fake]) -> Iterator[OpenAI]:
    with OpenAI(base_url=fakes["full"].base, api_key="sk-own", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("given", ["hi", ["hi", "there"], [1, 2, 3], [[1, 2], [3]], "naïve 🙂"])
@pytest.mark.parametrize("more", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}, {"dimensions": 8}])
def test_embeddings(client: OpenAI, direct: OpenAI, fakes: dict[str, Fake], given: Any, more: dict[str, Any]) -> None:
    """Texts and tokens, floats and base64: the same as from the backend itself, of the same request."""
    asked: Any = {"model": "bench-embed", "input": given, **more}
    theirs = direct.embeddings.create(**asked)
    sent = fakes["full"].last().json
    assert client.embeddings.create(**asked) == theirs and theirs.data[0].embedding
    assert fakes["full"].last().json == sent


def test_embeddings_go_out_as_they_came(server: Running, fakes: dict[str, Fake]) -> None:
    """Byte for byte, with nothing injected and nobody looked up, whoever asks."""
    body = b'{ "input":["I am vegan."],"model":"gpt-x", "user":"ann", "vendor_flag":1.0 }'
    answer = send(server.url, "POST", "/v1/embeddings", body)
    assert answer.status == 200 and fakes["full"].last().raw == body
    assert answer.headers["x-rapport-policies"] == "" and answer.headers["x-request-id"]


def test_what_a_backend_cannot_do_is_told(client: OpenAI) -> None:
    """No embeddings, no legacy completions: a clear 404, whether we know it or the backend says so."""
    for model in ("demo", "unlisted/x"):
        with pytest.raises(openai.NotFoundError):
            client.embeddings.create(model=model, input="hi")
    with pytest.raises(openai.NotFoundError) as caught:
        client.completions.create(model="demo", prompt="hi")
    assert caught.value.code == "unknown_url" and "/v1/completions" in caught.value.message


@pytest.mark.parametrize("more", [{}, {"n": 2, "echo": True}, {"prompt": ["a", "b"]}, {"prompt": [1, 2]}])
def test_completions(client: OpenAI, fakes: dict[str, Fake], more: dict[str, Any]) -> None:
    """Whole and streamed, the pieces make the whole; the fields arrive as sent."""
    asked: Any = {"model": "gpt-x;refusal;c=3", "prompt": "once", "suffix": "end", "best_of": 2, **more}
    whole = client.completions.create(**asked)
    assert fakes["full"].last().json == asked
    with client.completions.create(**asked, stream=True, stream_options={"include_usage": True}) as stream:
        chunks = list(stream)
    texts = ["".join(choice.text for chunk in chunks for choice in chunk.choices if choice.index == index)
             for index in range(len(whole.choices))]
    assert texts == [choice.text for choice in whole.choices]
    assert chunks[-1].usage == whole.usage and not chunks[-1].choices


def test_models_of_configuration_and_backends(client: OpenAI, fakes: dict[str, Fake]) -> None:
    """Names that are written, names behind patterns that the backends list and that their route takes, in this order;
    a backend that is away, or lists nothing, costs its own alone."""
    start = time.perf_counter()
    names = [card.id for card in client.models.list()]
    assert time.perf_counter() - start < 2
    assert names == ["named", "also-named", "pinned-model", "org/model-x:free", "demo", "bench", "bench-embed",
                     "gpt-4o-mini"]


def test_a_client_key_lists_what_it_may_see(server: Running, fakes: dict[str, Fake]) -> None:
    """Where the caller's own key goes to the backend, its list is the caller's, and remembered for nobody else."""
    for key, seen in (("sk-own", True), ("sk-other", False), ("sk-own", True)):
        cards = send(server.url, "GET", "/v1/models", None, {"authorization": f"Bearer {key}"}).json["data"]
        assert ("org/model-x:free" in {card["id"] for card in cards}) == seen
    assert fakes["keyed"].last().headers["authorization"] == "Bearer sk-own"


@pytest.mark.parametrize("quoted", ["org/model-x:free", "org%2Fmodel-x%3Afree", "org/model-x%3Afree"])
def test_a_model_whose_name_has_slashes_and_colons(server: Running, quoted: str) -> None:
    """It is found as written and as quoted."""
    answer = send(server.url, "GET", f"/v1/models/{quoted}", None, {"authorization": "Bearer sk-own"})
    assert (answer.status, answer.json["id"], answer.json["owned_by"]) == (200, "org/model-x:free", "fake")


def test_one_model(client: OpenAI) -> None:
    """What a route takes is there even if no list names it; anything else is 404 with what is configured."""
    assert client.models.retrieve("gpt-4o-mini").owned_by == "fake"
    assert client.models.retrieve("away/anything").id == "away/anything"
    assert client.models.retrieve("gpt-hidden").owned_by == "fake", "the backend has it, though its list does not"
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.models.retrieve("gpt-lost")
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("nobody")
    assert caught.value.code == "model_not_found" and "gpt-*" in caught.value.message


@pytest.mark.parametrize("path", [
    "/v1/nothing", "/v1/batches", "/v1/vector_stores/x/nothing", "/v1/audio/speech", "/v1/responses/",
    "/v1/responses/x/nothing", "/v1/chat", "/v2/x", "/",
])
def test_unknown_routes(server: Running, path: str) -> None:
    """404 in the envelope, with what is here, by whatever method."""
    for method in ("GET", "POST"):
        answer = send(server.url, method, path, {} if method == "POST" else None)
        assert answer.status == 404 and set(answer.json["error"]) == {"message", "type", "param", "code"}
        assert answer.json["error"]["code"] == "unknown_url" and "Here are: " in answer.json["error"]["message"]
        assert answer.headers["x-request-id"] and answer.headers["openai-processing-ms"]


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("GET", "/v1/chat/completions", "POST"), ("PUT", "/v1/embeddings", "POST"), ("DELETE", "/v1/responses", "POST"),
    ("GET", "/v1/responses/input_tokens", "POST"), ("POST", "/v1/models", "GET"), ("POST", "/v1/models/x", "GET"),
    ("PUT", "/v1/responses/resp_x", "GET, DELETE"), ("GET", "/v1/responses/resp_x/cancel", "POST"),
    ("POST", "/v1/responses/resp_x/input_items", "GET"), ("GET", "/v1/users/ann", "DELETE"),
    ("POST", "/healthz", "GET"), ("PATCH", "/v1/receipts/x", "GET"),
])
def test_wrong_methods(server: Running, method: str, path: str, allowed: str) -> None:
    """405 in the envelope, and `Allow` says by which it goes."""
    answer = send(server.url, method, path, {} if method != "GET" else None)
    assert answer.status == 405 and set(answer.json["error"]) == {"message", "type", "param", "code"}
    assert set(allowed.split(", ")) == set(answer.headers["allow"].split(", ")) - {"HEAD"}


def test_every_route_of_ours_is_in_the_document(server: Running) -> None:
    """/openapi.json names each, and what it names is served."""
    document = send(server.url, "GET", "/openapi.json").json
    for path, methods in document["paths"].items():
        plain = path.replace("{id}", "x").replace("{user}", "x")
        for method in methods:
            answer = send(server.url, method.upper(), plain, {} if method == "post" else None)
            error = answer.json.get("error", {}) if b"error" in answer.body else {}
            assert answer.status != 405 and "unknown_url" not in json.dumps(error), (method, path)
