"""Entailment by a model in a local folder: tiny cross-encoders, made here, whose outputs can be told by hand."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from adapters.nli import CrossEncoder
from adapters.ports import AdapterError, ConfigError, Entailment
from tests.fakes.onnx_models import write

onnx = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed (extra `onnx`)")
LABELS = {"0": "contradiction", "1": "entailment", "2": "neutral"}
OTHERS = {"0": "ENTAILMENT", "1": "neutral", "2": "contradiction"}
ROWS = ((-99.0, -99.0, -99.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0),
        (3.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 3.0), (1.0, 2.0, 0.0))  # fmt: skip
"""What each token puts on each output, of which the largest counts: red on the first, green on the second, blue on
the third, fast on the first two. The padding loses to all: this graph does not look at the mask."""
TYPED = ("input_ids", "attention_mask", "token_type_ids")


def folder(
    path: Path, labels: Mapping[str, str] | None = LABELS, inputs: Sequence[str] = TYPED[:2], **more: Any
) -> str:
    """A folder whose tokenizer reads pairs, as cross-encoders do."""
    config = {} if labels is None else {"config": {"id2label": labels, "pad_token_id": 0}}
    write(path, inputs, more.pop("rows", ROWS), more.pop("output", "sentence_embedding"), **config, **more)
    file = path / "tokenizer.json"
    described = json.loads(file.read_text())
    second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    described["post_processor"]["pair"] = [*described["post_processor"]["single"], *second]
    file.write_text(json.dumps(described))
    return str(path)


def entails(model: Entailment, claim: str, *premises: str) -> list[float]:
    return list(asyncio.run(model.entails(premises, claim)))


def share(place: int, *odds: float) -> Any:
    return pytest.approx(math.exp(odds[place]) / sum(map(math.exp, odds)), abs=1e-6)


@onnx
@pytest.mark.parametrize(("labels", "place"), [(LABELS, 1), (OTHERS, 0)])
def test_the_label_that_the_model_names(tmp_path: Path, labels: dict[str, str], place: int) -> None:
    """In whatever order the labels are, and whatever their case: entailment is the one of that name."""
    model = CrossEncoder(folder(tmp_path, labels))
    assert entails(model, "fast", "green", "blue blue", "red") == [
        share(place, 1.0, 3.0, 0.0), share(place, 1.0, 2.0, 3.0), share(place, 3.0, 2.0, 0.0),
    ]  # fmt: skip
    assert entails(model, "fast") == []


@onnx
def test_many_premises(tmp_path: Path) -> None:
    """Each has its own probability, also in runs of several and beside longer ones."""
    model = CrossEncoder(folder(tmp_path))
    found = entails(model, "fast", *["green", "red red red red"] * 10)
    assert found[::2] == [share(1, 1.0, 3.0, 0.0)] * 10 and found[1::2] == [share(1, 3.0, 2.0, 0.0)] * 10


@onnx
def test_types_tell_the_claim(tmp_path: Path) -> None:
    """A model that asks for types of tokens gets 1 for the claim."""
    model = CrossEncoder(folder(tmp_path, inputs=TYPED))
    # The type of the claim's tokens adds 50 to every output.
    assert entails(model, "green", "red") == [share(1, 0.0, 3.0, 0.0)]


@onnx
def test_long_texts(tmp_path: Path) -> None:
    """A premise is cut at its end; a claim that is too long alone is no answer."""
    model = CrossEncoder(folder(tmp_path, tokenizer={"model_max_length": 8}))
    assert entails(model, "fast", "green " * 20 + "red") == [share(1, 1.0, 3.0, 0.0)]
    with pytest.raises(AdapterError, match="cannot read the claim"):
        entails(model, "fast " * 20, "green")


WRONG: list[tuple[Mapping[str, str] | None, str]] = [
    (None, "must have id2label"), ({"0": "LABEL_0", "1": "LABEL_1"}, "it has: label_0, label_1"),
    ({"0": "entailment", "1": "entailment"}, "must have one label"), ({"0": "entailment"}, "must have one label"),
    ({"0": "entailment", "5": "neutral"}, "must have one label"), ({"x": "entailment"}, "must have id2label"),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "message"), WRONG)
def test_labels_that_do_not_tell(tmp_path: Path, labels: Mapping[str, str] | None, message: str) -> None:
    """Without one label of that name nobody knows what the outputs mean: this is no guess."""
    with pytest.raises(ConfigError, match=message) as error:
        CrossEncoder(folder(tmp_path, labels), "here.path")
    assert error.value.place == "here.path"


def test_folders_that_are_none(tmp_path: Path) -> None:
    """A folder that is not there, and one without an export."""
    with pytest.raises(ConfigError, match="is no folder"):
        CrossEncoder(str(tmp_path / "none"), "here.path")
    (tmp_path / "modules.json").write_text("[]")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ConfigError, match="no ONNX export"):
        CrossEncoder(str(tmp_path))


@onnx
def test_models_that_judge_no_pairs(tmp_path: Path) -> None:
    """One with a vector for each token, one with another number of labels, and one that is none: `load` tells."""
    with pytest.raises(ConfigError, match="must give 3 numbers"):
        CrossEncoder(folder(tmp_path / "a", output="last_hidden_state")).load()
    with pytest.raises(ConfigError, match="must give 2 numbers"):
        CrossEncoder(folder(tmp_path / "b", {"0": "entailment", "1": "other"})).load()
    path = folder(tmp_path / "c")
    (tmp_path / "c" / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ConfigError, match="can be opened"):
        CrossEncoder(path).load()
    with pytest.raises(AdapterError, match="cannot be opened"):
        entails(CrossEncoder(path), "red", "green")


@onnx
def test_what_is_no_number(tmp_path: Path) -> None:
    """A model that gives no number has failed."""
    rows = [*ROWS[:4], (math.inf, 0.0, 0.0), *ROWS[5:]]
    with pytest.raises(AdapterError, match="no number"):
        entails(CrossEncoder(folder(tmp_path, rows=rows)), "red", "red")
