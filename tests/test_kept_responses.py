"""Whose a kept response is, how long it is there, and what its store may cost: through real servers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import jwt
import pytest

from adapters.sql import Database, SqlKeys
from proxy.callers import new_key
from tests.fakes.process import Fake, serving
from tests.rapport import Running, cli, configure, running, started
from tests.raw import Answer, send

SHARED = "a-shared-secret-of-well-over-64-bytes-" * 2
KEYS = {"acme": ("acme", "backend"), "acme2": ("acme", "backend"), "other": ("other", "backend"),
        "shop": ("acme", "user"), "shop2": ("acme", "user")}
WAYS = ("native", "here")
"""Kept by the backend, and kept by Rapport."""


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with ExitStack() as stack:
        options = {"native": (), "here": ("--stateless",), "own": ("--key", "sk-of-the-shop")}
        yield {name: stack.enter_context(serving("openai_api", *given)) for name, given in options.items()}


def backends(fakes: dict[str, Fake]) -> list[dict[str, Any]]:
    """`native/*` keeps responses, `here/*` does not, `own/*` keeps them for the callers' own keys, and for
    `translated/*` they are made out of chats."""
    def backend(name: str, base: str, responses: str) -> dict[str, Any]:
        return {"models": [f"{name}/*"], "use": "openai/{model}", "api_base": base, "responses": responses,
                "api_key": "client" if name == "own" else "env:FAKE_KEY"}

    how = {"here": "stateless"}
    return [*(backend(name, fake.base, how.get(name, "native")) for name, fake in fakes.items()),
            backend("translated", fakes["here"].base, "translated")]


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "secret").write_text(SHARED)
    signed = {"key": f"file:{folder}/secret", "algorithms": ["HS256"], "header": "x-person"}
    config = configure(folder, backends=backends(fakes), auth={"required": True, "jwt": signed})
    with started(config) as server:
        yield server


@pytest.fixture(scope="module")
def keys(server: Running) -> dict[str, str]:
    """Rapport keys by name, made beside the running server as `rapport keys create` makes them, but all at once."""
    return asyncio.run(create(f"sqlite:///{server.folder}/data/rapport.db"))


async def create(url: str) -> dict[str, str]:
    database, secrets = Database(url), {}
    for name, (tenant, trust) in KEYS.items():
        secrets[name], digest, key = new_key(name, tenant, trust)
        await SqlKeys(database).create(key, digest)
    await database.close()
    return secrets


def head(key: str | None = None, person: str | None = None, user: str | None = None) -> dict[str, str]:
    """Headers of a caller: a key, a token of a person, a person in whose name a backend asks."""
    token = jwt.encode({"sub": person, "exp": time.time() + 60}, SHARED, algorithm="HS256") if person else None
    named = {"authorization": f"Bearer {key}" if key else None, "x-person": token, "x-rapport-user": user}
    return {name: value for name, value in named.items() if value is not None}


def respond(server: Running, headers: dict[str, str] | None = None, model: str = "here/x", **body: Any) -> Answer:
    return send(server.url, "POST", "/v1/responses", {"model": model, "input": "my secret", **body}, headers)


def made(server: Running, headers: dict[str, str] | None = None, model: str = "here/x", **body: Any) -> str:
    """The id of a new response."""
    answer = respond(server, headers, model, **body)
    assert answer.status == 200, answer.body
    return str(answer.json["id"])


def get(server: Running, id: str, headers: dict[str, str] | None = None, below: str = "") -> int:
    """The status of asking for a response."""
    return send(server.url, "GET", f"/v1/responses/{id}{below}", None, headers).status


def goes_on(server: Running, id: str, headers: dict[str, str] | None = None, model: str = "here/x") -> bool:
    """Whether a next response may follow, where no conversation may be told from one that never was."""
    answer = respond(server, headers, model, previous_response_id=id)
    assert answer.status == 200 or answer.json["error"]["code"] == "previous_response_not_found", answer.body
    return answer.status == 200


@pytest.mark.parametrize("way", WAYS)
def test_a_response_is_its_owners(server: Running, keys: dict[str, str], way: str) -> None:
    """Another person, key or tenant can neither read nor delete nor go on with it; a trusted backend may in nobody's
    name, but never in another person's."""
    model = f"{way}/x"
    callers = {
        "alice": head(keys["acme"], user="alice"), "bob": head(keys["acme"], user="bob"), "acme2": head(keys["acme2"]),
        "other": head(keys["other"]), "other's alice": head(keys["other"], user="alice"), "shop": head(keys["shop"]),
        "shop2": head(keys["shop2"]), "carol": head(None, "carol"), "dave": head(None, "dave"),
        "shop's carol": head(keys["shop"], "carol"), "shop's dave": head(keys["shop"], "dave"),
    }  # fmt: skip
    follows = {"alice": {"alice", "acme2"}, "shop": {"alice", "bob", "acme2", "shop"}, "carol": {"carol"},
               "shop's carol": {"acme2", "shop's carol"}}
    for owner in follows:
        id = made(server, callers[owner], model)
        for name, headers in callers.items():
            allowed = 200 if name in follows[owner] else 404
            pair = f"{name} about {owner}'s"
            assert {get(server, id, headers, below) for below in ("", "/input_items")} == {allowed}, pair
            assert goes_on(server, id, headers, model) == (name in follows[owner]), pair
            if allowed == 404:
                assert send(server.url, "DELETE", f"/v1/responses/{id}", None, headers).status == 404
                assert send(server.url, "POST", f"/v1/responses/{id}/cancel", None, headers).status == 404
        assert get(server, id, callers[owner]) == 200


def test_tokens_of_somebody_elses_conversation_are_not_counted(server: Running, keys: dict[str, str]) -> None:
    """The routes beside it that may name a response are no way around."""
    id = made(server, head(None, "carol"), "native/x")
    for name, status in (("carol", 200), ("dave", 400)):
        body = {"model": "native/x", "input": "hi", "previous_response_id": id}
        assert send(server.url, "POST", "/v1/responses/input_tokens", body, head(None, name)).status == status


def test_ones_own_key_at_the_provider_opens_what_is_ones_own(
    server: Running, keys: dict[str, str], fakes: dict[str, Fake]
) -> None:
    """A response that we never saw may be gone on with where the provider itself checks whose it is."""
    own = {"authorization": "Bearer sk-of-the-shop"}
    before = send(fakes["own"].url, "POST", "/v1/responses", {"model": "x", "input": "hi"}, own).json["id"]
    headers = {"x-api-key": keys["shop"], **own}
    assert goes_on(server, before, headers, "own/x") and get(server, before, headers) == 200
    assert fakes["own"].last().headers["authorization"] == "Bearer sk-of-the-shop"
    assert keys["shop"] not in json.dumps(fakes["own"].last().headers)
    assert not goes_on(server, before, headers, "native/x") and get(server, before, head(keys["shop2"])) == 404


def test_erasure_takes_responses_along(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """Erased means gone: for reading, for going on, and at the backend that kept it for us; one that is away keeps
    nobody waiting, and is told."""
    with serving("openai_api") as mortal, running(tmp_path, backends=backends({**fakes, "native": mortal})) as server:
        models = [f"{way}/x" for way in WAYS]
        alice, bob = ([made(server, head(user=name), model) for model in models] for name in ("alice", "bob"))
        carol = made(server, head(user="carol"), "native/x")
        told = cli("users", "forget", "carol", "--yes", "--json", config=tmp_path / "config.yaml").stdout
        assert json.loads(told) | {"responses": 1, "left_at_backends": 0} == json.loads(told)
        assert send(mortal.url, "GET", f"/v1/responses/{carol}").status == 404
        told = send(server.url, "DELETE", "/v1/users/alice").json
        assert (told["erased"]["responses"], told["left_at_backends"]) == (2, 0)
        for model, mine, theirs in zip(models, alice, bob, strict=True):
            assert get(server, mine) == 404 and not goes_on(server, mine, head(user="alice"), model)
            assert get(server, theirs) == 200 and goes_on(server, theirs, head(user="bob"), model)
        assert send(mortal.url, "GET", f"/v1/responses/{alice[0]}").status == 404
        os.kill(mortal.pid, signal.SIGKILL)
        told = send(server.url, "DELETE", "/v1/users/bob").json
        assert (told["deleted"], told["erased"]["responses"], told["left_at_backends"]) == (True, 4, 2)


@pytest.mark.parametrize("mode", ["full", "off"])
@pytest.mark.parametrize("way", WAYS)
def test_an_erasure_overtakes_an_answer(
    server: Running, keys: dict[str, str], fakes: dict[str, Fake], way: str, mode: str
) -> None:
    """What was asked before it and answered after it is kept nowhere, though no policy looked who asks."""
    alice = head(keys["acme"], user=f"alice-{way}-{mode}")
    made(server, alice, f"{way}/x")
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(made, server, {**alice, "x-rapport-mode": mode}, f"{way}/x;l=1500")
        time.sleep(0.5)
        told = send(server.url, "DELETE", f"/v1/users/{alice['x-rapport-user']}", None, alice)
        assert told.status == 200 and not asking.done(), told.body
        id = asking.result()
    assert get(server, id, alice) == 404 == send(fakes[way].url, "GET", f"/v1/responses/{id}").status
    assert get(server, made(server, alice, f"{way}/x"), alice) == 200


def test_a_provider_of_litellms_tables_is_asked_to_erase(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """It speaks OpenAI's format, and so it can be asked; where nobody can be asked any more, that is told."""
    backend = {"models": ["*"], "use": "groq/{model}", "api_base": fakes["native"].base, "api_key": "env:FAKE_KEY"}
    with running(tmp_path, backends=[backend]) as server:
        alice, bob = (made(server, head(user=name), "x") for name in ("alice", "bob"))
        assert get(server, alice) == 200
        assert send(server.url, "DELETE", "/v1/users/alice").json["left_at_backends"] == 0
    assert send(fakes["native"].url, "GET", f"/v1/responses/{alice}").status == 404
    assert send(fakes["native"].url, "GET", f"/v1/responses/{bob}").status == 200
    with running(tmp_path, backends=[{"models": ["*"], "use": "demo"}]) as server:
        assert send(server.url, "DELETE", "/v1/users/bob").json["left_at_backends"] == 1


@pytest.mark.parametrize("policies", [[], [{"kind": "identity"}]], ids=["no chain", "identity"])
@pytest.mark.parametrize("way", WAYS)
def test_a_token_is_its_person_whatever_the_chain_is(
    fakes: dict[str, Fake], tmp_path: Path, way: str, policies: list[Any]
) -> None:
    """Nobody else goes on with what was said under one, also where nothing is remembered of anybody; and it is erased.
    """
    (tmp_path / "secret").write_text(SHARED)
    signed = {"key": f"file:{tmp_path}/secret", "algorithms": ["HS256"], "header": "x-person"}
    sections: Any = {"backends": backends(fakes), "auth": {"jwt": signed}, "policies": policies}
    with running(tmp_path, **sections) as server:
        for one, two in (("alice", "bob"), ("A" * 300, "B" * 300)):
            id = made(server, head(None, one), f"{way}/x", input="my secret is 4711")
            assert (get(server, id, head(None, one)), get(server, id, head(None, two))) == (200, 404)
            assert goes_on(server, id, head(None, one), f"{way}/x")
            assert not goes_on(server, id, head(None, two), f"{way}/x")
            told = send(server.url, "DELETE", f"/v1/users/{one}", None, head(None, one)).json
            assert (told["erased"]["responses"], told["left_at_backends"]) == (2, 0)
            assert get(server, id, head(None, one)) == 404 and not goes_on(server, id, head(None, one), f"{way}/x")


def test_a_conversation_that_nobody_can_tell_the_owner_of(server: Running, keys: dict[str, str]) -> None:
    """It is for whoever speaks for all, and for nobody who speaks for one person."""
    body = {"model": "native/x", "input": "hi", "conversation": "conv_1"}
    for headers, status in ((head(keys["acme"]), 200), (head(None, "carol"), 404), (head(keys["shop"]), 404)):
        assert send(server.url, "POST", "/v1/responses", body, headers).status == status


@pytest.mark.parametrize("fault", ["cut=4", "short=4"])
def test_what_was_cut_off_is_not_kept(server: Running, keys: dict[str, str], fault: str) -> None:
    """Whatever words its request holds."""
    body = {"model": f"here/x;{fault}", "input": "hi", "stream": True, "metadata": {"a": "response.completed"}}
    answer = send(server.url, "POST", "/v1/responses", body, head(keys["acme"]))
    id = next(data["response"]["id"] for _, data in answer.events if "response" in data)
    assert get(server, id, head(keys["acme"])) == 404 and not goes_on(server, id, head(keys["acme"]))


def test_items_may_be_named_in_any_way(server: Running, keys: dict[str, str], fakes: dict[str, Fake]) -> None:
    """With their type or without, and those of an input by the ids that its list shows."""
    own = head(keys["acme"], user="ivy")
    first = respond(server, own, "translated/x", input=[{"role": "user", "content": "one"}]).json
    shown = send(server.url, "GET", f"/v1/responses/{first['id']}/input_items", None, own).json["data"]
    for id, type in ((first["output"][0]["id"], "message"), (shown[0]["id"], "message")):
        for item in ({"id": id}, {"type": "item_reference", "id": id}):
            answer = respond(server, own, "translated/prompt", input=[item, {"role": "user", "content": "two"}])
            assert answer.status == 200 and type == "message", answer.body
            assert respond(server, head(keys["acme"], user="bob"), "translated/x", input=[item]).status == 400


@pytest.mark.parametrize("previous", [5, [], {}, True])
def test_an_odd_id_is_told(server: Running, keys: dict[str, str], previous: Any) -> None:
    """By its name, wherever the state would be."""
    for model in ("here/x", "native/x", "translated/x"):
        error = respond(server, head(keys["acme"]), model, previous_response_id=previous)
        assert (error.status, error.json["error"]["param"]) == (400, "previous_response_id")


@pytest.mark.parametrize("limit", ["%C2%B2", "9" * 5000, "0", "101", "abc", "-1"])
def test_odd_pages_are_told(server: Running, keys: dict[str, str], limit: str) -> None:
    """A limit that is none is the client's fault."""
    id = made(server, head(keys["acme"]))
    answer = send(server.url, "GET", f"/v1/responses/{id}/input_items?limit={limit}", None, head(keys["acme"]))
    assert (answer.status, answer.json["error"]["param"]) == (400, "limit")


@pytest.mark.parametrize("id", [5, None, [], {"a": 1}, "msg_" + "0" * 47])
def test_odd_references_are_the_backends_business(
    server: Running, keys: dict[str, str], fakes: dict[str, Fake], id: Any
) -> None:
    """Whatever stands where an item's id should be, unless it is the id of an item that was made here."""
    item = {"type": "item_reference", "id": id}
    assert respond(server, head(keys["acme"]), input=[item]).status == 200
    assert fakes["here"].last().json["input"] == [item]


def test_ids_outlive_a_restart(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """A conversation goes on where it was, whoever keeps it, and so does whose it is."""
    config = configure(tmp_path, backends=backends(fakes))
    with started(config) as server:
        ids = {way: made(server, head(user="alice"), f"{way}/x", input="the word is heron") for way in WAYS}
    with started(config) as server:
        for way, id in ids.items():
            assert get(server, id) == 200 and not goes_on(server, id, head(user="bob"), f"{way}/x")
            answer = respond(server, head(user="alice"), f"{way}/prompt", previous_response_id=id)
            assert "heron" in answer.body.decode()


def test_bounds_hold(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """The newest few of each person stay, what is too large is not kept, and a chain that lost its start says so."""
    bounds = {"per_person": 2, "each_mb": 1}
    with running(tmp_path, backends=backends(fakes), responses=bounds) as server:
        bobs = made(server, head(user="bob"))
        first = made(server, head(user="alice"))
        second = made(server, head(user="alice"), previous_response_id=first)
        assert goes_on(server, second, head(user="alice"))
        assert (get(server, first), get(server, second), get(server, bobs)) == (404, 200, 200)
        lost = respond(server, head(user="alice"), previous_response_id=second)
        assert (lost.status, second in lost.json["error"]["message"]) == (400, True), "the id that the client said"
        large = respond(server, head(user="cleo"), input="x" * 1_100_000)
        assert large.status == 200 and get(server, large.json["id"]) == 404
        assert "responses=not_kept" in large.headers["x-rapport-policies"]


def test_nothing_is_kept_where_nothing_shall_be(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """`keep_days: 0`: answers come, and no text of theirs is in the file; a backend that keeps them still does."""
    with running(tmp_path, backends=backends(fakes), responses={"keep_days": 0}, policies=[]) as server:
        id = made(server)
        assert get(server, id) == 404 and not goes_on(server, id)
        assert goes_on(server, made(server, model="native/x"), model="native/x")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("rapport.db*"))
    assert b"my secret" not in kept


def test_a_locked_store_costs_the_state(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """While another process holds the file, answers come in time, and say that they were not kept."""
    with running(tmp_path, backends=backends(fakes), policies=[]) as server:
        known = made(server)
        with closing(sqlite3.connect(tmp_path / "data" / "rapport.db", isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            start = time.perf_counter()
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda way: respond(server, None, f"{way}/x"), WAYS))
            assert time.perf_counter() - start < 10
            assert [answer.status for answer in answers] == [200, 200]
            assert all("responses=" in answer.headers["x-rapport-degraded"] for answer in answers)
            holder.execute("ROLLBACK")
        assert goes_on(server, answers[0].json["id"], model="native/x") and goes_on(server, known)


def test_a_store_destroyed_meanwhile_costs_the_state(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """Whoever is named: chats, streams and tokens go on; what must be known to be theirs is 503."""
    with running(tmp_path, backends=backends(fakes)) as server:
        known = made(server, head(user="kim"), "native/x")
        for path in (tmp_path / "data").glob("rapport.db*"):
            path.write_bytes(b"garbage" * 3000)
        for _ in range(3):
            for mode in ("full", "off"):
                headers = {**head(user="kim"), "x-rapport-mode": mode}
                assert respond(server, headers, "native/x", stream=True).status == 200
                assert respond(server, headers, "here/x").status == 200
            assert goes_on(server, known, head(user="kim"), "native/x")
            count = {"model": "native/x", "input": "hi"}
            assert send(server.url, "POST", "/v1/responses/input_tokens", count, head(user="kim")).status == 200


def test_a_deletion_that_the_store_cannot_note(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """What the backend deleted is deleted, whoever holds the file here."""
    with running(tmp_path, backends=backends(fakes), policies=[]) as server:
        id = made(server, model="native/x")
        with closing(sqlite3.connect(tmp_path / "data" / "rapport.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            assert send(server.url, "DELETE", f"/v1/responses/{id}").status == 200
            holder.execute("ROLLBACK")
        assert get(server, id) == 404


def test_a_destroyed_store_costs_the_state(fakes: dict[str, Fake], tmp_path: Path) -> None:
    """Chats and native conversations go on; what only the file would know is 503, to be tried again, and no 400."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rapport.db").write_bytes(b"this is no database" * 1000)
    with running(tmp_path, backends=backends(fakes), policies=[]) as server:
        native = made(server, model="native/x")
        assert goes_on(server, native, model="native/x")
        here = made(server)
        for answer in (respond(server, previous_response_id=here), send(server.url, "GET", f"/v1/responses/{here}")):
            assert (answer.status, answer.json["error"]["code"]) == (503, "store_unavailable")
