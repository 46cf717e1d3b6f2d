"""A request of any route, passed on byte for byte: files, audio, pictures, kept responses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

import aiohttp
from yarl import URL

from adapters.ending import begun
from adapters.envelope import FRAMING, end_to_end
from adapters.ports import Reply
from adapters.relay.wires import Target, Wires, head, let_go, mapped_errors


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to pass on: `path` below the base URL and `query` as they came, still quoted; `body` as it comes in,
    None where there is none. `headers` are those that the backend shall see, lower-case names."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: AsyncIterator[bytes] | None = None


class Passing:
    """What passes requests on to a server."""

    def __init__(self, wires: Wires, target: Target) -> None:
        self.wires = wires
        self.target = target
        self.clocks = target.clocks

    async def send(self, request: Outgoing) -> Reply:
        """Pass a request on and return once the head of the answer has come; its bytes stream, whatever they are.

        Raises Timeout or Unavailable when none comes.
        """
        url = URL(self.target.base + request.path + (f"?{request.query}" if request.query else ""), encoded=True)
        headers = head(request.headers, self.target)
        with mapped_errors():
            # A body takes its time to go out.
            async with asyncio.timeout(self.clocks.total if request.body else self.clocks.first):
                response = await self.wires.session().request(
                    request.method, url, data=request.body, headers=headers, allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.clocks.connect),
                )
        framing = tuple((name, response.headers[name]) for name in FRAMING if name in response.headers)
        reply = Reply(response.status, (*end_to_end(response.headers.items()), *framing))
        reply.chunks = await begun(self._chunks(response, reply))
        return reply

    async def _chunks(self, response: aiohttp.ClientResponse, reply: Reply) -> AsyncGenerator[bytes]:
        with let_go(response), mapped_errors():
            yield b""
            while True:
                async with asyncio.timeout(self.clocks.gap):
                    chunk = await response.content.readany()
                if not chunk:
                    reply.complete = True
                    return
                yield chunk
