"""The embedded embedder: the table that comes with Rapport."""

import asyncio
import hashlib
import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import pytest

from adapters.ports import Embedder
from adapters.static_embedder import FOLDER, LONGEST, StaticEmbedder

EMBEDDER: Embedder = StaticEmbedder()


def embed(*texts: str) -> Sequence[Sequence[float]]:
    return asyncio.run(EMBEDDER.embed(texts))


def cosine(one: str, other: str) -> float:
    first, second = embed(one, other)
    return sum(a * b for a, b in zip(first, second, strict=True))


TEXTS = [
    "How do I reset my password?", "", " ", "\n", "?!", "\0", "\ud800", "a\ud83d b", "\u200b", "退款需要三十天",
    "Привет, мир", "مرحبا", "नमस्ते", "สวัสดี", "🙂🙂", "e\u0301" * 50, "[UNK]", "[PAD] [CLS]", "<script>", "x" * 500,
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_a_vector_of_length_one(text: str) -> None:
    """Whatever people write, in any script or in none: as many finite numbers as promised, of length 1."""
    (vector,) = embed(text)
    assert len(vector) == EMBEDDER.dimensions == 256
    assert math.isclose(math.hypot(*vector), 1.0, rel_tol=1e-5)


def test_the_same_text_has_the_same_vector() -> None:
    """Alone, among others, in a thread or without one, today and tomorrow."""
    alone = [list(embed(text)[0]) for text in TEXTS]
    assert alone == [list(vector) for vector in embed(*TEXTS)]
    assert alone == [list(vector) for vector in embed(*TEXTS, "long " * 2000)][:-1]
    assert embed() == []


@pytest.mark.parametrize(("asked", "near", "far"), [
    ("How do I reset my password?", "I forgot my login credentials", "The recipe needs two eggs and flour"),
    ("train travel", "railway journeys", "parental leave"),
    ("Is a doctor needed?", "Ask a physician.", "Ask a plumber."),
    ("cheap flights", "inexpensive airline tickets", "expensive wedding dresses"),
])
def test_near_in_meaning(asked: str, near: str, far: str) -> None:
    """Texts that mean the like are nearer than others, although they share no word."""
    assert cosine(asked, near) > cosine(asked, far) + 0.1


def test_unknown_scripts_are_not_alike() -> None:
    """Texts of which no word is known are near themselves alone; beside known words an unknown one says nothing."""
    unknown = ["\U00012000\U00012001", "\U00012002", "\U00013000 \U00013001", "\U0001f999"]
    assert all(abs(cosine(one, other)) < 0.4 for one in unknown for other in unknown if one != other)
    assert cosine(unknown[0], unknown[0]) == pytest.approx(1.0)
    assert cosine(f"{unknown[0]} railway", "railway") == pytest.approx(1.0)


def test_case_and_accents_do_not_matter() -> None:
    """The vocabulary is lower case and without accents."""
    assert cosine("Café OPEN", "cafe open") == pytest.approx(1.0)


@pytest.mark.parametrize("unit", ["word ", "x", "\u00e9", "a.b", "退", "[UNK]", "\ud83d", " ", "##"])
def test_long_texts_are_bounded(unit: str) -> None:
    """A text of a megabyte, in words or in none, costs no more than its first characters, and says the same."""
    began = time.process_time()
    (vector,) = embed(unit * 1_000_000)
    assert time.process_time() - began < 2
    assert list(vector) == list(embed((unit * LONGEST)[:LONGEST])[0])


def test_many_texts_do_not_block_the_loop() -> None:
    """While a batch of documents is embedded, other tasks go on."""

    async def main() -> int:
        ticks = 0
        batch = asyncio.ensure_future(EMBEDDER.embed(["a passage of some length, " * 60] * 2000))
        while not batch.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert asyncio.run(main()) > 10


def test_the_name_is_of_this_table() -> None:
    """A table that changes changes its name, so that stored vectors of the former one are not compared with it."""
    import numpy

    data = b"".join(numpy.load(FOLDER / file).tobytes() for file in ("rows.npy", "scales.npy"))
    assert EMBEDDER.name == f"static-{hashlib.sha256(data).hexdigest()[:12]}"
    described: dict[str, Any] = json.loads((FOLDER / "tokenizer.json").read_text())
    assert len(described["model"]["vocab"]) == len(numpy.load(FOLDER / "rows.npy"))


def test_nothing_is_opened_before_it_is_needed() -> None:
    """Making the embedder imports neither numpy nor the tokenizer, which take a tenth of a second."""
    code = (
        "import asyncio, sys; from adapters.static_embedder import StaticEmbedder; embedder = StaticEmbedder()\n"
        "assert not {'numpy', 'tokenizers'} & set(sys.modules), 'imported'\n"
        "asyncio.run(embedder.ready()); assert {'numpy', 'tokenizers'} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
