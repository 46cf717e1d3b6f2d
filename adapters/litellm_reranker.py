"""Reranking by any provider that litellm knows for it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

from adapters.litellm_http import CALL, POOL, Call
from adapters.litellm_tables import NO_KEY, failures, library, loaded, provider_of
from adapters.ports import AdapterError, ConfigError, Timeout, Unavailable

CHARACTERS = 4000
"""Of a text that are sent: rerankers read some 500 tokens, a few of them thousands."""
_LATE = "The reranking service did not answer in time."
_NONSENSE = "The reranking service's answer makes no sense."
# These have no URL of their own, or no key that is sent as it is: there the environment's belong to what is configured.
_OWN_KEYS = frozenset({"azure_ai", "bedrock", "vertex_ai", "watsonx"})
# litellm has its own way for these; every other provider without a translator gets Cohere's, and is refused.
_COHERE = frozenset({"bedrock", "cohere", "litellm_proxy", "together_ai"})


class LiteLLMReranker:
    """The port `Reranker` over `litellm.arerank`: one request without retries, `timeout` seconds for all of it.

    `api_key` is called for each request, so that a key in a file may change; it may raise ValueError where there is
    none.
    """

    def __init__(
        self, model: str, timeout: float, api_base: str | None = None, api_key: Callable[[], str] | None = None
    ) -> None:
        self.model = model
        self.timeout = timeout
        self._api_base = api_base
        self._api_key = api_key

    async def rank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """A score in [0, 1] for each text; where a service's are none of that kind, their logistic function.

        Raises Timeout or Unavailable, and AdapterError for an answer that does not score each text once.
        """
        if not texts:
            return []
        try:
            async with asyncio.timeout(self.timeout):
                if not loaded():
                    await asyncio.to_thread(library)
                return _scores(await self._ask(question, texts), len(texts))
        except TimeoutError as error:
            raise Timeout(_LATE) from error

    async def close(self) -> None:
        """Let go of connections."""
        await POOL.release(self)

    async def _ask(self, question: str, texts: Sequence[str]) -> Any:
        key = self._key()
        call = Call(POOL.wire(self), self.timeout)
        token = CALL.set(call)
        try:
            return await library().arerank(
                # Empty texts are refused by most services.
                model=self.model, query=question, documents=[text[:CHARACTERS].strip() or "-" for text in texts],
                top_n=len(texts), return_documents=False, api_base=self._api_base, api_key=key, timeout=self.timeout,
                max_retries=0, num_retries=0, drop_params=True,
            )  # fmt: skip
        except failures() as error:
            if isinstance(error, library().Timeout):
                raise Timeout(_LATE) from error
            found = f" (status {call.status})" if call.status else ""
            raise Unavailable(f"The reranking service failed{found}.") from error
        finally:
            CALL.reset(token)

    def _key(self) -> str | None:
        try:
            key = self._api_key() if self._api_key else None
            own = provider_of(self.model) in _OWN_KEYS
        except ValueError as error:
            raise Unavailable("The reranker's key cannot be read.") from error
        except ConfigError as error:
            raise Unavailable("litellm knows no provider for the reranker's name.") from error
        # A key from the environment is meant for the provider's own URL, not for one that is configured.
        return key or (NO_KEY if self._api_base and not own else None)


def verify(model: str) -> None:
    """Ask litellm whether it can rerank with this provider. Raises ConfigError at `reranker.model`; takes seconds."""
    litellm = library()
    try:
        provider = provider_of(model)
    except ConfigError as error:
        raise ConfigError("reranker.model", error.message) from error
    from litellm.utils import ProviderConfigManager

    known = {each.value for each in litellm.LlmProviders}
    made = provider in known and ProviderConfigManager.get_provider_rerank_config(
        model=model.partition("/")[2], provider=litellm.LlmProviders(provider), api_base=None, present_version_params=[]
    )
    if not made or (type(made) is litellm.CohereRerankConfig and provider not in _COHERE):
        able = "cohere, jina_ai, voyage, infinity, hosted_vllm and others"
        raise ConfigError("reranker.model", f"litellm cannot rerank with {provider}; it can with {able}")


def _scores(said: Any, count: int) -> list[float]:
    """The scores in the order of the texts. Raises AdapterError where one is missing, double or no number."""
    try:
        found = {int(row["index"]): float(row["relevance_score"]) for row in said.results}
        scores = [found[place] for place in range(count)]
        whole = len(said.results) == count and all(map(math.isfinite, scores))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise AdapterError(_NONSENSE) from error
    if not whole:
        raise AdapterError(_NONSENSE)
    if all(0 <= score <= 1 for score in scores):
        return scores
    # Logits, of servers that pass them on as they are: nothing here depends on more than their order.
    return [1 / (1 + math.exp(-max(-50.0, min(50.0, score)))) for score in scores]
