"""What a client saw finished is recorded, once, whatever happens to the process."""

import json
import signal
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from tests.fakes.process import Fake
from tests.rapport import cli, configure, free_port, openai_backend, started


@pytest.mark.parametrize("stream", [True, False])
def test_killed_right_after_the_end(tmp_path: Path, openai_fake: Fake, stream: bool) -> None:
    """SIGKILL right after `[DONE]`: after a restart the record is there, once, and a retry adds none."""
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)])
    messages = [{"role": "user", "content": "I'm allergic to peanuts."}]
    for attempt in range(2):
        with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
            answer = client.chat.completions.create(model="gpt-x", messages=messages, user="alice", stream=stream)  # type: ignore[call-overload]
            if stream:
                for _ in answer:
                    pass
            server.kill()
        rows = json.loads(cli("users", "export", "alice", config=config).stdout)["evidence"]
        assert [row["text"] for row in rows] == ["I'm allergic to peanuts."], attempt
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        client.chat.completions.create(
            model="gpt-x", messages=[{"role": "user", "content": "Suggest a snack"}], user="alice")
    assert "peanuts" in openai_fake.last().body


def test_a_stop_in_the_middle_of_a_stream(tmp_path: Path, openai_fake: Fake) -> None:
    """A stream that outlasts the stop ends with an error event, and what the person wrote is recorded."""
    server_section = {"port": free_port(), "drain_seconds": 1}
    config = configure(tmp_path, server=server_section, backends=[openai_backend(openai_fake.base)])
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        chunks = client.chat.completions.create(
            model="gpt-x;d=100;c=100", messages=[{"role": "user", "content": "I'm vegan."}], user="alice", stream=True)
        with pytest.raises(openai.APIError):
            for number, _ in enumerate(chunks):
                if number == 2:
                    server.child.send_signal(signal.SIGTERM)
        server.child.wait(5)
    rows = json.loads(cli("users", "export", "alice", config=config).stdout)["evidence"]
    assert [row["text"] for row in rows] == ["I'm vegan."]
