"""What Rapport costs a chat: CPU, added latency and first-token time against the direct backend, and the start.

`python -m bench.latency [--rounds 5] [--duration 3] [--json]`. The backend is the fake of the tests, the server is a
process of its own, and so is the load. Rounds are interleaved, targets in an order turned by one each round, and each
figure is the median over rounds of a difference within the round. The surest figure is CPU: milliseconds of user and
system time of the server's process tree per request, background work after the load included. Two runs against the
same direct backend in each round say how much of a difference is noise.

pass_through  no policy, relayed, plain answers, concurrency 32
personalised  identity, preferences, retrieval (empty corpus) and history; 200 users with stated preferences
stream        first token, personalised, 16 chunks 5 ms apart, concurrency 1 and 16
start         a chat-only server in an empty folder: to the first 200 of /readyz, and to the first relayed answer
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.load import Load, measure
from bench.machine import busy_seconds, cpu_seconds, describe, pinned, settle
from bench.server import HISTORY, IDENTITY, PREFERENCES, RETRIEVAL, acquaint, injected, running
from tests.fakes.process import Fake, serving

USERS = 200
_PACED = "bench;c=16;d=5"
PHASES: Mapping[str, tuple[Load, tuple[str, ...]]] = {
    "plain@c32": (Load("", concurrency=32, users=USERS), ("direct", "again", "pass_through", "personalised")),
    "stream@c1": (Load("", stream=True, model=_PACED, users=USERS), ("direct", "again", "personalised")),
    "stream@c16": (Load("", 16, stream=True, model=_PACED, users=USERS), ("direct", "again", "personalised")),
}
_SERVER_CPU, _REST_CPU = 0, 1


@dataclass(frozen=True, slots=True)
class Target:
    """Something to measure: its URL with /v1, and the process tree whose CPU counts."""

    name: str
    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: CPU and latency in milliseconds per request, and the cores that strangers used meanwhile."""

    cpu_ms: float
    p50_ms: float
    first_ms: float
    strangers: float


@dataclass(slots=True)
class Report:
    """All figures, one value per round; `noise` holds ratios of the direct backend to itself."""

    figures: dict[str, list[float]] = field(default_factory=dict)
    noise: dict[str, list[float]] = field(default_factory=dict)
    strangers: list[float] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        """One more round of a figure."""
        self.figures.setdefault(name, []).append(value)

    def compare(self, phase: str, samples: Mapping[str, Sample]) -> None:
        """Turn a round of one phase into figures."""
        direct = samples["direct"]
        cpu, p50 = samples["again"].cpu_ms / direct.cpu_ms, samples["again"].p50_ms / direct.p50_ms
        self.noise.setdefault(f"{phase} cpu", []).append(cpu)
        self.noise.setdefault(f"{phase} p50", []).append(p50)
        self.strangers += [sample.strangers for sample in samples.values()]
        if phase.startswith("stream"):
            added = samples["personalised"].first_ms - direct.first_ms
            self.add(f"stream/added_first_token_ms@{phase.partition('@')[2]}", added)
            return
        for name in ("pass_through", "personalised"):
            self.add(f"{name}/cpu_ms", samples[name].cpu_ms)
            self.add(f"{name}/added_p50_ms", samples[name].p50_ms - direct.p50_ms)

    def medians(self) -> dict[str, float]:
        """The figures we claim."""
        return {name: round(statistics.median(values), 4) for name, values in self.figures.items()}

    def table(self) -> str:
        """All figures with their spread, what is noise, and the machine."""
        width = max(map(len, self.figures))
        lines = [f"{name:<{width}}  {_spread(values)}" for name, values in self.figures.items()]
        lines += ["", "direct again / direct (1 where there is no noise):"]
        lines += [f"  {name:<{width - 2}}  {_spread(values)}" for name, values in self.noise.items()]
        strangers = f"strangers used {statistics.median(self.strangers):.2f} cores (median)"
        return "\n".join([*lines, "", f"machine: {describe()}; {strangers}"])


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):9.3f}  ({min(values):.3f} to {max(values):.3f}, {len(values)} rounds)"


def sample(target: Target, load: Load, pin: bool) -> Sample:
    """Load one target. Raises RuntimeError if it did not answer every request."""
    settle(target.pid)
    start, busy, own, before = time.monotonic(), busy_seconds(), cpu_seconds(os.getpid()), cpu_seconds(target.pid)
    with pinned(_REST_CPU, pin):
        outcome = measure(replace(load, url=target.url))
    settle(target.pid)
    cpu = cpu_seconds(target.pid) - before
    if outcome.errors or not outcome.sent:
        raise RuntimeError(f"{target.name} failed under load: {outcome.errors}")
    others = busy_seconds() - busy - (cpu_seconds(os.getpid()) - own)
    strangers = max(0.0, others / (time.monotonic() - start))
    return Sample(cpu * 1000 / outcome.sent, outcome.p50_ms, outcome.first_p50_ms, strangers)


def rounds(count: int, duration: float, pin: bool) -> Report:
    """Start everything once, then measure `count` rounds, `duration` seconds per target and phase."""
    report = Report()
    with ExitStack() as stack:
        with pinned(_REST_CPU, pin):
            fake = stack.enter_context(serving("openai_api"))
        with pinned(_SERVER_CPU, pin):
            plain = stack.enter_context(running(fake.url, []))
            full = stack.enter_context(running(fake.url, [IDENTITY, PREFERENCES, RETRIEVAL, HISTORY]))
        acquaint(full, fake, USERS)
        targets = {name: Target(name, fake.base, fake.pid) for name in ("direct", "again")}
        targets["pass_through"] = Target("pass_through", f"{plain.url}/v1", plain.pid)
        targets["personalised"] = Target("personalised", f"{full.url}/v1", full.pid)
        for number in range(count):
            for phase, (load, names) in PHASES.items():
                turned = [names[(number + shift) % len(names)] for shift in range(len(names))]
                timed = replace(load, duration=duration, seed=number)
                samples = {name: checked(targets[name], timed, pin, fake) for name in turned}
                report.compare(phase, samples)
            started(report, fake, pin)
    return report


def checked(target: Target, load: Load, pin: bool, fake: Fake) -> Sample:
    """A sample, if what reached the backend last is what this target stands for. Raises RuntimeError if not."""
    taken = sample(target, load, pin)
    if injected(fake) != (target.name == "personalised"):
        raise RuntimeError(f"{target.name}: the backend got a profile where none belongs, or none where one does")
    return taken


def started(report: Report, fake: Fake, pin: bool) -> None:
    """Start a chat-only server once, in an empty folder."""
    with pinned(_SERVER_CPU, pin), running(fake.url, [IDENTITY, PREFERENCES, HISTORY]) as server:
        report.add("start/ready_s", server.ready_s)
        report.add("start/first_answer_s", server.first_answer_s)


def run(data: Path | None = None) -> dict[str, float]:
    """The figures by name, medians of five rounds; needs no data. Their spread goes to standard error."""
    report = rounds(5, 3.0, pin=True)
    print(report.table(), end="\n\n", file=sys.stderr)
    return report.medians()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="What Rapport costs a chat.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=3.0, help="seconds of load per target, phase and round")
    parser.add_argument("--no-pin", action="store_true", help="leave processes to the scheduler")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = rounds(options.rounds, options.duration, not options.no_pin)
    print(json.dumps({"metrics": report.medians()}) if options.json else report.table())


if __name__ == "__main__":
    main()
