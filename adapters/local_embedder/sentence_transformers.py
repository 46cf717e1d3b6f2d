"""A folder of sentence-transformers, run by that library on the CPU: weights as safetensors, no code of the folder."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence

from adapters.local_embedder.folder import PLACE, Folder
from adapters.local_embedder.pooling import units
from adapters.ports import AdapterError, ConfigError

BATCH = 8
"""Texts of one run; the library puts those of about one length together."""
_FAULTS = (RuntimeError, ValueError, TypeError, LookupError, OSError, AttributeError, ImportError)


class Encoder:
    """Texts to vectors, synchronously. `dimensions` is what the model says of itself, where it says so."""

    def __init__(self, folder: Folder, threads: int) -> None:
        """Open the model; takes seconds. Raises ConfigError where it cannot be opened."""
        # Read by the import: nothing is looked up in a network, whatever a folder names.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
        import sentence_transformers
        import torch
        from safetensors import SafetensorError
        from transformers.utils import logging

        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        try:
            self._model = sentence_transformers.SentenceTransformer(
                str(folder.path), device="cpu", local_files_only=True, trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )  # fmt: skip
        except (*_FAULTS, SafetensorError) as error:
            raise ConfigError(PLACE, f"{folder.path} cannot be opened by sentence-transformers") from error
        self.dimensions: int | None = self._model.get_embedding_dimension()

    def encode(self, texts: Sequence[str]) -> list[array[float]]:
        """One vector of length 1 per text, in order. Raises AdapterError where the model fails."""
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        try:
            found = self._model.encode(clean, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
        except _FAULTS as error:
            raise AdapterError("The embedding model failed.") from error
        return units(found)
