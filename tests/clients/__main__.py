"""Runs every client's tests, each group in its own environment, and prints the table of the README at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from tests.clients.ways import RESULTS
from tests.fakes.process import ROOT

GROUPS = {"newest": ".venv-clients", "openai2": ".venv-clients-openai2"}


def main() -> int:
    """0 where everything passed."""
    for old in RESULTS.glob("*.json"):
        old.unlink()
    start, failed = time.monotonic(), 0
    for group, environment in GROUPS.items():
        python = ROOT / environment / "bin/python"
        command = [str(python), "-m", "pytest", f"tests/clients/{group}", *sys.argv[1:]]
        environ = {"SERVER_PYTHON": sys.executable, **os.environ}
        failed |= subprocess.run(command, cwd=ROOT, check=False, env=environ).returncode
    print(f"\n{table()}\n\n{time.monotonic() - start:.0f} s")
    return failed


def table() -> str:
    """Markdown: one row for each client, from what the runs have left."""
    left = [RESULTS / f"{environment}.json" for environment in GROUPS.values()]
    rows = [row for path in left if path.exists() for row in json.loads(path.read_text()).values()]
    lines = ["| client | version | what was tried | passed through Rapport |", "|---|---|---|---|"]
    for row in sorted(rows, key=lambda row: row["client"].lower()):
        counts = row["rapport"]
        passed = counts.get("passed", 0)
        tried = passed + sum(counts.get(name, 0) for name in ("failed", "xfailed"))
        if tried:
            lines.append(f"| {row['client']} | {row['version']} | {row['tried']} | {passed} of {tried} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
