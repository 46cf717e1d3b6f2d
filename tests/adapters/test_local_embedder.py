"""Embeddings by a model in a local folder: tiny exports and tiny folders of sentence-transformers, made here."""

from __future__ import annotations

import asyncio
import json
import math
import time
import tomllib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from adapters.local_embedder import EXTRAS, LocalEmbedder
from adapters.local_embedder.folder import read
from adapters.ports import AdapterError, ConfigError, Embedder
from tests.fakes.onnx_models import ROWS, model, write

ROOT = Path(__file__).parents[2]
onnx = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed (extra `onnx`)")
sentences = pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed (extra of that name)"
)
TYPED = ("input_ids", "attention_mask", "token_type_ids")
MARK = 0.1
"""What each of the two marks around a text adds on the third axis."""


def embed(embedder: Embedder, *texts: str) -> list[list[float]]:
    return [list(vector) for vector in asyncio.run(embedder.embed(texts))]


def unit(*values: float) -> Any:
    return pytest.approx([value / math.hypot(*values) for value in values], abs=1e-6)


@onnx
def test_mean_over_the_tokens_of_a_text(tmp_path: Path) -> None:
    """Marks and words count, what fills up a batch does not: a text has the same vector alone and beside a long one."""
    embedder: Embedder = LocalEmbedder(str(write(tmp_path)))
    alone = embed(embedder, "red")[0]
    assert alone == unit(3.0, 0.0, 2 * MARK)
    assert embed(embedder, "red green blue " * 20, "red", "red GREEN")[1:] == [alone, unit(3.0, 3.0, 2 * MARK)]
    assert embedder.dimensions == 3 and embed(embedder) == []


POOLING = [
    ({"pooling_mode": "mean"}, (0.0, 3.5, 2 * MARK)),
    ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, (0.0, 3.5, 2 * MARK)),
    ({"pooling_mode_mean_sqrt_len_tokens": True}, (0.0, 3.5, 2 * MARK)),
    ({"pooling_mode_cls_token": True}, (0.0, 0.0, MARK)),
    ({"pooling_mode_lasttoken": True}, (0.0, 0.0, MARK)),
    ({"pooling_mode": "max"}, (3.0, 3.0, MARK)),
    # red is the second token, fast the third, green the fourth.
    ({"pooling_mode": "weightedmean"}, (2 * 3.0 - 3 * 3.0, 3 * 0.5 + 4 * 3.0, MARK + 5 * MARK)),
]


@onnx
@pytest.mark.parametrize(("pooling", "expected"), POOLING)
def test_pooling_as_the_folder_says(tmp_path: Path, pooling: dict[str, Any], expected: Sequence[float]) -> None:
    """The mean unless 1_Pooling/config.json names another way, in either spelling; padding has no part."""
    embedder = LocalEmbedder(str(write(tmp_path, pooling=pooling)))
    assert embed(embedder, "red fast green", "blue " * 30)[0] == unit(*expected)


@onnx
@pytest.mark.parametrize("small", [False, True])
def test_inputs_as_the_model_asks(tmp_path: Path, small: bool) -> None:
    """Types of tokens go to a model that asks for them, all 0 for a text of its own; integers of 32 bits likewise."""
    embedder = LocalEmbedder(str(write(tmp_path, TYPED, small=small)))
    assert embed(embedder, "red", "red green")[0] == unit(3.0, 0.0, 2 * MARK)


@onnx
def test_a_model_that_pools_itself(tmp_path: Path) -> None:
    """An output of one vector per text is taken as it is, whatever comes behind the pooling in modules.json."""
    dense = [{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]
    folder = write(tmp_path, output="sentence_embedding", modules=dense)
    assert embed(LocalEmbedder(str(folder)), "red green")[0] == unit(3.0, 3.0, MARK)
    plain = write(tmp_path / "plain", modules=dense)
    with pytest.raises(ConfigError, match=r"embedder\.path: modules\.json asks for Dense, which this export lacks"):
        LocalEmbedder(str(plain))


@onnx
def test_long_texts_are_cut(tmp_path: Path) -> None:
    """Tokens beyond the folder's length are not read, and a megabyte costs no more than that."""
    embedder = LocalEmbedder(str(write(tmp_path, sentences={"max_seq_length": 5})))
    began = time.process_time()
    long, short = embed(embedder, "red green red " + "blue " * 200_000, "red green red")
    assert long == short
    assert time.process_time() - began < 2


@onnx
@pytest.mark.parametrize("text", ["", " ", "\n", "\0", "\ud800", "a\ud83d b", "退款", "🙂", "[PAD] [CLS]", "x" * 5000])
def test_every_text_has_a_vector_of_length_one(tmp_path: Path, text: str) -> None:
    """Whatever people write: as many finite numbers as promised, of length 1, and the same each time."""
    embedder = LocalEmbedder(str(write(tmp_path)))
    (vector,) = embed(embedder, text)
    assert len(vector) == 3 and math.isclose(math.hypot(*vector), 1.0, rel_tol=1e-5)
    assert embed(embedder, "red", text, "green " * 30)[1] == pytest.approx(vector)


@onnx
def test_many_texts_keep_their_order_and_do_not_block(tmp_path: Path) -> None:
    """Hundreds of texts of all lengths come back in order, while other tasks go on and a question gets its turn."""
    embedder = LocalEmbedder(str(write(tmp_path)))
    texts = [("red " if number % 2 else "blue ") * (1 + number * 7 % 90) for number in range(400)]

    async def main() -> tuple[Any, bool, int]:
        ticks, batch = 0, asyncio.ensure_future(embedder.embed(texts))
        await asyncio.sleep(0)
        await embedder.embed(["green"])
        early = not batch.done()
        while not batch.done():
            await asyncio.sleep(0)
            ticks += 1
        return batch.result(), early, ticks

    made, early, ticks = asyncio.run(main())
    assert early and ticks > 10
    assert all((vector[0] > vector[2]) is bool(number % 2) for number, vector in enumerate(made))


@onnx
def test_the_name_is_of_this_model(tmp_path: Path) -> None:
    """Another model, or another reading of it, has another name: vectors of two are never compared."""
    folders = [
        write(tmp_path / "a"), write(tmp_path / "b", rows=(*ROWS[:-1], (9.0, 9.0, 9.0))),
        write(tmp_path / "c", pooling={"pooling_mode": "max"}), write(tmp_path / "d", sentences={"max_seq_length": 9}),
    ]  # fmt: skip
    names = [LocalEmbedder(str(folder)).name for folder in folders]
    assert len(set(names)) == 4 and all(name.endswith("@3") for name in names)
    moved = folders[0].rename(tmp_path / "moved")
    assert LocalEmbedder(str(moved)).name == names[0]
    (moved / "onnx").mkdir()
    (moved / "model.onnx").rename(moved / "onnx" / "model.onnx")
    assert embed(LocalEmbedder(str(moved)), "red")[0] == unit(3.0, 0.0, 2 * MARK)


@onnx
def test_weights_beside_the_model_are_in_the_name(tmp_path: Path) -> None:
    """What is too large for one ONNX file lies beside it, and counts."""
    first = LocalEmbedder(str(write(tmp_path))).name
    (tmp_path / "model.onnx_data").write_bytes(b"weights")
    assert LocalEmbedder(str(tmp_path)).name != first


@onnx
@pytest.mark.parametrize(("change", "line"), [
    ({"model.onnx": b"no model"}, r"embedder\.path: .*is no ONNX model that can be opened"),
    ({"tokenizer.json": b"{}"}, r"embedder\.path: .*tokenizer\.json is no tokenizer"),
    ({"tokenizer.json": None}, r"embedder\.path: .*no tokenizer\.json, which must lie beside it"),
    ({"model.onnx": model(("input_ids", "position_ids"), ROWS, "x")}, r"embedder\.path: .*asks for position_ids; a"),
    ({"1_Pooling/config.json": b'{"pooling_mode": "attention"}'}, r"embedder\.path: 1_Pooling/config\.json asks for"),
    ({"1_Pooling/config.json": b'{"pooling_mode": ["max", "mean"]}'}, r"one at a time: cls, lasttoken, max, mean,"),
    ({"config.json": b"{"}, r"embedder\.path: .*config\.json cannot be read as JSON"),
    ({"config.json": b"[]"}, r"embedder\.path: .*config\.json must hold a JSON object"),
    ({"modules.json": b'{"a": 1}'}, r"embedder\.path: .*modules\.json must hold a list"),
    ({"config.json": b'{"hidden_size": 4}'}, r"embedder\.dimensions: must be 3, as the model has it; it is 4"),
])
def test_a_folder_that_cannot_work(tmp_path: Path, change: dict[str, bytes | None], line: str) -> None:
    """Each is one line with its place, at the start."""
    write(tmp_path)
    for name, content in change.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).unlink(missing_ok=True)
        if content is not None:
            (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=line):
        LocalEmbedder(str(tmp_path)).load()


@onnx
def test_a_length_that_is_wrong(tmp_path: Path) -> None:
    """A configured length that is not the model's is refused when it is opened, and by a question that opens it."""
    embedder = LocalEmbedder(str(write(tmp_path)), dimensions=4)
    with pytest.raises(ConfigError, match=r"embedder\.dimensions: must be 3"):
        embedder.load()
    with pytest.raises(AdapterError, match="rapport check"):
        embed(embedder, "red")


@onnx
def test_a_model_that_fails(tmp_path: Path) -> None:
    """A token beyond the model's rows, or vectors without a direction, are an AdapterError, without the text."""
    short = LocalEmbedder(str(write(tmp_path / "short", rows=ROWS[:5])))
    assert embed(short, "red")[0] == unit(3.0, 0.0, 2 * MARK)
    zero = LocalEmbedder(str(write(tmp_path / "zero", rows=[(0.0, 0.0, 0.0)] * len(ROWS))))
    for embedder in (short, zero):
        with pytest.raises(AdapterError) as caught:
            embed(embedder, "red blue")
        assert "blue" not in str(caught.value)


@pytest.mark.parametrize(("files", "line"), [
    (None, "is no folder; it must be one that holds an embedding model"),
    ({}, "holds no model: neither model.onnx, onnx/model.onnx nor modules.json"),
    ({"modules.json": "[]"}, "holds no weights: no file *.safetensors"),
    ({"modules.json": '[{"type": "evil.Module", "path": ""}]', "model.safetensors": ""}, "asks for evil.Module, which"),
])
def test_a_folder_without_a_model(tmp_path: Path, files: dict[str, str] | None, line: str) -> None:
    """What is missing is named, whichever libraries are installed; code of a folder's own is never run."""
    folder = tmp_path / "model"
    if files is not None:
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_text(content)
    with pytest.raises(ConfigError) as caught:
        LocalEmbedder(str(folder))
    assert str(caught.value).startswith("embedder.path: ") and line in str(caught.value)


def test_what_the_files_say(tmp_path: Path) -> None:
    """Length and dimensions of a folder, the most particular file first."""
    write(tmp_path, config={"hidden_size": 768, "max_position_embeddings": 130, "pad_token_id": 1})
    folder = read(str(tmp_path))
    assert (folder.longest, folder.dimensions, folder.pad, folder.pooling) == (128, 768, 1, "mean")
    write(tmp_path, tokenizer={"model_max_length": 100}, pooling={"embedding_dimension": 384})
    assert (read(str(tmp_path)).longest, read(str(tmp_path)).dimensions) == (100, 384)
    write(tmp_path, tokenizer={"model_max_length": int(1e30)}, sentences={"max_seq_length": 64, "do_lower_case": True})
    assert (read(str(tmp_path)).longest, read(str(tmp_path)).lower) == (64, True)
    dense = [{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]
    write(tmp_path, modules=dense)
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "config.json").write_text(json.dumps({"out_features": 32}))
    assert (read(str(tmp_path)).dimensions, read(str(tmp_path)).further) == (32, ("Dense",))


def test_the_extras_are_there() -> None:
    """Each library has its extra, and what is locked of it is what the extra asks for."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = described["project"]["optional-dependencies"]
    assert set(EXTRAS.values()) <= set(extras)
    for extra, libraries in (("onnx", ("onnxruntime",)), ("sql", ("duckdb", "psycopg"))):
        assert extras[extra] == described["dependency-groups"][extra]
        for lock in (f"requirements-{extra}.lock", "requirements-dev.lock"):
            assert all(f"\n{library}==" in (ROOT / lock).read_text() for library in libraries)


@pytest.mark.parametrize(("library", "extra"), EXTRAS.items())
def test_a_library_that_is_not_installed(tmp_path: Path, library: str, extra: str) -> None:
    """The error names the extra that brings it."""
    if find_spec(library) is not None:
        pytest.skip(f"{library} is installed")
    if library == "onnxruntime":
        write(tmp_path)
    else:
        (tmp_path / "modules.json").write_text("[]")
        (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ConfigError, match=rf"embedder\.kind: .*pip install 'rapport-proxy\[{extra}\]'"):
        LocalEmbedder(str(tmp_path))


@sentences
@pytest.mark.filterwarnings("ignore")
def test_a_folder_of_sentence_transformers(tmp_path: Path) -> None:
    """Written by that library, read by it: vectors of length 1, another name for other weights, garbage refused."""
    import sentence_transformers as library
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer

    tokens = Tokenizer.from_file(str(write(tmp_path / "tokens") / "tokenizer.json"))
    tokens.post_processor = None
    for name in ("a", "b"):
        table = StaticEmbedding(tokens, embedding_dim=4)
        library.SentenceTransformer(modules=[table], device="cpu").save(str(tmp_path / name))
    one, other = (LocalEmbedder(str(tmp_path / name)) for name in ("a", "b"))
    assert one.name != other.name and one.dimensions == 4
    made = embed(one, "red", "green " * 50, "", "\ud800", "red")
    assert all(math.isclose(math.hypot(*vector), 1.0, rel_tol=1e-5) for vector in made)
    assert made[0] == made[4] != made[1]
    (tmp_path / "a" / "model.safetensors").write_bytes(b"none")
    with pytest.raises(ConfigError, match=r"embedder\.path: .*cannot be opened by sentence-transformers"):
        LocalEmbedder(str(tmp_path / "a"), dimensions=4).load()
