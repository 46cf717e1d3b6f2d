"""`rapport demo`: the story of one person, on a real server with the embedded backend, in a folder of its own."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel

from adapters.ports import Unavailable
from policies.base import Step
from proxy.commands.explain import line
from proxy.commands.terminal import Terminal

SAMPLES = Path(__file__).parents[1] / "samples"
START = 30.0
WORD = 0.02


@dataclass(frozen=True, slots=True)
class Scene:
    """One request of the story: who asks (None: nobody known), what, and what to notice."""

    title: str
    who: str | None
    says: str
    notice: str


STORY = (
    Scene("A stranger asks", None, "What could I cook tonight?",
          "Nobody is known to ask, so nothing is injected: no identity, no memory."),
    Scene("Sam comes in and says a few things", "sam",
          "Call me Sam. I'm vegan, not a fan of coriander, and please keep your answers short.",
          "What Sam wrote was recorded before the last byte left. Four claims come of it, in the background."),
    Scene("The same question, a new conversation", "sam", "What could I cook tonight?",
          "The summary went in front of the conversation. It is small, stable, and holds no word of the old chat."),
    Scene("A question that needs knowledge", "sam", "How long is the battery of the Heron covered?",
          "Now the documents came too, numbered: so few of them whole and in front, of many the passages that fit, "
          "behind the question. Either way the prompt cache of the front survives."),
    Scene("Sam changes", "sam", "Actually I'm not vegan any more, I'm vegetarian.",
          "The newest statement wins; the older one is kept as history and no longer injected."),
    Scene("Asked once more", "sam", "What could I cook tonight?", "The correction holds from the next request on."),
)


def demo(options: argparse.Namespace) -> int:
    """Play the story."""
    console = Terminal()
    pace = 0.0 if options.fast or not console.is_terminal else WORD
    console.print(Panel("[bold]Rapport[/bold]: personalisation is who is asking, retrieval is what is true.\n"
                        "No key, no network, no model: the demo backend answers by showing what it was sent."))
    with tempfile.TemporaryDirectory(prefix="rapport-demo-") as folder, ExitStack() as stack:
        config, port = _config(Path(folder))
        with console.status("Indexing three sample documents and starting the server ..."):
            _index(config)
            stack.enter_context(_server(config, port))
        for number, scene in enumerate(STORY, 1):
            _play(console, port, number, scene, pace)
        _forget(console, port)
    console.print("\nYours now: [bold]rapport serve[/bold], and point an OpenAI client at http://127.0.0.1:4140/v1")
    return 0


def _play(console: Terminal, port: int, number: int, scene: Scene, pace: float) -> None:
    console.rule(f"[bold]{number}. {escape(scene.title)}")
    console.print(f"\n[bold cyan]{scene.who or 'somebody'}:[/bold cyan] {escape(scene.says)}\n")
    exchange, pieces = _ask(port, scene)
    for text in pieces:
        console.out(text, end="", style="green", highlight=False)
        time.sleep(pace)
    console.print("\n")
    for step in _get(port, f"/v1/receipts/{exchange}")["policies"]:
        console.print(Padding(line(_step(step)), (0, 2)))
    console.print(f"\n  [italic]{escape(scene.notice)}[/italic]\n")
    time.sleep(pace * 40)


def _step(told: dict[str, Any]) -> Step:
    """A step as a receipt tells it."""
    named = {name: value for name, value in told.items() if name not in ("reasons", "replayed_tokens")}
    return Step(**named, reasons=tuple(told["reasons"]), replayed=told["replayed_tokens"])


def _forget(console: Terminal, port: int) -> None:
    console.rule("[bold]7. Erased means gone")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("DELETE", "/v1/users/sam")
    erased = json.load(connection.getresponse())["erased"]
    known = _get(port, "/v1/users/sam/profile")["claims"]
    gone = ", ".join(f"{count} {kind}" for kind, count in erased.items())
    console.print(f"\n  DELETE /v1/users/sam: {gone} erased; claims left: {len(known)}.\n")


def _ask(port: int, scene: Scene) -> tuple[str, Iterator[str]]:
    """Begin one chat; returns the exchange's id, and the pieces of the answer as they arrive."""
    body = {"model": "demo", "stream": True, "messages": [{"role": "user", "content": scene.says}]}
    headers = {"content-type": "application/json", **({"x-rapport-user": scene.who} if scene.who else {})}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise Unavailable(f"The demo server answered with status {answer.status}.")
    return answer.headers["x-rapport-exchange"], _pieces(answer)


def _pieces(answer: http.client.HTTPResponse) -> Iterator[str]:
    for raw in answer:
        event = raw.decode().removeprefix("data: ").strip()
        if event.startswith("{"):
            for choice in json.loads(event).get("choices", ()):
                yield choice["delta"].get("content") or ""


def _get(port: int, path: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    return json.load(connection.getresponse())


def _index(config: Path) -> None:
    with (config.parent / "log").open("ab") as log:
        command = _command("ingest", str(SAMPLES), config=config)
        done = subprocess.run(command, stdout=log, stderr=log, env=_environment(), check=False)
    if done.returncode:
        raise Unavailable("The demo could not index its samples.")


def _command(*arguments: str, config: Path) -> list[str]:
    return [sys.executable, "-m", "proxy", *arguments, "--config", str(config)]


def _environment() -> dict[str, str]:
    """The environment without settings of Rapport: the demo must never touch an operator's data."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("RAPPORT_")}


def _config(folder: Path) -> tuple[Path, int]:
    """A configuration whose data stay in the folder, and the port in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = folder / "config.yaml"
    path.write_text(f"server: {{port: {port}}}\nlogging: {{format: json}}\n")
    return path, port


@contextmanager
def _server(config: Path, port: int) -> Iterator[None]:
    """A server process on the configuration, until the block ends; it is ready when the block begins."""
    command = _command("serve", config=config)
    with (config.parent / "log").open("ab") as log, subprocess.Popen(command, stderr=log, env=_environment()) as child:
        try:
            _wait(port, child)
            yield
        finally:
            child.terminate()


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and child.poll() is None:
        try:
            if _get(port, "/readyz") == {"status": "ok", "degraded": []}:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise Unavailable("The demo server did not start.")
