"""Choices and what they decide, through a running server: picks teach, the history tells, a wrong id shrinks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import send

SHORT = "Use a sieve, number {n}."
LONG = "For number {n}, take the sieve that hangs beside the door and shake it gently until nothing more comes out."


@pytest.fixture(scope="module")
def server(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(configure(tmp_path_factory.mktemp("elect"), backends=[openai_backend(openai_fake.base)])) as server:
        yield server


def picks(server: Running, user: str, chosen: str, rejected: str, numbers: range) -> None:
    for n in numbers:
        body = {"user": user, "chosen": chosen.format(n=n), "rejected": rejected.format(n=n)}
        assert send(server.url, "POST", "/v1/feedback", body).json["recorded"] == 1


def profile(server: Running, user: str) -> dict[str, Any]:
    return dict(send(server.url, "GET", f"/v1/users/{user}/profile").json)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what the learner does in the background."""
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def asked(server: Running, user: str, opening: str) -> tuple[str, str]:
    """What the model was sent in a new conversation, and what the receipt says of the summary."""
    body = {"model": "prompt", "user": user, "messages": [{"role": "user", "content": opening}]}
    answer = send(server.url, "POST", "/v1/chat/completions", body)
    return answer.body.decode(), answer.headers["x-rapport-policies"]


def test_picks_teach(server: Running) -> None:
    """After a few that agree, the next conversation's summary says so, as a probability."""
    picks(server, "ann", SHORT, LONG, range(14))
    until(lambda: profile(server, "ann")["election"]["choices"] == 14)
    assert ("length", "short", "inferred") in [
        (claim["aspect"], claim["value"], claim["kind"]) for claim in profile(server, "ann")["claims"]
    ]
    assert "Probably prefers: short" in asked(server, "ann", "What should I cook tonight?")[0]


def test_a_wrong_id_shrinks_the_summary(server: Running) -> None:
    """Within five choices that somebody else makes under it; what the person said stays, and the receipt says why."""
    send(server.url, "PATCH", "/v1/users/ben/profile", {"claims": [{"aspect": "likes", "value": "hiking"}]})
    picks(server, "ben", SHORT, LONG, range(14))
    until(lambda: profile(server, "ben")["election"]["choices"] == 14)
    assert profile(server, "ben")["election"]["guarded"] == ""
    assert "Probably prefers" in asked(server, "ben", "Where should I go today?")[0]
    picks(server, "ben", LONG, SHORT, range(14, 19))
    until(lambda: profile(server, "ben")["election"]["choices"] == 19)
    assert profile(server, "ben")["election"]["guarded"] == "drifted"
    sent, told = asked(server, "ben", "Where should I go today, please?")
    assert "hiking" in sent
    assert "Probably prefers" not in sent
    assert "drifted" in told


def test_the_history_tells_the_election(server: Running) -> None:
    """With the scores of every contender, over HTTP and on the command line."""
    picks(server, "cleo", SHORT, LONG, range(10))
    until(lambda: profile(server, "cleo")["election"]["choices"] == 10)
    config = server.folder / "config.yaml"
    newest = json.loads(cli("users", "history", "cleo", "--json", config=config).stdout)[-1]["election"]
    assert newest["choices"] == 10
    assert set(newest["scores"]) == {"none", "incumbent", "nearest", "raw", "house"}
    assert newest["scores"]["raw"] > newest["scores"]["none"]
    assert newest == profile(server, "cleo")["election"]
    printed = cli("users", "history", "cleo", config=config).stdout
    assert "10 choices, mean log-probability: none -0." in printed
    assert "serves: all" in printed
