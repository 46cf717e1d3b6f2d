"""A configured model, through a real server: it reads in the background, and is never on the way of a request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.scripted import Answer, Scripted, said, scripted
from tests.rapport import Running, cli, configure, started
from tests.raw import send

WORDS = "Bossa nova, and the day is saved."
BOSSA = {"aspect": "likes", "value": "bossa nova", "turn": 1, "quote": WORDS, "action": "add"}


def learning(server: Scripted, **more: Any) -> dict[str, Any]:
    return {"model": "openai/reader", "api_base": server.base, "api_key": "env:READER_KEY", "settle": 0.5, **more}


def say(server: Running, user: str, text: str) -> str:
    """The answer of the demo backend, which shows what it was sent."""
    body = {"model": "demo", "user": user, "messages": [{"role": "user", "content": text}]}
    return str(send(server.url, "POST", "/v1/chat/completions", body).json["choices"][0]["message"]["content"])


def profile(server: Running, user: str) -> Any:
    return send(server.url, "GET", f"/v1/users/{user}/profile").json


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_what_only_a_model_understands_is_used(tmp_path: Path) -> None:
    """Said in words that no rule reads, it stands in the next conversation, and the profile shows who read it."""
    with scripted(said([BOSSA])) as model:
        config = configure(tmp_path, learning=learning(model))
        with started(config, READER_KEY="sk-reader-0123456789") as server:
            say(server, "ann", WORDS)
            assert profile(server, "ann")["reader"] == {"calls": 0, "failed": 0, "last": None}
            assert until(lambda: profile(server, "ann")["reader"]["calls"] == 1)
            claims = profile(server, "ann")["claims"]
            assert [(claim["value"], claim["kind"], claim["confidence"]) for claim in claims] == [
                ("bossa nova", "explicit", 0.8)
            ]
            assert "bossa nova" in say(server, "ann", "What shall we play?")
            assert "bossa nova" not in say(server, "ben", "What shall we play?")
            assert model.headers[0]["authorization"] == "Bearer sk-reader-0123456789"
            # Without the key, which this command has no use for.
            shown = cli("users", "show", "ann", config=config)
            assert "Calls of the model: " in shown.stdout and "; 0 failed." in shown.stdout, shown.stderr
            for word in ("bossa", "Bossa", "sk-reader", "u_"):
                assert word not in server.log


@pytest.mark.parametrize("answer", [Answer(delay=60), Answer(status=500)])
def test_a_model_in_trouble_costs_no_chat(tmp_path: Path, answer: Answer) -> None:
    """While it hangs or fails chats are as quick as ever, what the rules read holds, and the failure is told."""
    with scripted(answer) as model:
        chosen = learning(model, settle=0, timeout=2)
        with started(configure(tmp_path, learning=chosen), READER_KEY="sk-reader-0123456789") as server:
            say(server, "ann", f"I'm vegan. {WORDS}")
            assert until(lambda: len(model.asked) == 1)
            started_at = time.monotonic()
            for number in range(10):
                assert "vegan" in say(server, "ann", f"What shall I cook on day {number}?")
            assert "vegan" in {claim["value"] for claim in profile(server, "ann")["claims"]}
            assert time.monotonic() - started_at < 2 + 10 * (answer.status == 500)
            assert until(lambda: profile(server, "ann")["reader"]["failed"] >= 1)
            events = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
            failed = [event for event in events if event["event"] == "model_failed"]
            assert failed[0]["reason"] == ("timeout" if answer.status == 200 else "unavailable")
            for word in ("Bossa", "sk-reader", "u_", "denied"):
                assert word not in server.log


def test_erased_while_the_model_reads(tmp_path: Path) -> None:
    """What comes back for somebody who is gone comes to nothing, on disk too."""
    with scripted(replace(said([BOSSA]), delay=1.5)) as model:
        chosen = learning(model, settle=0)
        with started(configure(tmp_path, learning=chosen), READER_KEY="k") as server:
            say(server, "ann", WORDS)
            assert until(lambda: len(model.asked) == 1)
            assert send(server.url, "DELETE", "/v1/users/ann").json["deleted"] is True
            time.sleep(2.5)
            assert profile(server, "ann")["claims"] == []
            assert profile(server, "ann")["reader"]["calls"] == 0
        data = tmp_path / "data"
        assert not [path for path in data.rglob("*") if path.is_file() and b"ossa nova" in path.read_bytes()]


def test_an_export_read_elsewhere_is_not_read_again(tmp_path: Path) -> None:
    """Who moves takes along what a model found; only what is said from then on is read here."""
    with scripted(said([BOSSA]), said([])) as model:
        config = configure(tmp_path, learning=learning(model, settle=0))
        with started(config, READER_KEY="k") as server:
            say(server, "ann", WORDS)
            assert until(lambda: profile(server, "ann")["reader"]["calls"] == 1)
            for number in range(5):
                say(server, "ben", f"My cello number {number} needs new strings")
            exported = send(server.url, "GET", "/v1/users/ann/export").json
            asked = len(model.asked)
            assert send(server.url, "POST", "/v1/users/eve/import", exported).json["new"] == 1
            assert {claim["value"] for claim in profile(server, "eve")["claims"]} == {"bossa nova"}
            say(server, "eve", "The choir meets on Tuesdays")
            until(lambda: any("choir" in json.dumps(body) for body in model.asked))
            mine = [json.dumps(body) for body in model.asked[asked:] if "cello" not in json.dumps(body)]
            assert any("choir" in text for text in mine)
            assert not any(WORDS in text for text in mine)


def test_check_shows_the_model(tmp_path: Path) -> None:
    """Who learns stands below the chain; a name that litellm cannot place is an error before the start."""
    config = configure(tmp_path, learning={"model": "openai/reader", "calls_per_day": 7})
    done = cli("check", config=config)
    assert "Learning: by rules, and in the background by openai/reader (at most 7 calls a day" in done.stdout
    done = cli("check", config=configure(tmp_path, learning={"model": "nobody-knows-this"}))
    assert (done.returncode, done.stderr.partition(";")[0]) == (
        2, "learning.model: litellm knows no provider for this name"
    )  # fmt: skip
    assert "Learning: by rules alone." in cli("check", config=configure(tmp_path)).stdout


def test_a_stop_does_not_wait_for_the_model(tmp_path: Path) -> None:
    """A call that is open when the server is told to stop is given up, and its words stay unread, not lost."""
    with scripted(Answer(delay=60), said([BOSSA])) as model:
        config = configure(tmp_path, learning=learning(model, settle=0))
        with started(config, READER_KEY="k") as server:
            say(server, "ann", WORDS)
            assert until(lambda: len(model.asked) == 1)
            server.child.terminate()
            assert server.child.wait(4) is not None
            assert "Traceback" not in server.log
        with started(config, READER_KEY="k") as server:
            say(server, "ann", "The choir meets on Tuesdays")
            assert until(lambda: bool(profile(server, "ann")["claims"]))
