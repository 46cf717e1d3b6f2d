"""The OpenAI fake's other routes, held against the official client and the bare wire; and servers that lack some."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types import Completion, FileDeleted, FileObject, ImagesResponse, ModerationCreateResponse
from openai.types.audio import Transcription
from pydantic import TypeAdapter

from tests.fakes.answer import REASONING, REFUSAL, SPLIT, VENDOR_NOTE
from tests.fakes.openai_media import SPEECH
from tests.fakes.process import ROOT, Fake, serving

BYTES = bytes(range(256)) * 3 + b"\r\n--not-the-boundary\r\n\r\n" + b"\xff\x00\n"
NAMED = 'Grüße "1".jsonl'


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


@pytest.fixture(scope="module")
def client(fake: Fake) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=fake.base, api_key="sk-fake-0123456789", max_retries=0, timeout=10) as made:
        yield made


@pytest.mark.parametrize(
    ("prompt", "begins"),
    [("Once", ["Once"]), (["Once", "Twice"], ["Once", "Twice"]), ([5, 6], [" 5 6"]), ([[5], [6]], [" 5", " 6"])],
)
def test_completion(fake: Fake, prompt: Any, begins: list[str]) -> None:
    """A legacy completion has `n` choices for each prompt, and repeats the prompts where it is asked to."""
    for echo in (True, False):
        asked = {"model": "m", "prompt": prompt, "n": 2, "echo": echo}
        body = httpx.post(f"{fake.base}/completions", json=asked).json()
        whole = TypeAdapter(Completion).validate_python(body)
        assert [choice.index for choice in whole.choices] == list(range(2 * len(begins)))
        starts = [begin if echo else "" for begin in begins for _ in range(2)]
        assert all(one.text.startswith(f"{start}rx=") for one, start in zip(whole.choices, starts, strict=True))
        assert whole.usage is not None and whole.usage.completion_tokens % len(starts) == 0
    assert fake.stats()["completions"] > 0


def test_completion_streamed(client: openai.OpenAI, fake: Fake) -> None:
    """Choices of a streamed completion take turns, and finish one by one; counts come for those who ask."""
    asked: dict[str, Any] = {"model": "bench;refusal;c=4", "prompt": ["a: ", "b: "], "echo": True}
    chunks = list(client.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage is not None
    for index, begin in enumerate(asked["prompt"]):
        assert "".join(one.choices[0].text for one in chunks[:-1] if one.choices[0].index == index) == begin + REFUSAL
    assert [one.choices[0].index for one in chunks[:-1]] == [0, 1] * 5
    assert [one.choices[0].finish_reason for one in chunks[:-1]] == [None] * 8 + ["stop"] * 2
    raw = httpx.post(f"{fake.base}/completions", json={**asked, "stream": True}).content
    assert raw.endswith(b"\n\ndata: [DONE]\n\n") and b'"usage"' not in raw


def test_completion_words(client: openai.OpenAI, fake: Fake) -> None:
    """The words of the model's name count in completions as they do in chat."""

    def said(word: str) -> str:
        return client.completions.create(model=f"bench;{word}", prompt="Once").choices[0].text

    assert said("echo") == fake.last().body
    assert json.loads(said("prompt")) == {"prompt": "Once"}
    assert said("split") == SPLIT
    thought = client.completions.create(model="reasoning", prompt="Once").choices[0]
    assert thought.model_extra == {"reasoning_content": REASONING, "vendor_note": VENDOR_NOTE}
    chunks = list(client.completions.create(model="reasoning;c=3", prompt="Once", stream=True))
    assert [bool(chunk.choices[0].model_extra) for chunk in chunks] == [True, False, False, False]
    with pytest.raises(openai.RateLimitError):
        said("e=429")
    with pytest.raises(openai.BadRequestError):
        client.completions.create(model="bench", prompt=[])
    used = [client.completions.create(model="usage", prompt="Stay on it. " * 500).usage for _ in range(2)]
    details = [one.prompt_tokens_details for one in used if one is not None]
    assert [one.cached_tokens for one in details if one is not None] == [0, 1408]


def test_files(client: openai.OpenAI, fake: Fake) -> None:
    """A file comes back byte for byte, until it is deleted."""
    made = client.files.create(file=(NAMED, BYTES), purpose="batch")
    seen = fake.last()
    assert BYTES in seen.raw and len(seen.raw) == int(seen.headers["content-length"])
    assert (made.bytes, made.purpose, made.status) == (len(BYTES), "batch", "processed")
    assert made.filename == "Grüße %221%22.jsonl"  # the way in which browsers and httpx write a quote
    assert client.files.content(made.id).read() == BYTES
    body = httpx.get(f"{fake.base}/files/{made.id}").json()
    assert TypeAdapter(FileObject).validate_python(body) == made == client.files.retrieve(made.id)
    other = client.files.create(file=b"x", purpose="vision")
    assert [row.id for row in client.files.list(limit=1)] == [other.id, made.id]
    assert [row.id for row in client.files.list(purpose="batch")] == [made.id]
    assert fake.last().path == "/v1/files?purpose=batch"
    deleted = httpx.delete(f"{fake.base}/files/{made.id}").json()
    assert TypeAdapter(FileDeleted).validate_python(deleted).deleted
    for call in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            call(made.id)


def test_form_as_it_comes(fake: Fake) -> None:
    """The recorder keeps a form's bytes, and a boundary in quotes is read too."""
    raw = b'--x y\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    raw += b'--x y\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n\r\n--x y--\r\n'
    kind = 'multipart/form-data; boundary="x y"'
    made = httpx.post(f"{fake.base}/files", content=raw, headers={"content-type": kind})
    assert (made.status_code, made.json()["bytes"], fake.last().raw) == (200, 2, raw)
    for part in ("", "; boundary=z"):
        bad = httpx.post(f"{fake.base}/files", content=raw, headers={"content-type": f"multipart/form-data{part}"})
        assert (bad.status_code, bad.json()["error"]["param"]) == (400, "file")


def test_speech(client: openai.OpenAI, fake: Fake) -> None:
    """Speech is 64 KiB of every value of a byte, in several chunks."""
    answer = client.audio.speech.create(model="bench", voice="alloy", input="hi")
    assert answer.content == SPEECH and len(SPEECH) == 65536 and set(SPEECH) == set(range(256))
    assert answer.response.headers["content-type"] == "audio/mpeg" and "content-length" not in answer.response.headers
    body = {"model": "bench;d=5", "voice": "alloy", "input": "hi"}
    with httpx.stream("POST", f"{fake.base}/audio/speech", json=body) as stream:
        assert len(list(stream.iter_raw())) >= 8
    with pytest.raises(openai.RateLimitError):
        client.audio.speech.create(model="e=429", voice="alloy", input="hi")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{fake.base}/audio/speech", json={**body, "model": "cut=3"})
    assert httpx.post(f"{fake.base}/audio/speech", json={"model": "m", "input": "hi"}).status_code == 400


def test_transcription(client: openai.OpenAI, fake: Fake) -> None:
    """A transcription names the file it read, and the form's model says how to answer."""
    said = client.audio.transcriptions.create(model="bench", file=("a.mp3", BYTES))
    assert said.text == f"{len(BYTES)} bytes of a.mp3" and BYTES in fake.last().raw
    body = httpx.post(f"{fake.base}/audio/transcriptions", data={"model": "m"}, files={"file": ("b", b"x")}).json()
    assert TypeAdapter(Transcription).validate_python(body).text == "1 bytes of b"
    with pytest.raises(openai.InternalServerError):
        client.audio.transcriptions.create(model="e=503", file=("a.mp3", BYTES))


def test_moderations_and_images(client: openai.OpenAI, fake: Fake) -> None:
    """Moderation has a result for each input, with or without a model; pictures come as many as asked for."""
    assert len(client.moderations.create(input=["a", "b"]).results) == 2
    body = httpx.post(f"{fake.base}/moderations", json={"input": "a", "model": "m"}).json()
    assert not TypeAdapter(ModerationCreateResponse).validate_python(body).results[0].flagged
    assert len(client.images.generate(prompt="a café", n=2).data or ()) == 2
    body = httpx.post(f"{fake.base}/images/generations", json={"prompt": "a", "model": "m"}).json()
    assert TypeAdapter(ImagesResponse).validate_python(body).data
    for path in ("moderations", "images/generations"):
        assert httpx.post(f"{fake.base}/{path}", json={}).status_code == 400


@pytest.mark.parametrize("path", ["chat/completions", "completions", "responses", "embeddings"])
def test_queries(fake: Fake, path: str) -> None:
    """A query does not change where a request goes, and is recorded."""
    body = {"model": "bench", "messages": [{"role": "user", "content": "hi"}], "prompt": "hi", "input": "hi"}
    assert httpx.post(f"{fake.base}/{path}?api-version=1&x=%20", json=body).status_code == 200
    assert fake.last().path == f"/v1/{path}?api-version=1&x=%20"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "chat/completions"), ("GET", "responses"), ("POST", "responses/x/y"), ("PUT", "files/x"),
     ("POST", "models"), ("POST", "responses/x/input_items"), ("GET", "realtime")],
)  # fmt: skip
def test_no_such_route(fake: Fake, method: str, path: str) -> None:
    """What is not served is 404 in the envelope, under a code of its own."""
    answer = httpx.request(method, f"{fake.base}/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_url")


def test_without() -> None:
    """Routes can be taken away, with all below them; the others stay."""
    body = {"model": "bench", "messages": [{"role": "user", "content": "hi"}], "prompt": "hi", "input": "hi"}
    with serving("openai_api", "--without", "responses,completions,audio/speech") as fake:
        for path in ("responses", "responses/input_tokens", "completions", "audio/speech"):
            answer = httpx.post(f"{fake.base}/{path}?x=1", json=body)
            message = f"Unknown request URL: POST /v1/{path}?x=1."
            error = {"message": message, "type": "invalid_request_error", "param": None, "code": "unknown_url"}
            assert (answer.status_code, answer.json()) == (404, {"error": error})
        for path, status in (("chat/completions", 200), ("embeddings", 200), ("audio/transcriptions", 400)):
            assert httpx.post(f"{fake.base}/{path}", json=body).status_code == status
        assert httpx.get(f"{fake.base}/responses/resp_1").status_code == 404


def test_plain_404() -> None:
    """Some servers have no envelope for a route that they lack."""
    with serving("openai_api", "--plain-404", "--without", "chat,models") as fake:
        for path in ("chat/completions", "nothing"):
            answer = httpx.post(f"{fake.base}/{path}", json={"model": "bench"})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
        assert httpx.get(f"{fake.base}/models/bench").json() == {"detail": "Not Found"}
        assert httpx.get(f"{fake.base}/files/file-1").json()["error"]["param"] == "id"


def test_without_a_route_that_there_is_not() -> None:
    """A route that cannot be taken away, because there is none, stops the start and names those that there are."""
    command = [sys.executable, "-m", "tests.fakes.openai_api", "--without", "embedding"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)
    assert ended.returncode == 2 and "no such route: embedding; there are audio, chat," in ended.stderr
