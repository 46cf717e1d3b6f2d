"""The index is looked after beside the chats, on real folders."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from structlog.testing import capture_logs

from adapters.lancedb import LanceKnowledge
from adapters.ports import AdapterError, Embedder, Passage
from proxy.remembered import Remembered
from proxy.tending import Tending

SHORT = 0.01
PASSAGES = {f"/srv/{n}": [Passage(str(n), "acme", f"/srv/{n}", "Fruit", f"a persimmon {n}")] for n in range(3)}


class Two:
    """An embedder of two numbers, which fails as often as it is told to."""

    name, dimensions, usual, in_parts = "two", 2, None, False

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.failures:
            self.failures -= 1
            raise AdapterError("The embedder is gone.")
        return [[0.0, 1.0] for _ in texts]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(SHORT)
    raise AssertionError("it never came to that")


def tended(folder: Path, embedder: Embedder | None = None) -> tuple[Tending, LanceKnowledge, set[str]]:
    knowledge = LanceKnowledge(str(folder / "index"), *((embedder.name, embedder.dimensions) if embedder else ()))
    away: set[str] = set()
    return Tending(knowledge, knowledge, embedder, Remembered(str(folder)), away, SHORT), knowledge, away


def test_new(tmp_path: Path) -> None:
    """Where nothing was ingested nothing is missing."""

    async def main() -> None:
        tending, _, away = tended(tmp_path)
        task = asyncio.create_task(tending.run())
        await asyncio.sleep(0)
        assert away == {"knowledge"}
        await until(lambda: asyncio.sleep(0, away == set()))
        task.cancel()

    asyncio.run(main())


def test_lost(tmp_path: Path) -> None:
    """An index that is gone, or damaged, is told until it is there again; the log says it once."""

    async def main() -> None:
        tending, knowledge, away = tended(tmp_path)
        await knowledge.replace("acme", PASSAGES, {})
        Remembered(str(tmp_path)).add("acme", ["/srv"], "knowledge")
        with capture_logs() as logs:
            task = asyncio.create_task(tending.run())
            await until(lambda: asyncio.sleep(0, away == set()))
            shutil.rmtree(tmp_path / "index")
            await until(lambda: asyncio.sleep(0, away == {"knowledge"}))
            await asyncio.sleep(5 * SHORT)
            await knowledge.replace("acme", PASSAGES, {})
            await until(lambda: asyncio.sleep(0, away == set()))
            task.cancel()
        assert [each["event"] for each in logs] == ["knowledge_unavailable"]

    asyncio.run(main())


def test_renews(tmp_path: Path) -> None:
    """An index of another embedder is made over in the background, also if the embedder fails at first."""

    async def main() -> None:
        _, old, _ = tended(tmp_path)
        await old.replace("acme", PASSAGES, {})
        await old.close()
        tending, knowledge, _ = tended(tmp_path, Two(failures=1))
        with capture_logs() as logs:
            task = asyncio.create_task(tending.run())

            async def near() -> bool:
                return len(await knowledge.search("acme", "nothing", [0.0, 1.0], 5)) == 3

            await until(near)
            task.cancel()
        said = [each["event"] for each in logs]
        assert said.count("knowledge_not_made_over") == 1
        assert "knowledge_of_another_embedder" in said

    asyncio.run(main())
