"""A deployment in this process, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from proxy.app import Rapport, assemble
from proxy.config import from_dict


def within(folder: Path, work: Callable[[Rapport], Awaitable[None]], **sections: Any) -> None:
    """Do something with a deployment of its own."""

    async def run() -> None:
        rapport = assemble(from_dict(sections, folder, secrets=False))
        try:
            await work(rapport)
        finally:
            await rapport.close()

    asyncio.run(run())
