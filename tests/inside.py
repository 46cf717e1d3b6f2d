"""Files and vector stores in this process, asked by the official client without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from openai import AsyncOpenAI
from starlette.applications import Starlette

from adapters.memory import MemoryKnowledge
from proxy.app import assemble, create_app
from proxy.callers import Callers, new_key
from proxy.config import from_dict
from proxy.front import FAULTS
from proxy.shelving import Shelving

POLL = 5
"""Milliseconds between two looks at what is in progress."""


@dataclass
class Inside:
    """An application; `keys` makes keys of it, `knowledge` is what it searches."""

    app: Any
    folder: Path
    make_key: Callable[[str, str], Awaitable[str]]
    knowledge: MemoryKnowledge

    @asynccontextmanager
    async def client(self, key: str = "x") -> AsyncIterator[AsyncOpenAI]:
        """The official client."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        web = httpx.AsyncClient(transport=transport)
        async with AsyncOpenAI(base_url="http://localhost/v1", api_key=key, max_retries=0, http_client=web) as client:
            yield client

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as it is."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
            return await web.request(method, path, **more)


@asynccontextmanager
async def library(folder: Path, **sections: Any) -> AsyncIterator[Inside]:
    """The routes of files and vector stores alone, over knowledge in memory, with their work in the background."""
    settings = from_dict({"embedder": {"kind": "full_text_only"}, **sections}, folder)
    rapport, knowledge = assemble(settings), MemoryKnowledge()
    adapters = replace(rapport.adapters, knowledge=knowledge)
    routes, run = Shelving(settings, adapters, knowledge, rapport.indexer).open(
        Callers(settings.auth, adapters.keys, None)
    )
    app = Starlette(routes=routes, exception_handlers=FAULTS)
    work = asyncio.create_task(run())
    try:
        yield Inside(app, folder, _keys(rapport.adapters.keys), knowledge)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await rapport.close()


class Shop:
    """A client with a vector store, and short words for what tests do with it."""

    def __init__(self, inside: Inside, client: AsyncOpenAI, id: str) -> None:
        self.inside, self.client, self.id = inside, client, id

    async def add(self, name: str, content: bytes, **more: Any) -> Any:
        return await self.client.vector_stores.files.upload_and_poll(
            vector_store_id=self.id, file=(name, content), poll_interval_ms=POLL, **more
        )

    async def found(self, query: Any, **more: Any) -> list[str]:
        page = await self.client.vector_stores.search(self.id, query=query, **more)
        assert all(0 <= each.score <= 1 for each in page.data)
        return [each.filename for each in page.data]

    async def refused(self, status: int, path: str, body: Any) -> dict[str, Any]:
        answer = await self.inside.send("POST", f"/v1/vector_stores/{self.id}{path}", json=body)
        assert answer.status_code == status, answer.text
        error: dict[str, Any] = answer.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        return error


@asynccontextmanager
async def shop(folder: Path, **sections: Any) -> AsyncIterator[Shop]:
    async with library(folder, **sections) as inside, inside.client() as client:
        store = await client.vector_stores.create(name="shop", metadata={"of": "tests"})
        yield Shop(inside, client, store.id)


def play(folder: Path, story: Callable[[Shop], Coroutine[Any, Any, None]], **sections: Any) -> None:
    """Run a story in a shop of its own."""
    async def run() -> None:
        async with shop(folder, **sections) as opened:
            await story(opened)

    asyncio.run(run())


@asynccontextmanager
async def whole(folder: Path, **sections: Any) -> AsyncIterator[Inside]:
    """All of Rapport, over LanceDB."""
    settings = from_dict(sections, folder)
    app = create_app(settings)
    async with app.lifespan():
        yield Inside(app, folder, _keys(app.stored.owners.keys), MemoryKnowledge())


def _keys(keys: Any) -> Callable[[str, str], Awaitable[str]]:
    async def make(tenant: str, trust: str = "backend") -> str:
        secret, digest, key = new_key("test", tenant, trust)
        await keys.create(key, digest)
        return secret

    return make
