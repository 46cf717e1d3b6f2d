"""The ways that a client is tested on: straight to a fake provider, and through Rapport to the same one."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, started

RESULTS = Path(__file__).with_name(".results")
"""Where each run leaves its counts for the table."""
PERSON = "somebody-vegan"
"""Who asks on every way through Rapport, so that every test is one with a summary in its request."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a client reaches the provider at the end: `url` has no path, `family` is how its models' names begin."""

    name: str
    url: str
    fake: Fake
    family: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """What clients of OpenAI's call a base URL."""
        return f"{self.url}/v1"

    @property
    def direct(self) -> bool:
        """Whether there is nothing between the client and the fake."""
        return self.url == self.fake.url

    def model(self, words: str = "") -> str:
        """The name of a model that answers as `words` say (see tests.fakes.behaviour)."""
        return f"{self.family};{words}" if words else self.family


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs: two providers, and Rapport in front of both."""

    openai: Fake
    anthropic: Fake
    rapport: Running


# On each route: the ways by their names, the family of models, the provider, and whether Rapport stands between.
CHAT = {
    "direct": ("gpt-4o", "openai", False), "relay": ("gpt-4o", "openai", True),
    "litellm": ("lite-gpt-4o", "openai", True), "claude": ("claude-opus-4-6", "anthropic", True),
}  # fmt: skip
RESPONSES = {
    "direct": ("gpt-4o", "openai", False), "native": ("gpt-4o", "openai", True),
    "translated": ("bare-gpt-4o", "openai", True), "claude": ("claude-opus-4-6", "anthropic", True),
}  # fmt: skip
MESSAGES = {
    "direct": ("claude-opus-4-6", "anthropic", False), "relayed": ("claude-opus-4-6", "anthropic", True),
    "translated": ("gpt-4o", "openai", True),
}  # fmt: skip
EMBEDDINGS = {name: CHAT[name] for name in ("direct", "relay", "litellm")}


def way(servers: Servers, ways: dict[str, tuple[str, str, bool]], name: str) -> Way:
    """One of the ways above."""
    family, provider, between = ways[name]
    fake = servers.openai if provider == "openai" else servers.anthropic
    if between:
        return Way(name, servers.rapport.url, fake, family, {"x-rapport-user": PERSON})
    return Way(name, fake.url, fake, family)


@contextmanager
def serve(folder: Path) -> Iterator[Servers]:
    """Start the providers and Rapport with every default policy, a few passages to find, and a person it knows."""
    with serving("openai_api") as openai, serving("anthropic_api", "--bearer") as anthropic:
        claude = {"models": ["claude-*"], "use": "anthropic/{model}", "api_base": anthropic.url}
        backends: list[dict[str, Any]] = [
            {**claude, "api_key": "env:FAKE_KEY"},
            openai_backend(openai.base, models=["bare-*"], responses="translated"),
            openai_backend(openai.base, models=["lite-*"], carrier="litellm"),
            openai_backend(openai.base, responses="native"),
        ]
        config = configure(folder, backends=backends)
        cli("ingest", "proxy/samples", config=config).check_returncode()
        with started(config) as rapport:
            tell(rapport, PERSON, "I'm vegan.")
            yield Servers(openai, anthropic, rapport)


def tell(rapport: Running, person: str, text: str) -> None:
    """Let a person say something, so that a summary of them is there for the next conversation."""
    body = {"model": "gpt-4o", "user": person, "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(f"{rapport.base}/chat/completions", json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=30).close()
