"""Whether passages entail a claim, by a cross-encoder in a local folder: an ONNX export. No network.

The folder is read as that of an embedding model is (`model.onnx` or `onnx/model.onnx`, `tokenizer.json`,
`config.json`). Which of its outputs stands for entailment is what `id2label` of config.json says: models of one family
differ in it, and the code of bidirectional RAG (arXiv 2512.22199) takes the last, which was another one.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from adapters.local_embedder.folder import Folder, read
from adapters.ports import AdapterError, ConfigError

PLACE = "write_back.entailment"
LABEL = "entailment"
THREADS = 2
BATCH = 8
"""Pairs of one run: of a premise of 512 tokens each."""
_KNOWN = ("input_ids", "attention_mask", "token_type_ids")


class CrossEncoder:
    """The port `Entailment` over a folder. One run at a time, in a thread of its own; a premise that is too long with
    the claim is cut at its end. Making it reads the folder; `load` opens the model, or the first call does. Raises
    ConfigError at `place` for what cannot work."""

    def __init__(self, path: str, place: str = PLACE, threads: int = THREADS) -> None:
        self._place, self._count = place, threads
        self._folder = self._read(path)
        self._labels, self._entailed = self._label()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "entailment")
        self._opened: tuple[tuple[type[Exception], ...], Any, Any] | None = None

    async def entails(self, premises: Sequence[str], claim: str) -> Sequence[float]:
        """The probability, in [0, 1], that each premise entails the claim. Raises AdapterError."""
        made: list[float] = []
        for start in range(0, len(premises), BATCH):
            part = list(premises[start : start + BATCH])
            made += await asyncio.get_running_loop().run_in_executor(self._thread, self._judged, part, claim)
        return made

    async def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def load(self) -> None:
        """Open the model. Raises ConfigError where it cannot be opened, or is none that judges pairs of texts."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()

    def _read(self, path: str) -> Folder:
        try:
            folder = read(path)
        except ConfigError as error:
            raise ConfigError(self._place, error.message) from error
        if folder.export is None:
            raise ConfigError(self._place, f"{path} holds no ONNX export; it must have model.onnx or onnx/model.onnx")
        if find_spec("onnxruntime") is None:
            raise ConfigError(self._place, f"{path} needs onnxruntime: pip install 'rapport-proxy[onnx]'")
        return folder

    def _label(self) -> tuple[int, int]:
        """How many labels there are, and the place of the one that means entailment."""
        file = self._folder.path / "config.json"
        try:
            named = json.loads(file.read_text(encoding="utf-8"))["id2label"]
            labels = {int(place): str(label).strip().lower() for place, label in named.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(self._place, f"{file} must have id2label, which says what each output means") from error
        places = [place for place, label in labels.items() if label == LABEL]
        if len(places) != 1 or sorted(labels) != list(range(len(labels))) or len(labels) < 2:
            known = ", ".join(label for _, label in sorted(labels.items()))
            raise ConfigError(self._place, f"id2label of {file} must have one label {LABEL!r}; it has: {known}")
        return len(labels), places[0]

    def _open(self) -> tuple[tuple[type[Exception], ...], Any, Any]:
        from adapters.local_embedder.onnxruntime import session_of, tokenizer_of

        try:
            tokenizer, (faults, session) = tokenizer_of(self._folder), session_of(self._folder, self._count)
        except ConfigError as error:
            raise ConfigError(self._place, error.message) from error
        # The claim must be read whole: of a premise that is cut less is entailed, of a claim more.
        tokenizer.enable_truncation(self._folder.longest, strategy="only_first")
        asked = {each.name for each in session.get_inputs()}
        shape = session.get_outputs()[0].shape
        if "input_ids" not in asked or asked - set(_KNOWN):
            raise ConfigError(self._place, f"{self._folder.export} must ask for {', '.join(_KNOWN)}, or some of them")
        if len(shape) != 2 or (isinstance(shape[1], int) and shape[1] != self._labels):
            raise ConfigError(self._place, f"{self._folder.export} must give {self._labels} numbers for each pair, as "
                                           f"many as id2label has labels")
        return faults, tokenizer, session

    def _judged(self, premises: Sequence[str], claim: str) -> list[float]:
        try:
            self.load()
        except ConfigError as error:
            raise AdapterError("The entailment model cannot be opened.") from error
        assert self._opened is not None
        faults, tokenizer, session = self._opened
        try:
            rows = [tokenizer.encode(_clean(each), _clean(claim)) for each in premises]
        except Exception as error:  # The library raises no narrower one: the claim alone is too long, say.
            raise AdapterError("The entailment model cannot read the claim.") from error
        try:
            (found, *_) = session.run(None, self._fed(rows, session))
        except faults as error:
            raise AdapterError("The entailment model failed.") from error
        return [_share([float(each) for each in row], self._entailed) for row in found]

    def _fed(self, rows: Sequence[Any], session: Any) -> dict[str, Any]:
        import numpy

        shape = (len(rows), max(len(row.ids) for row in rows))
        fed = {name: numpy.zeros(shape, "int64") for name in _KNOWN}
        fed["input_ids"] += self._folder.pad
        for place, row in enumerate(rows):
            size = len(row.ids)
            for name, values in zip(_KNOWN, (row.ids, row.attention_mask, row.type_ids), strict=True):
                fed[name][place, :size] = values
        kinds = {"tensor(int32)": "int32"}
        return {each.name: fed[each.name].astype(kinds.get(each.type, "int64")) for each in session.get_inputs()}


def _share(odds: Sequence[float], place: int) -> float:
    """The softmax at a place. Raises AdapterError where a number is none."""
    if not all(map(math.isfinite, odds)):
        raise AdapterError("The entailment model gives what is no number.")
    raised = [math.exp(each - max(odds)) for each in odds]
    return raised[place] / sum(raised)


def _clean(text: str) -> str:
    # A lone surrogate, which JSON may carry, is no text to the tokenizer.
    return text.encode("utf-8", "replace").decode()
