"""Passages are found by meaning too, through the whole server: by the embedded embedder, or by a model's vectors."""

import json
import time
from pathlib import Path
from typing import Any

from openai import OpenAI

from tests.fakes.process import Fake
from tests.rapport import cli, configure, openai_backend, started

ROOT = Path(__file__).parents[1]


def test_vectors_are_made_at_ingest_and_asked_for_at_the_question(tmp_path: Path, openai_fake: Fake) -> None:
    """The embedding service gets passages once and the question; the receipt shows the similarity."""
    embedder = {"kind": "litellm", "model": "openai/text-embedding-3-small", "dimensions": 256,
                "api_base": openai_fake.base, "api_key": "env:FAKE_KEY"}
    # So few documents would be put in whole, without a search.
    chain = [{"kind": "identity"}, {"kind": "preferences"}, {"kind": "retrieval", "stuff_max_tokens": 0}]
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], embedder=embedder, policies=chain)
    before = openai_fake.stats().get("embeddings", 0)
    for _ in range(2):
        assert cli("ingest", str(ROOT / "proxy" / "samples"), config=config).returncode == 0
    assert openai_fake.stats().get("embeddings", 0) == before + 1
    with started(config) as server, OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        end, passages, number = time.monotonic() + 20, [dict[str, Any]()], 0
        while "similarity" not in passages[0] and time.monotonic() < end:
            # Another conversation each time: in the same one the same turn gets the same bytes, without a search.
            messages: Any = [{"role": "system", "content": f"Conversation {number}."},
                             {"role": "user", "content": "How long is the battery of the Heron covered?"}]
            answer = client.chat.completions.with_raw_response.create(model="gpt-x", messages=messages)
            step = server.get(f"/v1/receipts/{answer.headers['x-rapport-exchange']}")[1]["policies"][2]
            passages, number = step["detail"].get("passages", passages), number + 1
        assert passages[0]["source"] == "warranty.md"
        assert 0 < passages[0]["similarity"] <= 1


def test_the_embedded_embedder_is_the_default(tmp_path: Path, openai_fake: Fake) -> None:
    """With nothing configured a passage is found that shares no word with the question, and no service is asked."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "doctor.md").write_text("# Physicians\n\nThe practice opens at nine and closes at noon.")
    (docs / "travel.md").write_text("# Trips\n\nBook the railway journey before the flight.")
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)])
    before = openai_fake.stats().get("embeddings", 0)
    assert cli("ingest", str(docs), config=config).returncode == 0
    for question, source in (("medical doctors", "doctor.md"), ("traveling by trains", "travel.md")):
        (best, *_) = json.loads(cli("search", question, "--json", config=config).stdout)
        assert best["source"].endswith(source) and best["text_score"] == 0 and best["similarity"] > 0.2
    assert openai_fake.stats().get("embeddings", 0) == before


def test_changing_the_embedder(tmp_path: Path, openai_fake: Fake) -> None:
    """Vectors of one embedder are not compared with another's: words alone serve until everything was made over, which
    an ingest does although no file has changed."""
    samples = str(ROOT / "proxy" / "samples")
    question = "How long is the battery of the Heron covered?"
    for kind, similar in (("full_text_only", False), ("static", True)):
        config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], embedder={"kind": kind})
        hits = json.loads(cli("search", question, "--json", config=config).stdout)
        assert all(hit["similarity"] is None for hit in hits)
        report = json.loads(cli("ingest", samples, "--json", config=config).stdout)
        assert (report["added"], report["unchanged"]) == ((0, 3) if similar else (3, 0))
        (best, *_) = json.loads(cli("search", question, "--json", config=config).stdout)
        assert best["source"].endswith("warranty.md") and (best["similarity"] is not None) is similar
