"""What answers are like, on named axes: one row of coefficients' counterparts per candidate answer to one prompt.

An axis is read off the text by counting (`TEXT`), scored by a model (`JUDGED`, see `judge`), or a direction that was
learnt from choices (`FACTORS`, see `factors`). What counts is how an answer differs from the others to the same prompt:
amounts are taken from their mean, in units of their deviation ("z-scored within the prompt"), so that what the subject
asks for cancels out. A deviation below what a reader would notice counts as that much (`_NOTICED`), so that two answers
that are nearly alike stay so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from adapters.ports import strip_blocks
from policies.rewards.factor_file import MOST
from policies.rewards.moments import Array
from policies.rewards.traits import (
    EMOJI,
    EXAMPLE,
    HEADING,
    LETTERS,
    LIST,
    SENTENCE_END,
    TABLE,
    registers,
    straight,
    words,
)  # fmt: skip

CAP = 8000
"""Characters of an answer that are read."""
_NOTICED: Mapping[str, float] = {
    "length": 0.25, "lists": 0.5, "headings": 0.4, "tables": 0.5, "code": 0.5, "emoji": 0.4, "examples": 0.4,
    "hedging": 1.0, "questions": 0.4, "plain": 2.0, "person": 1.5, "directness": 0.7, "formal": 0.4, "casual": 0.4,
}  # fmt: skip
"""By axis, the deviation that a reader begins to notice, in the unit of `read`."""
TEXT = tuple(_NOTICED)
"""The axes that are read off a text."""
JUDGED = ("formality", "warmth", "humour", "depth", "caution")
"""The axes that a model, or whoever wrote the text, scores."""
FACTORS = tuple(f"factor{number}" for number in range(1, MOST + 1))
"""Axes without names, that are learnt from choices."""
AXES = (*TEXT, *JUDGED, *FACTORS)
"""Every axis there may be. What is not seen of an axis is 0, and tells nothing of it."""
_JUDGE_NOTICES = 0.2
_DEVIATIONS = 2.0
"""This many of them are a whole amount, 1 or -1."""
_ENOUGH = 60.0
"""Words whose mean length is taken at its word."""
_FENCE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL)
_HEDGES = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|likely|might|may|could|seems?|appears?|roughly|approximately|generally|"
    r"usually|typically|often|sometimes|i think|i believe|i'm not sure|in most cases|it depends|as far as i know|"
    r"vielleicht|wahrscheinlich|vermutlich|peut-être|probablement|quizás?|probablemente)\b"
)
_YOU = re.compile(r"\b(?:you|your|yours|you're|you'll|you've|du|dein\w*|dich|dir|tu|ton|vous|votre|usted|tú)\b")
_PREAMBLE = re.compile(
    r"(?:sure|certainly|of course|absolutely|great|good question|what a|thanks?\b|i'd be happy|i'm happy|happy to|"
    r"i understand|i can help|let me|let's|here(?:'s| is| are)|in this|to answer|before (?:we|i)|it depends|"
    r"that's (?:a|an) |this is (?:a|an) (?:great|good|common|interesting)|hi\b|hey\b|hello\b|dear\b)"
)


def read(text: str) -> dict[str, float]:
    """The amount of each of TEXT in one answer: logarithms of counts; hedges and "you" per 100 words; `plain` the
    reading grade below 0 (Smith and Senter 1967, automated readability index); `directness` minus the logarithm of
    the words that stand before the end of the first sentence that says something."""
    text = strip_blocks(text[:CAP])
    prose = straight(_FENCE.sub("", text))
    said, low = words(prose), prose.lower()
    casual, formal = registers(prose, said)
    hundreds = max(len(said), 20) / 100.0
    counts = {
        "lists": len(LIST.findall(prose)), "headings": len(HEADING.findall(prose)), "tables": len(TABLE.findall(prose)),
        "code": sum(each.count("\n") for each in _FENCE.findall(text)), "emoji": len(EMOJI.findall(prose)),
        "examples": len(EXAMPLE.findall(prose)), "questions": prose.count("?") + prose.count("\uff1f"),
        "formal": formal, "casual": casual,
    }  # fmt: skip
    return {
        "length": math.log1p(len(words(straight(text)))),
        **{name: math.log1p(count) for name, count in counts.items()},
        "hedging": len(_HEDGES.findall(low)) / hundreds,
        "plain": -_grade(prose),
        "person": len(_YOU.findall(low)) / hundreds,
        "directness": -math.log1p(_before(low)),
    }


def features(
    texts: Sequence[str], axes: Sequence[str] = AXES, judged: Sequence[Mapping[str, float]] = ()
) -> Array:
    """Candidate answers to one prompt on `axes`: shape (n, len(axes)), each in [-1, 1], each column with mean 0.

    `judged` are a model's scores in [-1, 1], one mapping per text; an axis that it lacks for any of them, and every
    axis of a text that has nothing to be compared with, is 0. Raises ValueError for an unknown axis.
    """
    unknown = sorted({*axes} - {*AXES})
    if unknown:
        raise ValueError(f"unknown axes: {', '.join(unknown)}; known: {', '.join(AXES)}")
    found = np.zeros((len(texts), len(axes)))
    if len(texts) < 2:
        return found
    rows = [read(text) for text in texts]
    for place, axis in enumerate(axes):
        if axis in _NOTICED:
            found[:, place] = _compared([row[axis] for row in rows], _NOTICED[axis])
        elif len(judged) == len(texts) and all(axis in scores for scores in judged):
            found[:, place] = _compared([scores[axis] for scores in judged], _JUDGE_NOTICES)
    if "plain" in axes:
        # The mean of a few words says little.
        found[:, axes.index("plain")] *= min(1.0, min(math.expm1(row["length"]) for row in rows) / _ENOUGH)
    return found


def _compared(amounts: Sequence[float], noticed: float) -> Array:
    off = np.asarray(amounts, float) - np.mean(amounts)
    # n amounts lie at most sqrt(n - 1) deviations from their mean: of up to five answers none is cut off.
    scaled: Array = np.clip(off / math.hypot(float(off.std()), noticed) / _DEVIATIONS, -1.0, 1.0)
    return scaled


def _grade(prose: str) -> float:
    letters = [len(word) for word in LETTERS.findall(prose)]
    if not letters:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(prose)), len(LIST.findall(prose)))
    return 4.71 * sum(letters) / len(letters) + 0.5 * len(letters) / sentences


def _before(low: str) -> int:
    count = 0
    for sentence in SENTENCE_END.split(low)[:6]:
        count += len(LETTERS.findall(sentence))
        if count and not _PREAMBLE.match(sentence.lstrip(" \t\n#*>-")):
            break
    return count
