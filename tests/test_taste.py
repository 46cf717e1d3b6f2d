"""Questions of taste through a running server: asked one by one, answered, known at once, and theirs alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import Answer, send

SECRET = "a-shared-secret-of-well-over-64-bytes-" * 2


@pytest.fixture(scope="module")
def server(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(configure(tmp_path_factory.mktemp("taste"), backends=[openai_backend(openai_fake.base)])) as server:
        yield server


def question(server: Running, user: str) -> dict[str, Any]:
    answer = send(server.url, "GET", f"/v1/users/{user}/question")
    assert answer.status == 200, answer.body
    return dict(answer.json)


def answer(server: Running, user: str, id: object, chosen: object, **more: Any) -> Answer:
    return send(server.url, "POST", f"/v1/users/{user}/answers", {"question": id, "chosen": chosen, **more})


def shortest(asked: dict[str, Any]) -> str:
    return str(min(asked["answers"], key=lambda each: len(each["text"]))["id"])


def taste(server: Running, user: str) -> dict[str, Any]:
    return dict(json.loads(cli("taste", "show", user, "--json", config=server.folder / "config.yaml").stdout))


def test_questions_end_and_are_learnt_from(server: Running) -> None:
    """Some, none twice, each knows the answers before it; then a taste for short ones shows, and is
    claimed no sooner than the coefficients are sure of it."""
    seen: list[str] = []
    while (asked := question(server, "ann")).get("id"):
        number = len(seen)
        assert (asked["object"], asked["asked"], asked["left_at_most"]) == ("rapport.question", number, 10 - number)
        assert asked == question(server, "ann") and asked["id"] not in seen and len(asked["answers"]) == 2
        seen.append(asked["id"])
        told = answer(server, "ann", asked["id"], shortest(asked)).json
        assert (told["recorded"], told["asked"]) == (1, number + 1) and told["axes"]
    assert asked == {"object": "rapport.question", "question": None, "reason": "tells_little"}
    assert 3 <= len(seen) <= 8
    found = taste(server, "ann")
    known = send(server.url, "GET", "/v1/users/ann/profile").json["claims"]
    assert {(each["aspect"], each["value"]) for each in known} == {
        (each["aspect"], each["value"]) for each in found["said"]}  # fmt: skip
    length = next(row for row in found["axes"] if row["axis"] == "length")
    assert (found["choices"], found["answers"]) == (len(seen), len(seen)) and length["mean"] < -0.8
    assert found["scores"]["none"] < 0 and found["serves"] is (found["scores"]["own"] > found["scores"]["none"])


def test_an_answer_counts_once(server: Running) -> None:
    """Said again, also otherwise, it is the first one that holds; neither is an answer, too."""
    asked = question(server, "ben")
    first = shortest(asked)
    other = next(each["id"] for each in asked["answers"] if each["id"] != first)
    assert answer(server, "ben", asked["id"], first).json["recorded"] == 1
    again = answer(server, "ben", asked["id"], other).json
    assert (again["recorded"], again["axes"], again["asked"]) == (0, [], 1)
    tie = question(server, "ben")
    assert answer(server, "ben", tie["id"], None).json["recorded"] == 1
    assert question(server, "ben")["asked"] == 2
    found = taste(server, "ben")
    assert (found["answers"], found["choices"], found["reason"]) == (2, 1, "too_few_choices")


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        (b"{", 400, "body"),
        ({"question": "q01.0.1"}, 400, "body"),
        ({"question": "q01.0.1", "chosen": "q01.0", "more": 1}, 400, "body"),
        ({"question": "q01.0.1", "chosen": "q01.3"}, 400, "chosen"),
        ({"question": "nothing", "chosen": None}, 404, "question"),
        ({"question": "q01.0.1", "chosen": None, "context": "pub"}, 400, "context"),
    ],
)
def test_a_bad_answer_is_named(server: Running, body: object, status: int, param: str) -> None:
    """In the shape that OpenAI's clients read."""
    got = send(server.url, "POST", "/v1/users/ann/answers", body)
    assert (got.status, got.json["error"]["param"]) == (status, param) and got.json["error"]["message"]


def test_each_place_is_asked_apart(server: Running) -> None:
    """As the query or the body says, else the header; a place that there is not is named, in a header it is none."""
    def asked(context: str = "", **headers: str) -> Answer:
        return send(server.url, "GET", f"/v1/users/fay/question{context}", headers=headers)

    first = asked("?context=work").json
    assert answer(server, "fay", first["id"], shortest(first), context="work").json["recorded"] == 1
    assert answer(server, "fay", first["id"], shortest(first), context="home").json["recorded"] == 1
    header = {"x-rapport-context": "work"}
    counts = [asked("?context=work"), asked(**header), asked("?context=home", **header), asked(),
              asked("?context=", **header), asked(**{"x-rapport-context": "pub"})]  # fmt: skip
    assert [each.json["asked"] for each in counts] == [1, 1, 1, 0, 0, 0]
    refused = asked("?context=pub")
    assert (refused.status, refused.json["error"]["param"]) == (400, "context")
    assert "work, home" in refused.json["error"]["message"]
    shown = cli("taste", "show", "fay", "--context", "work", "--json", config=server.folder / "config.yaml").stdout
    found = json.loads(shown)
    assert (found["context"], found["apart"], found["choices"], found["answers"]) == ("work", True, 1, 1)


def test_who_paused_or_was_erased_is_asked_nothing(server: Running) -> None:
    """And their answers are not kept."""
    asked = question(server, "cleo")
    send(server.url, "PATCH", "/v1/users/cleo/profile", {"paused": True})
    assert question(server, "cleo")["reason"] == "paused"
    assert answer(server, "cleo", asked["id"], None).json["recorded"] == 0
    send(server.url, "PATCH", "/v1/users/cleo/profile", {"paused": False})
    assert answer(server, "cleo", asked["id"], shortest(asked)).json["recorded"] == 1
    export = send(server.url, "GET", "/v1/users/cleo/export").json
    assert export["evidence"][0]["event"] == f"question-{asked['id']}"
    assert export["profile"]["taste"]["length"] < 0 and export["profile"]["election"]["tastes"]["own"] < 0
    assert send(server.url, "DELETE", "/v1/users/cleo").json["deleted"] is True
    assert question(server, "cleo")["reason"] == "erased"
    assert answer(server, "cleo", asked["id"], None).json["recorded"] == 0
    export = send(server.url, "GET", "/v1/users/cleo/export").json
    assert export["evidence"] == [] and not (export["profile"] or {}).get("taste")


def test_what_a_person_writes_moves_the_coefficients(server: Running) -> None:
    """By hand, in words, and back again where it is forgotten."""
    def length(user: str) -> float:
        return float(next(row["mean"] for row in taste(server, user)["axes"] if row["axis"] == "length"))

    send(server.url, "PATCH", "/v1/users/dan/profile", {"claims": [{"aspect": "length", "value": "short"}]})
    assert length("dan") < -1
    assert ("length", "short") in {(each["aspect"], each["value"]) for each in taste(server, "dan")["said"]}
    (claim,) = send(server.url, "GET", "/v1/users/dan/profile").json["claims"]
    assert send(server.url, "DELETE", f"/v1/users/dan/claims/{claim['id']}").json["deleted"] is True
    assert abs(length("dan")) < 0.01
    send(server.url, "PATCH", "/v1/users/eve/profile", {"say": "Please keep your answers short."})
    assert length("eve") < -1


def test_people_are_asked_for_themselves_alone(openai_fake: Fake, tmp_path: Path) -> None:
    """With a token of their own."""
    (tmp_path / "secret").write_text(SECRET)
    auth = {"required": True, "jwt": {"key": f"file:{tmp_path}/secret", "algorithms": ["HS256"]}}
    with started(configure(tmp_path, backends=[openai_backend(openai_fake.base)], auth=auth)) as server:
        token = jwt.encode({"sub": "ann", "exp": time.time() + 60}, SECRET, algorithm="HS256")
        mine = {"authorization": f"Bearer {token}"}
        asked = send(server.url, "GET", "/v1/users/ann/question", headers=mine)
        assert asked.status == 200
        body = {"question": asked.json["id"], "chosen": None}
        assert send(server.url, "POST", "/v1/users/ann/answers", body, mine).json["recorded"] == 1
        for method, path, sent in (("GET", "question", None), ("POST", "answers", body)):
            assert send(server.url, method, f"/v1/users/ben/{path}", sent, mine).status == 403
            assert send(server.url, method, f"/v1/users/ann/{path}", sent).status == 401


def test_a_plain_chat_needs_no_arrays(openai_fake: Fake, tmp_path: Path) -> None:
    """Neither for somebody new nor with choices that wait to be learnt from: numpy is not imported on the way."""
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)])
    code = (
        "import sys, asyncio; from pathlib import Path; from proxy.config import load; from proxy.app import assemble\n"
        "from adapters.ports import Evidence, User; from policies.preferences.fold import fold\n"
        f"rapport = assemble(load(Path({str(config)!r}), secrets=False))\n"
        "async def work():\n"
        "    user = User('u_' + 'a' * 32)\n"
        "    items = [Evidence(f'p{n}', 'pick', 'Yes.', 'assistant', 'Yes, by all means. ' * 9) for n in range(9)]\n"
        "    await rapport.adapters.users.append(user, items)\n"
        "    person = await rapport.adapters.users.load(user)\n"
        "    assert fold(person.profile, person.pending).claims\n"
        "    await rapport.close()\n"
        "asyncio.run(work()); print('numpy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr
