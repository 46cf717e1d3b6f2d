"""diskcache as Cache: what is planted in its folder does nothing, and what breaks is a miss."""

from __future__ import annotations

import asyncio
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.diskcache import DiskCache

RAW, BINARY, TEXT, PICKLE = 1, 2, 3, 4


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_import_is_late() -> None:
    """The adapter's module does not import diskcache."""
    code = "import sys, adapters.diskcache as own; own.DiskCache('nowhere'); assert 'diskcache' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_folder_is_private(tmp_path: Path) -> None:
    """The folder belongs to this account alone."""

    async def main() -> None:
        cache = DiskCache(str(tmp_path / "cache"))
        await cache.set("key", b"value")
        await cache.close()

    asyncio.run(main())
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700


def test_outlives_the_process(tmp_path: Path) -> None:
    """What one opening keeps the next one finds."""

    async def main() -> None:
        for expected in (None, b"value"):
            cache = DiskCache(str(tmp_path))
            assert await cache.get("key") == expected
            await cache.set("key", b"value")
            await cache.close()

    asyncio.run(main())


@pytest.mark.parametrize("mode", [RAW, BINARY, TEXT, PICKLE])
def test_planted_values(tmp_path: Path, mode: int) -> None:
    """A row that somebody planted is a miss: no pickle runs, no file outside the folder is read or removed."""
    mark, secret, folder = tmp_path / "ran", tmp_path / "secret.txt", tmp_path / "cache"
    secret.write_text("secret")

    async def main() -> None:
        cache = DiskCache(str(folder))
        await cache.set("planted", b"value")
        with sqlite3.connect(folder / "cache.db") as database:
            planted: list[tuple[Any, ...]] = [(mode, name, None) for name in ("../secret.txt", str(secret))]
            planted += [(mode, None, pickle.dumps(Planted(mark))), (mode, None, "text"), (mode, None, 7)]
            for row in planted:
                database.execute("UPDATE Cache SET mode = ?, filename = ?, value = ?", row)
                database.commit()
                found = await cache.get("planted")
                assert found is None or (mode == RAW and found == row[2])
                await cache.set("planted", b"value")
        database.close()
        await cache.close()

    asyncio.run(main())
    assert not mark.exists()
    assert secret.read_text() == "secret"


def test_planted_keys(tmp_path: Path) -> None:
    """A key that somebody planted is not unpickled when keys are dropped."""
    mark = tmp_path / "ran"

    async def main() -> None:
        cache = DiskCache(str(tmp_path / "cache"))
        await cache.set("mine", b"value")
        with sqlite3.connect(tmp_path / "cache" / "cache.db") as database:
            insert = "INSERT INTO Cache(key, raw, mode, value) VALUES (?, 0, 1, x'00')"
            database.execute(insert, (pickle.dumps(Planted(mark)),))
        database.close()
        await cache.drop("m")
        assert await cache.get("mine") is None
        await cache.close()

    asyncio.run(main())
    assert not mark.exists()


def test_only_bytes(tmp_path: Path) -> None:
    """Anything but bytes is not kept."""

    async def main() -> None:
        cache = DiskCache(str(tmp_path))
        await cache.set("key", {"not": "bytes"})  # type: ignore[arg-type]
        assert await cache.get("key") is None
        await cache.close()

    asyncio.run(main())


def test_size(tmp_path: Path) -> None:
    """The folder stays near its limit however much is put in."""

    async def main() -> None:
        cache = DiskCache(str(tmp_path), size_limit=1 << 20)
        for number in range(60):
            await cache.set(f"key{number}", os.urandom(100_000))
        assert await cache.get("key0") is None
        assert await cache.get("key59") is not None
        await cache.close()

    asyncio.run(main())
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 4 << 20


def test_locked(tmp_path: Path) -> None:
    """While another process holds the lock a write is lost within half a second, and the loop never waits."""

    async def main() -> None:
        cache = DiskCache(str(tmp_path))
        await cache.set("key", b"value")
        other = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        gaps: list[float] = []

        async def beat() -> None:
            while True:
                start = time.perf_counter()
                await asyncio.sleep(0.01)
                gaps.append(time.perf_counter() - start)

        heart = asyncio.create_task(beat())
        start = time.perf_counter()
        with capture_logs() as logs:
            await asyncio.gather(*(cache.set("key", b"new") for _ in range(3)))
        assert time.perf_counter() - start < 8
        assert [entry["event"] for entry in logs] == ["cache_degraded"]
        heart.cancel()
        assert max(gaps) < 1.0
        assert await cache.get("key") == b"value"
        other.execute("ROLLBACK")
        other.close()
        await cache.set("key", b"new")
        assert await cache.get("key") == b"new"
        await cache.close()

    asyncio.run(main())


def test_broken(tmp_path: Path) -> None:
    """A folder that cannot be used makes every call a quick miss, told once, and never an error."""
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cache.db").write_bytes(b"no database at all" * 1000)

    async def main(folder: Path) -> None:
        cache = DiskCache(str(folder))
        start = time.perf_counter()
        with capture_logs() as logs:
            for _ in range(20):
                await cache.set("key", b"value")
                assert await cache.get("key") is None
            await cache.drop("k")
        assert time.perf_counter() - start < 20
        assert [entry["event"] for entry in logs] == ["cache_degraded"]
        await cache.close()

    asyncio.run(main(tmp_path / "file"))
    asyncio.run(main(tmp_path / "broken"))
