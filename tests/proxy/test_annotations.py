"""Answers tell what they cite, on the routes that have a place for it, and are otherwise what the backend sent."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import uvicorn
from openai import OpenAI

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import CHAT, FORMATS, RESPONSES, Caller, ChatRequest, Format, Passage, Reply
from policies.base import Adapters, Exchange
from policies.citing import Attach, Source, Sources
from policies.history import HistoryConfig
from policies.identity import IdentityConfig
from policies.retrieval import RetrievalConfig
from proxy.annotations import Annotations
from proxy.callers import Callers
from proxy.chain import Chain
from proxy.owners import Owners
from proxy.receipts import Receipts
from proxy.routes import Endpoint, Options, Parts
from proxy.routing import Backends
from proxy.settings import Auth, BackendRoute
from proxy.threads import Threads
from tests.fakes.answer import CITES
from tests.fakes.openai_chat import CREATED
from tests.fakes.process import Fake, serving
from tests.raw import Answer, send

ASKED = "How long is the battery covered?"
FILE = Source(1, "p1", "warranty.md", "Warranty", "warranty.md")
PAGE = Source(2, "p2", "motor", "The motor", "https://x.org/motor")
MARKS = [(found.start(), found.end()) for found in re.finditer(r"\[1\]", CITES)][:2]
CITED = [{"type": "url_citation", "url_citation": {
    "start_index": start, "end_index": end, "title": "Warranty", "url": "warranty.md"}} for start, end in MARKS]
FILES = [{"type": "file_citation", "index": start, "file_id": "p1", "filename": "warranty.md"} for start, _ in MARKS]


@dataclass
class Server:
    """The endpoints of the chat routes in this process, behind a real socket."""

    url: str
    receipts: Receipts = field(default_factory=Receipts)

    def ask(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Answer:
        return send(self.url, "POST", f"/v1/{path}", {"model": "x;cites", **body}, headers)

    def told(self, answer: Answer) -> list[dict[str, Any]]:
        """What the receipt of an answer, which is kept once that has left, says of its reply hooks."""
        end, receipt = time.monotonic() + 5, None
        while receipt is None and time.monotonic() < end:
            receipt = self.receipts.find(answer.headers["x-rapport-exchange"], Caller(trust="backend"), None)
        assert receipt
        return [step for step in receipt["policies"] if step["hook"] == "on_reply"]


@contextmanager
def rapport(
    fake: Fake, claude: Fake, citations: str = "annotate", stuff_max_tokens: int = 0
) -> Iterator[Server]:
    """A chain over ports in memory, with one passage to find."""
    people, keys, receipts, knowledge = MemoryPeople(), MemoryKeys(), Receipts(), MemoryKnowledge()
    passage = Passage("p1", "default", "/srv/warranty.md", "Warranty", "The battery is covered for two years.")
    asyncio.run(knowledge.replace("default", {"/srv/warranty.md": [passage]}, {}))
    ports = Adapters(people, people, people, people, keys, MemoryCache(), MemoryCache(), knowledge)
    retrieval = RetrievalConfig(when=(), stuff_max_tokens=stuff_max_tokens, citations=citations)  # type: ignore
    chain = Chain.build([IdentityConfig(), retrieval, HistoryConfig()], ports)
    backends = Backends([
        BackendRoute(models=("claude*",), use="anthropic/{model}", api_base=claude.url, api_key="env:FAKE_KEY"),
        BackendRoute(models=("bare*",), use="openai/{model}", api_base=fake.base, api_key="env:FAKE_KEY",
                     responses="stateless"),
        BackendRoute(models=("*",), use="openai/{model}", api_base=fake.base, api_key="env:FAKE_KEY",
                     responses="native"),
    ])
    owners = Owners(people, keys, IdentityConfig().sources)
    parts = Parts(Callers(Auth(), keys, None), chain, backends, receipts, Threads(people.responses, owners, backends))
    options = Options(1 << 20, 2000, 32_000)
    endpoints = {f"/v1{format.path}": Endpoint(format, parts, options) for format in FORMATS}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            return await endpoints[scope["path"]](scope, receive, send)
        for phase in ("startup", "shutdown"):
            await receive()
            if phase == "shutdown":
                await backends.close()
            await send({"type": f"lifespan.{phase}.complete"})

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="on", loop="asyncio", log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield Server(f"http://127.0.0.1:{bound.getsockname()[1]}", receipts)
        server.should_exit = True
        thread.join()
        chain.close()


@pytest.fixture(scope="module")
def claude() -> Iterator[Fake]:
    with serving("anthropic_api") as running:
        yield running


@pytest.fixture(scope="module")
def server(openai_fake: Fake, claude: Fake) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FAKE_KEY", "sk-fake")
        with rapport(openai_fake, claude) as running:
            yield running


def chat(server: Server, text: str = ASKED, **more: Any) -> Answer:
    return server.ask("chat/completions", messages=[{"role": "user", "content": text}], **more)


def deltas(answer: Answer) -> list[dict[str, Any]]:
    """The choices of a stream that has ended as it should."""
    *events, last = [data for _, data in answer.events]
    assert last == "[DONE]"
    return [{**event["choices"][0], "head": {name: event[name] for name in ("id", "object", "created", "model")}}
            for event in events if event["choices"]]


def test_chat(server: Server) -> None:
    """A plain answer has the citations in its message, with the places of their marks, and the receipt names them."""
    answer = chat(server)
    message = answer.json["choices"][0]["message"]
    assert message["content"] == CITES
    assert message["annotations"] == CITED
    assert [CITES[slice(*mark)] for mark in MARKS] == ["[1]", "[1]"]
    history, retrieval = server.told(answer)
    assert (history["policy"], retrieval["reasons"]) == ("history", ["cited"])
    assert [(each["id"], each["start"], each["end"]) for each in retrieval["detail"]["citations"]] == [
        ("p1", *mark) for mark in MARKS]
    assert retrieval["detail"]["unknown"] == [9]
    assert "retrieval=cited" in answer.headers["x-rapport-policies"]


@pytest.mark.parametrize("usage", [False, True])
def test_chat_stream(server: Server, usage: bool) -> None:
    """A stream tells it in one more chunk before the one with the finish reason, under the stream's own names."""
    more: dict[str, Any] = {"stream_options": {"include_usage": True}} if usage else {}
    answer = chat(server, stream=True, **more)
    choices = deltas(answer)
    assert [choice["delta"].get("annotations") for choice in choices[-3:]] == [None, CITED, None]
    assert [choice["finish_reason"] for choice in choices[-2:]] == [None, "stop"]
    assert len({str(choice["head"]) for choice in choices}) == 1
    assert choices[-2]["head"] == {"id": "chatcmpl-fake00000000000000000000000000", "object": "chat.completion.chunk",
                                   "created": CREATED, "model": "x;cites"}
    assert all("usage" in event for _, event in answer.events[:-1]) is usage
    assert "".join(choice["delta"].get("content") or "" for choice in choices) == CITES
    assert server.told(answer)[1]["reasons"] == ["cited"]


@pytest.mark.parametrize("streamed", [False, True])
def test_responses(server: Server, streamed: bool) -> None:
    """Parts of messages have them, in a stream the events that repeat a whole part; no event is added."""
    answer = server.ask("responses", input=ASKED, stream=streamed)
    if not streamed:
        assert answer.json["output"][0]["content"][0]["annotations"] == FILES
    else:
        events = [event for _, event in answer.events if event != "[DONE]"]
        by_kind = {event["type"]: event for event in events}
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert "response.output_text.annotation.added" not in by_kind
        assert by_kind["response.content_part.done"]["part"]["annotations"] == FILES
        assert by_kind["response.output_item.done"]["item"]["content"][0]["annotations"] == FILES
        assert by_kind["response.completed"]["response"]["output"][0]["content"][0]["annotations"] == FILES
        assert by_kind["response.content_part.added"]["part"]["annotations"] == []
    assert server.told(answer)[1]["reasons"] == ["cited"]


@pytest.mark.parametrize("streamed", [False, True])
def test_messages(server: Server, claude: Fake, streamed: bool) -> None:
    """Anthropic's answers stay byte for byte as they came; the receipt has what they cite."""
    body = {"model": "claude;cites", "messages": [{"role": "user", "content": ASKED}], "max_tokens": 99,
            "stream": streamed}
    answer = send(server.url, "POST", "/v1/messages", body)
    direct = send(claude.url, "POST", "/v1/messages", body, {"x-api-key": "sk-fake", "anthropic-version": "2023-06-01"})
    assert re.sub(rb"_tokens\":\s*\d+", b"", answer.body) == re.sub(rb"_tokens\":\s*\d+", b"", direct.body)
    assert [each["number"] for each in server.told(answer)[1]["detail"]["citations"]] == [1, 1]


@pytest.mark.parametrize("streamed", [False, True])
def test_readers(server: Server, streamed: bool) -> None:
    """With `x-rapport-mode: readonly` nothing is learnt, and what is cited is told all the same."""
    answer = chat(server, headers={"x-rapport-mode": "readonly"}, stream=streamed)
    assert answer.body.count(b'"url_citation":') == 2
    assert [(step["policy"], step["reasons"]) for step in server.told(answer)] == [("retrieval", ["cited"])]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("text", "more"), [
    ("Hello!", {}), (ASKED, {"n": 2}), (ASKED, {"response_format": {"type": "json_object"}}),
    (ASKED, {"logprobs": True}), (ASKED, {"model": "x;refusal"}), (ASKED, {"headers": {"x-rapport-mode": "off"}}),
    (ASKED, {"model": "x;tools", "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}),
])
def test_untouched(server: Server, openai_fake: Fake, text: str, more: dict[str, Any], streamed: bool) -> None:
    """Without passages or citations, and where programs may read the answer, it is what the backend sent."""
    answer = chat(server, text, stream=streamed, **more)
    sent = openai_fake.last().json
    direct = send(openai_fake.url, "POST", "/v1/chat/completions", sent)
    volatile = re.compile(rb"[rt]x=\d+|_tokens\":\s*\d+")
    assert volatile.sub(b"", answer.body) == volatile.sub(b"", direct.body)
    assert b"url_citation" not in answer.body


def test_it_costs_nothing_else(server: Server) -> None:
    """Where no passages were put in there is no step of a reply hook for them."""
    assert [step["policy"] for step in server.told(chat(server, "Hello!"))] == ["history"]


@pytest.mark.parametrize(("citations", "attached", "told"), [
    ("always", True, True), ("receipt", False, True), ("none", False, False),
])
def test_settings(openai_fake: Fake, claude: Fake, monkeypatch: pytest.MonkeyPatch, citations: str, attached: bool,
                  told: bool) -> None:
    """Who is told: the client in any case, only who reads the receipt, or nobody."""
    monkeypatch.setenv("FAKE_KEY", "sk-fake")
    with rapport(openai_fake, claude, citations) as server:
        for answer in (chat(server), chat(server, stream=True), server.ask("responses", input=ASKED)):
            assert (b"_citation" in answer.body) is attached
            assert [step["reasons"] for step in server.told(answer)[1:]] == ([["cited"]] if told else [])


def test_the_official_client(server: Server) -> None:
    """It reads them in its own classes, plain and as it puts a stream together, on both routes."""
    asked: Any = [{"role": "user", "content": ASKED}]
    with OpenAI(base_url=f"{server.url}/v1", api_key="x", max_retries=0) as client:
        plain = client.chat.completions.create(model="x;cites", messages=asked).choices[0].message
        with client.chat.completions.stream(model="x;cites", messages=asked) as events:
            streamed = events.get_final_completion().choices[0].message
        for message in (plain, streamed):
            assert message.content == CITES
            assert [each.model_dump() for each in message.annotations or ()] == CITED
        whole = client.responses.create(model="x;cites", input=ASKED)
        with client.responses.stream(model="x;cites", input=ASKED) as told:
            final = told.get_final_response()
        for response in (whole, final):
            part: Any = response.output[0].content[0]  # type: ignore
            assert (part.text, [each.model_dump() for each in part.annotations]) == (CITES, FILES)


def test_an_annotated_answer_comes_back(server: Server, openai_fake: Fake) -> None:
    """A client that sends the message back with its annotations has them passed on as they are, and edited nothing."""
    message = chat(server, user="ann").json["choices"][0]["message"]
    talk = [{"role": "user", "content": ASKED}, message, {"role": "user", "content": "Thanks!"}]
    answer = server.ask("chat/completions", messages=talk, user="ann")
    assert openai_fake.last().json["messages"][1] == message
    history, retrieval = server.told(answer)
    assert history["reasons"] == ["accepted", "recorded"]
    assert [each["number"] for each in retrieval["detail"]["citations"]] == [1, 1]


def test_a_kept_response_is_what_its_client_got(server: Server) -> None:
    """Where the next response names it, the conversation goes on with the same numbers."""
    first = server.ask("responses", input=ASKED, model="bare;cites").json
    again = server.ask("responses", input="Thanks!", model="bare;cites", previous_response_id=first["id"])
    assert again.json["output"][0]["content"][0]["annotations"] == FILES


def test_a_refused_context_is_not_cited(server: Server) -> None:
    """Where the backend would not take the passages, the answer cites none of them."""
    answer = chat(server, model="x;picky;cites")
    assert answer.status == 200
    assert answer.json["choices"][0]["message"]["annotations"] == []


def test_a_refused_corpus_is_tried_once(openai_fake: Fake, claude: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next request of the conversation brings no corpus along, for readers neither, and is not refused again."""
    monkeypatch.setenv("FAKE_KEY", "sk-fake")
    talk = [{"role": "user", "content": ASKED}]
    with rapport(openai_fake, claude, stuff_max_tokens=1600) as server:
        readonly = {"x-rapport-mode": "readonly"}
        first = server.ask("chat/completions", readonly, messages=talk, model="x;picky")
        assert "backend=refused_context" in first.headers["x-rapport-degraded"]
        talk += [{"role": "assistant", "content": "I do not know."}, {"role": "user", "content": "Thanks!"}]
        second = server.ask("chat/completions", readonly, messages=talk, model="x;picky")
        assert second.status == 200 and "x-rapport-degraded" not in second.headers


# What follows has no server: answers of all kinds, as bytes.


def notes(format: Format = CHAT, attach: Attach = "annotate", **asked: Any) -> Annotations | None:
    body = {"model": "m", **({"messages": [{"role": "user", "content": "x"}]} if format is CHAT else {"input": "x"})}
    request = ChatRequest.parse(json.dumps({**body, **asked}).encode(), (), format)
    sources = Sources({1: FILE, 2: PAGE}, (1, 2), attach)
    return Annotations.of(Exchange("x", Caller(), request, request, sources=sources))


def whole(body: bytes, format: Format = CHAT, attach: Attach = "annotate") -> bytes:
    made = notes(format, attach)
    assert made
    return made.whole(body)


def streamed(*chunks: bytes, attach: Attach = "annotate", room: int = 1 << 19) -> list[bytes]:
    """What comes of the chunks of a stream."""
    made = notes(CHAT, attach)
    assert made
    reply = Reply(200, room=room)

    async def source() -> AsyncGenerator[bytes]:
        for chunk in chunks:
            yield chunk

    async def read() -> list[bytes]:
        found = []
        async for chunk in made.watch(reply, source()):
            reply.see(chunk)
            found.append(chunk)
        return found[1:]

    return asyncio.run(read())


def test_all_other_bytes_stay() -> None:
    """Spaces, unknown fields, escapes and numbers of an answer are what they were; annotations of others come first."""
    body = (b'{ "id":"c",\n "x": 1.50, "choices" : [ {"message": { "content":"\\u00c4 [1] [2]", "annotations": '
            b'[ {"a": 1} ] , "v": 1e3 },"finish_reason":"stop"} ] }\n')  # fmt: skip
    made = whole(body)
    start, end = made.index(b',{"type"'), made.index(b"]", made.index(b"x.org"))
    assert made[:start] + b" " + made[end:] == body
    told = json.loads(made)["choices"][0]["message"]["annotations"]
    assert told[0] == {"a": 1}
    assert [each["url_citation"]["url"] for each in told[1:]] == ["warranty.md", "https://x.org/motor"]
    assert told[1]["url_citation"]["start_index"] == 2


@pytest.mark.parametrize(("message", "annotate", "always"), [
    (b'{"content":"[1]","annotations":[]}', True, True),
    (b'{"content":"[1]","annotations":null}', True, True),
    (b'{"content":"[1]"}', False, True),
    (b'{"content":"[1]","refusal":null,"tool_calls":[],"annotations":[]}', True, True),
    (b'{"content":"[1]","tool_calls":[{}],"annotations":[]}', False, False),
    (b'{"content":"[1]","function_call":{"name":"f"},"annotations":[]}', False, False),
    (b'{"content":"[1]","refusal":"no","annotations":[]}', False, False),
    (b'{"content":"[1]","audio":{"id":"a"},"annotations":[]}', False, False),
    (b'{"content":"[1]","annotations":"x"}', False, False),
    (b'{"content":"[1]","annotations":[],"x":{"annotations":[]}}', False, False),
    (b'{"content":[{"type":"text","text":"[1]"}],"annotations":[]}', False, False),
    (b'{"content":null,"annotations":[]}', False, False),
    (b'{"content":"[3]","annotations":[]}', False, False),
    (b'{"content":"none","annotations":[]}', False, False),
    (b"7", False, False), (b"{", False, False),
])
def test_messages_of_all_kinds(message: bytes, annotate: bool, always: bool) -> None:
    """Only a text that cites is touched, and only where its server shows that it knows the field, unless told to."""
    body = b'{"choices":[{"message":' + message + b"}]}"
    assert (whole(body) != body) is annotate
    made = whole(body, attach="always")
    assert (made != body) is always
    if always:
        assert len(json.loads(made)["choices"][0]["message"]["annotations"]) == 1


@pytest.mark.parametrize("body", [
    b"", b"[]", b"\xff", b'{"choices":[]}', b'{"choices":7}', b'{"error":{"message":"[1]"}}',
    b'{"choices":[{"message":{"content":"[1]","annotations":[]}},{"message":{}}]}',
])
@pytest.mark.parametrize("format", [CHAT, RESPONSES])
def test_bodies_of_all_kinds(body: bytes, format: Format) -> None:
    """What is no such answer stays as it is."""
    assert whole(body, format, "always") == body


@pytest.mark.parametrize(("format", "asked"), [
    (CHAT, {"n": 2}), (CHAT, {"logprobs": True}), (CHAT, {"response_format": {"type": "json_schema"}}),
    (CHAT, {"response_format": 7}), (RESPONSES, {"text": {"format": {"type": "json_schema"}}}),
    (RESPONSES, {"text": 7}),
])
def test_requests_whose_answers_are_left_alone(format: Format, asked: dict[str, Any]) -> None:
    """Several answers, probabilities and what follows a schema are left alone, a plain text is not."""
    assert notes(format, "always", **asked) is None
    assert notes(format, "receipt") is None
    assert notes(format, response_format={"type": "text"}, text={"verbosity": "low"}, n=1)


def test_parts() -> None:
    """A page is cited as one, a file as a file; refusals, reasoning and calls stay as they are."""
    part = b'{"type":"output_text","text":"[1] [2]","annotations":[],"logprobs":[]}'
    body = (b'{"status":"completed","output":[{"type":"reasoning","content":[{"type":"reasoning_text","text":"[1]"}]},'
            b'{"type":"message","content":[{"type":"refusal","refusal":"[1]"}, ' + part + b']},{"type":"f","x":1}]}')
    told = json.loads(whole(body, RESPONSES))["output"][1]["content"][1]["annotations"]
    assert told == [{"type": "file_citation", "index": 0, "file_id": "p1", "filename": "warranty.md"},
                    {"type": "url_citation", "start_index": 4, "end_index": 7, "title": "The motor",
                     "url": "https://x.org/motor"}]
    failed = body.replace(b"completed", b"failed")
    assert whole(failed, RESPONSES) == failed


PART = b'{"type":"output_text","text":"a [1]","annotations":[]}'
ITEM = b'{"type":"message","content":[' + PART + b"," + PART + b"]}"
OUTPUT = b'"output":[{"type":"other","content":[{"x":1}]},' + ITEM + b"," + ITEM + b"]"


@pytest.mark.parametrize("status", [b"completed", b"incomplete"])
def test_equal_parts_and_cut_answers(status: bytes) -> None:
    """All parts have their citations, equal ones, too, whether the answer came to its end or was cut, in the whole
    answer as in the events of a stream."""
    response = b'{"status":"' + status + b'",' + OUTPUT + b"}"
    final = b'data: {"type":"response.' + status + b'","response":' + response + b"}"
    made = notes(RESPONSES)
    assert made
    for told, times in ((whole(response, RESPONSES), 4), (made.event(final), 4),
                        (made.event(b'data: {"type":"response.output_item.done","item":' + ITEM + b"}"), 2),
                        (made.event(b'data: {"type":"response.content_part.done","part":' + PART + b"}"), 1)):
        assert told.count(b'"text":"a [1]","annotations":[{"type":"file_citation","index":2,') == times
    assert made.event(final.replace(b"response." + status, b"response.failed")).count(b"file_citation") == 0


def test_parts_that_stand_elsewhere_too() -> None:
    """Where an equal object that is no part comes first, nothing is told."""
    body = b'{"metadata":' + PART + b',"status":"completed",' + OUTPUT + b"}"
    assert whole(body, RESPONSES) == body


@pytest.mark.parametrize(("text", "times"), [("[1]" * 150, 1), ("[1]" * 201, 0), ("[1] " + "x" * 150_000, 1)])
def test_an_answer_has_a_measure(text: str, times: int) -> None:
    """Parts whose citations, or whose characters, are too many together are left alone, in a stream from there on."""
    part = msgspec.json.encode({"type": "output_text", "text": text, "annotations": []})
    for parts in (1, 2):
        body = b'{"status":"completed","output":[{"type":"message","content":[' + b",".join([part] * parts) + b"]}]}"
        assert (whole(body, RESPONSES) != body) is (parts == times == 1)
    made, event = notes(RESPONSES), b'data: {"type":"response.content_part.done","part":' + part + b"}"
    assert made and [made.event(event) != event for _ in range(3)] == [times == 1, False, False]
    chat = b'{"choices":[{"message":{"content":' + msgspec.json.encode(text) + b',"annotations":[]}}]}'
    assert (whole(chat) != chat) is (times == 1)


@pytest.mark.parametrize(("reason", "told"), [
    (b'"stop"', True), (b'"length"', True), (b"null", True), (b'"content_filter"', False), (b'"tool_calls"', False),
    (b"[]", False),
])
def test_finish_reasons(reason: bytes, told: bool) -> None:
    """A plain answer is told of for the reasons for which one in a stream is; servers without any finish, too."""
    body = b'{"choices":[{"finish_reason":' + reason + b',"message":{"content":"[1]","annotations":[]}}]}'
    assert (whole(body) != body) is told


def test_long_answers_are_quick() -> None:
    """Very many parts, very long lists of others and single bytes of an event cost time that grows with their bytes."""
    parts = b",".join(PART.replace(b"a [1]", b"%d" % number) for number in range(3500)) + b"," + PART
    listed = b'{"content":"[1]","annotations":[' + b'{"annotations":[7]},' * 10_000 + b"7]}"
    begun = time.process_time()
    body = b'{"status":"completed","output":[{"type":"message","content":[' + parts + b"]}]}"
    assert whole(body, RESPONSES).count(b"file_citation") == 1
    assert whole(b'{"choices":[{"message":' + listed + b"}]}").count(b"url_citation") > 0
    streamed(*(b"x" for _ in range(200_000)))
    assert time.process_time() - begun < 4


HEAD = b'"id":"c","object":"chat.completion.chunk","created":1,"model":"m","x":2'
ROLE = b'data: {%s,"choices":[{"index":0,"delta":{"role":"assistant","refusal":null},"finish_reason":null}]}\n\n' % HEAD
SAID = b'data: {%s,"choices":[{"index":0,"delta":{"content":"[1]\xc3\xa4 [2"},"finish_reason":null}]}\n\n' % HEAD
LAST = b'data: {%s,"choices":[{"index":0,"delta":{"content":"]"},"finish_reason":"stop"}]}\n\n' % HEAD
DONE = b"data: [DONE]\n\n"


def test_wherever_a_stream_is_cut() -> None:
    """However its bytes are cut, nothing of a stream is lost or moved, and the chunk stands right beside the last one:
    before it, or behind it where a part of it had left."""
    stream = ROLE + SAID + LAST + DONE
    for cut in range(1, len(stream)):
        chunks = streamed(stream[:cut], stream[cut:])
        made = b"".join(chunks)
        start = made.index(b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":'
                           b'[{"index":0,"delta":{"annotations"')
        end = made.index(b"\n\n", start) + 2
        assert made[:start] + made[end:] == stream
        inside = len(ROLE + SAID) < cut < len(ROLE + SAID + LAST)
        assert start == len(ROLE + SAID + (LAST if inside else b""))
        assert len(json.loads(made[start + 6 : end])["choices"][0]["delta"]["annotations"]) == 2
        # Nothing waits for what comes later.
        assert len(chunks) == 2 and chunks[0].startswith(stream[: min(cut, len(ROLE + SAID))])


def test_line_ends_and_comments() -> None:
    """Other line ends, and comments between events, change nothing."""
    ping = b": ping\n\n"
    stream = (ping + ROLE + SAID + ping + LAST).replace(b"\n", b"\r\n")
    assert len(b"".join(streamed(*(stream[at : at + 1] for at in range(len(stream)))))) > len(stream)
    assert len(b"".join(streamed(stream))) > len(stream)


@pytest.mark.parametrize("chunks", [
    (SAID, LAST, DONE), (ROLE, SAID, DONE), (ROLE, LAST, DONE), (ROLE, SAID), (b"data: {", LAST), (),
    (ROLE, SAID, LAST.replace(b'"stop"', b'"tool_calls"')), (ROLE, SAID, LAST.replace(b'"stop"', b'"content_filter"')),
    (ROLE, SAID, LAST.replace(b'"index":0', b'"index":1')),
    (ROLE, SAID, LAST.replace(b'"choices":[', b'"choices":[7,')),
    (ROLE, SAID, LAST[:-1]), (ROLE, SAID, b'data: {"error":{"message":"x"}}\n\n'),
    (ROLE, SAID.replace(b'"content"', b'"annotations":[{"type":"url_citation"}],"content"'), LAST),
    (ROLE, SAID.replace(b'"content"', b'"tool_calls":[{"index":0}],"content"'), LAST),
    (ROLE, b"data: " + b"x" * 300_000, b"\n\n", LAST),
], ids=range(15))
def test_streams_that_are_left_alone(chunks: tuple[bytes, ...]) -> None:
    """Of servers that do not show that they know the field, without citations, without an end, with calls, with
    annotations of their own, or not as expected: such a stream is what it was, chunk by chunk."""
    assert streamed(*chunks) == list(chunks)


def test_streams_of_servers_that_do_not_know_the_field() -> None:
    """They are told it only where the configuration says so."""
    assert len(streamed(SAID, LAST, attach="always")[1]) > len(LAST)


def test_a_stream_that_is_too_long() -> None:
    """What was not kept is not told."""
    assert streamed(ROLE, SAID, LAST, DONE, room=len(ROLE) + 5) == [ROLE, SAID, LAST, DONE]
