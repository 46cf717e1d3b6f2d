"""What people do with answers is evidence, on every route, plain and streamed: told from the next request alone."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from policies.history.answers import RETRY
from tests.fakes.process import Fake, serving
from tests.rapport import Running, configure, openai_backend, started
from tests.raw import send
from tests.test_parity import ROUTES, Route, answered

_PEOPLE = itertools.count()


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as native, serving("openai_api", "--without", "responses") as lacking, \
            serving("anthropic_api") as claude:  # fmt: skip
        yield {"native": native, "lacking": lacking, "claude": claude}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    backends = [
        openai_backend(fakes["native"].base, models=["native/*"], responses="native"),
        openai_backend(fakes["lacking"].base, models=["lacking/*"]),
        {"models": ["claude*"], "use": "anthropic/{model}", "api_base": fakes["claude"].url, "api_key": "env:FAKE_KEY"},
        openai_backend(fakes["native"].base),
    ]
    with started(configure(tmp_path_factory.mktemp("implicit"), backends=backends)) as server:
        yield server


@dataclass(slots=True)
class Talk:
    """One person's conversation on a route; `turns` is what their client has of it, `heard` what they were answered."""

    server: Running
    route: Route
    stream: bool
    user: str = field(default_factory=lambda: f"somebody-{next(_PEOPLE)}")
    turns: list[tuple[str, str]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    previous: str | None = None
    last: dict[str, Any] = field(default_factory=dict)

    def ask(self, text: str | None = None, headers: dict[str, str] | None = None, **more: Any) -> None:
        """Say something, or have the last answer made anew."""
        if text is not None:
            self.turns.append(("user", text))
        body = self.route.body(self.turns) | ({"stream": True} if self.stream else {}) | more
        before = {"previous_response_id": self.previous} if self.previous else {}
        answer = answered(self.server, self.route, body | before, self.user, headers or {})
        self.heard.append(answer["text"])
        self.last = answer

    def take(self, text: str | None = None) -> None:
        """Go on from the last answer, or from what the person made of it."""
        self.turns.append(("assistant", text or self.heard[-1]))
        self.previous = self.last["id"] if self.route.keeps else None

    def did(self) -> list[tuple[str, str, str, str]]:
        """The evidence beside what the person said: kind, author, text, context."""
        rows = send(self.server.url, "GET", f"/v1/users/{self.user}/export").json["evidence"]
        return [(row["kind"], row["author"], row["text"], row["context"]) for row in rows if row["kind"] != "statement"]


def edited(text: str) -> str:
    """What a person makes of an answer of the fakes."""
    return text.replace("one reason and one example", "a reason")


def test_on_every_route(server: Running) -> None:
    """A second answer that is kept, thanks for it, an edit and a correction; once, also if a request comes again."""
    talks = {(name, stream): Talk(server, route, stream) for name, route in ROUTES.items() for stream in (False, True)}
    for talk in talks.values():
        talk.ask("Write a mail.")
    time.sleep(RETRY + 0.1)
    for talk in talks.values():
        talk.ask()
        talk.take()
        talk.ask("Thanks, perfect!")
        talk.take(edited(talk.heard[-1]))
        talk.ask("No, shorter.")
        talk.ask()
        talk.take()
        talk.ask("Go on.")
    for (name, stream), talk in talks.items():
        first, second, third, *_ = map(str.strip, talk.heard)
        expected = [("regenerate", "assistant", second, first)]
        expected += [("accepted", "self", "", ""), ("rating", "self", "", "")]
        if not talk.route.keeps:
            # It counts once an answer came back as it was.
            expected.append(("edit", "self", edited(third), third))
        assert talk.did() == expected, (name, stream)


@pytest.fixture(params=[False, True], ids=["plain", "stream"])
def talk(request: pytest.FixtureRequest, server: Running) -> Talk:
    return Talk(server, ROUTES["chat"], request.param)


def test_an_edit_teaches_how_a_person_writes(talk: Talk) -> None:
    """What they wrote into the answer states something; the assistant's words beside it state nothing."""
    talk.ask("Write a mail.")
    talk.take(f"{edited(talk.heard[-1])}\nI am allergic to peanuts, so please serve none of them.")
    talk.ask("Go on.")
    assert talk.did() == []
    talk.take()
    talk.ask("Go on.")
    assert [kind for kind, *_ in talk.did()] == ["edit"]
    claims = send(talk.server.url, "GET", f"/v1/users/{talk.user}/profile").json["claims"]
    assert [(claim["aspect"], claim["value"]) for claim in claims] == [("allergies", "peanuts")]


@pytest.mark.parametrize("mode", ["readonly", "off"])
def test_nothing_is_kept_where_nothing_may_be_learnt(talk: Talk, mode: str) -> None:
    """The answer was given in a mode that records nothing."""
    talk.ask("Write a mail.", {"x-rapport-mode": mode})
    talk.take(edited(talk.heard[-1]))
    talk.ask("Thanks!")
    assert talk.did() == []


def test_a_pause_and_an_erasure_hold(talk: Talk) -> None:
    """What was answered before or meanwhile is not known any more."""
    profile = f"/v1/users/{talk.user}/profile"
    talk.ask("Write a mail.")
    talk.take(edited(talk.heard[-1]))
    send(talk.server.url, "PATCH", profile, {"paused": True})
    talk.ask("Thanks!")
    talk.take(edited(talk.heard[-1]))
    send(talk.server.url, "PATCH", profile, {"paused": False})
    talk.ask("Thanks!")
    assert talk.did() == []
    talk.take(edited(talk.heard[-1]))
    send(talk.server.url, "DELETE", f"/v1/users/{talk.user}")
    talk.ask("Thanks!")
    assert talk.did() == []


def test_an_answer_that_broke_off_is_not_known(talk: Talk) -> None:
    """What the client shows of it is no edit of an earlier one."""
    talk.stream = True
    talk.ask("Write a mail.")
    body = talk.route.body(talk.turns) | {"stream": True, "model": "cut=4", "user": talk.user}
    request = urllib.request.Request(f"{talk.server.base}/chat/completions", json.dumps(body).encode(),
                                     {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert "backend_stream_error" in answer.read().decode()
    talk.take(edited(talk.heard[-1]))
    talk.ask("Thanks!")
    assert talk.did() == []


@pytest.mark.parametrize("change", [
    lambda text: f"{text}\n\nA machine wrote this.\nIt may be wrong.\nI love to be checked, and am allergic to nuts.",
    lambda text: f"As an assistant of the house I say: {edited(text)}",
])
def test_a_client_that_changes_every_answer_is_no_person(talk: Talk, change: Callable[[str], str]) -> None:
    """In four conversations of one person: neither edits nor claims, whatever the client adds or rewords."""
    for number in range(4):
        talk.turns = []
        talk.ask(f"Write mail {number}.")
        for _ in range(3):
            talk.take(change(talk.heard[-1]))
            talk.ask("Go on.")
    assert talk.did() == []
    assert send(talk.server.url, "GET", f"/v1/users/{talk.user}/profile").json["claims"] == []


def test_a_retry_is_no_second_wish(talk: Talk) -> None:
    """The same request at once, or marked by the client's library as another try."""
    talk.ask("Write a mail.")
    talk.ask()
    time.sleep(RETRY + 0.1)
    talk.ask(headers={"x-stainless-retry-count": "1"})
    talk.take()
    talk.ask("Go on.")
    assert talk.did() == []


def test_another_history_is_no_edit(talk: Talk) -> None:
    """A client that sums up, cuts or labels what was said changed nothing for the person."""
    for change in (lambda text: "Summary: an answer about answers.", lambda text: text[:90],
                   lambda text: f"**Assistant:** {text}\n", lambda text: f"<think>Hm.</think>{text.replace(',', '')}"):
        talk.ask("Write a mail.")
        talk.take(change(talk.heard[-1]))
    talk.ask("Go on.")
    assert talk.did() == []
