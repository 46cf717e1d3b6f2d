"""Who may call, and in whose name: keys, signed tokens, and the trusted loopback, through a real server."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

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
    for trust in ("backend", "user"):
        done = cli("keys", "create", "--trust", trust, "--tenant", "acme", "--json",
                   config=server.folder / "config.yaml")
        made[trust] = json.loads(done.stdout)["key"]
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


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory, openai_fake: Fake) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("sidecar")
    with started(configure(folder, backends=[openai_backend(openai_fake.base)], policies=CHAIN)) as running:
        yield running


def test_the_loopback_is_trusted(sidecar: Running) -> None:
    """Without keys a process of this machine says who asks, whatever provider key its client sends along."""
    assert who(sidecar, {"authorization": "Bearer sk-anything"}, user="alice") == "from_user"


@pytest.mark.parametrize("headers", [
    {"x-forwarded-for": "8.8.8.8"}, {"forwarded": "for=8.8.8.8"}, {"x-real-ip": "8.8.8.8"},
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


def test_modes(sidecar: Running) -> None:
    """`off` does nothing, `readonly` records nothing, anything else is an error."""
    assert chat(sidecar, {"x-rapport-mode": "off"}, user="dora")[1]["x-rapport-policies"] == "chain=off"
    chat(sidecar, {"x-rapport-mode": "readonly"}, user="dora")
    assert json.loads(cli("users", "export", "dora", config=sidecar.folder / "config.yaml").stdout)["evidence"] == []
    assert chat(sidecar, {"x-rapport-mode": "of"}, user="dora")[0] == 400
