"""What learning costs the chat that it learns from: paired, over one running server.

Pairs of people ask the same things one after the other, one of them read-only, so that nothing is learnt from that one;
and one person of whom 10,000 events are known beside one of whom there is one. What is compared is what the chat waits
for before it leaves for the backend, the milliseconds of all request hooks by its receipt; and the whole answer as the
client sees it, in which whoever is not read-only also waits until what they said is committed to disk. Between two
turns of a person lie a second and a half, as people need more to read: what was said is learnt by then, in the
background.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from bench.server import HISTORY, IDENTITY, PREFERENCES, RETRIEVAL, acquaint, running
from tests.fakes.process import serving

PEOPLE, TURNS, PAUSE = 12, 12, 1.5
EVENTS = 10_000
_LEARNT = 180.0
_SETTLED = 2


class Client:
    """One connection, which measures what it asks."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(url.partition("//")[2], timeout=60)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """One exchange. Raises RuntimeError for an error status."""
        self.connection.request(method, path, body or None, {"content-type": "application/json", **headers})
        answer = self.connection.getresponse()
        read = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer, read

    def chat(self, user: str, text: str, mode: str = "full") -> tuple[float, float]:
        """Milliseconds before the backend, by the receipt, and of the whole answer."""
        body = json.dumps({"model": "bench", "messages": [{"role": "user", "content": text}]}).encode()
        start = time.perf_counter()
        answer, _ = self.send("POST", "/v1/chat/completions", body, **{"x-rapport-user": user, "x-rapport-mode": mode})
        whole = (time.perf_counter() - start) * 1000
        _, receipt = self.send("GET", f"/v1/receipts/{answer.headers['x-rapport-exchange']}")
        steps = json.loads(receipt)["policies"]
        return sum(step["ms"] for step in steps if step["hook"] == "on_request"), whole


def run() -> dict[str, float]:
    """The metrics `hot_path/...`: medians of the pairs' ratios, and of what the noise alone makes of such a pair."""
    with serving("openai_api") as fake, running(fake.url, [IDENTITY, PREFERENCES, RETRIEVAL, HISTORY]) as server:
        acquaint(server, fake, 2 * PEOPLE)
        client = Client(server.url)
        with closing(client.connection):
            _remember(client)
            pairs = list(_pairs(client))
    found = {}
    for name in ("learning_over_readonly", "readonly_over_readonly", f"events_{EVENTS}_over_1"):
        for place, what in enumerate(("request_hooks", "whole_answer")):
            ratios = [one[place] / other[place] for kind, one, other in pairs if kind == name]
            found[f"hot_path/{what}/{name}"] = round(statistics.median(ratios), 4)
    return found


def _remember(client: Client) -> None:
    """Somebody of whom much is known, and all of it learnt, beside somebody who said one thing."""
    lines = (json.dumps({"text": f"Draft {n}: we met by the river and talked about it."}) for n in range(EVENTS))
    client.send("POST", "/v1/users/much/import", "\n".join(lines).encode())
    client.chat("little", "I am vegetarian.")
    client.chat("much", "I am vegetarian.")
    end = time.monotonic() + _LEARNT
    while json.loads(client.send("GET", "/v1/users/much/profile")[1])["events"] < EVENTS:
        if time.monotonic() > end:
            raise RuntimeError("the events were not learnt in time")
        time.sleep(0.5)


def _pairs(client: Client) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    """Every pair with its kind; the one that goes first changes from turn to turn."""
    for turn in range(TURNS):
        for number in range(PEOPLE):
            # Said before, so that both know the same: what is known more takes longer to write down.
            text = f"I am vegetarian. What should I do on day {turn}?"
            one, other = f"user-{2 * number}", f"user-{2 * number + 1}"
            kind = "learning_over_readonly" if number % 2 else "readonly_over_readonly"
            modes = ("full" if number % 2 else "readonly", "readonly")
            yield from _pair(client, kind, (one, modes[0]), (other, modes[1]), text, turn)
        yield from _pair(client, f"events_{EVENTS}_over_1", ("much", "full"), ("little", "full"),
                         f"What should I do on day {turn}?", turn)  # fmt: skip
        time.sleep(PAUSE)


def _pair(
    client: Client, kind: str, one: tuple[str, str], other: tuple[str, str], text: str, turn: int
) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    order = (one, other) if turn % 2 else (other, one)
    found = {user: client.chat(user, text, mode) for user, mode in order}
    if turn >= _SETTLED:
        yield kind, found[one[0]], found[other[0]]
