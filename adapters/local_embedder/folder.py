"""What a folder with an embedding model says of itself: its files, its length, and how tokens become one vector.

The names are those of sentence-transformers' folders (`modules.json`, `1_Pooling/config.json`,
`sentence_bert_config.json`), of which an ONNX export keeps the files beside the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.ports import ConfigError

PLACE = "embedder.path"
EXPORTS = ("model.onnx", "onnx/model.onnx")
POOLINGS = {
    "mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls", "max": "max", "max_tokens": "max",
    "lasttoken": "lasttoken", "weightedmean": "weightedmean", "weightedmean_tokens": "weightedmean",
    # The same direction as the mean, and only that is left at length 1.
    "mean_sqrt_len_tokens": "mean",
}  # fmt: skip
LENGTH = 512
"""Tokens of a text that are read where the folder does not say how many."""
_SANE = 1_000_000
_PLAIN = ("Transformer", "Pooling", "Normalize", "Dropout")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds a model. `export` is its ONNX file, None where sentence-transformers is to read it.

    `files` are those whose bytes make the vectors; `longest` counts tokens; `pad` is the id that fills up a batch;
    `further` names what follows the pooling and is no part of a plain export (`Dense`, say).
    """

    path: Path
    export: Path | None
    files: tuple[Path, ...]
    pooling: str
    longest: int
    lower: bool
    pad: int
    dimensions: int | None
    further: tuple[str, ...] = ()

    def digest(self) -> str:
        """SHA-256 over names and bytes of the model's files, in hexadecimal. Reads all of them."""
        sums = hashlib.sha256()
        for file in self.files:
            sums.update(f"{file.relative_to(self.path).as_posix()}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as opened:
                while piece := opened.read(_PIECE):
                    sums.update(piece)
        return sums.hexdigest()


def read(path: str) -> Folder:
    """The folder as its files describe it. Raises ConfigError where there is no model, or its description is none."""
    folder = Path(path)
    if not folder.is_dir():
        raise ConfigError(PLACE, f"{path} is no folder; it must be one that holds an embedding model")
    export = next((folder / name for name in EXPORTS if (folder / name).is_file()), None)
    modules = _modules(folder, export is None)
    config, pooling = _described(folder, "config.json"), _described(folder, "1_Pooling/config.json")
    sentences = _described(folder, "sentence_bert_config.json")
    return Folder(
        path=folder, export=export, files=_files(folder, export), pooling=_pooling(pooling),
        longest=_longest(sentences, _described(folder, "tokenizer_config.json"), config),
        lower=bool(sentences.get("do_lower_case")), pad=_number(config.get("pad_token_id")) or 0,
        dimensions=_dimensions(folder, modules, pooling, config),
        further=tuple(kind for kind, _ in modules if kind not in _PLAIN),
    )  # fmt: skip


def _files(folder: Path, export: Path | None) -> tuple[Path, ...]:
    """What makes the vectors. Weights too large for an ONNX file lie beside it."""
    if export is not None:
        if not (folder / "tokenizer.json").is_file():
            raise ConfigError(PLACE, f"{folder} holds an ONNX export and no tokenizer.json, which must lie beside it")
        own = ("tokenizer.json", "config.json", "1_Pooling/config.json", "sentence_bert_config.json",
               "tokenizer_config.json")  # fmt: skip
        beside = sorted(each for each in export.parent.glob("model.onnx*") if each.is_file())
        return (*beside, *(folder / name for name in own if (folder / name).is_file()))
    if not (folder / "modules.json").is_file():
        raise ConfigError(PLACE, f"{folder} holds no model: neither {', '.join(EXPORTS)} nor modules.json")
    found = sorted(each for each in folder.rglob("*") if each.is_file())
    if not any(each.suffix == ".safetensors" for each in found):
        raise ConfigError(PLACE, f"{folder} holds no weights: no file *.safetensors")
    return tuple(each for each in found if each.suffix in (".safetensors", ".json", ".txt", ".model"))


def _modules(folder: Path, run: bool) -> list[tuple[str, str]]:
    """Kind and subfolder of each step, in order; none where the folder does not list them. What is to be `run` must be
    the library's own."""
    given = _json(folder / "modules.json") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise ConfigError(PLACE, f"{folder / 'modules.json'} must hold a list of modules")
    foreign = [kind for each in given if not (kind := str(each.get("type"))).startswith("sentence_transformers.")]
    if foreign and run:
        raise ConfigError(PLACE, f"modules.json asks for {foreign[0]}, which is code of its own: that is not run")
    return [(str(each.get("type")).rpartition(".")[2], str(each.get("path", ""))) for each in given]


def _pooling(config: Mapping[str, Any]) -> str:
    """How the vectors of the tokens become one: the mean, unless the folder says another way."""
    named, mark = config.get("pooling_mode"), "pooling_mode_"
    if isinstance(named, str):
        named = [named]
    switched = [key.removeprefix(mark) for key, on in config.items() if key.startswith(mark) and on is True]
    chosen: Sequence[Any] = named or switched
    if not chosen:
        return "mean"
    if len(chosen) > 1 or chosen[0] not in POOLINGS:
        known = ", ".join(sorted(set(POOLINGS.values())))
        raise ConfigError(PLACE, f"1_Pooling/config.json asks for {chosen!r}; known, one at a time: {known}")
    return POOLINGS[chosen[0]]


def _longest(sentences: Mapping[str, Any], tokenizer: Mapping[str, Any], config: Mapping[str, Any]) -> int:
    """Tokens of a text that the model reads, marks included."""
    places = _number(config.get("max_position_embeddings"))
    # Models of RoBERTa's kind count positions from 2.
    said = (sentences.get("max_seq_length"), tokenizer.get("model_max_length"), places and min(places - 2, LENGTH))
    return next((number for each in said if (number := _number(each)) and number < _SANE), LENGTH)


def _dimensions(
    folder: Path, modules: Sequence[tuple[str, str]], pooling: Mapping[str, Any], config: Mapping[str, Any]
) -> int | None:
    dense = [_described(folder, f"{path}/config.json").get("out_features") for kind, path in modules if kind == "Dense"]
    pooled = (pooling.get("word_embedding_dimension"), pooling.get("embedding_dimension"))
    hidden = (config.get(name) for name in ("hidden_size", "dim", "d_model"))
    said = (*dense[-1:], *pooled, *hidden)
    return next((number for each in said if (number := _number(each))), None)


def _number(given: Any) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else None


def _described(folder: Path, name: str) -> dict[str, Any]:
    found = _json(folder / name)
    if found is not None and not isinstance(found, dict):
        raise ConfigError(PLACE, f"{folder / name} must hold a JSON object")
    return found or {}


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(PLACE, f"{file} cannot be read as JSON") from error
