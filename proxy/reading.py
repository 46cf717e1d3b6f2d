"""Reads files for the knowledge index: which there are, and what in them is new. Documents come one by one, so that a
large table need not fit into memory."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from adapters.kreuzberg import TYPES, digest, documents, passages
from adapters.ports import AdapterError, ConfigError, Passage
from adapters.tabular import TABLES

EMPTY = "no text in it"


class Found(NamedTuple):
    """A file to ingest, and the folder that was named for it."""

    path: Path
    root: Path


class Piece(NamedTuple):
    """A document of a file: its source, and its passages if it is new or changed, None if it is not."""

    path: Path
    source: str
    passages: list[Passage] | None


class End(NamedTuple):
    """A file was read to its end, or cannot be read: then with the reason."""

    path: Path
    fault: str | None = None


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


def unfit(found: Found) -> str | None:
    """Why a file may not be ingested: a link that leads out of the folder which was named, or an unreadable name."""
    if found.path != found.root and not found.path.resolve().is_relative_to(found.root.resolve()):
        return "a link that leads out of the folder"
    return None if printable(found.path) == str(found.path) else "its name is not UTF-8"


def printable(path: Path) -> str:
    return str(path).encode("utf-8", "replace").decode()


def file_of(source: str) -> str:
    """The file that a source is of: itself, or that of a row."""
    head, mark, _ = source.rpartition("#")
    return head if mark and Path(head).suffix.lower() in TABLES else source


def pieces(paths: Sequence[Path], known: Mapping[str, str], tenant: str) -> Iterator[Piece | End]:
    """What the files hold, in order; a file that has not changed, by its digest in `known`, is not converted."""
    for path in paths:
        empty = True
        try:
            for piece in _read(path, known, tenant):
                empty = empty and piece.passages == []
                yield piece
        except AdapterError as error:
            yield End(path, str(error).removeprefix(f"{path}: "))
        else:
            yield End(path, EMPTY if empty else None)


def _read(path: Path, known: Mapping[str, str], tenant: str) -> Iterator[Piece]:
    if str(path) in known and known[str(path)] == digest(path):
        yield Piece(path, str(path), None)
        return
    for document in documents(path):
        same = known.get(document.source) == document.digest
        yield Piece(path, document.source, None if same else passages(document, tenant))
