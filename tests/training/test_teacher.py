"""The teacher's forward pass, on weights that are drawn: its own are not here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.teacher import LAYERS, Teacher, _gelu, read_weights

HIDDEN, WORDS = 24, 50
Array = np.ndarray[Any, np.dtype[Any]]


def weights() -> dict[str, Array]:
    draw = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, HIDDEN), "embeddings.position_embeddings.weight": (128, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN), "embeddings.LayerNorm.weight": (HIDDEN,),
        "embeddings.LayerNorm.bias": (HIDDEN,),
    }
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        parts = {"attention.self.query": (HIDDEN, HIDDEN), "attention.self.key": (HIDDEN, HIDDEN),
                 "attention.self.value": (HIDDEN, HIDDEN), "attention.output.dense": (HIDDEN, HIDDEN),
                 "intermediate.dense": (4 * HIDDEN, HIDDEN), "output.dense": (HIDDEN, 4 * HIDDEN),
                 "attention.output.LayerNorm": (HIDDEN,), "output.LayerNorm": (HIDDEN,)}
        for part, shape in parts.items():
            shapes |= {f"{name}.{part}.weight": shape, f"{name}.{part}.bias": shape[:1]}
    made = {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return {name: 1 + value / 10 if "LayerNorm.weight" in name else value / 4 for name, value in made.items()}


def vectors(ids: list[list[int]]) -> Array:
    made = np.zeros((len(ids), HIDDEN), np.float32)
    for places, found in Teacher(weights(), None).vectors(ids):
        made[places] = found
    return made


def test_the_company_of_other_texts_changes_nothing() -> None:
    """Short texts stand beside long ones in a batch: what fills them up is not read. Vectors have length 1."""
    draw = np.random.default_rng(4)
    ids = [list(draw.integers(1, WORDS, size)) for size in (3, 9, 4, 30, 30, 5, 120)]
    together = vectors(ids)
    assert np.allclose(together, np.concatenate([vectors([each]) for each in ids]), atol=1e-4)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_order_counts() -> None:
    """It is no bag of words: the same tokens in another order have another vector."""
    one, other = vectors([[1, 2, 3, 4], [4, 3, 2, 1]])
    assert one @ other < 0.999


def test_gelu() -> None:
    """Values of the function as tables have them."""
    found = _gelu(np.array([-3.0, -1.0, 0.0, 1.0, 3.0], np.float32))
    assert np.allclose(found, [-0.00405, -0.15866, 0.0, 0.84134, 2.99595], atol=5e-4)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """Weights that are not the teacher's are not used, and the message says what was expected."""
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(SystemExit, match=r"is not the teacher: its SHA-256 is .* should be 53aa51172d14"):
        read_weights(tmp_path / "model.safetensors")
