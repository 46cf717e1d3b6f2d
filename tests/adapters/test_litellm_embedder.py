"""Embeddings over litellm against a fake service."""

import asyncio
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from adapters.litellm import LiteLLMEmbedder
from adapters.ports import AdapterError, Timeout, Unavailable
from tests.fakes.process import Fake, serving

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api", "--dim", "64") as running:
        yield running


def embed(fake: Fake, texts: Sequence[str], model: str = "openai/bench-embed", dimensions: int = 64) -> Any:
    async def go() -> Any:
        embedder = LiteLLMEmbedder(model, dimensions, fake.base, "sk-operator-0123456789")
        try:
            return await embedder.embed(texts)
        finally:
            await embedder.close()

    return asyncio.run(go())


def test_vectors_have_length_one_and_keep_their_order(fake: Fake) -> None:
    """One unit vector per text, in the order of the texts, the same for the same text."""
    vectors = embed(fake, ["alpha", "beta", "alpha", ""])
    assert len(vectors) == 4 and all(len(vector) == 64 for vector in vectors)
    assert all(math.isclose(math.hypot(*vector), 1.0, rel_tol=1e-5) for vector in vectors)
    assert list(vectors[0]) == list(vectors[2]) != list(vectors[1])
    assert fake.last().headers["authorization"] == "Bearer sk-operator-0123456789"


def test_many_texts_go_in_batches(fake: Fake) -> None:
    """A hundred texts a request, and fewer where they are long; no texts are no request."""
    fake.reset()
    assert len(embed(fake, [f"text {number}" for number in range(250)])) == 250
    assert [len(seen.json["input"]) for seen in fake.requests()] == [100, 100, 50]
    fake.reset()
    embed(fake, ["x" * 90_000] * 3)
    assert [len(seen.json["input"]) for seen in fake.requests()] == [2, 1]
    fake.reset()
    assert embed(fake, []) == [] and fake.stats()["requests"] == 0


def test_a_length_is_asked_of_models_that_can(fake: Fake) -> None:
    """`dimensions` is sent to the models that take it, and to no others."""
    embed(fake, ["a"], "openai/text-embedding-3-small")
    assert fake.last().json["dimensions"] == 64
    embed(fake, ["a"])
    assert "dimensions" not in fake.last().json


def test_a_wrong_length_is_an_error(fake: Fake) -> None:
    """Vectors of another length than configured are refused, with both lengths named."""
    with pytest.raises(AdapterError, match="64 numbers, not 65"):
        embed(fake, ["a"], dimensions=65)


@pytest.mark.parametrize("model", ["openai/e=429", "openai/e=500", "openai/html502", "openai/cut"])
def test_failures_are_translated_and_not_repeated(fake: Fake, model: str) -> None:
    """A service that fails is asked once; its words and the key are not in the error."""
    fake.reset()
    with pytest.raises(Unavailable) as caught:
        embed(fake, ["private text"], model)
    assert fake.stats()["requests"] == 1
    assert not any(word in str(caught.value) for word in ("private", "sk-", "html", "limit"))


def test_nobody_there() -> None:
    """A service that cannot be reached is Unavailable or Timeout."""
    with pytest.raises((Unavailable, Timeout)):
        embed(Fake("http://127.0.0.1:9", 0), ["a"])


def test_the_name_tells_vectors_apart() -> None:
    """Model and length make the name."""
    assert LiteLLMEmbedder("openai/a", 8).name != LiteLLMEmbedder("openai/a", 9).name
    assert json.dumps(LiteLLMEmbedder("openai/a", 8, api_key="sk-secret").name).count("secret") == 0
