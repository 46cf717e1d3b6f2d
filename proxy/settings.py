"""The shape of config.yaml: every section, its settings, their defaults and what they mean."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from policies.base import PolicyConfig
from proxy.retrieving import EmbedderSettings, EntailmentSettings, RerankerSettings
from proxy.section import ClientOrSecretRef, SecretRef, Section
from proxy.tables import SqlSettings, TableSettings, secrets_of

VERSION = version("rapport-proxy")


class Server(Section):
    """Where Rapport listens."""

    host: str = Field("127.0.0.1", description="Address; anything but loopback needs auth.required.")
    port: int = Field(4140, ge=0, le=65535, description="Port; 0 takes a free one.")
    workers: Literal[1] = Field(1, description="Processes; one for now.")
    cors_origins: tuple[str, ...] = Field(
        ("*",), description="Web origins whose pages may read answers; the keys and tokens that calls need stay needed."
    )
    max_body_mb: int = Field(32, ge=1, le=1024, description="Largest request body, in MiB.")
    drain_seconds: float = Field(10, ge=0, le=600, description="How long a stop waits for streams.")


class Jwt(Section):
    """How signed tokens are verified."""

    key: SecretRef = Field(description="Public key (PEM) or shared secret, as env:NAME or file:PATH.")
    algorithms: tuple[Literal["RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA", "HS256", "HS512"], ...] = Field(
        ("RS256",), min_length=1, description="Algorithms that are accepted."
    )
    issuer: str | None = Field(None, description="Required `iss`.")
    audience: str | None = Field(None, description="Required `aud`.")
    claim: str = Field("sub", description="The claim that holds the person's id.")
    tenant_claim: str | None = Field(None, description="The claim that holds the tenant; none: `default`.")
    header: str = Field("authorization", description="Header that carries the token, with or without `Bearer`.")


class Auth(Section):
    """Who may call."""

    required: bool = Field(False, description="Whether every call needs a key or a token; without, only loopback may.")
    jwt: Jwt | None = Field(None, description="Accept signed tokens of the people themselves.")


class Timeouts(Section):
    """Clocks around a backend call, in seconds."""

    connect: float = Field(10, gt=0, description="To connect.")
    first: float = Field(600, gt=0, description="Until the answer begins.")
    gap: float = Field(600, gt=0, description="Between two pieces of content; comments of a stream do not count.")
    total: float = Field(3600, gt=0, description="For the whole answer.")


class BackendRoute(Section):
    """Which models go where; the first match wins."""

    models: tuple[str, ...] = Field(min_length=1, description="Model names as clients say them; * and ? match.")
    use: str = Field(min_length=1, description="litellm's name of the model; {model} is what the client said.")
    api_base: str | None = Field(None, pattern="^https?://", description="Base URL, if not the provider's own.")
    api_key: ClientOrSecretRef | None = Field(None, description="env:NAME, file:PATH, or `client`: the caller's own.")
    carrier: Literal["auto", "relay", "litellm"] = Field("auto", description="How a chat is carried.")
    responses: Literal["auto", "native", "stateless", "translated"] = Field(
        "auto", description="/v1/responses: the backend has it and keeps responses, has it and keeps none, or lacks it."
    )
    window: int | None = Field(
        None, ge=1, description="Tokens that its models read at a time; null: as litellm's table has it, if it does."
    )
    timeouts: Timeouts = Field(Timeouts(), description="Clocks around a call.")
    extra: dict[str, Any] = Field({}, description="Body fields to add where the client did not say them.")


class PassthroughRoute(Section):
    """Further routes that are relayed byte for byte."""

    paths: tuple[Annotated[str, Field(pattern=r"^/v1/[^?#\\]+$")], ...] = Field(
        min_length=1, description="Paths below /v1; * and ? match, also slashes. No policy sees them."
    )
    api_base: str = Field(pattern="^https?://", description="Base URL that takes the place of /v1.")
    api_key: ClientOrSecretRef | None = Field(None, description="env:NAME, file:PATH, or `client`: the caller's own.")
    timeouts: Timeouts = Field(Timeouts(), description="Clocks around a call.")


class ResponsesSettings(Section):
    """Responses that are kept for backends that keep none."""

    keep_days: float = Field(30, ge=0, le=3650, description="How long; 0 keeps none.")
    per_person: int = Field(1000, ge=1, le=1_000_000, description="The newest so many of a person.")
    per_person_mb: int = Field(64, ge=1, le=65536, description="And of these at most so much, in MiB.")
    per_key: int = Field(50_000, ge=1, le=100_000_000, description="The newest so many in nobody's name, of a key.")
    per_key_mb: int = Field(1024, ge=1, le=1_048_576, description="And of these at most so much, in MiB.")
    each_mb: int = Field(4, ge=1, le=1024, description="Largest one that is kept, in MiB.")


class UsersSettings(Section):
    """Where people are kept."""

    url: str = Field("sqlite:///data/rapport.db", description="SQLAlchemy URL; relative paths start at the file.")


class KnowledgeSettings(Section):
    """Where passages are indexed, and what they were made from."""

    path: str = Field("data/knowledge", description="Folder of the LanceDB index.")
    files: str = Field(
        "data/files", description="Folder of uploaded files, of vector stores, and of the list of ingested paths."
    )


class CacheSettings(Section):
    """Where what can be computed again is kept."""

    path: str = Field("data/cache", description="Folder of the cache.")
    size_mb: int = Field(1024, ge=1, description="Room, in MiB.")


class Learning(Section):
    """A model that reads in the background what people wrote; without one the rules do so alone."""

    model: str | None = Field(None, min_length=1, description="litellm's name of the model; null: rules only.")
    api_base: str | None = Field(None, pattern="^https?://", description="Base URL, if not the provider's own.")
    api_key: SecretRef | None = Field(None, description="env:NAME or file:PATH.")
    timeout: float = Field(30, gt=0, le=600, description="Seconds for one answer.")
    calls_per_day: int = Field(20, ge=1, le=10_000, description="Calls for one person in a day (UTC).")
    settle: float = Field(60, ge=0, le=86_400, description="Seconds of silence after which what was said is read.")

    @model_validator(mode="after")
    def _whole(self) -> Learning:
        if self.model is None and (self.api_base or self.api_key):
            raise ValueError("api_base and api_key need a model")
        return self


class TasteSettings(Section):
    """How people's taste in answers is asked for, and what is seen of answers beside their text."""

    bank: str | None = Field(
        None, min_length=1, description="File of prompts with answers in several styles (JSONL); null: the shipped one."
    )
    judged: bool = Field(
        False, description="Whether the model of `learning` scores the answers that somebody chose among, in the "
        "background: their warmth, humour, formality, depth and caution."
    )  # fmt: skip
    factors: str | None = Field(
        None, min_length=1, description="File of learnt axes, which `rapport taste fit` writes; null: none."
    )


class Injection(Section):
    """What all policies together may add to one request."""

    max_tokens: int = Field(2000, ge=0, le=200_000, description="New tokens, shared by all policies.")
    max_replay_tokens: int = Field(
        32_000, ge=0, le=1_000_000, description="Tokens of what earlier turns were given, put back so that caches hold."
    )


class Logging(Section):
    """What is logged where: standard error."""

    format: Literal["auto", "json", "console"] = Field("auto", description="auto: readable in a terminal, else JSON.")
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="From which level on.")


class Settings(BaseSettings):
    """A deployment of Rapport."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="RAPPORT_", env_nested_delimiter="__", hide_input_in_errors=True
    )

    server: Server = Server()
    auth: Auth = Auth()
    backends: tuple[BackendRoute, ...] = (BackendRoute(models=("*",), use="demo"),)
    passthrough: tuple[PassthroughRoute, ...] = ()
    embedder: EmbedderSettings = EmbedderSettings()
    reranker: RerankerSettings = RerankerSettings()
    entailment: EntailmentSettings = EntailmentSettings()
    responses: ResponsesSettings = ResponsesSettings()
    users: UsersSettings = UsersSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    cache: CacheSettings = CacheSettings()
    learning: Learning = Learning()
    taste: TasteSettings = TasteSettings()
    tables: tuple[TableSettings, ...] = ()
    sql: SqlSettings = SqlSettings()
    injection: Injection = Injection()
    logging: Logging = Logging()
    policies: tuple[PolicyConfig, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, *others: Any, **more: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


    def secrets(self) -> dict[str, str]:
        """Every reference to a secret, by its place."""
        found = {f"backends.{index}.api_key": route.api_key for index, route in enumerate(self.backends)}
        found |= {f"passthrough.{index}.api_key": route.api_key for index, route in enumerate(self.passthrough)}
        found["embedder.api_key"] = self.embedder.api_key
        found["reranker.api_key"] = self.reranker.api_key
        found["learning.api_key"] = self.learning.api_key
        found |= dict(secrets_of(self))
        found["auth.jwt.key"] = self.auth.jwt.key if self.auth.jwt else None
        return {place: reference for place, reference in found.items() if reference and reference != "client"}
