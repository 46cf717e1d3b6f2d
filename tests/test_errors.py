"""What goes wrong at a backend, on every route: the official client raises its own right class, nothing is retried."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake, serving
from tests.rapport import Running, running
from tests.raw import Answer, scripted, send

TALK: Any = [{"role": "user", "content": "hi"}]
ROUTES: dict[str, dict[str, Any]] = {
    "chat/completions": {"messages": TALK}, "responses": {"input": "hi"}, "embeddings": {"input": "hi"},
    "messages": {"messages": TALK, "max_tokens": 5}, "completions": {"prompt": "hi"},
}  # fmt: skip
METHODS: dict[str, Callable[[OpenAI], Any]] = {
    "chat/completions": lambda client: client.chat.completions, "responses": lambda client: client.responses,
    "embeddings": lambda client: client.embeddings, "completions": lambda client: client.completions,
}  # fmt: skip
STATUSES: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError, 401: openai.AuthenticationError, 403: openai.PermissionDeniedError,
    404: openai.NotFoundError, 408: openai.APIStatusError, 409: openai.ConflictError, 413: openai.APIStatusError,
    422: openai.UnprocessableEntityError, 429: openai.RateLimitError, 500: openai.InternalServerError,
    503: openai.InternalServerError,
}  # fmt: skip
ANTHROPICS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
              404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error"}


class Way(NamedTuple):
    """A route over a backend that speaks its format (`gpt`, `claude`) or over one for which it is `translated`."""

    route: str
    backend: str
    stream: bool

    def model(self, behaviour: str) -> str:
        """A model's name that no other way has, so that its requests can be told."""
        return f"{self.backend}-{self.route.replace('/', '-')}-{self.stream};{behaviour}".lower()


WAYS = [Way(*way) for way in (
    ("chat/completions", "gpt", False), ("chat/completions", "gpt", True), ("responses", "gpt", False),
    ("responses", "gpt", True), ("responses", "translated", False), ("responses", "translated", True),
    ("messages", "claude", False), ("messages", "claude", True), ("messages", "translated", False),
    ("messages", "translated", True), ("embeddings", "gpt", False), ("completions", "gpt", False),
    ("completions", "gpt", True),
)]  # fmt: skip
STREAMS = [way for way in WAYS if way.stream]


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Fake]]:
    with serving("openai_api") as fake, serving("anthropic_api") as anthropic:
        yield {"gpt": fake, "translated": fake, "claude": anthropic}


@pytest.fixture(scope="module")
def server(fakes: dict[str, Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    def backend(name: str, base: str, **more: Any) -> dict[str, Any]:
        provider = "anthropic" if name in ("claude", "gone") else "openai"
        return {"models": [f"{name}*"], "use": provider + "/{model}", "api_base": base, "api_key": "env:FAKE_KEY",
                "timeouts": {"connect": 1, "first": 1.5, "gap": 1.5, "total": 20}, **more}

    backends = [
        backend("gpt", fakes["gpt"].base, responses="native"), backend("claude", fakes["claude"].url),
        backend("translated", fakes["gpt"].base, responses="translated"),
        backend("away", "http://127.0.0.1:9/v1", responses="native"), backend("gone", "http://127.0.0.1:9"),
    ]
    with running(tmp_path_factory.mktemp("errors"), backends=backends) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base, api_key="x", max_retries=0, timeout=30) as client:
        yield client


def everywhere(ways: Iterable[Way], check: Callable[[Way], None]) -> None:
    """Check all ways at once: most of them wait."""
    with ThreadPoolExecutor(8) as pool:
        for way, done in [(way, pool.submit(check, way)) for way in ways]:
            fault = done.exception()
            if fault:
                raise AssertionError(f"{way}: {fault}") from fault


def ask(server: Running, way: Way, model: str) -> Answer:
    """The raw answer to one request; its ids and times must be there, whatever it is."""
    answer = send(server.url, "POST", f"/v1/{way.route}", {"model": model, **ROUTES[way.route], **streamed(way)})
    assert answer.headers["x-request-id"] and answer.headers["openai-processing-ms"].isdigit()
    return answer


def call(client: OpenAI, way: Way, model: str) -> Any:
    """Ask with the official client, and read a stream to its end: what comes last."""
    answer = METHODS[way.route](client).create(model=model, **ROUTES[way.route], **streamed(way))
    if way.stream:
        with answer:
            return list(answer)[-1]
    return answer


def streamed(way: Way) -> dict[str, Any]:
    return {"stream": True} if way.stream else {}


def raised(client: OpenAI, way: Way, model: str, expected: type[openai.APIError]) -> Any:
    """What the official client raises. There is none here for messages."""
    if way.route == "messages":
        return None
    with pytest.raises(expected) as caught:
        call(client, way, model)
    return caught.value


def envelope(way: Way, answer: Answer) -> Any:
    """The error of an answer, where the clients of the route look for it."""
    assert answer.headers["content-type"].startswith("application/json"), answer
    if way.route == "messages":
        assert answer.json["type"] == "error" and {"type", "message"} <= answer.json["error"].keys()
    else:
        assert set(answer.json["error"]) == {"message", "type", "param", "code"}
    return answer.json["error"]


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_keeps_its_class(server: Running, client: OpenAI, fakes: dict[str, Fake], status: int) -> None:
    """Status, words, code and hints of the backend's error reach the client, and the backend was asked once."""
    def check(way: Way) -> None:
        model = way.model(f"e={status}")
        answer = ask(server, way, model)
        error = envelope(way, answer)
        (seen,) = (one for one in fakes[way.backend].requests() if one.json["model"] == model)
        direct = send(fakes[way.backend].url, "POST", seen.path, seen.raw, seen.headers)
        theirs = direct.json["error"]
        assert answer.status == status and (error["message"] == theirs["message"] or status == 401)
        hints = {name: value for name, value in direct.headers.items() if "limit" in name or name.startswith("retry")}
        assert hints.items() <= answer.headers.items() and bool(hints) == (status == 429)
        if way.route == "messages":
            assert error["type"] == ANTHROPICS.get(status, error["type"])
            return
        assert error["code"] == theirs["code"] and (error == theirs or way.backend == "translated")
        caught = raised(client, way, model, STATUSES[status])
        assert (caught.status_code, caught.code) == (status, theirs["code"]) and caught.request_id

    everywhere(WAYS, check)


@pytest.mark.parametrize(("fault", "status"), [("html502", 502), ("page=429", 429), ("hang", 504), ("away", 502)])
def test_no_answer_is_an_error_of_ours(server: Running, client: OpenAI, fault: str, status: int) -> None:
    """A gateway's page, silence, a closed port: the status is kept or is 502 or 504, in the envelope; no page is."""
    def check(way: Way) -> None:
        away = "gone" if way.backend == "claude" else "away"
        model = away if fault == "away" else way.model(fault)
        answer = ask(server, way, model)
        assert answer.status == status and envelope(way, answer)["message"]
        assert b"<html" not in answer.body and b"sk-fake" not in answer.body
        assert answer.headers.get("retry-after") == ("7" if fault == "page=429" else None)
        raised(client, way, model, openai.RateLimitError if status == 429 else openai.InternalServerError)

    everywhere(WAYS, check)


@pytest.mark.parametrize("fault", ["cut", "cut=0", "short", "reset", "stall", "errorevent", "cut=9", "short=9"])
def test_a_broken_stream_never_looks_finished(server: Running, client: OpenAI, fault: str) -> None:
    """What is there comes through, then one error event, and nothing that reads like an end; the client raises."""
    def check(way: Way) -> None:
        model = way.model(f"c=20;{fault}")
        answer = ask(server, way, model)
        assert (answer.status, answer.whole) == (200, True), answer
        events = answer.events
        for end in (b"[DONE]", b"message_stop", b"response.completed", b'"finish_reason":"stop"'):
            assert end not in answer.body
        troubles = [(name, data) for name, data in events if "error" in data or data.get("type") == "error"]
        assert troubles == events[-1:]
        name, data = troubles[0]
        assert data.get("error", data)["message"] and name == ("" if "completions" in way.route else "error")
        if way.route == "responses":
            assert [event["sequence_number"] for _, event in events] == list(range(len(events)))
        if (way.route, way.backend, fault) == ("responses", "gpt", "errorevent"):
            # As the specification has it, a backend's own is an event like others to the official client.
            assert call(client, way, model).type == "error"
        else:
            raised(client, way, model, openai.APIError)

    everywhere(STREAMS, check)


@pytest.mark.parametrize("fault", ["cut", "reset", "stall"])
def test_a_broken_answer_is_an_error(server: Running, client: OpenAI, fault: str) -> None:
    """Half a body is none: 502, or 504 where the rest does not come."""
    def check(way: Way) -> None:
        answer = ask(server, way, way.model(fault))
        assert answer.status in (502, 504)
        assert envelope(way, answer)["code"] in ("backend_unavailable", "backend_timeout")
        raised(client, way, way.model(fault), openai.InternalServerError)

    everywhere([way for way in WAYS if not way.stream], check)


def test_the_clients_own_retries_are_the_only_ones(server: Running, fakes: dict[str, Fake]) -> None:
    """With two retries a backend is asked three times, on every route, whole or streamed: none of them is ours."""
    ways = [way for way in WAYS if way.route != "messages"]
    with OpenAI(base_url=server.base, api_key="x", max_retries=2) as client:
        everywhere(ways, lambda way: raised(client, way, way.model("e=503;again"), openai.InternalServerError))
    for way in ways:
        seen = [one for one in fakes["gpt"].requests() if one.json["model"] == way.model("e=503;again")]
        assert [one.headers["x-stainless-retry-count"] for one in seen] == ["0", "1", "2"], way


HINTS = {"retry-after-ms": "20", "retry-after": "30", "x-should-retry": "true", "x-ratelimit-reset-tokens": "6m0s"}


def refusal(status: int, **more: str) -> bytes:
    """An answer with every hint that there is."""
    body = b'{"error":{"message":"no","type":"server_error","param":null,"code":"busy"}}'
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**HINTS, **more}.items())
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{lines}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_hints_are_obeyed(tmp_path: Path) -> None:
    """When to try again and whether at all passes, and the client acts on it: a 400 thrice and at once, a 500 never."""
    with ExitStack() as stack:
        eager, eager_heads = stack.enter_context(scripted(refusal(400)))
        final, final_heads = stack.enter_context(scripted(refusal(500, **{"x-should-retry": "false"})))
        backends = [{"models": [name], "use": "openai/{model}", "api_base": f"{url}/v1", "responses": "native"}
                    for name, url in (("eager", eager), ("final", final))]
        server = stack.enter_context(running(tmp_path, backends=backends))
        client = stack.enter_context(OpenAI(base_url=server.base, api_key="x", max_retries=2))
        start = time.perf_counter()
        for number, route in enumerate(METHODS, 1):
            caught = raised(client, Way(route, "gpt", False), "eager", openai.BadRequestError)
            assert HINTS.items() <= dict(caught.response.headers).items()
            raised(client, Way(route, "gpt", False), "final", openai.InternalServerError)
            assert (len(eager_heads), len(final_heads)) == (3 * number, number)
        assert time.perf_counter() - start < 5
