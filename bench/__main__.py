"""`python -m bench NAME --data DIR [--json]`: measure what we claim.

DIR holds one folder per data set; sets that are absent are skipped by name. The table goes to standard output, or one
JSON object `{"metrics": {"set/metric": number}}`; notes go to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

BENCHES: dict[str, tuple[str, ...]] = {
    "memory": ("gate", "laps", "style_plays"),
    "retrieval": ("cuisine_ratings", "limit_small", "squad2"),
    "gate": ("gate",),
    "write-back": ("begin_wow", "halueval_qa", "squad2"),
    "cache": (),
    "latency": (),
    "ingest": (),
    "stuffing": (),
    "tables": (),
    "taste": ("cuisine_ratings",),
}
"""Each bench is a module of this package with `run(data) -> {"set/metric": number}`, and the sets that it reads."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one bench; 2 for one that is unknown or lacks its data folder's name."""
    parser = argparse.ArgumentParser("python -m bench", description="Measure what we claim.")
    parser.add_argument("name", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data sets, one folder each")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for scripts")
    options = parser.parse_args(arguments)
    if options.name not in BENCHES:
        parser.error(f"unknown bench {options.name!r}; known: {', '.join(BENCHES)}")
    sets = BENCHES[options.name]
    if sets and options.data is None:
        parser.error(f"{options.name} reads data: say where with --data DIR")
    present = [name for name in sets if (options.data / name).is_dir()]
    for name in sets:
        if name not in present:
            print(f"skipped {name}: there is no {options.data / name}", file=sys.stderr)
    metrics: dict[str, float] = {}
    if present or not sets:
        metrics = import_module(f"bench.{options.name.replace('-', '_')}").run(options.data)
    print(json.dumps({"metrics": metrics}) if options.json else table(metrics))
    return 0


def table(metrics: dict[str, float]) -> str:
    """The figures as aligned lines: metric, figure."""
    width = max(map(len, metrics), default=0)
    return "\n".join(f"{name:<{width}}  {figure:10.4f}" for name, figure in metrics.items())


if __name__ == "__main__":
    sys.exit(main())
