"""The end of a stream in OpenAI's format: what says that a backend finished, and what is said where it did not."""

from __future__ import annotations

import re

import msgspec

from adapters.ports import ChatRequest

# A line break inside JSON text is escaped, and so are quotation marks: a model cannot write any of these itself.
_DONE = re.compile(rb"[\r\n]data: ?\[DONE\]([\r\n]*)")
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"[^"]')
_ERROR = re.compile(rb'[\r\n]data: ?\{\s*"error"\s*:\s*[{"]|"finish_reason"\s*:\s*"error"')
# What a `[DONE]` still lacks of the empty line behind it. None of it is content.
_REST = {b"": b"\n\n", b"\n": b"\n", b"\r\n": b"\r\n", b"\r": b"\n\r\n", b"\r\n\r": b"\n"}
# Longer than any of the marks above, so that one split over two chunks is still seen.
_TAIL = 48


def awaited(request: ChatRequest) -> int:
    """How many choices a request asks for (`n`), and so how many finish reasons end its answer."""
    wanted = request.get("n")
    return wanted if isinstance(wanted, int) and wanted > 1 else 1


def cut(message: str) -> bytes:
    """The event that ends a stream which its backend did not finish."""
    error = {"message": message, "type": "server_error", "param": None, "code": "backend_stream_error"}
    return b"data: " + msgspec.json.encode({"error": error}) + b"\n\n"


class Ending:
    """Watches the bytes of a stream for its end, however they are cut; JSON is never decoded.

    `done` after `[DONE]`, `failed` after an error event of the backend's, `complete` if nothing of the answer is
    missing: `[DONE]`, or a finish reason for each of `choices`, and no error.
    """

    def __init__(self, choices: int = 1) -> None:
        self.done = self.failed = False
        self._missing = choices
        self._tail = b"\n"

    @property
    def complete(self) -> bool:
        return (self.done or self._missing <= 0) and not self.failed

    def see(self, chunk: bytes) -> bytes:
        """Take in a chunk; returns what of it may go on: all, or what is there up to the end of `[DONE]`."""
        if self.done:
            return b""
        held = len(self._tail)
        seen = self._tail + chunk
        end = _DONE.search(seen) if b"[DONE]" in seen else None
        if end:
            self.done = True
            seen = seen[: end.end()] + _REST.get(end[1], b"")
            chunk = seen[held:]
        # One that lies in the tail was counted with the chunk before.
        self._missing -= sum(found.end() > held for found in _FINISH.finditer(seen))
        self.failed = self.failed or (b'"error"' in seen and _ERROR.search(seen) is not None)
        self._tail = seen[-_TAIL:]
        return chunk

    def cut(self, message: str) -> bytes:
        """The error event, set apart so that no half-sent line can swallow it."""
        apart = self._tail == b"\n" or self._tail.endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))
        return cut(message) if apart else b"\n\n" + cut(message)
