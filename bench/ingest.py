"""Ingest of a real corpus through the command line, and searches in it; needs no data set.

The texts are drawn from the vocabulary of the embedded embedder by Zipf's law (word of rank r with weight 1/r), with
1 % of rare codes: 100,000 passages of about 110 words, of which each has one row of a JSONL file.

ingest/passages, minutes, rss_mb, mb     passages ingested by `rapport ingest`, minutes, the highest resident memory of
                                         that process in MiB, and what the index takes on disk in MiB
ingest/meanwhile_p50_ms, _max_ms         searches from another process while that goes on; `_missing`: those for a code
                                         that had been committed and was not found
ingest/path_p50_ms, path_p99_ms          the whole way of a question over the full index: gate, vector, search, fusion,
                                         floor and rendering, through the policy
ingest/gate_no_p50_ms                    likewise of a request for which the gate says no
ingest/killed, lost, doubled, stale      SIGKILLs at random moments of the writing of 4,000 passages, which all change
                                         whenever an ingest got through; after a last one that is let through, passages
                                         that are missing, there twice, or of an earlier text
ingest/upserts, upserts_doubled          20 processes that put in the same 50 documents at once, and passages too many
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from adapters.lancedb import LanceKnowledge
from adapters.lancedb.library import among
from adapters.lancedb.rows import OWNER, owners
from adapters.memory import MemoryCache, MemoryKeys, MemoryPeople
from adapters.ports import Caller, ChatRequest
from adapters.static_embedder import FOLDER, StaticEmbedder
from policies.base import Adapters, Exchange, Policy
from policies.retrieval import RetrievalConfig
from tests.fakes.process import ROOT

PASSAGES, SMALL, KILLS, PROCESSES = 100_000, 4_000, 50, 20
WORDS, MOST = 110, 990
QUESTIONS = 200
EMBEDDER = StaticEmbedder()
UPSERT = """
import asyncio, sys
from adapters.lancedb import LanceKnowledge
from adapters.ports import Passage
async def main():
    knowledge = LanceKnowledge(sys.argv[1])
    for n in range(50):
        await knowledge.replace("default", {f"s{n}": [Passage(f"p{n}", "default", f"s{n}", "Title", f"text {n}")]}, {})
    await knowledge.close()
asyncio.run(main())
"""


def run(data: Path | None) -> dict[str, float]:
    """The metrics above; takes about a quarter of an hour on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        metrics = asyncio.run(_large(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        metrics |= _killed(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        metrics |= _together(Path(folder))
    return {f"ingest/{name}": round(figure, 3) for name, figure in metrics.items()}


def texts(number: int, seed: int = 7) -> Iterator[str]:
    """So many texts, the same for the same seed."""
    draw = random.Random(seed)
    vocabulary = json.loads((FOLDER / "tokenizer.json").read_text())["model"]["vocab"]
    words = sorted(word for word in vocabulary if word.isalpha() and word.isascii() and len(word) > 2)
    draw.shuffle(words)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for place in range(number):
        text = draw.choices(words, cum_weights=weights, k=WORDS)
        text[draw.randrange(WORDS // 2)] = code(place)
        yield " ".join(text)[:MOST]  # one passage each


def code(place: int) -> str:
    """A word that only the passage at this place has."""
    return f"QX-{place:06d}"


def _write(folder: Path, number: int, seed: int = 7) -> Path:
    path = folder / "corpus.jsonl"
    with path.open("w") as file:
        for place, text in enumerate(texts(number, seed)):
            file.write(json.dumps({"id": f"p{place}", "title": " ".join(text.split()[:5]), "text": text}) + "\n")
    (folder / "config.yaml").write_text("{}\n")
    return path


def _start(folder: Path, path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "proxy", "ingest", str(path), "--config", str(folder / "config.yaml")]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _index(folder: Path) -> LanceKnowledge:
    return LanceKnowledge(str(folder / "data" / "knowledge"), EMBEDDER.name, EMBEDDER.dimensions)


async def _large(folder: Path) -> dict[str, float]:
    path = await asyncio.to_thread(_write, folder, PASSAGES)
    began = time.monotonic()
    process = _start(folder, path)
    knowledge = _index(folder)
    high, waits, missing = 0.0, [], 0
    while process.poll() is None:
        high = max(high, _resident(process.pid))
        known = (await knowledge.status("default")).passages
        if known:
            start = time.perf_counter()
            found = await knowledge.search("default", code(known - 1), None, 3)
            waits.append(1e3 * (time.perf_counter() - start))
            missing += not any(code(known - 1) in hit.passage.text for hit in found)
        await asyncio.sleep(0.5)
    minutes = (time.monotonic() - began) / 60
    status = await knowledge.status("default")
    metrics = {
        "passages": float(status.passages), "minutes": minutes, "rss_mb": high, "mb": status.bytes / 2**20,
        "meanwhile_p50_ms": statistics.median(waits), "meanwhile_max_ms": max(waits), "meanwhile_missing": missing,
    }
    metrics |= await _path(knowledge)
    await knowledge.close()
    return metrics


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


async def _path(knowledge: LanceKnowledge) -> dict[str, float]:
    """Milliseconds of the policy, over questions about words that lie together in one passage each."""
    people, cache = MemoryPeople(), MemoryCache()
    adapters = Adapters(people, people, people, people, MemoryKeys(), cache, cache, knowledge, EMBEDDER)
    policy = RetrievalConfig().build(adapters)
    every = list(texts(2000))
    asked = ["What is known of {} {} and {}?".format(*text.split()[9:12]) for text in every[:: 2000 // QUESTIONS]]
    for text in asked[:20]:
        await _took(policy, text)
    while knowledge.terms("default") is None:
        await asyncio.sleep(0.05)
    taken = sorted([await _took(policy, text) for text in asked])
    idle = sorted([await _took(policy, f"Write a poem about {text.split()[9]}, please") for text in every[:100]])
    return {"path_p50_ms": taken[len(taken) // 2], "path_p99_ms": taken[int(0.99 * len(taken))],
            "gate_no_p50_ms": idle[len(idle) // 2]}


async def _took(policy: Policy, text: str) -> float:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode()
    request = ChatRequest.parse(body)
    exchange = Exchange("ex_bench", Caller("default"), request, request)
    start = time.perf_counter()
    hook = policy.on_request(exchange)
    if hook is not None:
        await hook
    return 1e3 * (time.perf_counter() - start)


def _killed(folder: Path) -> dict[str, float]:
    """Kill an ingest at a random moment, over and over, until it is let through."""
    draw = random.Random(3)
    path, seed, killed = _write(folder, SMALL), 7, 0
    while killed < KILLS:
        files = _files(folder)
        process = _start(folder, path)
        while process.poll() is None and _files(folder) == files:
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 2.0))
        if process.poll() is None:
            process.kill()
            killed += 1
        elif process.returncode:
            raise SystemExit("an ingest failed")
        else:
            seed += 1
            _write(folder, SMALL, seed)
        process.wait()
    if _start(folder, path).wait():
        raise SystemExit("the last ingest failed")
    found = asyncio.run(_rows(_index(folder)))
    sources, right = [source for source, _ in found], set(texts(SMALL, seed))
    return {"killed": KILLS, "lost": SMALL - len(set(sources)), "doubled": len(sources) - len(set(sources)),
            "stale": sum(text not in right for _, text in found)}


def _files(folder: Path) -> set[str]:
    """What the tables of the index are made of."""
    return {each.name for each in folder.rglob("*.lance/**/*") if each.is_file()}


def _together(folder: Path) -> dict[str, float]:
    """Many processes at once with the same documents."""
    where = str(folder / "knowledge")
    processes = [subprocess.Popen([sys.executable, "-c", UPSERT, where], cwd=ROOT) for _ in range(PROCESSES)]
    if any([process.wait() for process in processes]):
        raise SystemExit("a writer failed")
    found = asyncio.run(_rows(LanceKnowledge(where)))
    sources = {source for source, _ in found}
    return {"upserts": PROCESSES * 50, "upserts_lost": 50 - len(sources), "upserts_doubled": len(found) - 50}


async def _rows(knowledge: LanceKnowledge) -> list[tuple[str, str]]:
    """The source and the text of every row, as the table has it."""
    opened = await knowledge.tables.serving()
    if opened is None:
        return []
    rows = await opened.table.query().where(among(OWNER, owners("default"))).select(["source", "text"]).to_arrow()
    await knowledge.close()
    return list(zip(rows["source"].to_pylist(), rows["text"].to_pylist(), strict=True))
