"""The application as a server sees it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx

from adapters.memory.cache import BEGAN
from proxy.app import create_app
from proxy.config import from_dict


def test_what_a_request_does_knows_when_it_began(tmp_path: Path) -> None:
    """So that nothing is kept in memory of people who are erased while it runs."""
    found: list[float] = []

    async def run() -> None:
        app = create_app(from_dict({}, tmp_path))

        async def noted(scope: Any, receive: Any, send: Any) -> None:
            found.append(BEGAN.get())
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        app.endpoints = {"/v1/chat/completions": noted}  # type: ignore[dict-item]
        async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as web:
            for _ in range(2):
                start = time.monotonic()
                assert (await web.post("/v1/chat/completions")).status_code == 204
                assert start <= found[-1] <= time.monotonic()

    asyncio.run(run())
    assert len(found) == 2
