"""Every policy does the same on every route, plain and streamed: the same reaches the model, the same is learnt."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from adapters.ports import CHAT, MESSAGES, RESPONSES, ChatRequest, Election, Lens, Profile, User, blocks, strip_blocks
from adapters.sql import Database, SqlKeys, SqlPeople, SqlUsers
from proxy.kinds import BUILT_IN
from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, openai_backend, started

CHAINS: dict[str, list[dict[str, Any]]] = {
    "identity": [{"kind": "identity"}],
    "history": [{"kind": "identity"}, {"kind": "history"}],
    "preferences": [{"kind": "identity"}, {"kind": "preferences", "remind_every": 2}, {"kind": "history"}],
    "retrieval": [{"kind": "identity"}, {"kind": "retrieval", "when": [], "timeout": 10, "stuff_max_tokens": 0},
                  {"kind": "history"}],
    "whole corpus": [{"kind": "identity"}, {"kind": "retrieval", "when": [], "timeout": 10, "min_coverage": 0},
                     {"kind": "history"}],
    "thinking": [{"kind": "identity"}, {"kind": "thinking", "models": ["*"]}, {"kind": "history"}],
    "write_back": [{"kind": "identity"}, {"kind": "write_back"}, {"kind": "history"}],
    "align": [{"kind": "identity"}, {"kind": "align", "calls": 1, "variants": {
        "brief": {"text": "Answer in two sentences.", "style": {"length": -1}}}}, {"kind": "history"}],
    "ask": [{"kind": "identity"}, {"kind": "preferences", "when": ["anonymous"]}, {"kind": "ask"}, {"kind": "history"}],
    "all": [{"kind": "identity"}, {"kind": "preferences"},
            {"kind": "retrieval", "timeout": 10, "stuff_max_tokens": 0}, {"kind": "history"}],
}
"""For each kind of policy the shortest chain that shows what it does, and all of them together."""

FIRST = [
    "I'm vegan, and please call me Robin. Keep your answers short.", "How long is the battery covered?",
    "I'm allergic to peanuts.",
]  # fmt: skip
SECOND = [
    "Which frame is covered for ten years?", "Thanks! And how long is the motor covered?", "What should I eat on tour?",
]  # fmt: skip
SYSTEM = "You help in a shop."
_PEOPLE = itertools.count()


class Route(NamedTuple):
    """A way to ask: the path, the model (and so the backend), how a body is made, whether a server keeps the rest."""

    path: str
    model: str
    body: Callable[[list[tuple[str, str]]], dict[str, Any]]
    keeps: bool = False


def _chat(turns: list[tuple[str, str]]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in [("system", SYSTEM), *turns]]}


def _items(turns: list[tuple[str, str]]) -> dict[str, Any]:
    items = [{"role": role, "content": text} for role, text in turns]
    return {"instructions": SYSTEM, "input": items, "store": False}


def _text(turns: list[tuple[str, str]]) -> dict[str, Any]:
    return {"instructions": SYSTEM, "input": turns[-1][1]}


def _messages(turns: list[tuple[str, str]]) -> dict[str, Any]:
    messages = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in turns]
    return {"system": SYSTEM, "messages": messages, "max_tokens": 100}


ROUTES = {
    "chat": Route("/v1/chat/completions", "native/x", _chat),
    "chat through litellm": Route("/v1/chat/completions", "claude-x", _chat),
    "responses": Route("/v1/responses", "native/x", _items),
    "responses translated": Route("/v1/responses", "lacking/x", _items),
    "responses that are kept here": Route("/v1/responses", "lacking/x", _text, keeps=True),
    "responses that the backend keeps": Route("/v1/responses", "native/x", _text, keeps=True),
    "messages": Route("/v1/messages", "claude-x", _messages),
    "messages translated": Route("/v1/messages", "native/x", _messages),
}


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as native, serving("openai_api", "--without", "responses") as lacking, \
            serving("anthropic_api") as claude:  # fmt: skip
        yield {"native": native, "lacking": lacking, "claude": claude}


@pytest.fixture(scope="module", params=CHAINS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
           fakes: dict[str, Fake]) -> Iterator[tuple[str, Running]]:
    folder = tmp_path_factory.mktemp(f"parity-{request.param}")
    backends = [
        openai_backend(fakes["native"].base, models=["native/*"], responses="native"),
        openai_backend(fakes["lacking"].base, models=["lacking/*"]),
        {"models": ["claude*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url, "api_key": "env:FAKE_KEY"},
    ]
    config = configure(folder, backends=backends, policies=CHAINS[request.param])
    if request.param in ("retrieval", "whole corpus", "all"):
        (folder / "warranty.md").write_text(
            "# Warranty\n\nThe battery is covered for 24 months. The frame is covered for ten years. "
            "The motor is covered for three years.\n")
        assert cli("ingest", str(folder / "warranty.md"), config=config).returncode == 0
    with started(config) as server:
        _until(lambda: server.get("/readyz")[1]["degraded"] == [])
        yield request.param, server


def _until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come about in time"
        time.sleep(0.05)


def answered(server: Running, route: Route, body: dict[str, Any], user: str, more: dict[str, str]) -> dict[str, Any]:
    """The answer; of a stream what its last event but `[DONE]` holds, and all text deltas."""
    headers = {"content-type": "application/json", "x-rapport-user": user, **more}
    request = urllib.request.Request(server.url + route.path, json.dumps({**body, "model": route.model}).encode(),
                                     headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        raw = answer.read().decode()
    if not body.get("stream"):
        found: dict[str, Any] = json.loads(raw)
        return {"id": found["id"], "text": _said(found)}
    events = [json.loads(line[6:]) for line in raw.splitlines() if line.startswith("data: {")]
    ids = (event.get("response", event).get("id") for event in events)
    return {"id": next(filter(None, ids), None), "text": "".join(map(_delta, events))}


def _said(found: dict[str, Any]) -> str:
    if "choices" in found:
        return str(found["choices"][0]["message"]["content"])
    parts = found.get("content") or found["output"][0]["content"]
    return str(parts[0]["text"])


def _delta(event: dict[str, Any]) -> str:
    if "choices" in event:
        return "".join(choice["delta"].get("content") or "" for choice in event["choices"])
    delta = event.get("delta")
    if event["type"] == "response.output_text.delta":
        return str(delta)
    return str(delta.get("text", "")) if isinstance(delta, dict) else ""


def _converse(server: Running, route: Route, said: list[str], stream: bool, user: str) -> None:
    """One conversation, as a client of this route holds it."""
    turns: list[tuple[str, str]] = []
    previous = None
    for text in said:
        turns.append(("user", text))
        body = route.body(turns) | ({"stream": True} if stream else {})
        answer = answered(server, route, body | ({"previous_response_id": previous} if previous else {}), user, {})
        turns.append(("assistant", answer["text"]))
        previous = answer["id"] if route.keeps else None


def _seen(fake: Fake) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """What reached the backend, request by request: role, the client's text, and the blocks that were added. All that
    instructs the model is one turn."""
    found = []
    for seen in fake.requests():
        format = {"responses": RESPONSES, "messages": MESSAGES}.get(seen.path.rpartition("/")[2], CHAT)
        turns: list[tuple[str, str, tuple[str, ...]]] = []
        for turn in ChatRequest.parse(seen.body.encode(), format=format).turns:
            added = tuple(block.inner for block in blocks(turn.text))
            own = re.sub(r"\d{3,}", "#", strip_blocks(turn.text)).strip()
            if turn.role in ("system", "developer") and turns:
                added, own = (*turns[0][2], *added), f"{turns[0][1]}{own}"
                turns.clear()
            turns.append((turn.role, own, added))
        found.append(turns)
    return found


def _learnt(server: Running, user: str) -> tuple[Any, Any]:
    """The evidence in words, and the claims in the end."""
    rows = asyncio.run(_rows(server.folder / "data" / "rapport.db", user))
    evidence = [(row["kind"], row["author"], row["text"], re.sub(r"\d{3,}", "#", row["context"])) for row in rows]
    claims = server.get(f"/v1/users/{user}/profile")[1]["claims"]
    return evidence, sorted((claim["aspect"], claim["value"], claim["kind"]) for claim in claims)


async def _rows(path: Path, user: str) -> list[dict[str, Any]]:
    database = Database(f"sqlite:///{path}")
    try:
        secret = await SqlKeys(database).secret()
        export = await SqlPeople(database).export(User.of(secret, "default", user))
    finally:
        await database.close()
    found: list[dict[str, Any]] = export["evidence"]
    return found


KNOWN = {
    "thinking": Profile(version=1, election=Election(lens=Lens("This person decides by brevity.", serves=True))),
    "align": Profile(version=1, taste={"length": -2.0, "length~length": 0.1}, counts={"answers": 3.0},
                     election=Election(choices=3, tastes={"own": -2.0, "none": -2.08})),
}
"""Of whom a policy must know something before it shows what it does."""


async def publish(path: Path, user: str, profile: Profile) -> None:
    """Let this be known of a person, as if it had been learnt from their choices."""
    database = Database(f"sqlite:///{path}")
    try:
        secret = await SqlKeys(database).secret()
        assert await SqlUsers(database).publish(User.of(secret, "default", user), profile)
    finally:
        await database.close()


def _observe(server: Running, fakes: dict[str, Fake], kind: str, name: str, stream: bool) -> tuple[Any, Any]:
    """Two conversations of one person on one route."""
    route, user = ROUTES[name], f"person-{next(_PEOPLE)}"
    if kind in KNOWN:
        asyncio.run(publish(server.folder / "data" / "rapport.db", user, KNOWN[kind]))
    fake = fakes[route.model.partition("/")[0].partition("-")[0]]
    fake.reset()
    _converse(server, route, FIRST, stream, user)
    _learnt(server, user)
    _converse(server, route, SECOND, stream, user)
    seen = [turns for turns in _seen(fake)]
    return seen, _learnt(server, user)


def test_every_kind_has_a_chain() -> None:
    """A policy that is added must stand in this table too."""
    assert set(BUILT_IN) <= set(CHAINS)


def test_parity(server: tuple[str, Running], fakes: dict[str, Fake]) -> None:
    """What reached the backend and what was learnt on each route, plain and streamed, equals that of a plain chat."""
    kind, running = server
    expected, learnt = _observe(running, fakes, kind, "chat", False)
    _shows_something(kind, expected, learnt)
    for name, route in ROUTES.items():
        for stream in (False, True):
            seen, known = _observe(running, fakes, kind, name, stream)
            if route.model.startswith("lacking"):
                # The first of all requests finds out that this server lacks the route.
                seen = [turns for turns in seen if turns][-len(expected):]
            if route.keeps and route.model.startswith("native"):
                seen, wanted = ([turns[:1] + turns[-1:] for turns in each] for each in (seen, expected))
            else:
                wanted = expected
            assert seen == wanted, (kind, name, stream)
            assert known == learnt, (kind, name, stream)


def _shows_something(kind: str, seen: list[Any], learnt: tuple[Any, Any]) -> None:
    """The reference itself: the policy did what it is there for."""
    added = [block for turns in seen for turn in turns for block in turn[2]]
    assert len(seen) == len(FIRST) + len(SECOND)
    assert bool(added) == (kind in ("preferences", "retrieval", "whole corpus", "thinking", "align", "ask", "all"))
    assert [text for _, _, text, _ in learnt[0] if text] == ([] if kind == "identity" else [*FIRST, *SECOND])
    assert [kind for kind, _, text, _ in learnt[0] if not text] == {
        "identity": [], "ask": ["accepted", "rating"]}.get(kind, ["accepted"])
    assert bool(learnt[1]) == (kind in ("preferences", "ask", "all"))
