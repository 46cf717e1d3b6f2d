"""Brings files into the knowledge index: only what is new or changed is converted, what is gone is removed."""

from __future__ import annotations

import asyncio
import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from adapters.kreuzberg import TABLES, TYPES, digest, documents, passages
from adapters.ports import AdapterError, ConfigError, Embedder, Library, Passage
from adapters.ports.pieces import whole, windows

BATCH = 2000
"""Passages from which on what is ready goes to the index: small writes would wear it out."""
EMBED_BATCH = 64
EMPTY = "no text in it"
WORK = 20
"""Files that one turn in the thread converts, so that progress shows."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an ingest stands: files done, files in all, the file that was last looked at."""

    done: int
    total: int
    path: str


@dataclass(slots=True)
class Report:
    """What an ingest did, in documents; `failed` tells why by file, `passages` is how many the index now has."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    passages: int = 0


class Found(NamedTuple):
    """A file to ingest, and the folder that was named for it."""

    path: Path
    root: Path


@dataclass(slots=True)
class _Read:
    """What a file holds: documents that are new or changed, all its sources, and why it failed if it did."""

    fresh: dict[str, list[Passage]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    unchanged: int = 0
    fault: str | None = None


async def ingest(
    paths: Sequence[str],
    library: Library,
    embedder: Embedder | None,
    tenant: str,
    progress: Callable[[Progress], None],
) -> Report:
    """Bring the index in line with files, folders (with all below them) and glob patterns, and say what was done.

    A source is the absolute path of its file, with `#row` for a row of a table. What the index holds from below a
    named folder and is no longer there, is removed. A file that cannot be read is reported, and what the index had of
    it stays. Raises ConfigError for a path that does not exist, AdapterError if index or embedder fail; run it again
    then: what was done is kept.
    """
    files, roots = await asyncio.to_thread(find, paths)
    known = await library.sources(tenant)
    report = Report(failed={_printable(each.path): reason for each in files if (reason := _unfit(each))})
    inside = [each.path for each in files if _printable(each.path) not in report.failed]
    writer = Writer(library, embedder, tenant)
    kept: set[str] = set()
    for start in range(0, len(inside), WORK):
        batch = inside[start : start + WORK]
        for path, read in zip(batch, await asyncio.to_thread(_read_all, batch, known, tenant), strict=True):
            kept |= _account(path, read, known, report)
            await writer.add(read.fresh)
        progress(Progress(start + len(batch), len(inside), str(batch[-1])))
    gone = [source for source in known if source not in kept and _below(source, roots, report.failed)]
    report.removed = len(gone)
    await writer.add({source: [] for source in gone})
    report.passages = await writer.flush()
    return report


def find(paths: Sequence[str]) -> tuple[list[Found], list[Path]]:
    """The files to ingest, each once and in order, and the roots that were named. Hidden files, and below a folder
    files of a type that we do not read, are passed over. Raises ConfigError for a path that does not exist."""
    found: dict[Path, Found] = {}
    roots = []
    for named in paths:
        matches = sorted(glob.glob(os.path.expanduser(named), recursive=True)) if glob.has_magic(named) else [named]
        if not matches:
            raise ConfigError(named, "no file matches this pattern")
        for match in matches:
            root = Path(os.path.abspath(os.path.expanduser(match)))
            if not root.exists():
                raise ConfigError(named, "there is no such file or folder")
            roots.append(root)
            for path in _walk(root) if root.is_dir() else [root]:
                found.setdefault(path, Found(path, root))
    return list(found.values()), roots


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() in (*TYPES, *TABLES) and path.is_file():
                yield path


def _unfit(found: Found) -> str | None:
    """Why a file may not be ingested: a link that leads out of the folder which was named, or an unreadable name."""
    if found.path != found.root and not found.path.resolve().is_relative_to(found.root.resolve()):
        return "a link that leads out of the folder"
    return None if _printable(found.path) == str(found.path) else "its name is not UTF-8"


def _printable(path: Path) -> str:
    return str(path).encode("utf-8", "replace").decode()


def _below(source: str, roots: Sequence[Path], failed: Mapping[str, str]) -> bool:
    """Whether a source belongs to what was named, and its file is not one that just could not be read."""
    path = Path(_file(source))
    return failed.get(str(path), EMPTY) == EMPTY and any(path == root or root in path.parents for root in roots)


def _file(source: str) -> str:
    head, mark, _ = source.rpartition("#")
    return head if mark and Path(head).suffix.lower() in TABLES else source


def _read_all(paths: Sequence[Path], known: Mapping[str, str], tenant: str) -> list[_Read]:
    return [_read(path, known, tenant) for path in paths]


def _read(path: Path, known: Mapping[str, str], tenant: str) -> _Read:
    """What is new in a file; a file that has not changed is not converted. All of it counts, or nothing."""
    read = _Read()
    try:
        if str(path) in known and known[str(path)] == digest(path):
            return _Read(sources={str(path)}, unchanged=1)
        for document in documents(path):
            read.sources.add(document.source)
            if known.get(document.source) == document.digest:
                read.unchanged += 1
            else:
                read.fresh[document.source] = passages(document, tenant)
    except AdapterError as error:
        return _Read(fault=str(error).removeprefix(f"{path}: "))
    if not any(read.fresh.values()) and not read.unchanged:
        return _Read(fault=EMPTY)
    return read


def _account(path: Path, read: _Read, known: Mapping[str, str], report: Report) -> set[str]:
    """Count what a file brought; returns the sources that stay."""
    if read.fault is not None:
        report.failed[str(path)] = read.fault
    report.unchanged += read.unchanged
    report.changed += sum(source in known for source in read.fresh)
    report.added += sum(source not in known for source in read.fresh)
    return read.sources


@dataclass(slots=True)
class Writer:
    """Collects changes and writes them in large batches, with vectors where there is an embedder."""

    library: Library
    embedder: Embedder | None
    tenant: str
    waiting: dict[str, list[Passage]] = field(default_factory=dict)
    size: int = 0

    async def add(self, changes: Mapping[str, list[Passage]]) -> None:
        """Take changes, by source; a source without passages is removed."""
        for source, found in changes.items():
            self.waiting[source] = found
            self.size += len(found) or 1
            if self.size >= BATCH:
                await self.flush()

    async def flush(self) -> int:
        """Write what waits; returns how many passages the index has."""
        found = {each.id: each for passages in self.waiting.values() for each in passages}
        wholes = await self._embed({id: [whole(each.title, each.text)] for id, each in found.items()})
        vectors = {id: made[0] for id, made in wholes.items()}
        if self.embedder is None or not self.embedder.in_parts:
            found = {}
        parts = await self._embed({id: windows(each.title, each.text) for id, each in found.items()})
        count = await self.library.replace(self.tenant, self.waiting, vectors, parts)
        self.waiting, self.size = {}, 0
        return count

    async def _embed(self, texts: Mapping[str, Sequence[str]]) -> dict[str, list[Sequence[float]]]:
        """The vectors of each id's texts; empty without an embedder."""
        made: dict[str, list[Sequence[float]]] = {}
        flat = [(id, text) for id, own in texts.items() for text in own] if self.embedder else []
        for start in range(0, len(flat), EMBED_BATCH):
            batch = flat[start : start + EMBED_BATCH]
            vectors = await self.embedder.embed([text for _, text in batch]) if self.embedder else []
            for (id, _), vector in zip(batch, vectors, strict=True):
                made.setdefault(id, []).append(vector)
        return made
