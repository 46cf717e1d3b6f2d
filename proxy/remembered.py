"""What was ingested from where, so that an index can be rebuilt: a small file beside it, not in it."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from adapters.ports import Material, Unavailable
from proxy.patterns import absolute, below, file_of, holds

NAME = "paths.json"


@dataclass(slots=True)
class Paths:
    """What a tenant ingested: absolute paths or patterns with the material they were ingested as, the last one last,
    and what was taken out again since: sources, files and folders."""

    paths: dict[str, Material] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def holds(self, source: str) -> bool:
        """Whether a source is of what was ingested."""
        return file_of(source) in self.paths or any(holds(path, source) for path in self.paths)

    def out(self, source: str) -> bool:
        """Whether a source was taken out. Paths from below what was taken out were ingested afterwards."""
        return any(
            not any(below(path, gone) and holds(path, source) for path in self.paths)
            for gone in self.removed
            if below(source, gone)
        )


class Remembered:
    """The paths of all tenants, in `NAME` of a folder. Written at once and whole; several processes take turns."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder).expanduser().absolute() / NAME

    def read(self) -> dict[str, Paths]:
        """All tenants'. Raises Unavailable where the file cannot be read."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return {tenant: Paths(**own) for tenant, own in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise Unavailable(f"{self.path} cannot be read: delete it, and run `rapport ingest` again.") from error

    def add(self, tenant: str, paths: Sequence[str], material: Material, found: Collection[Path] = ()) -> None:
        """Paths were ingested, and `found` by them. What had been taken out of that is in again."""
        named = [absolute(path) for path in paths]
        roots = [*named, *map(str, found)]
        with self._changing() as known:
            own = known.setdefault(tenant, Paths())
            own.removed = [each for each in own.removed if not any(below(each, root) for root in roots)]
            own.paths = {path: of for path, of in own.paths.items() if not _covered(path, named, roots)}
            own.paths |= dict.fromkeys(named, material)
            # A pattern that is wider than what was taken out brings of that only what it found.
            own.paths |= {each: material for each in roots if own.out(each)}

    def remove(self, tenant: str, names: Sequence[str]) -> None:
        """Sources, files or folders were taken out of the index, by the name that each was given."""
        with self._changing() as known:
            own = known.setdefault(tenant, Paths())
            kept = [each for each in own.removed if not any(below(each, name) for name in names)]
            own.removed = sorted({*kept, *names})
            own.paths = {path: of for path, of in own.paths.items() if not any(below(path, name) for name in names)}

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Paths]]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.with_suffix(".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                known = self.read()
                yield known
                fresh = self.path.with_suffix(".new")
                with fresh.open("w", encoding="utf-8") as file:
                    json.dump({tenant: asdict(own) for tenant, own in known.items()}, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self.path)
        except OSError as error:
            raise Unavailable(f"We cannot write to {self.path.parent} ({error.strerror}).") from error


def _covered(path: str, named: Sequence[str], roots: Sequence[str]) -> bool:
    """Whether what came of a path comes of others now, or is gone and would have."""
    if any(below(path, root) for root in roots):
        return True
    gone = not glob.has_magic(path) and not os.path.lexists(path)
    return gone and any(holds(name, path) for name in named)
