"""From an attached file to passages: what they are called, what they carry, and how all of them are made again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from adapters.kreuzberg import OVERLAP, PASSAGE, TYPES, documents, passages
from adapters.ports import AdapterError, Document, Embedder, Library, Material, Passage
from adapters.ports.shelf import Attachment, Chunking, Shelf, ShelfFault, VectorStore
from adapters.tabular import TABLES
from proxy.ingest import Progress, Report, Writer
from proxy.reading import EMPTY

RESERVED = ("vector_store", "file")
"""Attributes of passages that are ours: the ids of what they come from."""
ROOT = "vector_store"
"""Where the sources of such passages begin. Those of ingested files are absolute paths, and never do."""
CHARACTERS = 4
"""Of a token, where a client counts in tokens."""
OURS = Chunking(PASSAGE // CHARACTERS, OVERLAP // CHARACTERS)
"""What is used where the client leaves it to us."""
SETTLED = 5.0
"""Seconds that a rebuild waits for whoever is between index and shelf."""


class Unreadable(Exception):
    """A file that cannot become passages; `code` is one of OpenAI's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def material(store: VectorStore) -> Material:
    """What the passages of a vector store are taken for."""
    return "experiences" if store.metadata.get("material") == "experiences" else "knowledge"


def below(store: str, file: str | None = None) -> str:
    """How every source of a vector store begins, or of one of its files."""
    return f"{ROOT}/{store}/" if file is None else f"{ROOT}/{store}/{file}/"


def source(held: Attachment) -> PurePosixPath:
    """The source of an attached file's passages; those of a table's rows go on with `#row`."""
    return PurePosixPath(ROOT, held.store, held.file, held.name)


def in_rows(held: Attachment) -> bool:
    """Whether a file has a source for each row."""
    return source(held).suffix.lower() in TABLES


async def texts(shelf: Shelf, tenant: str, held: Attachment) -> Sequence[Document]:
    """The documents in an attached file. Raises Unreadable, ShelfFault."""
    if source(held).suffix.lower() not in (*TYPES, *TABLES):
        known = " ".join([*TYPES, *TABLES])
        raise Unreadable("unsupported_file", f"Files of this type are not read; known: {known}.")
    if await shelf.file(tenant, held.file) is None:
        raise Unreadable("invalid_file", "The file is gone.")
    try:
        data = b"".join([piece async for piece in shelf.content(tenant, held.file)])
    except ShelfFault as error:
        if await shelf.file(tenant, held.file) is None:
            raise Unreadable("invalid_file", "The file is gone.") from error
        raise
    try:
        return await asyncio.to_thread(lambda: list(documents(source(held), data)))
    except AdapterError as error:
        raise _unreadable(held, error) from error


async def converted(shelf: Shelf, tenant: str, held: Attachment, of: Material) -> Mapping[str, list[Passage]]:
    """The passages of an attached file, by source. Raises Unreadable, ShelfFault."""
    found = await texts(shelf, tenant, held)
    try:
        made = await asyncio.to_thread(_cut, found, tenant, held, of)
    except AdapterError as error:
        raise _unreadable(held, error) from error
    if not any(made.values()):
        raise Unreadable("invalid_file", f"There is {EMPTY}.")
    return made


async def restore(
    shelf: Shelf, library: Library, embedder: Embedder | None, progress: Callable[[Progress], None]
) -> Report:
    """Bring every attachment of every tenant into an index again, as when it was attached.

    `failed` tells why by source. What is still in progress is left to the server, and what is gone by then is skipped.
    Nobody else may be able to write to the index: whoever changes an attachment waits for that with the shelf's lock in
    hand, so it is not taken here. Raises AdapterError if shelf, index or embedder fail; run it again then.
    """
    report, done = Report(), 0
    kept = {tenant: await shelf.stores(tenant) for tenant in await shelf.tenants()}
    every = {(tenant, store.id): await shelf.attachments(tenant, store.id)
             for tenant, stores in kept.items() for store in stores}  # fmt: skip
    total = sum(each.status == "completed" for own in every.values() for each in own)
    for tenant in kept:
        writer = Writer(library, embedder, tenant)
        await _settled(shelf, tenant)
        for store in await shelf.stores(tenant):
            for held in await shelf.attachments(tenant, store.id):
                if held.status == "completed":
                    await _again(shelf, writer, held, material(store), report)
                    done += 1
                    progress(Progress(done, max(done, total), str(source(held))))
        report.passages += await writer.flush()
    return report


async def _settled(shelf: Shelf, tenant: str) -> None:
    """Let whoever wrote to the index before it was ours tell the shelf of it: a moment's work, but for which what was
    just detached would come back. Whoever keeps the lock for longer waits for the index, and will write to the new."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED), shelf.alone(tenant):
            pass


async def _again(shelf: Shelf, writer: Writer, held: Attachment, of: Material, report: Report) -> None:
    try:
        made = await converted(shelf, writer.tenant, held, of)
    except Unreadable as error:
        if await shelf.attachment(writer.tenant, held.store, held.file) is not None:
            report.failed[str(source(held))] = str(error)
        return
    report.added += len(made)
    await writer.add(made)


def _cut(found: Sequence[Document], tenant: str, held: Attachment, of: Material) -> Mapping[str, list[Passage]]:
    chunking = held.chunking
    size, overlap = (chunking.size * CHARACTERS, chunking.overlap * CHARACTERS) if chunking else (PASSAGE, OVERLAP)
    own = {**held.attributes, "vector_store": held.store, "file": held.file}
    return {
        document.source: [replace(each, material=of, attributes=own)
                          for each in passages(document, tenant, size, overlap)]
        for document in found
    }  # fmt: skip


def _unreadable(held: Attachment, error: AdapterError) -> Unreadable:
    reason = str(error).removeprefix(str(source(held))).lstrip("#: ")
    return Unreadable("invalid_file", f"The file cannot be read: {reason}.")
