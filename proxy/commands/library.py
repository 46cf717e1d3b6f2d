"""`rapport knowledge`: how the index stands, what is in it, taking out of it, and making it anew."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TypeVar

from rich.markup import escape

from adapters.ports import ConfigError, Status
from proxy.app import Rapport, assemble
from proxy.commands.knowledge import progress
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.converting import ROOT
from proxy.ingest import Report
from proxy.patterns import below
from proxy.rebuilding import rebuild as make_anew
from proxy.remembered import Paths, Remembered
from proxy.write_back import aligned

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
    """Take sources out of the index, for good: not even a rebuild brings them back."""
    gone = _run(options, lambda rapport: take_out(rapport, options.tenant, options.sources))
    print(json.dumps(gone, ensure_ascii=False) if options.json else f"{len(gone)} sources removed.")
    return 0


async def take_out(rapport: Rapport, tenant: str, given: Sequence[str]) -> list[str]:
    """Take out sources, files or folders, and what comes to be in them until they are ingested again; a path of which
    nothing is left in the index is forgotten. Returns the sources. Raises ConfigError for a name that means nothing,
    or an upload; AdapterError, and then all is as it was."""
    known = await rapport.library.sources(tenant)
    remembered = Remembered(rapport.settings.knowledge.files)
    ingested = remembered.read().get(tenant, Paths()).paths
    names = {each: each if each in known else os.path.abspath(os.path.expanduser(each)) for each in given}
    for named, name in names.items():
        if not any(below(each, name) and not _uploaded(each) for each in (*known, *ingested)):
            raise ConfigError(named, _refusal(named, known))
    every = sorted(source for source in known if any(below(source, name) for name in names.values()))
    if every:
        await rapport.library.replace(tenant, {source: [] for source in every}, {})
    remembered.remove(tenant, list(names.values()))
    await aligned(rapport.adapters.ledger, rapport.library, rapport.written, rapport.indexer, tenant)
    return every


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


def _uploaded(source: str) -> bool:
    return source.startswith(f"{ROOT}/")


def _refusal(named: str, known: Iterable[str]) -> str:
    """Why a name cannot be taken out. What was uploaded would be attached on, and come back with a rebuild."""
    for source in known:
        if _uploaded(source) and below(source, named.rstrip("/")):
            _, store, file, *_ = source.split("/")
            return f"it was uploaded; DELETE /v1/vector_stores/{store}/files/{file} takes it out"
    return "nothing in the index is of this name; `rapport knowledge sources` lists all"
