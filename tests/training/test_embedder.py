"""From texts and the teacher's vectors to the files of the table."""

import asyncio
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from adapters.static_embedder import FOLDER, StaticEmbedder
from training import embedder
from training.embedder import DROPPED, learn, read, write
from training.fit import encode


def test_sources_without_a_seen_licence_are_left_out(tmp_path: Path) -> None:
    """Texts of dropped sources are not read; the order of the others is the same each time."""
    rows = [{"text": f"text {n}", "source": "til"} for n in range(20)]
    rows += [{"text": "never", "source": source} for source in DROPPED]
    path = tmp_path / "texts.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    assert sorted(read(path)) == sorted(row["text"] for row in rows if row["source"] == "til")
    assert read(path) == read(path) != [row["text"] for row in rows[:20]]


def test_the_files_give_the_rows_back(tmp_path: Path) -> None:
    """What is written is what the adapter reads: vectors differ by the rounding of a byte, and the name by the rows."""
    tokenizer = (FOLDER / "tokenizer.json").read_text()
    size = len(json.loads(tokenizer)["model"]["vocab"])
    rows = np.random.default_rng(5).normal(size=(size, 256)).astype(np.float32)
    write(rows, tokenizer, tmp_path / "one")
    write(rows * 2 + 1, tokenizer, tmp_path / "two")
    one, two = StaticEmbedder(tmp_path / "one"), StaticEmbedder(tmp_path / "two")
    assert one.name != two.name
    ids = one._load().tokenizer.encode("How long is the battery covered?", add_special_tokens=False).ids
    (vector,) = asyncio.run(one.embed(["How long is the battery covered?"]))
    assert np.array(vector) @ encode(rows, [ids])[0] > 0.999


def test_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of a made-up language come nearer to what the teacher says of them, in 256 dimensions of 384."""
    monkeypatch.setattr(embedder, "HELD", 200)
    monkeypatch.setattr(embedder, "TURNS", 1)
    draw = np.random.default_rng(6)
    alone = (draw.normal(size=(300, 384)) / 384**0.5).astype(np.float32)
    bags = [list(draw.integers(0, 300, 6)) for _ in range(embedder.HELD + 1500)]
    whole = encode((alone @ draw.normal(size=(384, 384))).astype(np.float32), bags)
    rows = learn(alone, alone[:, :50], whole, bags)
    assert rows.shape == (300, 256)
    axes = np.linalg.svd(whole, full_matrices=False)[2][:256].T
    held = slice(1500, None)
    near = (encode(rows, bags[held]) * (whole[held] @ axes)).sum(1).mean()
    start = (encode(alone @ axes, bags[held]) * (whole[held] @ axes)).sum(1).mean()
    assert near > start + 0.3
