"""llm-comply: its cases for OpenAI's chat and for the Open Responses specification."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.clients.ways import Way

CLIENT, TRIED = "llm-comply", "openai-chat (8 cases) and open-responses (12 cases)"
# Required by Open Responses; OpenAI's own answers lack them, and so do the fake's.
LACKING = "presence_penalty,frequency_penalty"


def comply(way: Way, form: str, *more: str) -> str:
    """Run all cases of a format; the report, as far as something failed."""
    command = [
        str(Path(sys.executable).with_name("llm-comply")), "--format", form, "-u", way.base, "-k", "sk-fake",
        "-m", way.model("tools"), "--json", *more, *(f"-H{name}:{value}" for name, value in way.headers.items()),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    results = json.loads(done.stdout)["results"]
    assert len(results) >= 9, done.stdout
    return "\n".join(f"{case['name']}: {case['errors']}" for case in results if case["status"] == "failed")


def test_openai_chat(chat: Way) -> None:
    """Texts, roles, history, tools, streams, usage, pictures, errors."""
    report = comply(chat, "openai-chat")
    assert not report, report


def test_open_responses(responses: Way) -> None:
    """The same over the Responses API, every answer and event after the specification's schema."""
    report = comply(responses, "open-responses", "-i", LACKING)
    assert not report, report
