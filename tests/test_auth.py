"""Who may call, and in whose name: keys, signed tokens, and the trusted loopback, through a real server."""

import asyncio
import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from adapters.memory import MemoryKeys
from adapters.ports import Key, Unavailable
from proxy.callers import Callers, new_key
from proxy.settings import Auth
from proxy.wire import HttpError
from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started

SHARED = "a-shared-secret-of-well-over-64-bytes-" * 2
CHAIN = [{"kind": "identity"}, {"kind": "history"}]


def chat(server: Running, headers: dict[str, str] | None = None, **fields: Any) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of one chat."""
    body = {"model": "echo", "messages": [{"role": "user", "content": "hi"}], **fields}
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=30)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers or {})
    answer = connection.getresponse()
    result = answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.load(answer)
    connection.close()
    return result


def who(server: Running, headers: dict[str, str], **fields: Any) -> str:
    """What identity did with this request."""
    status, answered, body = chat(server, headers, **fields)
    assert status == 200, body
    return answered["x-rapport-policies"].split(",")[0].removeprefix("identity=")


def token(subject: str | None = "carol", secret: str = SHARED, algorithm: str = "HS256", **claims: Any) -> str:
    body = {"exp": time.time() + 60, "iss": "us", **({"sub": subject} if subject else {}), **claims}
    return jwt.encode(body, secret, algorithm=algorithm)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, openai_fake: Fake) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("auth")
    (folder / "secret").write_text(SHARED)
    config = configure(folder, backends=[openai_backend(openai_fake.base)], policies=CHAIN, auth={
        "required": True, "jwt": {"key": f"file:{folder}/secret", "algorithms": ["HS256"], "issuer": "us"}})
    with started(config) as running:
        yield running


@pytest.fixture(scope="module")
def keys(server: Running) -> dict[str, str]:
    """A key of each trust, made beside the running server."""
    made = {}
    for name, trust in (("backend", "backend"), ("user", "user"), ("user2", "user")):
        done = cli("keys", "create", "--trust", trust, "--tenant", "acme", "--json",
                   config=server.folder / "config.yaml")
        made[name] = json.loads(done.stdout)["key"]
    return made


def test_without_a_key_nobody_gets_in(server: Running) -> None:
    """401 before anything goes to a backend."""
    assert chat(server)[0] == 401
    assert chat(server, {"authorization": "Bearer sk-provider"})[0] == 401
    assert chat(server, {"authorization": "Bearer rk-wrong"})[2]["error"]["code"] == "invalid_api_key"
    assert server.get("/v1/models")[0] == 401


def test_a_backend_key_says_who_asks(server: Running, keys: dict[str, str]) -> None:
    """Its unsigned ids count; those of a key without that trust do not."""
    assert who(server, {"authorization": f"Bearer {keys['backend']}"}, user="alice") == "from_user"
    assert who(server, {"authorization": f"Bearer {keys['user']}"}, user="alice") == "no_identity"
    assert who(server, {"authorization": f"Bearer {keys['user']}", "x-rapport-user": "alice"}) == "no_identity"


def test_keys_are_kept_as_hashes_and_never_sent_on(server: Running, keys: dict[str, str], openai_fake: Fake) -> None:
    """Neither the database nor the log nor the backend ever sees a Rapport key."""
    chat(server, {"authorization": f"Bearer {keys['backend']}"})
    assert openai_fake.last().headers["authorization"] == "Bearer sk-fake"
    assert keys["backend"] not in server.log
    for path in (server.folder / "data").rglob("rapport.db*"):
        assert keys["backend"].encode() not in path.read_bytes()


def test_a_revoked_key_is_refused(server: Running) -> None:
    """Revoking takes effect in the running server within seconds."""
    config = server.folder / "config.yaml"
    made = json.loads(cli("keys", "create", "--json", config=config).stdout)
    assert chat(server, {"authorization": f"Bearer {made['key']}"})[0] == 200
    assert cli("keys", "revoke", made["id"], config=config).returncode == 0
    end = time.monotonic() + 5
    while chat(server, {"authorization": f"Bearer {made['key']}"})[0] == 200 and time.monotonic() < end:
        time.sleep(0.1)
    assert chat(server, {"authorization": f"Bearer {made['key']}"})[0] == 401


def test_a_signed_token_is_its_own_person(server: Running) -> None:
    """The verified subject counts; whom the body or the header name beside it does not."""
    headers = {"authorization": f"Bearer {token()}", "x-rapport-user": "bob"}
    assert who(server, headers, user="bob") == "from_jwt"
    assert server.get("/v1/users/carol/profile", headers=headers)[0] == 200
    assert server.get("/v1/users/bob/profile", headers=headers)[0] == 403
    assert server.get("/v1/users/bob", "DELETE", headers)[0] == 403


def forged() -> dict[str, str]:
    """Tokens that must not be believed."""
    none = jwt.encode({"sub": "carol", "exp": time.time() + 60, "iss": "us"}, "", algorithm="none")
    return {
        "no signature": none, "other secret": token(secret="x" * 40), "other issuer": token(iss="them"),
        "expired": token(exp=time.time() - 3600), "no expiry": jwt.encode({"sub": "carol", "iss": "us"}, SHARED),
        "no subject": token(None), "other algorithm": token(algorithm="HS512"), "cut": token()[:-4],
    }


@pytest.mark.parametrize("name", forged())
def test_a_forged_token_is_refused(server: Running, name: str) -> None:
    """A token that is not valid is an error, never nobody and never somebody."""
    assert chat(server, {"authorization": f"Bearer {forged()[name]}"})[0] == 401


@pytest.mark.parametrize("subject", [None, False, {}, [], "", "  "])
def test_a_token_for_nobody_is_refused(server: Running, subject: object) -> None:
    """A null or odd claim is no name: there is no person "None" whom all of these share."""
    headers = {"authorization": f"Bearer {token(None, org='acme', **{'sub': subject})}"}
    assert chat(server, headers)[0] == 401


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, openai_fake: Fake) -> Iterator[Running]:
    """Keys and tokens together: the token in a header of its own, with a tenant."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "secret").write_text(SHARED)
    signed = {"key": f"file:{folder}/secret", "algorithms": ["HS256"], "header": "x-person", "tenant_claim": "org"}
    config = configure(folder, backends=[openai_backend(openai_fake.base)], policies=CHAIN, auth={
        "required": True, "jwt": signed})
    with started(config) as running:
        yield running


def test_a_token_of_another_tenant_opens_nothing(shared: Running) -> None:
    """With a key of one tenant, the token of another tenant's person is refused; their own goes through."""
    config = shared.folder / "config.yaml"
    key = json.loads(cli("keys", "create", "--tenant", "acme", "--json", config=config).stdout)["key"]
    bearer = {"authorization": f"Bearer {key}"}
    assert chat(shared, {**bearer, "x-person": token(org="other")})[0] == 401
    assert who(shared, {**bearer, "x-person": token(org="acme")}) == "from_jwt"
    assert chat(shared, {"x-person": token(org=None)})[0] == 401


def test_a_persons_token_stays_here(shared: Running, openai_fake: Fake) -> None:
    """The token that says who asks is no business of the model provider."""
    signed = token(org="acme")
    assert chat(shared, {"x-person": signed})[0] == 200
    assert signed not in json.dumps(openai_fake.last().headers)


class Flaky(MemoryKeys):
    """Keys whose store can be away."""

    away = False

    async def find(self, digest: str) -> Key | None:
        if self.away:
            raise Unavailable("The store is away.")
        return await super().find(digest)


def test_a_lost_store_costs_the_memory_and_not_the_key() -> None:
    """A key that was good lately still is while the store is away; an unknown one is a 503 of ours, not a 502."""

    async def go() -> None:
        keys = Flaky()
        callers = Callers(Auth(required=True), keys, None)
        secret, kept, key = new_key("web", "acme", "backend")
        await keys.create(key, kept)
        headers = {"authorization": f"Bearer {secret}"}
        assert (await callers.resolve({}, headers)).tenant == "acme"
        keys.away = True
        assert (await callers.resolve({}, headers)).tenant == "acme"
        with pytest.raises(HttpError) as caught:
            await callers.resolve({}, {"authorization": "Bearer rk-unknown"})
        assert caught.value.status == 503

    asyncio.run(go())


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory, openai_fake: Fake) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("sidecar")
    with started(configure(folder, backends=[openai_backend(openai_fake.base)], policies=CHAIN)) as running:
        yield running


def test_the_loopback_is_trusted(sidecar: Running) -> None:
    """Without keys a process of this machine says who asks, whatever provider key its client sends along."""
    assert who(sidecar, {"authorization": "Bearer sk-anything"}, user="alice") == "from_user"


@pytest.mark.parametrize("headers", [
    {"x-forwarded-for": "8.8.8.8"}, {"via": "1.1 nginx"}, {"cf-connecting-ip": "8.8.8.8"},
    {"forwarded": "for=8.8.8.8"}, {"x-real-ip": "8.8.8.8"},
    {"origin": "https://evil.example"}, {"host": "rebound.example"}, {"origin": "null"},
])
def test_the_loopback_trusts_no_go_between(sidecar: Running, headers: dict[str, str]) -> None:
    """A reverse proxy or a web page on this machine speaks for somebody else."""
    assert chat(sidecar, headers)[0] == 401


def test_beyond_loopback_keys_are_needed(sidecar: Running) -> None:
    """The server refuses to open people's data to a network without keys."""
    done = cli("check", config=sidecar.folder / "config.yaml", RAPPORT_SERVER__HOST="0.0.0.0", FAKE_KEY="x")
    assert done.returncode == 2
    assert "auth.required" in done.stderr


def test_a_persons_receipt_is_theirs(server: Running) -> None:
    """A person with a token sees their own receipts and nobody else's."""
    mine, other = ({"authorization": f"Bearer {token(name)}"} for name in ("carol", "dave"))
    id = chat(server, mine)[1]["x-rapport-exchange"]
    assert server.get(f"/v1/receipts/{id}", headers=mine)[0] == 200
    assert server.get(f"/v1/receipts/{id}", headers=other)[0] == 404


def test_what_was_asked_with_a_key_alone_is_the_keys(server: Running, keys: dict[str, str]) -> None:
    """A receipt in nobody's name is for the key that asked, and for no other that speaks for itself only."""
    mine, other = ({"authorization": f"Bearer {keys[name]}"} for name in ("user", "user2"))
    id = chat(server, mine)[1]["x-rapport-exchange"]
    found = [server.get(f"/v1/receipts/{id}", headers=headers)[0] for headers in (mine, other)]
    assert found == [200, 404]


def test_an_erasure_goes_to_the_right_address(sidecar: Running) -> None:
    """Nobody erases "ann/profile" and believes that ann is gone; who is called so is named with the slash quoted."""
    status, said = sidecar.get("/v1/users/ann/profile", "DELETE")
    assert (status, said["error"]["code"]) == (405, "unknown_url")
    assert sidecar.get("/v1/users/ann%2Fprofile", "DELETE")[0] == 200


def test_names_with_slashes(sidecar: Running) -> None:
    """A person whose id holds a slash can be shown and erased too."""
    assert sidecar.get("/v1/users/google%2F123/profile")[0] == 200
    assert sidecar.get("/v1/users/google%2F123", "DELETE")[1]["deleted"] is True


def test_modes(sidecar: Running) -> None:
    """`off` does nothing, `readonly` records nothing, anything else is an error."""
    assert chat(sidecar, {"x-rapport-mode": "off"}, user="dora")[1]["x-rapport-policies"] == "chain=off"
    chat(sidecar, {"x-rapport-mode": "readonly"}, user="dora")
    assert json.loads(cli("users", "export", "dora", config=sidecar.folder / "config.yaml").stdout)["evidence"] == []
    assert chat(sidecar, {"x-rapport-mode": "of"}, user="dora")[0] == 400
