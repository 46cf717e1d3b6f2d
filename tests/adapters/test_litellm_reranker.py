"""Reranking over litellm against a fake service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from adapters.litellm_reranker import CHARACTERS, LiteLLMReranker, verify
from adapters.litellm_tables import warm
from adapters.ports import AdapterError, ConfigError, Timeout, Unavailable
from tests.fakes.reranker import Reranker, reranking

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
    pytest.mark.filterwarnings("ignore:The `dict` method is deprecated"),
]
KEY = "sk-operator-0123456789"
QUESTION = "how long is the battery covered"
TEXTS = ("Parents take sixteen weeks.", "The battery is covered for five years.", "The battery is heavy.")
PROVIDERS = ["cohere", "jina_ai", "voyage", "infinity", "hosted_vllm", "together_ai", "litellm_proxy"]


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


def rank(
    provider: str, how: str = "", texts: Sequence[str] = TEXTS, key: str | None = KEY, timeout: float = 10.0
) -> tuple[Sequence[float], Reranker]:
    async def go() -> tuple[Sequence[float], Reranker]:
        async with reranking(how) as service:
            reranker = LiteLLMReranker(f"{provider}/m", timeout, service.base, (lambda: key) if key else None)
            return await asked(reranker, texts), service

    return asyncio.run(go())


async def asked(reranker: LiteLLMReranker, texts: Sequence[str] = TEXTS) -> Sequence[float]:
    try:
        return await reranker.rank(QUESTION, texts)
    finally:
        await reranker.close()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_score_for_each_text_in_their_order(provider: str) -> None:
    """Whichever provider, however it orders its answer; the configured key goes with it, once."""
    scores, service = rank(provider)
    assert scores == pytest.approx([0.0, 4 / 6, 3 / 6])
    assert len(service.kept) == 1
    assert service.kept[0].headers["authorization"] == f"Bearer {KEY}"
    sent = service.last
    assert (sent["query"], sent["documents"], sent["model"]) == (QUESTION, list(TEXTS), "m")
    assert set(sent) <= {"query", "documents", "model", "top_n", "top_k", "return_documents"}


def test_scores_beyond_one_keep_their_order() -> None:
    """Logits become numbers in [0, 1], the best still the best."""
    scores, _ = rank("hosted_vllm", "logits")
    assert all(0 <= score <= 1 for score in scores)
    assert scores[1] > 0.5 > scores[0] and scores[1] > scores[2] > scores[0]


def test_what_is_sent() -> None:
    """No texts are no request; a long one is cut, an empty one has a character."""
    scores, service = rank("cohere", texts=())
    assert (list(scores), len(service.kept)) == ([], 0)
    _, service = rank("cohere", texts=("x" * 100_000, " "))
    assert service.last["documents"] == ["x" * CHARACTERS, "-"]


@pytest.mark.parametrize("provider", ["cohere", "infinity", "jina_ai", "hosted_vllm", "voyage"])
def test_a_key_from_the_environment_stays_at_home(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is meant for the provider's own URL, and never goes to one that is configured."""
    for name in ("COHERE", "INFINITY", "JINA_AI", "HOSTED_VLLM", "VOYAGE"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-environment-0123456789")
    _, service = rank(provider, key=None)
    assert "environment" not in service.kept[0].head.decode()


@pytest.mark.parametrize("provider", ["cohere", "voyage", "hosted_vllm"])
@pytest.mark.parametrize("how", ["400", "401", "429", "500", "html", "cut"])
def test_failures_are_translated_and_not_repeated(provider: str, how: str) -> None:
    """A service that fails is asked once; its words, the texts and the key are not in the error."""
    kept: list[Reranker] = []

    async def go() -> None:
        async with reranking(how) as service:
            kept.append(service)
            await asked(LiteLLMReranker(f"{provider}/m", 10.0, service.base, lambda: KEY))

    with pytest.raises(Unavailable) as caught:
        asyncio.run(go())
    assert len(kept[0].kept) == 1
    assert not any(word in str(caught.value) for word in ("sk-", "html", "battery", "key"))
    assert how not in ("429", "500") or f"status {how}" in str(caught.value)


@pytest.mark.parametrize("how", ["short", "double", "nan", "words", "empty"])
def test_an_answer_that_makes_no_sense(how: str) -> None:
    """A text without a score, two of one text, or what is no number: none of it is used."""
    for provider in ("cohere", "voyage", "hosted_vllm"):
        with pytest.raises(AdapterError):
            rank(provider, how)


def test_one_clock_for_all_of_it() -> None:
    """A service that does not answer costs `timeout`, and no more."""
    began = time.monotonic()
    with pytest.raises(Timeout):
        rank("cohere", "deaf", timeout=0.1)
    assert time.monotonic() - began < 2


def test_nobody_there() -> None:
    """A service that cannot be reached, a key that is not there, a provider that nobody knows: Unavailable."""

    def missing() -> str:
        raise ValueError("the environment variable SECRET_NAME is not set")

    for reranker in (LiteLLMReranker("cohere/m", 5.0, "http://127.0.0.1:9", lambda: KEY),
                     LiteLLMReranker("cohere/m", 5.0, None, missing), LiteLLMReranker("nobody", 5.0)):
        with pytest.raises(Unavailable) as caught:
            asyncio.run(asked(reranker))
        assert "SECRET" not in str(caught.value)


def test_providers_that_cannot() -> None:
    """`rapport check` tells a provider that is unknown, or has no reranking, from those that have."""
    for provider in (*PROVIDERS, "azure_ai", "bedrock", "deepinfra", "huggingface"):
        verify(f"{provider}/m")
    for model in ("openai/m", "anthropic/m", "nobody", "demo/m"):
        with pytest.raises(ConfigError, match=r"reranker\.model: "):
            verify(model)


def test_the_key_is_not_shown() -> None:
    """Nothing that is printed of it holds a key."""
    shown: Any = vars(LiteLLMReranker("cohere/m", 1.0, None, lambda: KEY))
    assert KEY not in repr(shown)
