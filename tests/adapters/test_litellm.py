"""The litellm carrier against fakes of OpenAI's and Anthropic's APIs: requests, answers, faults and clocks."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from adapters.litellm import LiteLLMBackend, Target, warm
from adapters.ports import ChatRequest, Reply, Timeout, Unavailable
from tests.fakes.process import Fake, serving

# litellm silences these itself when it is imported; pytest undoes that.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
KEY = "sk-operator-0123456789"
TOOLS = [{"type": "function", "function": {"name": "look", "description": "d", "strict": False, "parameters": {
    "type": "object", "properties": {"q": {"type": "string"}, "n": {"type": "integer"}}, "required": ["q", "n"]}}}]
# Every field that OpenAI documents for this endpoint, and two of vendors'.
EVERYTHING: dict[str, Any] = {
    "audio": {"voice": "alloy", "format": "wav"}, "frequency_penalty": 0, "function_call": "auto",
    "functions": [{"name": "f", "parameters": {}}], "logit_bias": {"50256": -100}, "logprobs": True,
    "max_completion_tokens": 64, "max_tokens": 65, "metadata": {"team": "a"}, "modalities": ["text"],
    "moderation": {"level": "low"}, "n": 2, "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"}, "presence_penalty": 0.5, "prompt_cache_key": "k1",
    "prompt_cache_options": {"mode": "explicit", "ttl": "30m"}, "prompt_cache_retention": "24h",
    "reasoning_effort": "xhigh",
    "response_format": {"type": "json_schema", "json_schema": {"schema": {"b": 1, "a": 2}}},
    "safety_identifier": "s1", "seed": 7, "service_tier": "flex", "stop": ["a", "b"], "store": False,
    "temperature": 0, "tool_choice": {"type": "function", "function": {"name": "look"}}, "tools": TOOLS,
    "top_logprobs": 3, "top_p": 1.0, "user": "u1", "verbosity": "low", "web_search_options": {},
    "top_k": 5, "chat_template_kwargs": {"thinking": True},
}  # fmt: skip
ODD_MESSAGES: list[dict[str, Any]] = [
    {"role": "developer", "content": "d", "name": "n"},
    {"role": "user", "content": [{"type": "text", "text": "é\u2028", "cache_control": {"type": "ephemeral"}},
                                 {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==",
                                                                     "detail": "low"}}]},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"b": 1,  "a": 2}'}}]},
    {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "found"}]},
]  # fmt: skip
def smuggled(trap: str) -> dict[str, Any]:
    """None of these is a field of OpenAI's; to litellm each is an address, a credential, a route or a mock."""
    deployment = {"model_name": "c", "litellm_params": {"model": "openai/x", "api_base": trap}}
    return {
        "api_base": trap, "base_url": trap, "api_key": "stolen", "headers": {"x": "y"}, "organization": "org-evil",
        "extra_headers": {"x-evil": "1"}, "extra_body": {"api_base": trap}, "fallbacks": ["openai/other"],
        "model_list": [deployment], "mock_response": "mocked", "custom_llm_provider": "ollama", "timeout": 0.001,
        "num_retries": 5, "caching": True, "aws_access_key_id": "a", "vertex_credentials": "v", "drop_params": True,
        "litellm_metadata": {"x": 1}, "metadata": {"model_info": {"id": "x"}, "api_base": trap},
        "langfuse_host": trap, "azure_ad_token": "t", "provider_specific_header": {"x": "y"},
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


@pytest.fixture(scope="module")
def openai() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


@pytest.fixture(scope="module")
def anthropic() -> Iterator[Fake]:
    with serving("anthropic_api") as running:
        yield running


def chat(**fields: Any) -> ChatRequest:
    body = {"model": "client-name", "messages": [{"role": "user", "content": "hello"}], **fields}
    headers = (("authorization", "Bearer sk-client"), ("openai-organization", "org-1"))
    return ChatRequest.parse(json.dumps(body, ensure_ascii=False).encode(), headers)


async def read(reply: Reply) -> bytes:
    if reply.chunks is None:
        return reply.body
    async with aclosing(reply.chunks) as chunks:  # type: ignore[type-var]
        return b"".join([chunk async for chunk in chunks])


def send(target: Target, request: ChatRequest) -> tuple[Reply, bytes]:
    async def go() -> tuple[Reply, bytes]:
        backend = LiteLLMBackend(target)
        try:
            reply = await backend.complete(request)
            return reply, await read(reply)
        finally:
            await backend.close()

    return asyncio.run(go())


def to(fake: Fake, model: str, **clocks: Any) -> Target:
    return Target(model, fake.base, KEY, **clocks)


def events(raw: bytes) -> list[Any]:
    """The payloads of a stream; a line break other than LF would show here."""
    found = [line.removeprefix("data: ") for line in raw.decode().split("\n") if line.startswith("data: ")]
    return [payload if payload == "[DONE]" else json.loads(payload) for payload in found]


def text_of(payloads: list[Any]) -> str:
    choices = [choice for payload in payloads if payload != "[DONE]" for choice in payload.get("choices", ())]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def finishes(payloads: list[Any]) -> list[str]:
    choices = [choice for payload in payloads if payload != "[DONE]" for choice in payload.get("choices", ())]
    return [choice["finish_reason"] for choice in choices if choice["finish_reason"]]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "hosted_vllm", "lm_studio", "llamafile", "litellm_proxy"])
def test_every_documented_field_arrives(openai: Fake, provider: str, stream: bool) -> None:
    """A server of OpenAI's format gets the client's fields, vendors' included, with nothing added, lost or changed."""
    request = chat(**EVERYTHING, stream=stream).with_fields({})
    body = {**json.loads(request.body()), "messages": ODD_MESSAGES}
    reply, _ = send(to(openai, f"{provider}/echo;c=2"), ChatRequest.parse(json.dumps(body).encode()))
    assert reply.status == 200
    seen = openai.last()
    assert seen.json == {**body, "model": "echo;c=2"}
    assert list(seen.json) == list(body)
    assert seen.headers["authorization"] == f"Bearer {KEY}"


def test_the_bytes_of_the_client_arrive(openai: Fake) -> None:
    """A request whose model keeps its name leaves as it came, key order and odd spaces included."""
    body = b'{ "zeta":1.0, "model":"gpt-x",  "messages":[{"role":"user","content":"h\\u00e9"}],"a":{"b":[1,2]} }'
    send(to(openai, "openai/gpt-x"), ChatRequest.parse(body, (("openai-project", "p1"), ("authorization", "Bearer c"))))
    assert openai.last().body.encode() == body
    assert openai.last().headers["openai-project"] == "p1"


@pytest.mark.parametrize("stream", [False, True])
def test_the_bytes_of_the_backend_come_back(openai: Fake, stream: bool) -> None:
    """Refusals, reasoning and fields that no SDK knows are in the answer as the backend wrote them."""
    reply, raw = send(to(openai, "openai/reasoning;c=3"), chat(stream=stream, n=2, logprobs=True))
    assert reply.complete
    assert "vendor_note" in raw.decode() and "reasoning_content" in raw.decode()
    assert dict(reply.headers)["x-request-id"].startswith("req_")
    assert dict(reply.headers)["openai-processing-ms"].isdigit()
    if stream:
        assert finishes(events(raw)) == ["stop", "stop"] and events(raw)[-1] == "[DONE]"
    else:
        message = json.loads(raw)["choices"][0]["message"]
        assert message["refusal"] is None


@pytest.mark.parametrize("wanted", [False, True])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_counts_come_when_asked_for(openai: Fake, anthropic: Fake, provider: str, wanted: bool) -> None:
    """With include_usage one event without choices stands before [DONE]; without it there is none."""
    fake = anthropic if provider == "anthropic" else openai
    fields = {"stream_options": {"include_usage": True}} if wanted else {}
    _, raw = send(to(fake, f"{provider}/usage;c=2"), chat(stream=True, **fields))
    counted = [payload for payload in events(raw)[:-1] if payload.get("usage")]
    assert len(counted) == wanted
    assert all(payload["choices"] for payload in events(raw)[:-1] if not payload.get("usage"))
    if wanted:
        assert events(raw)[-2] == counted[0] and counted[0]["choices"] == []
        assert counted[0]["usage"]["total_tokens"] > 0
        assert "cached_tokens" in counted[0]["usage"]["prompt_tokens_details"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_tools_are_called(openai: Fake, anthropic: Fake, provider: str, stream: bool) -> None:
    """A call of a tool comes in OpenAI's format whatever the provider speaks; arguments are the text it sent."""
    fake = anthropic if provider == "anthropic" else openai
    reply, raw = send(to(fake, f"{provider}/tools"), chat(stream=stream, tools=TOOLS, tool_choice="auto"))
    assert reply.complete
    if not stream:
        choice = json.loads(raw)["choices"][0]
        assert choice["message"]["content"] is None and choice["finish_reason"] == "tool_calls"
        call = choice["message"]["tool_calls"][0]
        assert call["id"] and call["type"] == "function" and "index" not in call
        assert json.loads(call["function"]["arguments"]).keys() == {"q", "n"}
        return
    payloads = events(raw)
    pieces = [choice["delta"]["tool_calls"][0] for payload in payloads[:-1] for choice in payload["choices"]
              if choice["delta"].get("tool_calls")]
    assert pieces[0]["id"] and pieces[0]["function"]["name"] == "look"
    assert all("id" not in piece and "name" not in piece["function"] for piece in pieces[1:])
    assert json.loads("".join(piece["function"].get("arguments", "") for piece in pieces)).keys() == {"q", "n"}
    assert finishes(payloads) == ["tool_calls"] and payloads[-1] == "[DONE]"


def test_a_chat_is_translated_for_anthropic(anthropic: Fake) -> None:
    """System text, user, tools and limits arrive where Anthropic has them; fields it does not know are left out."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    fields = {"max_tokens": 9, "stop": ["x"], "user": "u1", "top_k": 3, "metadata": {"a": "b"}, "seed": 1}
    reply, raw = send(to(anthropic, "anthropic/claude-x"), chat(messages=messages, tools=TOOLS, **fields))
    sent = anthropic.last().json
    assert sent["model"] == "claude-x" and sent["max_tokens"] == 9 and sent["stop_sequences"] == ["x"]
    assert sent["system"][0]["text"] == "Be brief." and sent["metadata"] == {"user_id": "u1"}
    assert sent["tools"][0]["input_schema"] == TOOLS[0]["function"]["parameters"]  # type: ignore[index]
    assert not {"top_k", "seed", "user"} & set(sent)
    said = json.loads(raw)
    assert said["object"] == "chat.completion" and said["choices"][0]["finish_reason"] == "stop"
    assert said["choices"][0]["message"].keys() >= {"role", "content", "refusal"}
    assert "logprobs" in said["choices"][0] and said["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert dict(reply.headers)["x-request-id"].startswith("req_")


def test_reasoning_is_translated_from_anthropic(anthropic: Fake) -> None:
    """Thinking comes as reasoning_content, and with the signature that has to be sent back."""
    _, raw = send(to(anthropic, "anthropic/reasoning"), chat())
    message = json.loads(raw)["choices"][0]["message"]
    assert message["reasoning_content"] and message["thinking_blocks"][0]["signature"]
    assert "provider_specific_fields" not in message


def test_displaced_fields_are_put_back(openai: Fake) -> None:
    """What litellm moves out of a message of a provider that it translates for is in its place again."""
    _, refused = send(to(openai, "groq/refusal"), chat())
    assert json.loads(refused)["choices"][0]["message"]["refusal"]
    _, raw = send(to(openai, "groq/reasoning"), chat())
    message = json.loads(raw)["choices"][0]["message"]
    assert message["vendor_note"] and message["reasoning_content"]


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_packets_may_cut_anything(openai: Fake, anthropic: Fake, provider: str) -> None:
    """Characters, events and the closing event split over packets, with comments between: the text is whole."""
    fake = anthropic if provider == "anthropic" else openai
    reply, raw = send(to(fake, f"{provider}/split"), chat(stream=True))
    assert reply.complete and events(raw)[-1] == "[DONE]"
    expected = json.loads(send(to(openai, "openai/split"), chat())[1])["choices"][0]["message"]["content"]
    assert text_of(events(raw)) == expected


@pytest.mark.parametrize("fault", ["cut=9", "short=9", "reset=9", "errorevent=9"])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_a_stream_cut_off_never_gets_a_finish(openai: Fake, anthropic: Fake, provider: str, fault: str) -> None:
    """A backend that stops in the middle: an error event, no finish reason, no [DONE], and not complete."""
    fake = anthropic if provider == "anthropic" else openai
    reply, raw = send(to(fake, f"{provider}/{fault}"), chat(stream=True))
    payloads = events(raw)
    assert not reply.complete
    assert set(payloads[-1]) == {"error"} and set(payloads[-1]["error"]) == {"message", "type", "param", "code"}
    assert "[DONE]" not in payloads and not finishes(payloads)
    assert fault.startswith("reset") or text_of(payloads)


@pytest.mark.parametrize("fault", ["cut", "short", "reset"])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_a_body_cut_off_is_no_answer(openai: Fake, anthropic: Fake, provider: str, fault: str) -> None:
    """Half of a whole answer is an error."""
    fake = anthropic if provider == "anthropic" else openai
    with pytest.raises(Unavailable):
        send(to(fake, f"{provider}/{fault}"), chat())


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_an_end_is_not_made_up(openai: Fake, anthropic: Fake, provider: str) -> None:
    """A backend that finished but left out its closing event: its finish reason, and no [DONE]."""
    fake = anthropic if provider == "anthropic" else openai
    _, raw = send(to(fake, f"{provider}/nodone;c=2"), chat(stream=True))
    assert finishes(events(raw)) == ["stop"] and "[DONE]" not in events(raw)
    assert not any("error" in payload for payload in events(raw))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_errors_keep_their_meaning(
    openai: Fake, anthropic: Fake, provider: str, status: int, stream: bool
) -> None:
    """Status, type and code are the backend's, retry-after is kept, no key shows, and the backend was asked once."""
    fake = anthropic if provider == "anthropic" else openai
    before = fake.stats()["requests"]
    reply, raw = send(to(fake, f"{provider}/e={status}"), chat(stream=stream))
    assert fake.stats()["requests"] == before + 1
    assert reply.status == status and not reply.complete
    error = json.loads(raw)["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["message"] and error["type"]
    assert dict(reply.headers).get("retry-after") == ("1" if status == 429 else None)
    if status == 400:
        assert error["code"] == "context_length_exceeded"
    if provider != "anthropic":
        expected = {401: "invalid_api_key", 403: "model_access_denied", 429: "rate_limit_exceeded"}
        assert error["code"] == expected.get(status, error["code"])
        assert error["param"] == {400: "messages", 403: "model"}.get(status)
    assert KEY not in raw.decode() and "***" not in raw.decode()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_html_does_not_leak(openai: Fake, anthropic: Fake, provider: str, stream: bool) -> None:
    """A gateway's error page, which quotes the credentials, stays a 502 in our own words; it is asked once."""
    fake = anthropic if provider == "anthropic" else openai
    before = fake.stats()["requests"]
    reply, raw = send(to(fake, f"{provider}/html502"), chat(stream=stream))
    assert reply.status == 502 and json.loads(raw)["error"]["type"] == "server_error"
    assert KEY not in raw.decode() and "html" not in raw.decode().lower()
    assert dict(reply.headers)["content-type"] == "application/json"
    assert fake.stats()["requests"] == before + 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_nothing_can_be_smuggled(openai: Fake, anthropic: Fake, provider: str, stream: bool) -> None:
    """An address, credentials, routes or mocks in the body reach neither litellm nor the backend, nor a third party."""
    fake = anthropic if provider == "anthropic" else openai
    with socket.create_server(("127.0.0.1", 0)) as trap:
        fields = smuggled(f"http://127.0.0.1:{trap.getsockname()[1]}/v1")
        reply, raw = send(to(fake, f"{provider}/c=2"), chat(stream=stream, **fields))
        trap.setblocking(False)
        with pytest.raises(BlockingIOError):
            trap.accept()
    assert reply.status == 200 and b"mocked" not in raw
    seen = fake.last()
    assert not (set(fields) - {"metadata"}) & set(seen.json) and "evil" not in str(seen.headers)
    assert KEY in (seen.headers.get("authorization", "") + seen.headers.get("x-api-key", ""))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_backend_that_hangs_ends_by_our_clock(openai: Fake, anthropic: Fake, provider: str, stream: bool) -> None:
    """No answer in the time for the first content is a Timeout, and the call to the backend is closed."""
    fake = anthropic if provider == "anthropic" else openai
    start = time.monotonic()
    with pytest.raises(Timeout):
        send(to(fake, f"{provider}/hang", first=0.5), chat(stream=stream))
    assert time.monotonic() - start < 2
    assert fake.wait("busy", 0)


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_a_stream_that_stalls_ends_by_our_clock(openai: Fake, anthropic: Fake, provider: str) -> None:
    """Nothing more within the gap is an error event in the stream."""
    fake = anthropic if provider == "anthropic" else openai
    start = time.monotonic()
    reply, raw = send(to(fake, f"{provider}/stall=9", gap=0.5), chat(stream=True))
    assert 0.4 < time.monotonic() - start < 3
    assert not reply.complete and "in time" in events(raw)[-1]["error"]["message"]
    assert fake.wait("busy", 0)


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_the_total_is_a_limit(openai: Fake, anthropic: Fake, provider: str) -> None:
    """A stream that drips for ever ends when its total is over."""
    fake = anthropic if provider == "anthropic" else openai
    start = time.monotonic()
    reply, raw = send(to(fake, f"{provider}/c=1000;d=20", total=0.7), chat(stream=True, user="x" * 4000))
    assert time.monotonic() - start < 3
    assert not reply.complete or b"[DONE]" in raw
    assert fake.wait("busy", 0)


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic"])
def test_a_client_that_leaves_closes_the_call(openai: Fake, anthropic: Fake, provider: str) -> None:
    """Closing the answer's iterator, or cancelling the task, ends the backend's work within a second."""
    fake = anthropic if provider == "anthropic" else openai

    async def leave() -> None:
        backend = LiteLLMBackend(to(fake, f"{provider}/echo;c=200;d=50"))
        reply = await backend.complete(chat(stream=True, user="x" * 500))
        assert reply.chunks is not None
        await anext(reply.chunks)
        await reply.chunks.aclose()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(fake.wait, "busy", 0, 1.0)
        task = asyncio.create_task(backend.complete(chat()))
        slow = LiteLLMBackend(to(fake, f"{provider}/l=5000"))
        waiting = asyncio.create_task(slow.complete(chat()))
        await task
        assert await asyncio.to_thread(fake.wait, "busy", 1, 1.0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await asyncio.to_thread(fake.wait, "busy", 0, 1.0)
        await backend.close()
        await slow.close()

    asyncio.run(leave())


def test_nobody_there_is_unavailable() -> None:
    """A refused connection is Unavailable, in words that hold no address."""
    with pytest.raises(Unavailable) as caught:
        send(Target("openai/x", "http://127.0.0.1:9/v1", KEY), chat())
    assert "127.0.0.1" not in str(caught.value) and KEY not in str(caught.value)


def test_a_key_of_the_environment_stays_with_its_provider(openai: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured URL without a key gets none: what OPENAI_API_KEY holds is for OpenAI's own URL."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    send(Target("openai/x", openai.base), chat())
    assert "authorization" not in openai.last().headers
    send(Target("groq/x", openai.base), chat())
    assert "environment" not in str(openai.last().headers)


def test_an_unknown_provider_is_unavailable() -> None:
    """A name that litellm knows nothing of is a fault of the configuration, not of the client."""
    with pytest.raises(Unavailable, match="no provider"):
        send(Target("nonsense/x"), chat())


def test_many_calls_at_once_stay_apart(openai: Fake, anthropic: Fake) -> None:
    """Forty calls over both formats at the same time: each gets the answer to its own question."""

    async def go() -> None:
        backends = [LiteLLMBackend(to(openai, "openai/echo")), LiteLLMBackend(to(openai, "groq/echo")),
                    LiteLLMBackend(to(anthropic, "anthropic/echo"))]

        async def one(number: int) -> None:
            mark = f"mark-{number:04d}"
            request = chat(messages=[{"role": "user", "content": mark}], stream=number % 2 == 0)
            reply = await backends[number % 3].complete(request)
            raw = await read(reply)
            said = text_of(events(raw)) if request.stream else raw.decode()
            assert mark in said and said.count("mark-") == 1

        await asyncio.gather(*(one(number) for number in range(40)))
        for backend in backends:
            await backend.close()

    asyncio.run(go())


@pytest.mark.parametrize("model", ["openai/x;reset=99", "openai/x;stall=99"])
def test_nothing_is_awaited_behind_the_closing_event(openai: Fake, model: str) -> None:
    """A backend that breaks or hangs after `[DONE]` has said all: no error follows, and no clock is waited for."""
    start = time.perf_counter()
    reply, raw = send(to(openai, model, gap=30), chat(stream=True))
    assert reply.complete and raw.endswith(b"data: [DONE]\n\n") and b'"error"' not in raw
    assert time.perf_counter() - start < 5


def test_every_choice_must_end(openai: Fake) -> None:
    """Of two choices the first finish is not the end of the answer."""
    reply, raw = send(to(openai, "openai/x;short=67"), chat(stream=True, n=2))
    assert not reply.complete and len(finishes(events(raw)[:-1])) == 1 and "error" in events(raw)[-1]
    reply, raw = send(to(openai, "openai/x;nodone"), chat(stream=True, n=2))
    assert reply.complete and len(finishes(events(raw))) == 2
