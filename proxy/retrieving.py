"""The sections `embedder` and `reranker` of config.yaml, and what they ask for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from adapters.cached import CachedEmbedder
from adapters.local_embedder import THREADS, LocalEmbedder
from adapters.nli import CrossEncoder
from adapters.ports import Cache, ConfigError, Embedder, Entailment
from adapters.static_embedder import StaticEmbedder
from proxy.section import SecretRef, Section, read_secret

if TYPE_CHECKING:
    from adapters.litellm_reranker import LiteLLMReranker


class EmbedderSettings(Section):
    """What turns text into vectors."""

    kind: Literal["static", "full_text_only", "litellm", "local"] = Field(
        "static", description="The table that comes with Rapport, none, any model of litellm's, or one in a folder."
    )
    model: str | None = Field(None, description="litellm's name of the embedding model.")
    dimensions: int | None = Field(None, ge=1, le=65536, description="Length of its vectors; local: read of the model.")
    api_base: str | None = Field(None, pattern="^https?://", description="Base URL of the embedding service.")
    api_key: SecretRef | None = Field(None, description="env:NAME or file:PATH.")
    path: str | None = Field(None, min_length=1, description="Folder of a local model.")
    threads: int | None = Field(None, ge=1, le=256, description="Threads that a local model runs in; none: 2.")

    @model_validator(mode="after")
    def _whole(self) -> EmbedderSettings:
        takes = {"litellm": ("model", "dimensions", "api_base", "api_key"), "local": ("path", "dimensions", "threads")}
        needs = {"litellm": ("model", "dimensions"), "local": ("path",)}.get(self.kind, ())
        if not all(getattr(self, name) for name in needs):
            raise ValueError(f"kind {self.kind} needs {' and '.join(needs)}")
        for name in type(self).model_fields:
            if name not in ("kind", *takes.get(self.kind, ())) and getattr(self, name) is not None:
                able = " or ".join(kind for kind, taken in takes.items() if name in taken)
                raise ValueError(f"kind {self.kind} takes no {name}; kind {able} does")
        return self


class RerankerSettings(Section):
    """What puts found passages in order."""

    kind: Literal["none", "litellm"] = Field("none", description="Nothing, or any reranker of litellm's.")
    model: str | None = Field(None, min_length=1, description="litellm's name of the reranking model.")
    api_base: str | None = Field(None, pattern="^https?://", description="Base URL, if not the provider's own.")
    api_key: SecretRef | None = Field(None, description="env:NAME or file:PATH.")
    timeout: float = Field(0.3, gt=0, le=60, description="Seconds for one answer, of those that the policy has.")

    @model_validator(mode="after")
    def _whole(self) -> RerankerSettings:
        if self.kind == "litellm" and self.model is None:
            raise ValueError("kind litellm needs model")
        given = [name for name in ("model", "api_base", "api_key") if getattr(self, name) is not None]
        if self.kind == "none" and given:
            raise ValueError(f"kind none takes no {given[0]}; kind litellm does")
        return self


class EntailmentSettings(Section):
    """A model that tells whether a text follows from another, for checks in the background."""

    path: str | None = Field(None, min_length=1, description="Folder of a cross-encoder as ONNX, with its labels.")
    threads: int = Field(2, ge=1, le=256, description="Threads that it runs in.")


def entailment_of(chosen: EntailmentSettings) -> Entailment | None:
    """The cross-encoder, or None. Raises ConfigError for what is none."""
    return CrossEncoder(chosen.path, "entailment.path", chosen.threads) if chosen.path else None


def embedder_of(chosen: EmbedderSettings) -> Embedder | None:
    """What `embedder` asks for; None for text alone. Raises ConfigError for what cannot work."""
    if chosen.kind == "local":
        return LocalEmbedder(chosen.path or "", chosen.dimensions, chosen.threads or THREADS)
    if chosen.kind != "litellm":
        return StaticEmbedder() if chosen.kind == "static" else None
    # litellm takes seconds to import, and an embedder asks for it only when it is first used.
    from adapters.litellm import LiteLLMEmbedder

    try:
        key = read_secret(chosen.api_key) if chosen.api_key else None
    except ValueError as error:
        raise ConfigError("embedder.api_key", str(error)) from error
    return LiteLLMEmbedder(chosen.model or "", chosen.dimensions or 0, chosen.api_base, key)


def remembering(embedder: Embedder | None, cache: Cache) -> Embedder | None:
    """The embedder behind a cache, where it is slower than one."""
    return CachedEmbedder(embedder, cache) if embedder and not embedder.in_parts else embedder


def load_model(embedder: Embedder | None) -> None:
    """Open a local model, so that a start fails and not a request. Raises ConfigError; takes up to seconds."""
    inner = embedder.embedder if isinstance(embedder, CachedEmbedder) else embedder
    if isinstance(inner, LocalEmbedder):
        inner.load()


def reranker_of(chosen: RerankerSettings) -> LiteLLMReranker | None:
    """What `reranker` asks for, or None. Its key is read for each request."""
    if chosen.model is None:
        return None
    from adapters.litellm_reranker import LiteLLMReranker

    key = partial(read_secret, chosen.api_key) if chosen.api_key else None
    return LiteLLMReranker(chosen.model, chosen.timeout, chosen.api_base, key)


def verify_reranker(chosen: RerankerSettings) -> None:
    """Ask litellm whether it can rerank with the model. Raises ConfigError; takes seconds."""
    if chosen.model is not None:
        from adapters import litellm_reranker

        litellm_reranker.verify(chosen.model)
