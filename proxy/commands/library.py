"""`rapport knowledge`: how the index stands, what is in it, taking out of it, and making it anew."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

from rich.markup import escape

from adapters.ports import ConfigError, Status
from proxy.app import Rapport, assemble
from proxy.commands.knowledge import progress
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.ingest import Report
from proxy.rebuilding import rebuild as make_anew
from proxy.remembered import Remembered, below

T = TypeVar("T")


def status(options: argparse.Namespace) -> int:
    """How the index stands; 1 where it cannot be read."""

    async def ask(rapport: Rapport) -> Status:
        await rapport.adapters.knowledge.ready()
        return await rapport.library.status(options.tenant)

    found = _run(options, ask)
    if options.json:
        print(json.dumps(asdict(found)))
        return 0
    print(f"{found.passages} passages of {found.sources} sources, {found.bytes / 2**20:.1f} MiB in all.")
    print(f"Vectors: {found.embedder or 'none'}.")
    if found.waiting:
        print(f"{found.waiting} passages are not in every index yet: found by their words, more slowly.")
    return 0


def sources(options: argparse.Namespace) -> int:
    """Every source of the tenant, one a line."""
    found = _run(options, lambda rapport: rapport.library.sources(options.tenant))
    if options.json:
        print(json.dumps(sorted(found), ensure_ascii=False))
    else:
        for source in sorted(found):
            print(source)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take sources out of the index, for good: neither a rebuild brings them back."""

    async def take_out(rapport: Rapport) -> list[str]:
        known = await rapport.library.sources(options.tenant)
        gone = {named: _meant(named, known) for named in options.sources}
        for named, found in gone.items():
            if not found:
                raise ConfigError(named, "nothing in the index is of this name; `rapport knowledge sources` lists all")
        every = sorted({source for found in gone.values() for source in found})
        Remembered(rapport.settings.knowledge.files).remove(options.tenant, every)
        await rapport.library.replace(options.tenant, {source: [] for source in every}, {})
        return every

    gone = _run(options, take_out)
    print(json.dumps(gone, ensure_ascii=False) if options.json else f"{len(gone)} sources removed.")
    return 0


def rebuild(options: argparse.Namespace) -> int:
    """Make the index anew from its sources; 1 where one of them could not be read."""

    async def anew(rapport: Rapport) -> dict[str, Report]:
        with progress("rebuilding") as show:
            return await make_anew(rapport, show)

    reports = _run(options, anew)
    if options.json:
        print(json.dumps({tenant: asdict(report) for tenant, report in reports.items()}, ensure_ascii=False))
    for tenant, report in reports.items():
        if not options.json:
            Terminal().print(f"{escape(tenant)}: {report.added} sources, {report.passages} passages.")
        for path, reason in report.failed.items():
            print(f"left out: {path}: {reason}", file=sys.stderr)
    return 1 if any(report.failed for report in reports.values()) else 0


def _run(options: argparse.Namespace, work: Callable[[Rapport], Awaitable[T]]) -> T:
    async def main() -> T:
        rapport = assemble(load(options.config, secrets=False))
        try:
            return await work(rapport)
        finally:
            await rapport.close()

    return asyncio.run(main())


def _meant(named: str, known: object) -> list[str]:
    """The sources that a name means: itself, or a file or folder with all below it."""
    path = os.path.abspath(os.path.expanduser(named))
    every = list(known) if isinstance(known, dict) else []
    return [source for source in every if source == named or below(source, path)]
