"""The bench measures real processes: here its pieces, against the fake alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.latency import Report, Sample, Target, sample
from bench.load import TURNS, Load, measure
from bench.machine import cpu_seconds, describe
from tests.fakes.process import ROOT, Fake, serving


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


def test_every_request_is_new(fake: Fake) -> None:
    """The load sends many people's questions, no two alike, all answered."""
    outcome = measure(Load(fake.base, concurrency=4, duration=0.2, users=50, warmup=1))
    assert outcome.errors == {} and outcome.sent == fake.stats()["chat"] and outcome.p50_ms > 0
    seen = fake.requests(last=200)
    assert len({item.body for item in seen}) == 200
    assert 40 <= len({item.headers["x-rapport-user"] for item in seen}) <= 50
    assert len(seen[0].json["messages"]) == len(TURNS) + 1


def test_first_token(fake: Fake) -> None:
    """A stream's first token is timed apart from its end."""
    outcome = measure(Load(fake.base, duration=0.2, stream=True, model="bench;c=4;d=10", warmup=1))
    assert 0 < outcome.first_p50_ms < 20 < outcome.p50_ms


@pytest.mark.parametrize(
    ("model", "stream", "error"), [("bench;e=500", False, "500"), ("bench;nodone", True, "truncated")]
)
def test_failures_are_no_figures(fake: Fake, model: str, stream: bool, error: str) -> None:
    """What is not a whole answer is counted as an error, and stops the measurement."""
    load = Load(fake.base, duration=0.1, stream=stream, model=model, warmup=0)
    assert set(measure(load).errors) == {error}
    with pytest.raises(RuntimeError, match=error):
        sample(Target("direct", fake.base, fake.pid), load, pin=False)


def test_cpu_is_counted(fake: Fake) -> None:
    """A load costs the process under it CPU, and a sample says how much per request."""
    before = cpu_seconds(fake.pid)
    taken = sample(Target("direct", fake.base, fake.pid), Load(fake.base, concurrency=8, duration=0.3), pin=True)
    assert cpu_seconds(fake.pid) > before
    assert 0 < taken.cpu_ms < 5 and taken.strangers >= 0


def test_report() -> None:
    """Figures are medians of differences within a round."""
    report = Report()
    for shift in (0.0, 1.0, 5.0):
        direct, ours = Sample(0.02, 1.0 + shift, 0.0, 0.1), Sample(0.2, 1.5 + 2 * shift, 0.0, 0.1)
        report.compare("plain@c32", {"direct": direct, "again": direct, "pass_through": ours, "personalised": ours})
    assert report.medians()["pass_through/added_p50_ms"] == 1.5
    assert report.noise["plain@c32 p50"] == [1.0, 1.0, 1.0]
    assert "3 rounds" in report.table() and describe() in report.table()


def test_command_line(tmp_path: Path) -> None:
    """An unknown bench lists those known; absent data sets are skipped by name."""
    unknown = _bench("nope")
    assert unknown.returncode == 2 and "known: memory, retrieval, gate, write-back, cache, latency" in unknown.stderr
    assert _bench("memory").returncode == 2
    skipped = _bench("retrieval", "--data", str(tmp_path / "absent"), "--json")
    assert skipped.returncode == 0 and json.loads(skipped.stdout) == {"metrics": {}}
    assert "skipped squad2" in skipped.stderr and "skipped limit_small" in skipped.stderr


def _bench(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
