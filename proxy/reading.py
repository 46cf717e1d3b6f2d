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
from proxy.patterns import absolute, fits, is_pattern, root_of

EMPTY = "no text in it"


class Found(NamedTuple):
    """A file to ingest, and what was named for it: itself, a folder, or that of a pattern."""

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


class Named(NamedTuple):
    """What was named: the files to ingest, each once and in order, the files and folders that they were found as, and
    the patterns, absolute."""

    files: list[Found]
    roots: set[Path]
    patterns: list[str]

    def held(self, file: Path) -> bool:
        """Whether a file belongs to what was named; to a pattern also one that is gone and fitted it."""
        if file in self.roots or not self.roots.isdisjoint(file.parents):
            return True
        return any(fits(file, pattern) for pattern in self.patterns) and not os.path.lexists(file)


def find(paths: Sequence[str]) -> Named:
    """The files to ingest. Hidden files, and below a folder files of a type that we do not read, are passed over.
    Raises ConfigError for a path that does not exist."""
    found: dict[Path, Found] = {}
    roots: set[Path] = set()
    for named in paths:
        path = absolute(named)
        matches = sorted(glob.glob(path, recursive=True)) if is_pattern(named) else [path]
        if not matches:
            raise ConfigError(named, "no file matches this pattern")
        for match in matches:
            root = Path(os.path.abspath(match))
            if not root.exists():
                raise ConfigError(named, "there is no such file or folder")
            roots.add(root)
            inside = root_of(path) if is_pattern(named) else root
            for each in _walk(root) if root.is_dir() else [root]:
                if each not in found or len(found[each].root.parts) < len(inside.parts):  # the closest name counts
                    found[each] = Found(each, inside)
    return Named(list(found.values()), roots, [absolute(each) for each in paths if is_pattern(each)])


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
