"""Whether the client is still there: who goes away takes the backend's call along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from proxy.wire import ClientGone, Receive


@asynccontextmanager
async def cancelled_when_gone(receive: Receive, read: asyncio.Event | None = None) -> AsyncIterator[None]:
    """Cancels its body, and with it the backend call, when the client goes away; raises ClientGone then.

    `read` is set once whoever else receives has the whole request.
    """
    task = asyncio.current_task()
    gone = False

    async def watch() -> None:
        nonlocal gone
        if read is not None:
            await read.wait()
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        if task is not None:
            task.cancel()

    watcher = asyncio.ensure_future(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone and task is not None and task.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        watcher.cancel()
