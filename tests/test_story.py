"""The main job, end to end: a real server process, the official client, a real SQLite file and LanceDB folder."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from tests.rapport import Running, cli, configure, started

HANDBOOK = """# Warranty of the Heron bicycle

The battery of the Heron is covered for 24 months or 800 charging cycles, whichever comes first.

# Opening hours

The workshop in Quay Lane is open from Tuesday to Saturday.
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The configuration as shipped, on a free port and in a folder of its own, with one document ingested."""
    folder = tmp_path_factory.mktemp("story")
    (folder / "handbook.md").write_text(HANDBOOK)
    config = configure(folder)
    done = cli("ingest", str(folder / "handbook.md"), config=config, fresh=True)
    assert done.returncode == 0, done.stderr
    with started(config, fresh=True) as running:
        deadline = time.monotonic() + 20
        while running.get("/readyz")[1]["degraded"] and time.monotonic() < deadline:
            time.sleep(0.05)  # LanceDB takes a second to import, beside the first chats
        yield running


def ask(server: Running, text: str, user: str | None = None, stream: bool = False) -> str:
    """One chat in a conversation of its own; the demo backend answers by showing what it was sent."""
    client = OpenAI(base_url=server.base, api_key="unused", max_retries=0)
    headers = {"x-rapport-user": user} if user else {}
    messages = [{"role": "user", "content": text}]
    with client:
        if not stream:
            answer = client.chat.completions.create(model="demo", messages=messages, extra_headers=headers)  # type: ignore[arg-type]
            return str(answer.choices[0].message.content)
        chunks = client.chat.completions.create(model="demo", messages=messages, extra_headers=headers, stream=True)  # type: ignore[call-overload]
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("stream", [False, True])
def test_the_story(server: Running, stream: bool) -> None:
    """A stranger gets an answer; after stating preferences the same question is answered for that person."""
    who = f"alice-{stream}"
    before = ask(server, "What could I cook tonight?", who, stream)
    assert "vegan" not in before
    ask(server, "I'm vegan and not a fan of coriander. Call me Sam.", who, stream)
    after = ask(server, "What could I cook tonight?", who, stream)
    assert {"vegan", "coriander", "Sam"} <= {word.strip(".,:") for word in after.split()}
    assert "vegan" not in ask(server, "What could I cook tonight?", "bob", stream)
    ask(server, "Actually I'm not vegan any more, I'm vegetarian.", who, stream)
    corrected = ask(server, "What could I cook tonight?", who, stream)
    assert "vegetarian" in corrected
    assert "vegan" not in corrected.replace("not vegan", "")


def test_knowledge_reaches_anyone(server: Running) -> None:
    """A question over the documents gets them, numbered, for a stranger too."""
    answer = ask(server, "How long is the battery of the Heron covered?")
    assert "24 months" in answer
    assert "ID: 1 | TITLE: " in answer


def test_small_talk_gets_no_passages(server: Running) -> None:
    """Nothing rather than noise."""
    assert "Quay Lane" not in ask(server, "Hi there, how are you?")


def test_the_receipt_says_what_and_why(server: Running) -> None:
    """The header names the receipt; it holds reason codes and no text of the person."""
    client = OpenAI(base_url=server.base, api_key="unused", max_retries=0)
    raw = client.chat.completions.with_raw_response.create(
        model="demo", messages=[{"role": "user", "content": "Zanzibar please"}], user="carol")
    status, receipt = server.get(f"/v1/receipts/{raw.headers['x-rapport-exchange']}")
    assert status == 200
    assert [step["policy"] for step in receipt["policies"]] == ["identity", "preferences", "retrieval", "history"]
    assert receipt["policies"][0]["reasons"] == ["from_user"]
    assert "Zanzibar" not in json.dumps(receipt)
    assert "carol" not in json.dumps(receipt)
    client.close()


def test_erased_means_gone(server: Running) -> None:
    """After DELETE nothing of the person is known, exported, or on disk."""
    ask(server, "I'm vegan. I love xylocarpus.", "dave")
    assert "xylocarpus" in ask(server, "What could I cook?", "dave")
    assert server.get("/v1/users/dave/profile")[1]["claims"]
    assert server.get("/v1/users/dave", "DELETE")[1]["deleted"] is True
    assert server.get("/v1/users/dave/profile")[1]["claims"] == []
    assert "xylocarpus" not in ask(server, "What could I cook?", "dave")
    data = server.folder / "data"
    assert not [path for path in data.rglob("*") if path.is_file() and b"xylocarpus" in path.read_bytes()]


def test_an_erasure_by_another_process_holds_at_once(server: Running) -> None:
    """`rapport users forget` beside a running server is seen by the very next request."""
    ask(server, "I'm vegan.", "erin")
    assert "vegan" in ask(server, "What could I cook?", "erin")
    assert cli("users", "forget", "erin", "--yes", config=server.folder / "config.yaml").returncode == 0
    assert "vegan" not in ask(server, "What could I cook?", "erin")


def test_the_commands_agree_with_the_server(server: Running) -> None:
    """show, list, export, import, explain and search, beside the running server."""
    config = server.folder / "config.yaml"
    ask(server, "I'm vegan.", "frank")
    ask(server, "What could I cook?", "frank")
    assert "vegan" in cli("users", "show", "frank", config=config, fresh=True).stdout
    assert len(json.loads(cli("users", "list", "--json", config=config).stdout)) >= 1
    exported = json.loads(cli("users", "export", "frank", config=config).stdout)
    assert [row["text"] for row in exported["evidence"]] == ["I'm vegan.", "What could I cook?"]
    explained = json.loads(cli("explain", "--user", "frank", "--json", "What now?", config=config, fresh=True).stdout)
    assert "vegan" in json.dumps(explained["request"])
    assert "What now?" not in cli("users", "export", "frank", config=config).stdout
    found = json.loads(cli("search", "battery warranty", "--json", config=config).stdout)
    assert "24 months" in found[0]["text"]


def test_past_outputs_are_imported_once(server: Running, tmp_path: Path) -> None:
    """The same file twice is one import; a wrong line stops it whole and is named."""
    config = server.folder / "config.yaml"
    rows = tmp_path / "outputs.jsonl"
    rows.write_text("".join(json.dumps({"text": f"Dear all, note {n}. Best, G"}) + "\n" for n in range(5)))
    for new in (5, 0):
        done = cli("users", "import", "gina", str(rows), "--json", config=config)
        assert json.loads(done.stdout) == {"read": 5, "new": new}
    rows.write_text('{"text": "fine"}\n{"txt": "wrong"}\n')
    failed = cli("users", "import", "gina", str(rows), config=config)
    assert failed.returncode == 2
    assert "outputs.jsonl:2.text" in failed.stderr


def test_logs_hold_no_text_and_no_names(server: Running) -> None:
    """One event per exchange, without messages, keys or people's ids."""
    ask(server, "The password is kumquat.", "heidi")
    deadline = time.monotonic() + 5
    while '"event":"exchange"' not in server.log and time.monotonic() < deadline:
        time.sleep(0.01)  # it is written once the answer has left
    events = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    exchanges = [event for event in events if event["event"] == "exchange"]
    assert exchanges[-1]["status"] == 200
    for word in ("kumquat", "heidi", "u_"):
        assert word not in server.log
