"""`rapport ingest` and `rapport search`: the knowledge index."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from adapters.ports import ConfigError, Hit
from proxy.app import Rapport, assemble
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.ingest import Progress as Step
from proxy.ingest import Report
from proxy.ingest import ingest as bring_in
from proxy.reading import find
from proxy.remembered import Remembered
from proxy.write_back import aligned

SHOWN = 400


def ingest(options: argparse.Namespace) -> int:
    """Put files into the index; 1 where one of them could not be read."""
    rapport = assemble(load(options.config, secrets=False))
    report = asyncio.run(_ingest(rapport, options))
    if options.json:
        print(json.dumps(asdict(report)))
    else:
        print(f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
              f"{report.removed} removed; {report.passages} passages in the index.")
    for path, reason in report.failed.items():
        print(f"left out: {path}: {reason}", file=sys.stderr)
    return 1 if report.failed else 0


def search(options: argparse.Namespace) -> int:
    """The best passages for a text, with their scores; no floor is applied."""
    if options.limit < 1:
        raise ConfigError("--limit", "must be 1 or more")
    hits = asyncio.run(_search(assemble(load(options.config, secrets=False)), options))
    if options.json:
        print(json.dumps([_row(hit) for hit in hits], ensure_ascii=False))
        return 0
    console = Terminal()
    if not hits:
        console.print("Nothing found. `rapport ingest PATH` puts files into the index.")
    for number, hit in enumerate(hits, 1):
        console.print(Text.assemble((f"[{number}] {hit.passage.title}", "bold"), (f"  {hit.score:.3f}", "green"),
                                    (f"  {hit.passage.source}", "dim")))
        console.print(Padding(Text(hit.passage.text[:SHOWN]), (0, 4)))
    return 0


async def _ingest(rapport: Rapport, options: argparse.Namespace) -> Report:
    with progress("ingesting") as show:
        named = await asyncio.to_thread(find, options.paths)  # what does not exist is not remembered
        remembered = Remembered(rapport.settings.knowledge.files)
        remembered.add(options.tenant, options.paths, options.material, named.roots)
        report = await bring_in(options.paths, rapport.library, rapport.indexer, options.tenant, show,
                                options.material)
        await aligned(rapport.adapters.ledger, rapport.library, rapport.written, rapport.indexer, options.tenant)
    await rapport.close()
    return report


@contextlib.contextmanager
def progress(doing: str) -> Iterator[Callable[[Step], None]]:
    """A bar on standard error, and what moves it."""
    bar = Progress(TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
                   console=Terminal(stderr=True), transient=True)
    with bar:
        task = bar.add_task("", total=None)

        def show(step: Step) -> None:
            said = f"{step.passages} passages  {step.path[-60:]}"
            bar.update(task, completed=step.done, total=step.total, description=said)

        yield show


async def _search(rapport: Rapport, options: argparse.Namespace) -> list[Hit]:
    embedder = rapport.adapters.embedder
    vector = (await embedder.embed([options.text]))[0] if embedder else None
    hits = await rapport.adapters.knowledge.search(options.tenant, options.text, vector, options.limit)
    await rapport.close()
    return list(hits)


def _row(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {"source": passage.source, "title": passage.title, "position": passage.position, "text": passage.text,
            "score": hit.score, "text_score": hit.text_score, "similarity": hit.similarity}
