"""Requests without a client that could change them, and answers as they came."""

from __future__ import annotations

import http.client
import json
import re
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `headers` by lower-case name; `whole` unless the connection broke before the end of the body."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, Any]]:
        """The events of a stream: name, which may be empty, and data, decoded unless it is `[DONE]`."""
        found = []
        for block in self.body.decode().replace("\r\n", "\n").split("\n\n"):
            lines = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
            named = {name: value for name, _, value in lines}
            if "data" in named:
                data = named["data"]
                found.append((named.get("event", ""), data if data == "[DONE]" else json.loads(data)))
        return found


def send(url: str, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None,
         seconds: float = 30.0) -> Answer:  # fmt: skip
    """Send one request to the server at `url`; a body that is not bytes goes as JSON."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=seconds)
    try:
        connection.request(method, path, data, {**(JSON if data is not None else {}), **(headers or {})})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        try:
            return Answer(answer.status, named, answer.read())
        except http.client.IncompleteRead as broken:
            return Answer(answer.status, named, broken.partial, whole=False)
    finally:
        connection.close()


@contextmanager
def scripted(
    answer: bytes, others: Mapping[bytes, bytes] | None = None, early: bool = False
) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives everybody these bytes and closes: its URL, and the heads of the requests so far.

    `others` are the answers to requests of other methods; `early`: it does not wait for the body of a request.
    """
    heads: list[bytes] = []

    class Script(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = b"".join(iter(self.rfile.readline, b"\r\n"))
            heads.append(head)
            length = re.search(rb"content-length: (\d+)", head.lower())
            if length and not early:
                self.rfile.read(int(length[1]))
            self.wfile.write((others or {}).get(head.split()[0], answer))
            self.connection.shutdown(socket.SHUT_WR)
            while early and self.rfile.read1():  # closing on unread bytes would reset the connection
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", heads
        finally:
            server.shutdown()
            thread.join()
