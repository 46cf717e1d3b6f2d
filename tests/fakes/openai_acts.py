"""What the OpenAI fake does on each of its routes, apart from HTTP."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from tests.fakes import openai_chat, openai_completions, openai_media, openai_responses
from tests.fakes.answer import PromptCache, answer
from tests.fakes.behaviour import Behaviour
from tests.fakes.embeddings import embeddings, inputs
from tests.fakes.framing import DONE, event, named
from tests.fakes.http import Request
from tests.fakes.openai_errors import FAULTS, Fault, error_body, missing, of_status
from tests.fakes.openai_files import Files
from tests.fakes.openai_stored import Stored
from tests.fakes.play import Talk

MODELS = ("bench", "bench-embed", "gpt-4o-mini", "org/model-x:free", "text-embedding-3-small")
HIDDEN = "gpt-hidden"
"""A model that no list names."""
Made = Talk | dict[str, Any] | list[bytes] | Fault
"""An answer that may be streamed, one that is JSON, one in chunks of sound, or what is wrong."""
Act = Callable[[Request, dict[str, Any], Behaviour], Made]
_TROUBLE = b"data: " + error_body(FAULTS[500]) + b"\n\n"


class Acts:
    """The routes, and what the provider remembers: prompts, responses, files."""

    def __init__(self, options: Namespace) -> None:
        self._dimensions: int = options.dim
        self._cache = PromptCache()
        self._stored = Stored(options.stateless)
        self._files = Files()
        self.posts: dict[str, Act] = {
            "audio/speech": lambda _, body, plan: openai_media.speech(body),
            "audio/transcriptions": lambda _, body, plan: openai_media.transcription(body),
            "chat/completions": self.chat,
            "completions": self._complete,
            "embeddings": lambda _, body, plan: self._embed(body),
            "files": lambda _, body, plan: self._files.create(body),
            "images/generations": lambda _, body, plan: openai_media.images(body),
            "moderations": lambda _, body, plan: openai_media.moderations(body),
            "responses": self._respond,
            "responses/input_tokens": lambda _, body, plan: self._weigh(body),
        }

    def look_up(self, request: Request) -> dict[str, Any] | bytes | Fault | None:
        """Answer what is no POST with a body. None: there is no such route."""
        kind, _, name = request.path.partition("/")
        if kind == "models" and request.method == "GET":
            return _models(unquote(name))
        if kind == "files":
            return self._files.answer(request)
        return self._stored.answer(request) if kind == "responses" and name else None

    def chat(self, request: Request, body: dict[str, Any], plan: Behaviour) -> Made:
        """A chat completion."""
        if not isinstance(body.get("messages"), list) or not body["messages"]:
            return missing("messages")
        prompt = json.dumps({"tools": body.get("tools"), "messages": body["messages"]})
        said = answer(request, plan, openai_chat.tools(body), prompt)
        counts = openai_chat.usage(self._measure(prompt, plan), said, body.get("n") or 1)
        return Talk(
            openai_chat.completion(body, said, counts),
            _events(openai_chat.chunks(body, said, counts, plan)),
            _TROUBLE,
        )

    def _complete(self, request: Request, body: dict[str, Any], plan: Behaviour) -> Made:
        prompts = inputs(body.get("prompt"))
        if prompts is None:
            return missing("prompt")
        prompt = json.dumps({"prompt": body["prompt"]})
        said = answer(request, plan, (), prompt)
        choices = len(prompts) * (body.get("n") or 1)
        counts = openai_chat.usage(self._measure(prompt, plan), said, choices)
        whole = openai_completions.completion(body, prompts, said, counts)
        wanted = bool((body.get("stream_options") or {}).get("include_usage"))
        return Talk(whole, _events(openai_completions.chunks(whole, wanted, plan.chunks)), _TROUBLE)

    def _respond(self, request: Request, body: dict[str, Any], plan: Behaviour) -> Made:
        seen = self._seen(body)
        if isinstance(seen, Fault):
            return seen
        before, prompt = seen
        said = answer(request, plan, openai_responses.tools(body), prompt)
        counts = openai_responses.usage(self._measure(prompt, plan), said)
        mark = self._stored.mark()
        whole = openai_responses.response(body, openai_responses.output(said, mark), counts, mark)
        events = list(openai_responses.events(whole, plan.chunks))
        trouble = openai_responses.trouble(FAULTS[500], min(plan.after, len(events)))
        shown = openai_responses.begun(whole, "queued") if body.get("background") is True else whole
        return Talk(shown, map(named, events), named(trouble), lambda: self._stored.keep(body, before, whole))

    def _seen(self, body: dict[str, Any]) -> tuple[list[dict[str, Any]], str] | Fault:
        """What came before the input, and the JSON of all that the model sees."""
        given = body.get("input")
        if not given or not isinstance(given, str | list):
            return missing("input")
        before = self._stored.before(body)
        if isinstance(before, Fault):
            return before
        seen = {"tools": body.get("tools"), "instructions": body.get("instructions")}
        return before, json.dumps({**seen, "input": [*before, *openai_responses.items(given)]})

    def _weigh(self, body: dict[str, Any]) -> dict[str, Any] | Fault:
        seen = self._seen(body)
        if isinstance(seen, Fault):
            return seen
        return {"object": "response.input_tokens", "input_tokens": self._cache.measure(seen[1], False)[0]}

    def _embed(self, body: dict[str, Any]) -> dict[str, Any] | Fault:
        items = inputs(body.get("input"))
        if items is None:
            return Fault("invalid_request_error", None, "'$.input' is invalid.", "input")
        return embeddings(body, items, self._dimensions)

    def _measure(self, prompt: str, plan: Behaviour) -> tuple[int, int]:
        return self._cache.measure(prompt, "usage" in plan.words)


def _events(payloads: Iterable[dict[str, Any]]) -> Iterable[bytes]:
    yield from map(event, payloads)
    yield DONE


def _models(name: str) -> dict[str, Any] | Fault:
    rows = {id: {"id": id, "object": "model", "created": openai_chat.CREATED, "owned_by": "fake"}
            for id in (*MODELS, HIDDEN)}  # fmt: skip
    if not name:
        return {"object": "list", "data": [rows[id] for id in MODELS]}
    return rows.get(name) or of_status(404)
