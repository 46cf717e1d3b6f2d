"""A model server in this process, which answers chat completions with what a test gave it, one after another.

    with scripted(said("{}"), Answer(status=500), Answer(delay=5)) as server:
        ...
        assert "words" in server.asked[0]["messages"][0]["content"]

The last answer is given again and again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, after `delay` seconds; another `status` comes with a body that quotes the key it was sent.

    `make` makes the text out of the request instead; `during` is called before the answer goes out.
    """

    text: str = ""
    status: int = 200
    delay: float = 0.0
    make: Callable[[Any], str] | None = None
    during: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Scripted:
    """The running server: its base URL, what it was asked (bodies), and with which headers."""

    base: str
    answers: list[Answer]
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Answer:
        """The answer that is due."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def said(claims: list[dict[str, Any]] | str) -> Answer:
    """An answer with these claims, or with this text."""
    return Answer(claims if isinstance(claims, str) else json.dumps({"claims": claims}))


@contextmanager
def scripted(*answers: Answer) -> Iterator[Scripted]:
    """Serve on a free port until the block ends; who still waits then gets no answer."""
    state = Scripted("", list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.base = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append(body)
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = state.next()
            if state.over.wait(answer.delay):
                return
            answer.during()
            key = self.headers.get("authorization", "")
            text = answer.make(body) if answer.make else answer.text
            whole: dict[str, Any] = {"error": {"message": f"denied to {key}", "type": "error"}}
            if answer.status == 200:
                message = {"role": "assistant", "content": text}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                whole = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"],
                         "choices": [choice]}  # fmt: skip
            made = json.dumps(whole).encode()
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on standard error."""

    return Handler
