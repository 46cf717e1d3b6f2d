"""A fake reranking service in this process: scores by shared words, in the shapes of several providers.

`how` says what is wrong with it: a status ("429"), or one of "html", "cut", "slow", "deaf" (never answers), "short" (a
score too few), "double", "nan", "words", "empty". "logits" are scores beyond 0 and 1, which some servers send.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.fakes.http import Connection, Request

_WORD = re.compile(r"\w+")
SLOW = 0.2


class Reranker:
    """The service: `kept` are the requests that came, `base` its URL."""

    def __init__(self, how: str = "") -> None:
        self.how = how
        self.base = ""
        self.stats = dict.fromkeys(("connections", "open", "busy", "abandoned"), 0)
        self.kept: deque[Request] = deque(maxlen=100)

    def common(self, request: Request) -> bytes:
        """No headers of its own."""
        return b""

    def take(self, connection: Connection, request: Request) -> None:
        """Answer a request to any path that ends in /rerank."""
        self.kept.append(request)
        if request.target.endswith("/rerank"):
            connection.run(self._answer(connection, request))
        else:
            connection.send(request, 404, b'{"detail": "Not Found"}')

    @property
    def last(self) -> dict[str, Any]:
        """The body of the last request."""
        body: dict[str, Any] = json.loads(self.kept[-1].body)
        return body

    async def _answer(self, connection: Connection, request: Request) -> None:
        asked, how = json.loads(request.body), self.how
        await asyncio.sleep({"slow": SLOW, "deaf": 60.0}.get(how, 0.0))
        said = f"key {request.headers.get('authorization')}: {asked['query']} <html> {asked['documents']}"
        if how.isdigit():
            connection.send(request, int(how), json.dumps({"message": said}).encode())
        elif how in ("html", "empty"):
            connection.send(request, 200, said.encode() if how == "html" else b"{}", kind=b"text/html")
        elif how == "cut":
            connection.open_body(request, 1000)
            connection.write(b'{"results": [')
            connection.close()
        else:
            rows = _rows(asked["query"], asked["documents"], how)
            # Voyage calls the rows `data`, all others `results`.
            body = {"id": "r1", "results": rows, "data": rows, "model": asked["model"], "usage": {"total_tokens": 7}}
            connection.send(request, 200, json.dumps(body).encode())


def _rows(question: str, texts: list[str], how: str) -> list[dict[str, Any]]:
    """Best first, as services send them."""
    asked = set(_WORD.findall(question.lower()))
    scores = [len(asked & set(_WORD.findall(text.lower()))) / max(1, len(asked)) for text in texts]
    if how == "logits":
        scores = [12 * score - 6 for score in scores]
    rows: list[dict[str, Any]] = [{"index": place, "relevance_score": score} for place, score in enumerate(scores)]
    rows.sort(key=lambda row: -row["relevance_score"])
    odd: Any = {"nan": math.nan, "words": "very"}.get(how)
    rows[0] = {**rows[0], **({} if odd is None else {"relevance_score": odd})}
    return rows[:-1] if how == "short" else [*rows[:-1], rows[0]] if how == "double" else rows


@asynccontextmanager
async def reranking(how: str = "") -> AsyncIterator[Reranker]:
    """A service on a free port, until the block ends."""
    service = Reranker(how)
    connections: list[Connection] = []

    def connect() -> Connection:
        connections.append(Connection(service))
        return connections[-1]

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
    async with server:
        service.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield service
    for each in connections:
        each.close()
    # A transport that is closed lets go of its socket in the next turn of the loop, a client's in the one after.
    while service.stats["open"]:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
