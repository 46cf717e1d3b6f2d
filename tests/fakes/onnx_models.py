"""Writes tiny folders with an embedding model, as exports look: a few tokens, vectors that can be told by hand.

The graph looks up the row of each token (and adds that of its type, where it asks for types). ONNX files are protocol
buffers; the few messages that are needed are written here (onnx.proto, fields by their numbers), so that no package
that makes models has to be installed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "fast")
ROWS = ((99.0, 99.0, 99.0), (0.5, 0.5, 0.5), (0.0, 0.0, 0.1), (0.0, 0.0, 0.1),
        (3.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 3.0), (-3.0, 0.5, 0.0))  # fmt: skip
"""The padding's is far from all others: a mean that counts it shows."""
_FLOAT, _INT32, _INT64 = 1, 6, 7
Names = Sequence[str]


def write(
    folder: Path, inputs: Names = ("input_ids", "attention_mask"), rows: Sequence[Sequence[float]] = ROWS,
    output: str = "last_hidden_state", small: bool = False, **files: Mapping[str, Any],
) -> Path:
    """A folder with model.onnx and tokenizer.json, and JSON `files` by name (`config`, `pooling`, `sentences`).

    An `output` of `sentence_embedding` is the largest over all tokens; `small` makes the inputs of 32 bits. Returns it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model(inputs, rows, output, _INT32 if small else _INT64))
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer()))
    names = {"config": "config.json", "pooling": "1_Pooling/config.json", "sentences": "sentence_bert_config.json",
             "modules": "modules.json", "tokenizer": "tokenizer_config.json"}  # fmt: skip
    for name, content in files.items():
        (folder / names[name]).parent.mkdir(exist_ok=True)
        (folder / names[name]).write_text(json.dumps(content))
    return folder


def model(inputs: Names, rows: Sequence[Sequence[float]], output: str, kind: int = _INT64) -> bytes:
    """The bytes of the model."""
    width, pooled, typed = len(rows[0]), output == "sentence_embedding", "token_type_ids" in inputs
    last = "sum" if typed else "rows"
    nodes = [_node("Gather", ["table", "input_ids"], "rows")]
    if typed:
        nodes += [_node("Gather", ["types", "token_type_ids"], "kinds"), _node("Add", ["rows", "kinds"], "sum")]
    if pooled:
        keep = [_attribute("axes", [1]), _attribute("keepdims", 0)]
        nodes.append(_node("ReduceMax", [last], output, keep))
    else:
        nodes.append(_node("Identity", [last], output))
    tables = [_tensor("table", rows), *([_tensor("types", [[0.0] * width, [50.0] * width])] if typed else [])]
    asked = [_value(name, kind, ["batch", "tokens"]) for name in inputs]
    made = _value(output, _FLOAT, ["batch", width] if pooled else ["batch", "tokens", width])
    graph = [(1, each) for each in nodes] + [(2, b"tiny")] + [(5, each) for each in tables]
    whole = _message([*graph, *((11, each) for each in asked), (12, made)])
    return _message([(1, 8), (8, _message([(1, b""), (2, 13)])), (7, whole)])


def _node(kind: str, inputs: Names, output: str, attributes: Sequence[bytes] = ()) -> bytes:
    named = [*((1, name.encode()) for name in inputs), (2, output.encode()), (4, kind.encode())]
    return _message([*named, *((5, each) for each in attributes)])


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _message([(1, name.encode()), (3, value), (20, 2)])
    return _message([(1, name.encode()), *((8, each) for each in value), (20, 7)])


def _tensor(name: str, rows: Sequence[Sequence[float]]) -> bytes:
    flat = [value for row in rows for value in row]
    return _message([(1, len(rows)), (1, len(rows[0])), (2, _FLOAT), (8, name.encode()),
                     (9, struct.pack(f"<{len(flat)}f", *flat))])  # fmt: skip


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = [(1, _message([(1, size) if isinstance(size, int) else (2, size.encode())])) for size in shape]
    return _message([(1, name.encode()), (2, _message([(1, _message([(1, kind), (2, _message(sizes))]))]))])


def _message(fields: Sequence[tuple[int, int | bytes]]) -> bytes:
    made = b""
    for number, value in fields:
        if isinstance(value, int):
            made += _varint(number << 3) + _varint(value)
        else:
            made += _varint(number << 3 | 2) + _varint(len(value)) + value
    return made


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def _tokenizer() -> dict[str, Any]:
    """Whole words in lower case between two marks, as the library writes it."""
    marks = [{"id": WORDS.index(word), "content": word, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for word in WORDS[:4]]  # fmt: skip
    single = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]  # fmt: skip
    special = {word: {"id": word, "ids": [WORDS.index(word)], "tokens": [word]} for word in WORDS[2:4]}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": marks,
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": special},
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: place for place, word in enumerate(WORDS)},
                  "unk_token": "[UNK]"},
    }  # fmt: skip
