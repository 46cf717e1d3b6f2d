"""What a client saw finished is recorded, once, whatever happens to the process."""

import json
from pathlib import Path

import pytest
from openai import OpenAI

from tests.rapport import cli, configure, started


@pytest.mark.parametrize("stream", [True, False])
def test_killed_right_after_the_end(tmp_path: Path, stream: bool) -> None:
    """SIGKILL right after `[DONE]`: after a restart the record is there, once, and a retry adds none."""
    config = configure(tmp_path)
    messages = [{"role": "user", "content": "I'm allergic to peanuts."}]
    for attempt in range(2):
        with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
            answer = client.chat.completions.create(model="demo", messages=messages, user="alice", stream=stream)  # type: ignore[call-overload]
            if stream:
                for _ in answer:
                    pass
            server.kill()
        rows = json.loads(cli("users", "export", "alice", config=config).stdout)["evidence"]
        assert [row["text"] for row in rows] == ["I'm allergic to peanuts."], attempt
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        asked = client.chat.completions.create(
            model="demo", messages=[{"role": "user", "content": "Suggest a snack"}], user="alice")
        assert "peanuts" in str(asked.choices[0].message.content)
