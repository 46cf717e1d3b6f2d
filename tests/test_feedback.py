"""`POST /v1/feedback`, through a running server: whose it is, what it teaches, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import Answer, send


@pytest.fixture(scope="module")
def server(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(configure(tmp_path_factory.mktemp("feedback"), backends=[openai_backend(openai_fake.base)])) as server:
        yield server


@pytest.fixture(scope="module")
def key(server: Running) -> str:
    """A key that speaks for nobody but itself."""
    made = cli("keys", "create", "--trust", "user", "--json", config=server.folder / "config.yaml")
    return str(json.loads(made.stdout)["key"])


def asked(server: Running, user: str, text: str = "Write a mail.", **headers: str) -> Answer:
    body = {"model": "prompt", "user": user, "messages": [{"role": "user", "content": text}]}
    return send(server.url, "POST", "/v1/chat/completions", body, headers)


def give(server: Running, headers: dict[str, str] | None = None, **feedback: Any) -> Answer:
    return send(server.url, "POST", "/v1/feedback", feedback, headers)


def evidence(server: Running, user: str) -> list[dict[str, Any]]:
    """What came by feedback."""
    rows = send(server.url, "GET", f"/v1/users/{user}/export").json["evidence"]
    return [row for row in rows if row["kind"] != "statement"]


def test_words_about_an_answer_teach(server: Running) -> None:
    """They are the person's own, and hold in the next request."""
    exchange = asked(server, "ann").headers["x-rapport-exchange"]
    said = "Too long. Always keep your answers short."
    assert give(server, exchange=exchange, rating=-1, comment=said).json["recorded"] == 1
    assert "short" in asked(server, "ann", "And now?").body.decode()
    assert [(row["kind"], row["text"], row["author"]) for row in evidence(server, "ann")] == [("rating", said, "self")]


def test_each_kind_is_evidence_of_its_own(server: Running) -> None:
    """Once, however often it is sent; what the assistant wrote is never taken for the person's words."""
    exchange = asked(server, "ben").headers["x-rapport-exchange"]
    for new in (3, 0):
        told = give(server, exchange=exchange, rating=0.5, edited="Dear all, I love jazz.", original="Dear all,",
                    chosen="I hate opera, says one.", rejected="I adore opera, says the other.")
        assert (told.status, told.json["recorded"]) == (200, new)
    assert [(row["kind"], row["text"], row["context"], row["author"]) for row in evidence(server, "ben")] == [
        ("edit", "Dear all, I love jazz.", "Dear all,", "self"),
        ("pick", "I hate opera, says one.", "I adore opera, says the other.", "assistant"),
        ("accepted", "Dear all,", "", "assistant"),
    ]  # fmt: skip
    claims = send(server.url, "GET", "/v1/users/ben/profile").json["claims"]
    assert "opera" not in json.dumps(claims)


def test_an_edit_without_its_original_states_nothing(server: Running) -> None:
    """It shows how the person writes: whose its sentences are cannot be told."""
    edited = "I hate opera, and I am a vegan from Berlin, as ever."
    assert give(server, user="cleo", edited=edited).json["recorded"] == 1
    assert [row["kind"] for row in evidence(server, "cleo")] == ["artefact"]
    assert send(server.url, "GET", "/v1/users/cleo/profile").json["claims"] == []


PLAN = "I\u2019m vegan, and I love hiking. Here is a plan."
LONG = "word " * 870 + "I am allergic to peanuts. I love opera"


@pytest.mark.parametrize(("original", "edited"), [
    (PLAN, f"{PLAN} Thanks."), (f"{LONG}.", f"{LONG}! Yes."),
    ("As a traveller\nI love opera and I'm allergic to nuts", "As a traveller, I love opera and I'm allergic to nuts"),
])
def test_what_the_assistant_wrote_stays_the_assistants(server: Running, original: str, edited: str) -> None:
    """However little an edit changed of it."""
    user = f"ivo{len(original)}"
    assert give(server, user=user, original=original, edited=edited).json["recorded"] == 1
    assert send(server.url, "GET", f"/v1/users/{user}/profile").json["claims"] == []


def test_a_response_names_its_person(server: Running) -> None:
    """By the id that clients of the Responses API have anyway."""
    body = {"model": "x", "input": "Write a mail.", "user": "dora"}
    id = send(server.url, "POST", "/v1/responses", body).json["id"]
    assert give(server, response=id, comment="I love jazz.").json["recorded"] == 1
    assert evidence(server, "dora")[0]["text"] == "I love jazz."
    assert give(server, response="resp_nothing", comment="x").status == 404


def test_where_it_holds(server: Running, openai_fake: Fake) -> None:
    """As it says, else where the answer's request belonged, else where the feedback comes from: no backend is told, and
    what names no place is no reason to refuse a chat."""
    at = {"x-rapport-context": "Work"}
    exchange = asked(server, "hal", **at).headers["x-rapport-exchange"]
    assert not [name for name in openai_fake.last().headers if "rapport" in name]
    body = {"model": "x", "input": "Write a mail.", "user": "hal"}
    id = send(server.url, "POST", "/v1/responses", body, {"x-rapport-context": "home"}).json["id"]
    nowhere = asked(server, "hal", **{"x-rapport-context": "the pub"})
    assert nowhere.status == 200
    for about in ({"exchange": exchange}, {"response": id}, {"exchange": exchange, "context": "home"},
                  {"exchange": exchange, "context": ""}, {"exchange": nowhere.headers["x-rapport-exchange"]},
                  {"user": "hal"}):  # fmt: skip
        assert give(server, at, chosen=f"Yes. {about}", rejected="No.", **about).json["recorded"] == 1
    assert [row["place"] for row in evidence(server, "hal")] == ["work", "home", "home", "", "", "work"]
    assert "work, home" in give(server, user="hal", comment="x", context="pub").json["error"]["message"]


def test_nobody_speaks_for_somebody_else(server: Running, key: str) -> None:
    """An answer that was for another person, or a key that may not say in whose name it asks, get nowhere."""
    exchange = asked(server, "eve").headers["x-rapport-exchange"]
    own = {"authorization": f"Bearer {key}"}
    assert give(server, exchange=exchange, user="mallory", comment="I love x.").status == 404
    assert give(server, {"x-rapport-user": "mallory"}, exchange=exchange, comment="I love x.").status == 404
    assert give(server, own, exchange=exchange, comment="I love x.").status == 404
    assert give(server, own, user="eve", comment="I love x.").status == 403
    assert give(server, comment="I love x.").status == 400
    assert give(server, exchange="ex_nothing", comment="x").status == 404
    assert evidence(server, "eve") == evidence(server, "mallory") == []


def test_a_pause_holds(server: Running) -> None:
    """Whoever paused gives no evidence."""
    send(server.url, "PATCH", "/v1/users/fay/profile", {"paused": True})
    told = give(server, user="fay", comment="I love jazz.").json
    assert (told["recorded"], told["paused"], evidence(server, "fay")) == (0, True, [])


@pytest.mark.parametrize(("feedback", "param"), [
    ({}, "body"), ({"rating": 2}, "rating"), ({"rating": "good"}, "body"), ({"edited": " "}, "edited"),
    ({"user": " ", "comment": "x"}, "user"), ({"user": "x" * 300, "comment": "x"}, "user"),
    ({"context": "pub", "comment": "x"}, "context"), ({"context": 5, "comment": "x"}, "body"),
    ({"thumbs": "up"}, "body"), ({"comment": 5}, "body"), ({"chosen": ""}, "chosen"),
    ({"ratings": [{"text": "a", "rating": 1}, {"text": "b", "rating": 9}]}, "ratings[1].rating"),
    ({"ratings": [1]}, "body"),
])
def test_what_makes_no_sense_is_told(server: Running, feedback: dict[str, Any], param: str) -> None:
    """With what would have been right."""
    answer = give(server, **{"user": "gil", **feedback})
    assert (answer.status, answer.json["error"]["param"]) == (400, param), answer.body
    assert send(server.url, "POST", "/v1/feedback", b"nonsense").status == 400
    assert evidence(server, "gil") == []
