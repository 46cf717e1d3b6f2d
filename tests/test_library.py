"""Uploaded files in the whole of Rapport: chats find them, a killed server goes on, and who relays them keeps them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.fakes.process import ROOT, Fake
from tests.inside import POLL, whole
from tests.rapport import configure, started

README = (ROOT / "README.md").read_text()
SNIPPET = next(text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "vector_stores" in text)
WARRANTY = b"# Heron\n\nThe battery of the Heron is covered for seven years."
QUESTION: Any = [{"role": "user", "content": "How long is the battery of the Heron covered?"}]


async def _answer(client: AsyncOpenAI, number: int) -> str:
    """To the question, in a conversation of its own: in the same one the same turn gets the same passages."""
    messages: Any = [{"role": "system", "content": f"Conversation {number}."}, *QUESTION]
    answer = await client.chat.completions.create(model="demo", messages=messages)
    return answer.choices[0].message.content or ""


def test_a_chat_finds_what_was_uploaded(tmp_path: Path) -> None:
    """As it finds what was ingested; and not any more once it is detached."""
    async def story() -> None:
        async with whole(tmp_path, embedder={"kind": "full_text_only"}) as inside, inside.client() as client:
            store = await client.vector_stores.create()
            held = await client.vector_stores.files.upload_and_poll(
                vector_store_id=store.id, file=("heron.md", WARRANTY), poll_interval_ms=POLL)  # fmt: skip
            assert held.status == "completed"
            # The first search of a process may come too late for its chat, which does without then.
            end, number = time.monotonic() + 60, 0
            while "covered for seven years" not in await _answer(client, number):
                number += 1
                assert time.monotonic() < end
            await client.vector_stores.files.delete(held.id, vector_store_id=store.id)
            assert "seven years" not in await _answer(client, number + 1)

    asyncio.run(story())


@pytest.mark.parametrize(("paths", "files", "stores"), [
    (["/v1/files*"], True, False), (["/v1/*"], True, True), (["/v1/audio/*"], False, False),
    (["/v1/vector_stores", "/v1/vector_stores/*"], False, True),
])
def test_who_relays_them_keeps_them(
    tmp_path: Path, openai_fake: Fake, paths: list[str], files: bool, stores: bool
) -> None:
    """Where `passthrough` names these paths they go to the provider, with all below them; else they are ours."""
    (tmp_path / "key").write_text("sk-fake")
    relayed = [{"paths": paths, "api_base": openai_fake.base, "api_key": f"file:{tmp_path}/key"}]

    async def story() -> None:
        async with whole(tmp_path, passthrough=relayed, embedder={"kind": "full_text_only"}) as inside:
            async with inside.client() as client:
                made = await client.files.create(file=("a.md", WARRANTY), purpose="assistants")
                assert (await client.files.content(made.id)).content == WARRANTY
                assert (await client.files.retrieve(made.id)).id == made.id
            for path, there in (("/v1/files", files), ("/v1/vector_stores/vs_1", stores)):
                asked = f"{path}?after={tmp_path.name}"
                await inside.send("GET", asked)
                assert (openai_fake.last().path == asked) is there
        assert (tmp_path / "data" / "files").exists() is not files

    asyncio.run(story())


def test_a_killed_server_goes_on(tmp_path: Path) -> None:
    """The README's lines work; what was attached when the server died is attached by the next one, and found."""
    config = configure(tmp_path, embedder={"kind": "full_text_only"})
    rows = "".join(f'{{"text": "Case {number}: the battery of the Heron was swapped."}}\n' for number in range(400))
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        (tmp_path / "leave.md").write_text("# Leave\n\nYou have thirty days of leave.")
        lines = SNIPPET.replace("http://127.0.0.1:4140/v1", server.base).replace("rk-...", "x")
        done = subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout.startswith("leave.md ") and "thirty days" in done.stdout, done.stderr
        store = client.vector_stores.create()
        held = client.vector_stores.files.upload(vector_store_id=store.id, file=("cases.jsonl", rows.encode()))
        assert held.status == "in_progress"
        server.kill()
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        end = time.monotonic() + 30
        while client.vector_stores.files.retrieve(held.id, vector_store_id=store.id).status == "in_progress":
            assert time.monotonic() < end
            time.sleep(0.05)
        (found,) = client.vector_stores.search(store.id, query="Case 271").data[:1]
        assert found.file_id == held.id and "Case 271" in found.content[0].text
        client.vector_stores.delete(store.id)
        with pytest.raises(openai.NotFoundError):
            client.vector_stores.search(store.id, query="Case 271")
