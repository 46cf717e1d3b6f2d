"""Brings files into the knowledge index: only what is new or changed is converted, what is gone is removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from adapters.ports import Embedder, Library, Material, Passage, Vectors
from adapters.ports.pieces import whole, windows
from policies.aspects.mining import aspects_of
from proxy.material import seen_as, stamp
from proxy.patterns import file_of
from proxy.reading import EMPTY, End, Named, Piece, find, pieces, printable, unfit

BATCH = 1000
"""Passages from which on what is ready goes to the index: small writes would wear it out, large ones take memory."""
EMBED_BATCH = 256
WORK = 40
"""Documents and ends of files that one turn in the thread reads, so that progress shows."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an ingest stands: files done, files in all, the file that was last looked at, passages so far."""

    done: int
    total: int
    path: str
    passages: int = 0


@dataclass(slots=True)
class Report:
    """What an ingest did, in documents; `failed` tells why by file, `passages` is how many the index now has."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    passages: int = 0


async def ingest(
    paths: Sequence[str],
    library: Library,
    embedder: Embedder | None,
    tenant: str,
    progress: Callable[[Progress], None],
    material: Material = "knowledge",
) -> Report:
    """Bring the index in line with files, folders (with all below them) and glob patterns, and say what was done.

    A source is the absolute path of its file, with `#row` for a row of a table. What the index holds from below a
    named folder, or what fitted a pattern, and is no longer there, is removed. A file that cannot be read is reported,
    and what the index had of it stays. Raises ConfigError for a path that does not exist, AdapterError if index or
    embedder fail; run it again then: what was done is kept.
    """
    named = await asyncio.to_thread(find, paths)
    writer = Writer(library, embedder, tenant, material)
    await writer.renew()
    known = seen_as(material, await library.sources(tenant))
    report = Report(failed={printable(each.path): reason for each in named.files if (reason := unfit(each))})
    inside = [each.path for each in named.files if printable(each.path) not in report.failed]
    stream = pieces(inside, known, tenant)
    kept: set[str] = set()
    done = 0
    while read := await asyncio.to_thread(_some, stream):
        for piece in read:
            done += isinstance(piece, End)
            await _account(piece, known, report, kept, writer)
        progress(Progress(done, len(inside), str(read[-1].path), writer.written))
    gone = [source for source in known if source not in kept and _lost(source, named, report.failed)]
    report.removed = len(gone)
    for source in gone:
        await writer.add({source: []})
    report.passages = await writer.flush()
    return report


def _some(stream: Iterator[Piece | End]) -> list[Piece | End]:
    return list(islice(stream, WORK))


async def _account(
    piece: Piece | End, known: Mapping[str, str], report: Report, kept: set[str], writer: Writer
) -> None:
    """Count what was read, and hand on what is new."""
    if isinstance(piece, End):
        if piece.fault is not None:
            report.failed[str(piece.path)] = piece.fault
        return
    if piece.passages == []:  # what has no text any more is gone
        return
    kept.add(piece.source)
    if piece.passages is None:
        report.unchanged += 1
    else:
        report.changed += piece.source in known
        report.added += piece.source not in known
        await writer.add({piece.source: piece.passages})


def _lost(source: str, named: Named, failed: Mapping[str, str]) -> bool:
    """Whether a source belongs to what was named, and its file is not one that just could not be read."""
    file = file_of(source)
    return failed.get(file, EMPTY) == EMPTY and named.held(Path(file))


@dataclass(slots=True)
class Writer:
    """Collects changes and writes them in large batches, with vectors where there is an embedder."""

    library: Library
    embedder: Embedder | None
    tenant: str
    material: Material | None = None
    waiting: dict[str, list[Passage]] = field(default_factory=dict)
    size: int = 0
    written: int = 0
    renewed: bool = False

    async def add(self, changes: Mapping[str, list[Passage]]) -> None:
        """Take changes, by source; a source without passages is removed."""
        for source, found in changes.items():
            self.waiting[source] = found
            self.size += len(found) or 1
            if self.size >= BATCH:
                await self.flush()

    async def flush(self) -> int:
        """Write what waits; returns how many passages the index has."""
        if not self.renewed:
            await self.renew()
        told = await asyncio.to_thread(self._told)
        found = [each for passages in told.values() for each in passages]
        count = await self.put(told, await self.vectors(found))
        self.written += len(found)
        self.waiting, self.size = {}, 0
        return count

    def _told(self) -> dict[str, list[Passage]]:
        return {source: list(map(self.told, found)) for source, found in self.waiting.items()}

    def told(self, passage: Passage) -> Passage:
        """A passage with what it speaks of and what it is taken for."""
        told = replace(passage, aspects=aspects_of(passage.title, passage.text))
        if self.material is None:
            return told
        return replace(told, material=self.material, digest=stamp(self.material, passage.digest))

    async def put(self, passages: Mapping[str, Sequence[Passage]], vectors: Vectors) -> int:
        """Write passages that are told, by source, with what `vectors` made; returns how many the index has."""
        wholes, parts = {id: own[0] for id, own in vectors.items()}, {id: own[1:] for id, own in vectors.items()}
        return await self.library.replace(self.tenant, passages, wholes, parts)

    async def renew(self) -> int:
        """Make the index over if its vectors are of another embedder; returns how many passages were."""
        made = await self.library.renew(self.vectors)
        self.renewed = True
        return made

    async def vectors(self, passages: Sequence[Passage]) -> dict[str, list[Sequence[float]]]:
        """The vectors of each passage by its id, of the whole and, where the embedder is cheap, of its windows; empty
        without an embedder."""
        made: dict[str, list[Sequence[float]]] = {}
        if self.embedder is None:
            return made
        flat = [(each.id, text) for each in passages for text in self._texts(each)]
        for start in range(0, len(flat), EMBED_BATCH):
            batch = flat[start : start + EMBED_BATCH]
            vectors = await self.embedder.embed([text for _, text in batch])
            for (id, _), vector in zip(batch, vectors, strict=True):
                made.setdefault(id, []).append(vector)
        return made

    def _texts(self, passage: Passage) -> list[str]:
        more = windows(passage.title, passage.text) if self.embedder and self.embedder.in_parts else []
        return [whole(passage.title, passage.text), *more]
