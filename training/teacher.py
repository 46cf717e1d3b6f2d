"""The teacher: all-MiniLM-L6-v2 (Wang et al., MiniLM, arXiv 2002.10957; Reimers and Gurevych, arXiv 1908.10084).

A BERT encoder of 6 layers in plain numpy, so that making the table needs nothing that Rapport itself does not need.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 128
"""Tokens of a text that are read, the two marks of its ends included."""
BATCH_TOKENS = 6000
HEADS, LAYERS, EPSILON = 12, 6, 1e-12
WORDS = "embeddings.word_embeddings.weight"
Array = np.ndarray[Any, np.dtype[Any]]


class Teacher:
    """Sentence vectors of the teacher: 384 dimensions, mean over the tokens, length 1."""

    def __init__(self, weights: Mapping[str, Array], tokenizer: Any) -> None:
        self.weights = weights
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> Teacher:
        """The teacher from its files. Raises SystemExit where they are not its own."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        return cls(read_weights(folder / "model.safetensors"), tokenizer)

    def vectors(self, ids: Sequence[Sequence[int]]) -> Iterator[tuple[Array, Array]]:
        """Vectors of tokenised texts, batch by batch of texts of about one length: (places in `ids`, their vectors)."""
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        start = 0
        for end in range(1, len(order) + 1):
            longest = len(ids[order[end]]) if end < len(order) else 0
            if longest == 0 or longest * (end + 1 - start) > BATCH_TOKENS:
                places = order[start:end]
                yield np.array(places), self._forward([ids[place] for place in places])
                start = end

    def _forward(self, batch: Sequence[Sequence[int]]) -> Array:
        width = max(map(len, batch))
        mask = np.array([[1.0] * len(row) + [0.0] * (width - len(row)) for row in batch], np.float32)
        ids = np.array([[*row, *[0] * (width - len(row))] for row in batch])
        hidden = self.weights[WORDS][ids]
        hidden += self.weights["embeddings.position_embeddings.weight"][:width]
        hidden += self.weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(hidden.reshape(-1, hidden.shape[-1]), "embeddings.LayerNorm")
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}", mask)
        pooled = np.einsum("bth,bt->bh", hidden.reshape(*ids.shape, -1), mask)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def _layer(self, hidden: Array, name: str, mask: Array) -> Array:
        size, width = mask.shape
        query, key, value = (
            self._dense(hidden, f"{name}.attention.self.{part}").reshape(size, width, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
        scores += (mask[:, None, None, :] - 1) * np.float32(1e9)
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        seen = (scores @ value).transpose(0, 2, 1, 3).reshape(size * width, -1)
        hidden = self._norm(hidden + self._dense(seen, f"{name}.attention.output.dense"),
                            f"{name}.attention.output.LayerNorm")
        wide = _gelu(self._dense(hidden, f"{name}.intermediate.dense"))
        return self._norm(hidden + self._dense(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _dense(self, x: Array, name: str) -> Array:
        x = x @ self.weights[f"{name}.weight"].T
        x += self.weights[f"{name}.bias"]
        return x

    def _norm(self, x: Array, name: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(EPSILON))
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """The usual form with tanh; it differs from the one with the error function by less than 0.0005."""
    inner = x * x
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= x
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner


def read_weights(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file. Raises SystemExit where it is not the teacher's."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{path} is not the teacher: its SHA-256 is {found}, and should be {SHA256}")
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    body = memoryview(data)[8 + size :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }
