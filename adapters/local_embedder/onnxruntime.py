"""An ONNX export of an embedding model, run by onnxruntime on the CPU."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.local_embedder.folder import PLACE, Folder
from adapters.local_embedder.pooling import pooled, units
from adapters.ports import AdapterError, ConfigError

KNOWN = ("input_ids", "attention_mask", "token_type_ids")
POOLED = "sentence_embedding"
BATCH_TOKENS = 4096
"""Of one run, padding included. Attention of 12 heads over 8 texts of 512 tokens takes 100 MB."""
CHARACTERS = 40
"""Of a text that are read for each token of the longest: a tokenizer would read all of it, to drop nearly all."""
Texts = Sequence[Sequence[int]]


class Encoder:
    """Texts to vectors, synchronously. `dimensions` is what the graph says of its output, where it says so."""

    def __init__(self, folder: Folder, threads: int) -> None:
        """Open the model. Raises ConfigError where it cannot be opened, or is no model of texts."""
        assert folder.export is not None
        self._folder = folder
        self._tokenizer = tokenizer_of(folder)
        self._faults, self._session = session_of(folder, threads)
        asked = {each.name: each.type for each in self._session.get_inputs()}
        if "input_ids" not in asked or (further := sorted(set(asked) - set(KNOWN))):
            wrong = f"asks for {', '.join(further)}" if "input_ids" in asked else "does not ask for input_ids"
            raise ConfigError(PLACE, f"{folder.export} {wrong}; a model of texts asks for {', '.join(KNOWN)}")
        self._types = {name: "int32" if kind == "tensor(int32)" else "int64" for name, kind in asked.items()}
        self._output, self._pooled, self.dimensions = self._chosen()

    def encode(self, texts: Sequence[str]) -> list[array[float]]:
        """One vector of length 1 per text, in order. Raises AdapterError where the model fails."""
        rows = [self._tokenizer.encode(self._clean(text)) for text in texts]
        made: list[array[float]] = []
        for start, end in _runs([len(row.ids) for row in rows]):
            made += self._run([row.ids for row in rows[start:end]], [row.type_ids for row in rows[start:end]])
        return made

    def _run(self, ids: Texts, types: Texts) -> list[array[float]]:
        import numpy

        # Without any token a text is one of padding: it must be told from no other of its kind.
        ids = [row or [self._folder.pad] for row in ids]
        shape = (len(ids), max(map(len, ids)))
        fed = {name: numpy.zeros(shape, "int64") for name in KNOWN}
        fed["input_ids"] += self._folder.pad
        for place, (row, kinds) in enumerate(zip(ids, types, strict=True)):
            fed["input_ids"][place, : len(row)] = row
            fed["attention_mask"][place, : len(row)] = 1
            fed["token_type_ids"][place, : len(kinds)] = kinds
        asked = {name: fed[name].astype(kind) for name, kind in self._types.items()}
        try:
            (found,) = self._session.run([self._output], asked)
        except self._faults as error:
            raise AdapterError("The embedding model failed.") from error
        if not self._pooled:
            found = pooled(self._folder.pooling, found, fed["attention_mask"])
        return units(found)

    def _chosen(self) -> tuple[str, bool, int | None]:
        """Which output, whether it is one vector per text already, and how long that is."""
        shapes = {each.name: each.shape for each in self._session.get_outputs()}
        tokens = next((name for name, shape in shapes.items() if len(shape) == 3), None)
        name = POOLED if POOLED in shapes else tokens
        if name is None:
            name = next((name for name, shape in shapes.items() if len(shape) == 2), None)
        if name is None:
            raise ConfigError(PLACE, f"{self._folder.export} has no output of one vector per token or text")
        whole = len(shapes[name]) == 2
        if self._folder.further and not whole:
            what = ", ".join(self._folder.further)
            raise ConfigError(PLACE, f"modules.json asks for {what}, which this export lacks: its output must be named "
                                     f"{POOLED}, or the folder be one of sentence-transformers without an export")
        last = shapes[name][-1]
        return name, whole, last if isinstance(last, int) else None

    def _clean(self, text: str) -> str:
        # A lone surrogate, which JSON may carry, is no text to the tokenizer.
        cut = text[: self._folder.longest * CHARACTERS].encode("utf-8", "replace").decode()
        return cut.lower() if self._folder.lower else cut


def _runs(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring texts that go into one run: from, and up to."""
    start = widest = 0
    for place, length in enumerate(lengths):
        widest = max(widest, length)
        if place > start and widest * (place + 1 - start) > BATCH_TOKENS:
            yield start, place
            start, widest = place, length
    if lengths:
        yield start, len(lengths)


def tokenizer_of(folder: Folder) -> Any:
    """What reads a text as the model does, cut to its longest. Raises ConfigError."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
    except Exception as error:  # The library raises no narrower one.
        raise ConfigError(PLACE, f"{folder.path / 'tokenizer.json'} is no tokenizer that can be read") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.longest)
    return tokenizer


def session_of(folder: Folder, threads: int) -> tuple[tuple[type[Exception], ...], Any]:
    """The open model of a folder, and the errors that a run of it may end with. Raises ConfigError."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    # They have no common parent but Exception.
    own = (each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception))
    faults: tuple[type[Exception], ...] = (*own, RuntimeError, ValueError, TypeError)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    # Threads that wait for the next run would burn a CPU each.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return faults, onnxruntime.InferenceSession(str(folder.export), options, providers=["CPUExecutionProvider"])
    except faults as error:
        raise ConfigError(PLACE, f"{folder.export} is no ONNX model that can be opened") from error
