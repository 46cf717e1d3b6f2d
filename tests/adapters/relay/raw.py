"""A server of raw bytes in this process: keeps what it was sent, and answers what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Raw:
    """A running server. `parts` are sent one by one, a number is a pause in seconds, None keeps the connection open;
    `seen` are the requests, head and body; `gone` is set when a client left."""

    base: str = ""
    parts: tuple[bytes | float | None, ...] = ()
    seen: list[tuple[bytes, bytes]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def head(self) -> dict[str, str]:
        """The headers of the last request."""
        lines = self.seen[-1][0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}

    @property
    def line(self) -> str:
        """The first line of the last request."""
        return self.seen[-1][0].decode("latin-1").partition("\r\n")[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.seen.append((head, await _body(head.lower(), reader)))
            for part in self.parts:
                if isinstance(part, bytes):
                    writer.write(part)
                    await writer.drain()
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(part):
                            await reader.read(1)
        if reader.at_eof() or writer.is_closing():
            self.gone.set()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    if b"\r\ntransfer-encoding: chunked" not in head:
        found = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        return await reader.readexactly(int(found or 0))
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


@asynccontextmanager
async def answering(*parts: bytes | float | None) -> AsyncIterator[Raw]:
    """Serve these parts to everybody."""
    raw, serving = Raw(parts=parts), set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        await raw.serve(reader, writer)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        raw.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield raw
        finally:
            await asyncio.gather(*serving)
