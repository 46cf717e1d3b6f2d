"""Embeddings by a model in a local folder: an ONNX export, or a folder of sentence-transformers. No network.

The libraries that run them are no part of the default installation: `EXTRAS` names what to install for which.
"""

from __future__ import annotations

import asyncio
import threading
from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from typing import Protocol

from adapters.local_embedder.folder import Folder, read
from adapters.ports import AdapterError, ConfigError

EXTRAS = {"onnxruntime": "onnx", "sentence_transformers": "sentence-transformers"}
"""The library of each kind of folder, and the extra of Rapport that installs it."""
THREADS = 2
BATCH = 32
"""Texts after which others get their turn: a question need not wait for all of a document."""


class Encoder(Protocol):
    """What runs a model, in a thread."""

    dimensions: int | None

    def encode(self, texts: Sequence[str]) -> list[array[float]]:
        """One vector of length 1 per text, in order. Raises AdapterError."""


class LocalEmbedder:
    """The port `Embedder` over a folder: vectors of length 1 (float32), one run at a time in `threads` threads.

    Making it looks at the folder and at which libraries there are; the model is opened by `load`, or on first use. Its
    name holds the SHA-256 of the model's files. Raises ConfigError for what cannot work.
    """

    in_parts = False
    usual: float | None = None

    def __init__(self, path: str, dimensions: int | None = None, threads: int = THREADS) -> None:
        self._folder = read(path)
        self._library = "onnxruntime" if self._folder.export else "sentence_transformers"
        if find_spec(self._library) is None:
            extra = EXTRAS[self._library]
            raise ConfigError("embedder.kind", f"{path} needs {self._library.replace('_', '-')}, which is not "
                                               f"installed: pip install 'rapport-proxy[{extra}]'")
        self._count = threads
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "local-embedder")
        self.dimensions = dimensions or self._folder.dimensions or self._asked()
        self.name = f"local-{self._folder.digest()[:16]}@{self.dimensions}"

    def load(self) -> None:
        """Open the model; takes from a tenth of a second to several. Raises ConfigError."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._opened(self._folder)
        made = self._encoder.dimensions
        if made is not None and made != self.dimensions:
            raise ConfigError("embedder.dimensions", f"must be {made}, as the model has it; it is {self.dimensions}")

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector per text. Raises AdapterError where the model cannot be opened, or fails."""
        vectors: list[Sequence[float]] = [()] * len(texts)
        # Neighbours of about one length waste little on padding.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            # What is cancelled before its turn is never run.
            work = partial(self._vectors, [texts[place] for place in places])
            made = await asyncio.get_running_loop().run_in_executor(self._thread, work)
            for place, vector in zip(places, made, strict=True):
                vectors[place] = vector
        return vectors

    async def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _vectors(self, texts: Sequence[str]) -> list[array[float]]:
        try:
            self.load()
        except ConfigError as error:
            raise AdapterError("The embedding model cannot be opened; `rapport check` tells.") from error
        assert self._encoder is not None
        # A blank text has no words to go by, and to some models no token.
        made = self._encoder.encode([text if text.strip() else "-" for text in texts])
        if any(len(vector) != self.dimensions for vector in made):
            raise AdapterError(f"The embedding model makes vectors of {len(made[0])} numbers, not {self.dimensions}.")
        return made

    def _asked(self) -> int:
        """What the model itself says, where the folder's files do not."""
        self._encoder = self._opened(self._folder)
        if self._encoder.dimensions is None:
            where = self._folder.path
            raise ConfigError("embedder.dimensions", f"is needed: nothing in {where} says how long the vectors are")
        return self._encoder.dimensions

    def _opened(self, folder: Folder) -> Encoder:
        if folder.export:
            from adapters.local_embedder import onnxruntime

            return onnxruntime.Encoder(folder, self._count)
        from adapters.local_embedder import sentence_transformers

        return sentence_transformers.Encoder(folder, self._count)
