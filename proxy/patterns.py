"""What a name given to `rapport` holds: a file, a folder with all below it, or a glob pattern."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from adapters.tabular import TABLES


def is_pattern(named: str) -> bool:
    """Whether a name is a pattern. What exists is meant as it is written, also with brackets in it."""
    return glob.has_magic(named) and not os.path.lexists(os.path.expanduser(named))


def absolute(named: str) -> str:
    """A name that means the same from anywhere."""
    path = os.path.expanduser(named)
    if not is_pattern(named):
        return os.path.abspath(path)
    whole = os.path.normpath(os.path.join(glob.escape(os.getcwd()), path))
    return f"{whole}/" if path.endswith("/") else whole  # with which it stands for folders alone


def root_of(pattern: str) -> Path:
    """The folder that everything which fits an absolute pattern is below."""
    return Path(os.path.dirname(re.split(r"[*?[]", pattern, maxsplit=1)[0]))


def file_of(source: str) -> str:
    """The file that a source is of: itself, or that of a row."""
    head, mark, _ = source.rpartition("#")
    return head if mark and Path(head).suffix.lower() in TABLES else source


def below(source: str, root: str) -> bool:
    """Whether a source is a file or folder, a row of it, or lies below it."""
    return source == root or source.startswith((f"{root.rstrip('/')}/", f"{root}#"))


def fits(path: PurePath, pattern: str) -> bool:
    """Whether a path, or a folder that it is in, fits an absolute pattern, as `glob` sees it: `**` are folders, none or
    many, and what is hidden must be named."""
    return _fits(path.parts, PurePath(pattern).parts)


def holds(named: str, source: str) -> bool:
    """Whether an absolute path or pattern holds a source."""
    return below(source, named) or (glob.has_magic(named) and fits(PurePath(file_of(source)), named))


def _fits(path: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return True
    first = path[0] if path else ""
    if pattern[0] == "**":
        return _fits(path, pattern[1:]) or (first != "" and first[0] != "." and _fits(path[1:], pattern))
    named = first[:1] != "." or pattern[0][0] == "."
    return first != "" and named and fnmatchcase(first, pattern[0]) and _fits(path[1:], pattern[1:])
