"""What personalisation costs of a provider's prompt cache: how much of each request is an unchanged prefix of the one
before it.

Real conversations through a real server, one request after the other: with Rapport off, with its default chain, with
passages in every turn, and the common practice of rewriting the system message in every turn. `turning10` asks for
facts and turns to the person in its middle, where what is about them is added. Per route and conversation:

share     tokens of a request that are an unchanged prefix of the previous one, over all tokens (the first request of a
          conversation apart). New passages are new tokens: they lower it as a longer question would.
kept      tokens of the previous request that come back unchanged and in front: 1 means that nothing that could have
          been cached was lost.
hits      cached tokens over prompt tokens as the fake provider counts them by the documented rules: OpenAI's automatic
          cache, in steps of 128 from 1,024 on; Anthropic's, of marked prefixes only.
_ratio    of share or hits: with Rapport over without it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from bench import conversations
from bench.conversations import Step, as_chat, as_messages, as_responses, requests
from bench.server import HISTORY, IDENTITY, PREFERENCES, RETRIEVAL, Rapport, running
from tests.fakes.process import Fake, serving

# Figures of a cache must not depend on how busy the machine is.
PATIENT = {**RETRIEVAL, "timeout": 10}
EVERY_TURN = {**PATIENT, "when": [], "min_coverage": 0}
WAYS: dict[str, Sequence[dict[str, Any]]] = {
    "off": (IDENTITY, PREFERENCES, PATIENT, HISTORY),
    "on": (IDENTITY, PREFERENCES, PATIENT, HISTORY),
    "every_turn": (IDENTITY, PREFERENCES, EVERY_TURN, HISTORY),
    "rewriting": (),
}
"""How the requests go, and the chain for it; `off` leaves the request alone, `rewriting` is done here."""

TALKS = {
    "chat10": conversations.chat(10),
    "chat24": conversations.chat(24),
    "turning10": conversations.turning(10),
    "tools6": conversations.tool_loop(6, 2),
}
_TOKEN = re.compile(r"\w+|[^\w\s]")
Body = Callable[[Sequence[Step], str], dict[str, Any]]


class Route(NamedTuple):
    """An endpoint: how a body is made for it, and where a prompt's parts stand in it, in the provider's order."""

    path: str
    body: Body
    parts: tuple[str, ...]
    fake: str


ROUTES = {
    "chat": Route("/v1/chat/completions", as_chat, ("tools", "messages"), "openai"),
    "responses": Route("/v1/responses", as_responses, ("tools", "instructions", "input"), "openai"),
    "messages": Route("/v1/messages", as_messages, ("tools", "system", "messages"), "anthropic"),
}


class Count(NamedTuple):
    """Tokens of a conversation's requests from the second on: in all, unchanged in front, in the ones before them; and
    what the provider counted: prompt tokens and cached ones."""

    tokens: int = 0
    unchanged: int = 0
    before: int = 0
    prompt: int = 0
    cached: int = 0

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(*(one + two for one, two in zip(self, other, strict=True)))


def run(_data: Path | None = None) -> dict[str, float]:
    """The metrics `cache/ROUTE-CONVERSATION/share@WAY`, `kept@WAY`, `hits@WAY`, and both ratios."""
    counts: dict[tuple[str, str], Count] = {}
    with serving("openai_api") as openai, serving("anthropic_api") as anthropic:
        fakes = {"openai": openai, "anthropic": anthropic}
        for way, policies in WAYS.items():
            with _server(fakes, policies) as server:
                for name, count in _measured(server, fakes, way):
                    counts[name, way] = count
    return _metrics(counts)


def _measured(server: Rapport, fakes: dict[str, Fake], way: str) -> Iterator[tuple[str, Count]]:
    for route_name, route in ROUTES.items():
        for talk_name, steps in TALKS.items():
            name = f"{route_name}-{talk_name}"
            if way == "rewriting" and route_name != "chat":
                continue
            yield name, _conversation(server, fakes[route.fake], route, steps, way, name)
    if way != "rewriting":
        yield "responses-stored", _stored(server, fakes["openai"], TALKS["chat10"], way)


def _conversation(server: Rapport, fake: Fake, route: Route, steps: Sequence[Step], way: str, name: str) -> Count:
    """One conversation, of a person of its own whose taste is known."""
    _acquaint(server, f"{name}-{way}", way)
    previous: list[str] = []
    total = Count()
    for number, sent in enumerate(requests(steps)):
        system = _system(name, way)
        body = route.body(sent, system if way != "rewriting" else _rewritten(sent, number, system))
        answer = _post(server, route.path, {**body, "model": f"{route.fake};usage"}, f"{name}-{way}", way)
        if way == "every_turn" and fake.last().body.count("<rapport-sources") < _asked(sent):
            raise RuntimeError(f"a turn of {name} got no passages: these figures would mean nothing")
        prompt = tokens(fake.last().json, route.parts)
        alike = (one == two for one, two in zip(previous, prompt, strict=False))
        unchanged = sum(1 for _ in takewhile(bool, alike))
        if number:
            total = total.plus(Count(len(prompt), unchanged, len(previous), *_counted(answer["usage"])))
        previous = prompt
    return total


def _stored(server: Rapport, fake: Fake, steps: Sequence[Step], way: str) -> Count:
    """A conversation that the provider keeps: each request names the response before it."""
    _acquaint(server, f"stored-{way}", way)
    total, last = Count(), None
    for number, step in enumerate(step for step in steps if step.kind == "user"):
        named = {"model": "openai;usage;long", "store": True, "previous_response_id": last}
        body = {**as_responses([step], _system("stored", way)), **named}
        answer = _post(server, "/v1/responses", body, f"stored-{way}", way)
        last = answer["id"]
        if number:
            total = total.plus(Count(0, 0, 0, *_counted(answer["usage"])))
    return total


def _asked(steps: Sequence[Step]) -> int:
    """Turns of the person."""
    return sum(step.kind == "user" for step in steps)


def _acquaint(server: Rapport, user: str, way: str) -> None:
    """An earlier chat of this person."""
    said = as_chat([Step("user", conversations.TASTE)], "")
    _post(server, "/v1/chat/completions", {**said, "model": "openai"}, user, way)


def _system(name: str, way: str) -> str:
    """The instructions; each conversation's begin otherwise, so that none profits from the cache of another."""
    return f"(Session {name}, {way}.) {conversations.SYSTEM}"


def _rewritten(steps: Sequence[Step], number: int, system: str) -> str:
    """The common practice: memories and passages for the newest question stand in the system message."""
    found = [text for _, text in conversations.documents()]
    passages = "\n\n".join(found[(_asked(steps) + at) % len(found)] for at in range(4))
    memories = f"Memories of the user (after {number} messages): {conversations.TASTE}"
    return f"{memories}\n\n{passages}\n\n{system}"


def tokens(body: dict[str, Any], parts: Sequence[str]) -> list[str]:
    """The prompt as a model reads it, as tokens. Marks for a cache are no part of it."""
    texts: list[str] = []
    for name in parts:
        value = body.get(name) or []
        texts += [json.dumps(unmarked(each)) for each in (value if isinstance(value, list) else [value])]
    return [token for text in texts for token in _TOKEN.findall(text)]


def unmarked(value: Any) -> Any:
    """JSON without marks for a cache."""
    if isinstance(value, dict):
        return {name: unmarked(inner) for name, inner in value.items() if name != "cache_control"}
    return [unmarked(inner) for inner in value] if isinstance(value, list) else value


def _counted(usage: dict[str, Any]) -> tuple[int, int]:
    """Prompt tokens and cached ones, whichever provider counted them."""
    if "cache_read_input_tokens" in usage:
        cached = usage["cache_read_input_tokens"]
        return usage["input_tokens"] + usage["cache_creation_input_tokens"] + cached, cached
    prompt = usage.get("prompt_tokens", usage.get("input_tokens", 0))
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
    return prompt, details.get("cached_tokens", 0)


def _metrics(counts: dict[tuple[str, str], Count]) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for (name, way), count in counts.items():
        figures = {"hits": count.cached / count.prompt}
        if count.tokens:
            figures |= {"share": count.unchanged / count.tokens, "kept": count.unchanged / count.before}
        metrics |= {f"cache/{name}/{kind}@{way}": figure for kind, figure in figures.items()}
        for kind in ("share", "hits"):
            off = metrics.get(f"cache/{name}/{kind}@off")
            if way != "off" and off:
                metrics[f"cache/{name}/{kind}_ratio@{way}"] = figures[kind] / off
    return {name: round(figure, 4) for name, figure in sorted(metrics.items())}


def _post(server: Rapport, path: str, body: dict[str, Any], user: str, way: str) -> dict[str, Any]:
    mode = "off" if way in ("off", "rewriting") else "full"
    headers = {"content-type": "application/json", "x-rapport-user": user, "x-rapport-mode": mode}
    request = urllib.request.Request(server.url + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def _server(fakes: dict[str, Fake], policies: Sequence[dict[str, Any]]) -> Iterator[Rapport]:
    backends = [
        {"models": ["anthropic*"], "use": "anthropic/{model}", "api_base": fakes["anthropic"].url,
         "api_key": "env:FAKE_KEY"},
        {"models": ["*"], "use": "openai/{model}", "api_base": fakes["openai"].base, "api_key": "env:FAKE_KEY",
         "responses": "native"},
    ]  # fmt: skip
    with running(fakes["openai"].url, policies, backends, _ingest) as server:
        _open(server)
        yield server


def _open(server: Rapport) -> None:
    """Wait until the index is open. Raises RuntimeError where it does not open in a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=10) as answer:
            if not json.load(answer)["degraded"]:
                return
        time.sleep(0.1)
    raise RuntimeError("the index does not open")


def _ingest(config: Path) -> None:
    """Put the documents into the index of a server that is not started yet."""
    folder = config.parent / "documents"
    folder.mkdir()
    for name, text in conversations.documents():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "proxy", "ingest", str(folder), "--config", str(config), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
