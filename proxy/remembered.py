"""What was ingested from where, so that an index can be rebuilt: a small file beside it, not in it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from adapters.ports import Material, Unavailable

NAME = "paths.json"


@dataclass(slots=True)
class Paths:
    """What a tenant ingested: absolute paths or patterns with the material they were ingested as, and sources that
    were taken out again since."""

    paths: dict[str, Material] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)


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

    def add(self, tenant: str, paths: Sequence[str], material: Material) -> None:
        """Paths were ingested. What had been taken out from below them is in again."""
        with self._changing() as known:
            own = known.setdefault(tenant, Paths())
            roots = [os.path.abspath(os.path.expanduser(path)) for path in paths]
            own.paths |= dict.fromkeys(roots, material)
            own.removed = [each for each in own.removed if not any(below(each, root) for root in roots)]

    def remove(self, tenant: str, sources: Sequence[str]) -> None:
        """Sources were taken out of the index."""
        with self._changing() as known:
            own = known.setdefault(tenant, Paths())
            own.removed = sorted({*own.removed, *sources})
            own.paths = {path: material for path, material in own.paths.items() if path not in sources}

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


def below(source: str, root: str) -> bool:
    """Whether a source is a file or folder, a row of it, or lies below it."""
    return source == root or source.startswith((f"{root.rstrip('/')}/", f"{root}#"))
