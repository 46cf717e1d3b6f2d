"""Never worse than no proxy: faults of policies, of the store and of the backend, through a real server."""

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake
from tests.rapport import Running, configure, openai_backend, running, started

PLUG_IN = '''
import asyncio, time
from typing import Literal
from policies.base import Adapters, Exchange, Policy, PolicyConfig

class Faulty(PolicyConfig):
    kind: Literal["faulty"] = "faulty"
    how: str
    timeout: float = 0.2
    def build(self, adapters: Adapters) -> Policy:
        return {"block": Blocks, "hang": Hangs}.get(self.how, Async)(self.how)

class Base(Policy):
    def __init__(self, how): self.how = how

class Blocks(Base):
    def on_request(self, exchange): time.sleep(60)
    def on_reply(self, exchange): time.sleep(60)

class Hangs(Base):
    async def on_request(self, exchange): await asyncio.sleep(60)
    async def on_reply(self, exchange): await asyncio.sleep(60)

class Async(Base):
    async def on_request(self, exchange):
        if self.how == "raise": raise ValueError("secret text of a person")
        if self.how == "garbage": exchange.request = None
        if self.how == "flood":
            exchange.request = exchange.request.with_fields({}) and exchange.request.__class__.parse(
                b'{"model":"m","messages":[{"role":"user","content":"' + b"x" * 5_000_000 + b'"}]}')
    async def on_reply(self, exchange):
        if self.how == "raise": raise ValueError("secret text of a person")
'''


def install(folder: Path) -> None:
    """A plug-in as pip would leave it: a module, and its entry point in a dist-info folder."""
    (folder / "faulty_plug_in.py").write_text(PLUG_IN)
    info = folder / "faulty_plug_in-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-plug-in\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[rapport.policies]\nfaulty = faulty_plug_in:Faulty\n")


def ask(
    server: Running, stream: bool = False, model: str = "gpt-x", user: str = "alice", content: str = "hello there"
) -> Any:
    """The raw answer to one chat."""
    with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        answer = client.chat.completions.with_raw_response.create(
            model=model, messages=[{"role": "user", "content": content}], user=user, stream=stream)
        if stream:
            for _ in answer.parse():
                pass
        return answer


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("how", "reason"), [
    ("raise", "error:ValueError"), ("hang", "timeout"), ("block", "timeout"), ("garbage", "garbage"),
    ("flood", "over_budget"),
])
def test_a_faulty_policy_costs_itself(tmp_path: Path, openai_fake: Fake, how: str, reason: str, stream: bool) -> None:
    """A plug-in that raises, hangs, blocks or returns garbage: the answer arrives in time, and the receipt says so."""
    install(tmp_path)
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], policies=[
        {"kind": "identity"}, {"kind": "faulty", "how": how}, {"kind": "history"}])
    with started(config, PYTHONPATH=str(tmp_path)) as server:
        start = time.perf_counter()
        answer = ask(server, stream)
        assert time.perf_counter() - start < 20
        assert answer.headers["x-rapport-degraded"] == f"faulty={reason}"
        steps = server.get(f"/v1/receipts/{answer.headers['x-rapport-exchange']}")[1]["policies"]
        assert next(step["reasons"] for step in steps if step["policy"] == "faulty") == [reason]
        assert [step["reasons"] for step in steps if step["policy"] == "history"] == [["recorded"]]
        assert "secret text" not in server.log
        server.child.terminate()
        assert server.child.wait(8) in (0, -signal.SIGTERM), "a policy that hangs must not keep the process"
    assert "hello there" in openai_fake.last().body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, openai_fake: Fake) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("faults")
    backend = openai_backend(openai_fake.base, timeouts={"connect": 2, "first": 1.0, "gap": 1.0, "total": 20})
    with running(folder, backends=[backend, ]) as server:
        yield server


@pytest.mark.parametrize(("model", "error"), [
    ("gpt-x;e=400", openai.BadRequestError), ("gpt-x;e=401", openai.AuthenticationError),
    ("gpt-x;e=403", openai.PermissionDeniedError), ("gpt-x;e=404", openai.NotFoundError),
    ("gpt-x;e=409", openai.ConflictError), ("gpt-x;e=422", openai.UnprocessableEntityError),
    ("gpt-x;e=429", openai.RateLimitError), ("gpt-x;e=500", openai.InternalServerError),
    ("gpt-x;html502", openai.InternalServerError), ("gpt-x;hang", openai.InternalServerError),
])
@pytest.mark.parametrize("stream", [False, True])
def test_errors_keep_their_class(server: Running, model: str, error: type[Exception], stream: bool) -> None:
    """The official client raises its own right class, streamed or not."""
    with pytest.raises(error):
        ask(server, stream, model)


@pytest.mark.parametrize("model", ["gpt-x;cut=3", "gpt-x;short=3", "gpt-x;reset", "gpt-x;stall", "gpt-x;errorevent"])
def test_a_cut_stream_ends_with_an_error(server: Running, model: str) -> None:
    """Never a made-up finish: the client raises, and the record says incomplete."""
    with pytest.raises(openai.APIError):
        ask(server, True, model)


def test_a_client_that_leaves_ends_the_call(server: Running, openai_fake: Fake) -> None:
    """Gone in the middle of a stream or before a plain answer: the backend's work ends within a second."""
    openai_fake.wait("busy", 0)
    openai_fake.reset()
    with OpenAI(base_url=server.base, api_key="x", max_retries=0, timeout=0.3) as client:
        messages: Any = [{"role": "user", "content": "hi"}]
        with client.chat.completions.create(model="gpt-x;d=50;c=100", messages=messages, stream=True) as chunks:
            next(iter(chunks))
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(model="gpt-x;l=900", messages=messages)
    assert openai_fake.wait("abandoned", 2, 3.0), openai_fake.open()


@pytest.mark.parametrize(("body", "status", "param"), [
    (b"{", 400, None), (b'{"model":"m"}', 400, "messages"), (b'{"messages":[]}', 400, "model"),
])
def test_bad_bodies_are_refused_in_openai_shape(server: Running, body: bytes, status: int, param: str | None) -> None:
    """Malformed JSON and missing fields: all four keys of the error object."""
    client = OpenAI(base_url=server.base, api_key="x", max_retries=0)
    with client, pytest.raises(openai.APIStatusError) as caught:
        client.post("/chat/completions", cast_to=object, content=body)
    assert caught.value.status_code == status
    assert set(caught.value.response.json()["error"]) == {"message", "type", "param", "code"}
    assert caught.value.response.json()["error"]["param"] == param


def test_what_is_not_here_says_what_is(server: Running) -> None:
    """404 and 405 in OpenAI's shape."""
    for path, method, status in (("/v1/nothing", "GET", 404), ("/v1/chat/completions", "GET", 405)):
        got, body = server.get(path, method)
        assert got == status
        assert "POST /v1/chat/completions" in body["error"]["message"]


def test_a_locked_store_costs_the_memory_only(tmp_path: Path, openai_fake: Fake) -> None:
    """While another process holds the database, chats are answered and say what was left out."""
    with running(tmp_path, backends=[openai_backend(openai_fake.base)]) as server:
        ask(server)
        holder = sqlite3.connect(tmp_path / "data" / "rapport.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            start = time.perf_counter()
            answer = ask(server, model="echo", content="something else")
            assert time.perf_counter() - start < 20
            assert "choices" in json.loads(answer.text)
            steps = server.get(f"/v1/receipts/{answer.headers['x-rapport-exchange']}")[1]["policies"]
            assert [step["outcome"] for step in steps if step["policy"] == "history"] == ["failed"]
        finally:
            holder.execute("ROLLBACK")
            holder.close()


def test_a_destroyed_store_costs_the_memory_only(tmp_path: Path, openai_fake: Fake) -> None:
    """A database file that is none: the server starts, answers, and says that it is degraded."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rapport.db").write_bytes(b"this is no database" * 1000)
    with running(tmp_path, backends=[openai_backend(openai_fake.base)]) as server:
        answer = ask(server)
        assert "identity=" in answer.headers["x-rapport-degraded"]
        assert server.get("/readyz")[1]["degraded"] == ["users"]


@pytest.mark.parametrize("stream", [False, True])
def test_context_that_a_backend_refuses_is_left_out(server: Running, openai_fake: Fake, stream: bool) -> None:
    """Where the backend turns down what was injected, the client's own request goes out instead."""
    ask(server, user="ida", content="I'm vegan.")
    answer = ask(server, stream, model="picky", user="ida")
    assert "backend=refused_context" in answer.headers["x-rapport-degraded"]
    refused, taken = openai_fake.requests(2)
    assert "vegan" in refused.body
    assert "<rapport-" not in taken.body
    receipt = server.get(f"/v1/receipts/{answer.headers['x-rapport-exchange']}")[1]
    assert receipt["injected_tokens"] == 0


def test_the_clients_own_mistake_stays_its_own(server: Running, openai_fake: Fake) -> None:
    """Where the plain request is refused too, its error comes back, and no third call is made."""
    ask(server, user="jon", content="I'm vegan.")
    openai_fake.reset()
    with pytest.raises(openai.BadRequestError):
        ask(server, model="gpt-x;e=400", user="jon")
    assert len(openai_fake.requests()) == 2
    with pytest.raises(openai.BadRequestError):
        ask(server, model="gpt-x;e=400", user="nobody-yet")
    assert len(openai_fake.requests()) == 3


def test_a_failed_chat_has_a_receipt_too(server: Running) -> None:
    """An error of the backend's names its receipt, with what the policies did."""
    with pytest.raises(openai.InternalServerError) as caught:
        ask(server, model="gpt-x;html502")
    headers = caught.value.response.headers
    assert "identity=from_user" in headers["x-rapport-policies"]
    status, receipt = server.get(f"/v1/receipts/{headers['x-rapport-exchange']}")
    assert (status, receipt["status"], receipt["complete"]) == (200, 502, False)


def test_an_erasure_outlives_the_open_chat(server: Running, openai_fake: Fake) -> None:
    """A client that sends the old turns along after an erasure does not bring them back."""
    ask(server, user="kim", content="I'm vegan.")
    assert server.get("/v1/users/kim", "DELETE")[0] == 200
    with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        client.chat.completions.create(model="gpt-x", user="kim", messages=[
            {"role": "user", "content": "I'm vegan."}, {"role": "assistant", "content": "ok"},
            {"role": "user", "content": "What now?"}])
    assert server.get("/v1/users/kim/profile")[1]["claims"] == []
