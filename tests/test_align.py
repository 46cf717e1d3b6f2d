"""`kind: align` in a real server, on every route: one of four answers, for whom it is known which one fits."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.ports import Election, Profile
from tests.fakes.process import Fake, serving
from tests.fakes.styled import NAMES, TEXTS, style
from tests.policies.align.people import taste
from tests.rapport import Running, openai_backend, running
from tests.raw import send
from tests.test_parity import ROUTES, Route, answered, publish

LIKES: dict[str, dict[str, float]] = {
    "brief": {"length": -4.0}, "structured": {"lists": 4.0}, "friendly": {"emoji": 4.0}, "careful": {"formal": 4.0},
}  # fmt: skip
_PEOPLE = itertools.count()
TALK = [("user", "How do I clean the parts?")]
SEVERAL = {name: route for name, route in ROUTES.items() if not route.keeps}


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as native, serving("openai_api", "--without", "responses") as lacking, \
            serving("anthropic_api") as claude:  # fmt: skip
        yield {"native": native, "lacking": lacking, "claude": claude}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fakes: dict[str, Fake]) -> Iterator[Running]:
    backends = [
        openai_backend(fakes["native"].base, models=["native/*"], responses="native"),
        openai_backend(fakes["lacking"].base, models=["lacking/*"], responses="translated"),
        {"models": ["claude*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url, "api_key": "env:FAKE_KEY"},
    ]
    chain = [{"kind": "identity"}, {"kind": "align", "calls_per_day": 6}, {"kind": "history"}]
    with running(tmp_path_factory.mktemp("align"), backends=backends, policies=chain) as server:
        yield server


def styled(route: Route, more: str = "styled") -> Route:
    """The route to a model that answers in each style in turn."""
    return route._replace(model=f"{route.model};{more}")


def fake_of(fakes: dict[str, Fake], route: Route) -> Fake:
    fake = fakes[route.model.partition("/")[0].partition("-")[0]]
    assert fake.wait("busy", 0)
    fake.reset()
    return fake


def somebody(server: Running, **more: Any) -> str:
    """A new person of whom this is known."""
    user = f"taster-{next(_PEOPLE)}"
    election = Election(choices=3, tastes={"own": -2.0, "none": -2.08})
    known = {"counts": {"answers": 3.0}, "election": election, **more}
    asyncio.run(publish(server.folder / "data" / "rapport.db", user, Profile(version=1, **known)))
    return user


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", SEVERAL)
def test_everybody_gets_their_favourite(server: Running, fakes: dict[str, Fake], name: str, stream: bool) -> None:
    """One of four, in the wire format of the route, for four calls and not one more."""
    route = styled(SEVERAL[name])
    fake = fake_of(fakes, route)
    for count, wants in enumerate(NAMES, 1):
        body = route.body(TALK) | ({"stream": True} if stream else {})
        answer = answered(server, route, body, somebody(server, taste=taste(**LIKES[wants])), {})
        assert style(answer["text"]) == wants
        assert fake.stats()["requests"] == 4 * count


@pytest.mark.parametrize("name", ["chat", "responses", "messages"])
def test_one_ordinary_call_without_a_posterior(server: Running, fakes: dict[str, Fake], name: str) -> None:
    """Byte for byte what the client sent, for whoever is not known, for a model that is none's taste, for a title."""
    route = styled(ROUTES[name])
    fake = fake_of(fakes, route)
    fits = somebody(server, taste=taste(length=-4.0))
    chores = [("user", "### Task: write a title")]
    asked = [(somebody(server), TALK, {}), ("nobody-new", TALK, {}), (fits, TALK, {"x-rapport-mode": "off"}),
             (fits, chores, {}), (somebody(server, taste=taste(length=-4.0), paused=True), TALK, {})]  # fmt: skip
    for user, talk, headers in asked:
        body = json.dumps(route.body(talk) | {"model": route.model}).encode()
        found = send(server.url, "POST", route.path, body, {"x-rapport-user": user, **headers})
        assert found.status == 200 and fake.last().raw == body
    assert fake.stats()["requests"] == len(asked)


def test_requests_that_cannot_be_asked_twice(server: Running, fakes: dict[str, Fake]) -> None:
    """Responses that a server keeps: one call, and the receipt says why."""
    route = styled(ROUTES["responses that the backend keeps"])
    fake = fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    body = json.dumps(route.body(TALK) | {"model": route.model}).encode()
    found = send(server.url, "POST", route.path, body, {"x-rapport-user": user})
    assert "align=stored" in found.headers["x-rapport-policies"]
    assert fake.last().raw == body and len([seen for seen in fake.requests() if seen.method == "POST"]) == 1


def test_the_receipt_tells_costs_and_choice(server: Running, fakes: dict[str, Fake]) -> None:
    """In codes and numbers; readers' requests choose, too; a person's day has its bound."""
    route = styled(ROUTES["chat"])
    fake = fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    seen = []
    for mode in ("full", "readonly", "full"):
        body = route.body(TALK) | {"model": route.model}
        found = send(server.url, "POST", route.path, body, {"x-rapport-user": user, "x-rapport-mode": mode})
        receipt = server.get(f"/v1/receipts/{found.headers['x-rapport-exchange']}")[1]
        seen.append([step for step in receipt["policies"] if step["policy"] == "align"])
    [planned, done] = seen[0]
    assert planned["reasons"] == ["asked"] and done["reasons"][0].startswith("chosen:")
    detail = done["detail"]
    assert (detail["calls"], detail["complete"], detail["late"]) == (4, 4, False) and detail["answer_tokens"] > 100
    assert not any(text in json.dumps(seen) for text in TEXTS.values())
    assert [each[0]["reasons"] for each in seen] == [["asked"], ["asked"], ["calls_spent"]]
    assert fake.stats()["requests"] == 4 + 4 + 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["chat", "responses", "messages", "chat through litellm"])
def test_whoever_leaves_takes_all_calls_along(
    server: Running, fakes: dict[str, Fake], name: str, stream: bool
) -> None:
    """On every route, while four answers are on their way."""
    route = styled(ROUTES[name], "styled;l=20000")
    fake = fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    body = json.dumps(route.body(TALK) | {"model": route.model, "stream": stream}).encode()
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as client:
        head = f"POST {route.path} HTTP/1.1\r\nhost: localhost\r\nx-rapport-user: {user}\r\n"
        client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        assert fake.wait("busy", 4), fake.open()
    assert fake.wait("abandoned", 4, 1.0), fake.open()
    assert fake.open()["busy"] == 0


@pytest.mark.parametrize("name", ["chat", "responses", "messages"])
def test_an_error_is_the_backends_own(server: Running, fakes: dict[str, Fake], name: str) -> None:
    """Where all calls fail the client gets what it would have got of one."""
    route = styled(ROUTES[name], "styled;e=429")
    fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    found = [send(server.url, "POST", route.path, route.body(TALK) | {"model": route.model}, {"x-rapport-user": each})
             for each in (user, "nobody-new")]  # fmt: skip
    assert [each.status for each in found] == [429, 429]
    assert found[0].json["error"] == found[1].json["error"]
    assert found[0].headers["retry-after"] == found[1].headers["retry-after"]


@pytest.mark.parametrize("name", ["chat", "responses", "messages"])
def test_what_is_refused_is_not_asked_again(server: Running, fakes: dict[str, Fake], name: str) -> None:
    """Where nothing had been added the ordinary call was the client's own request: four calls, and not one more."""
    route = styled(ROUTES[name], "styled;e=400")
    fake = fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    found = send(server.url, "POST", route.path, route.body(TALK) | {"model": route.model}, {"x-rapport-user": user})
    assert found.status == 400 and "align=no_answer" in found.headers["x-rapport-policies"]
    assert fake.stats()["requests"] == 4


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_sent_on_is_what_was_answered(server: Running, fakes: dict[str, Fake], stream: bool) -> None:
    """Thanks for it are thanks for the answer that the person saw."""
    route = styled(ROUTES["chat"])
    fake_of(fakes, route)
    user = somebody(server, taste=taste(length=-4.0))
    more = {"stream": True} if stream else {}
    said = answered(server, route, route.body(TALK) | more, user, {})["text"]
    after = [*TALK, ("assistant", said), ("user", "Thanks, that was it!")]
    answered(server, route, route.body(after) | more, user, {})
    status, export = server.get(f"/v1/users/{user}/export")
    assert status == 200 and "accepted" in [each["kind"] for each in export["evidence"]]
