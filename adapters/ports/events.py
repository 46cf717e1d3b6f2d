"""Server-sent events as bytes: where one ends, and what data it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

GAP = re.compile(rb"\r\n\r\n|\n\n|\r\r")
"""What ends an event."""
_LINE = re.compile(rb"\r\n|\n|\r")


class Events:
    """Cuts bytes into events, wherever they were split. `held` is the one that has not ended."""

    def __init__(self) -> None:
        self.held = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that end with this chunk. No byte is looked at twice, but for the last three."""
        start = max(len(self.held) - 3, 0)
        self.held += chunk
        found, begin = [], 0
        for gap in GAP.finditer(self.held, start):
            found.append(bytes(self.held[begin : gap.start()]))
            begin = gap.end()
        del self.held[:begin]
        return found

    def rest(self) -> bytes:
        """The last event, where nothing stands behind it; nothing is held any more."""
        rest, self.held = bytes(self.held), bytearray()
        return rest


def data_of(event: bytes) -> bytes:
    """The data of an event, its lines joined; nothing for a comment and for `[DONE]`."""
    if event.startswith(b"data: ") and b"\n" not in event and b"\r" not in event:
        # The usual case, ten times as fast.
        return b"" if event.startswith(b"data: [DONE]") else event[6:]
    lines = (line for line in _LINE.split(event) if line.startswith(b"data:"))
    data = b"\n".join(line[5:].removeprefix(b" ") for line in lines)
    return b"" if data.startswith(b"[DONE]") else data


def all_data(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The data of every event of a whole stream, in order."""
    whole = b"".join(chunks)
    for event in whole.split(b"\n\n") if b"\r" not in whole else GAP.split(whole):
        if data := data_of(event):
            yield data
