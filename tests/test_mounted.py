"""Rapport inside another application's process: the README's lines, under a path, with and without its lifespan."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import NotFoundError, OpenAI

from tests.fakes.process import ROOT, Fake, stop
from tests.rapport import Running, _wait, cli, configure, free_port, openai_backend, surroundings

README = (ROOT / "README.md").read_text()
SNIPPET = next(text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "create_app" in text)
BARE = SNIPPET.replace("lifespan=rapport.lifespan", "")


@contextmanager
def hosting(folder: Path, source: str, fake: Fake, path: str = "/ai") -> Iterator[Running]:
    """A host application as its author would run it, with Rapport under a path."""
    config = configure(folder, backends=[openai_backend(fake.base, responses="translated")])
    (folder / "host.py").write_text(source)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "host:app", "--port", str(port), "--app-dir", str(folder)]
    variables = {**surroundings(), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(command, cwd=config.parent, stdout=log, stderr=log, env=variables,
                                 start_new_session=True)
        server = Running(f"http://127.0.0.1:{port}{path}", folder, child)
        try:
            _wait(server)
            yield server
        finally:
            stop(child)


def test_a_mount_may_need_quoting(tmp_path: Path, openai_fake: Fake) -> None:
    """Kept responses are found below a path with a space, too."""
    source = SNIPPET.replace('"/ai"', '"/a b"')
    with (
        hosting(tmp_path, source, openai_fake, "/a%20b") as server,
        OpenAI(base_url=server.base, api_key="x", max_retries=0) as client,
    ):
        first = client.responses.create(model="gpt-x", input="Hello")
        assert client.responses.retrieve(first.id).id == first.id


def test_it_takes_five_lines() -> None:
    """As the README promises, imports included."""
    assert len([line for line in SNIPPET.splitlines() if line.strip() and not line.startswith("from ")]) <= 5


@pytest.mark.parametrize("source", [SNIPPET, BARE], ids=["with its lifespan", "without"])
def test_a_whole_conversation_under_a_path(tmp_path: Path, openai_fake: Fake, source: str) -> None:
    """Chat, streams, kept responses, people and errors work below the mount point, and what is said is learnt."""
    with hosting(tmp_path, source, openai_fake) as server:
        with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
            say: Any = client.chat.completions.create
            assert say(model="gpt-x", user="ann", messages=[{"role": "user", "content": "I'm vegan."}]).choices
            chunks = say(model="gpt-x", user="ann", messages=[{"role": "user", "content": "What now?"}], stream=True)
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            assert "vegan" in openai_fake.last().body
            first = client.responses.create(model="gpt-x", input="Hello", user="ann")
            client.responses.create(model="gpt-x", input="Again", user="ann", previous_response_id=first.id)
            assert "Hello" in openai_fake.last().body
            assert client.responses.retrieve(first.id).id == first.id
            with pytest.raises(NotFoundError, match="Here are"):
                client.get("/nothing", cast_to=object)
        assert [claim["value"] for claim in server.get("/v1/users/ann/profile")[1]["claims"]] == ["vegan"]
        assert server.get("/openapi.json")[0] == 200
        server.child.send_signal(signal.SIGTERM)
        assert server.child.wait(15) in (0, -signal.SIGTERM)
    shown = cli("users", "show", "ann", config=tmp_path / "config.yaml")
    assert "vegan" in shown.stdout
