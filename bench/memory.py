"""How much of what people said they like is in the injected summary: coverage and precision under a token budget.

Metric `pref_coverage@B,N` on LAPS dialogues (Joko et al., SIGIR 2024): every session but the last goes through the real
fold, then N unrelated requests, then the summary is rendered within B tokens. A stated value counts as covered if at
least 75 % of its content words stand in the summary; precision is the share of the summary's content words that stand
in any stated value. The word list follows the data card; it gives .824 for all user turns, where the card has .828.
The figures of `style_plays`, of the same memory, are in `plays`, simulated people in `elections`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from adapters.ports import Evidence, Profile, count_tokens
from bench import elections, hotpath, plays
from policies.history import CONTEXT
from policies.preferences.fold import fold
from policies.preferences.lexicon import word_set
from policies.preferences.render import render

BUDGETS = (64, 128, 256)
UNRELATED = (0, 20, 100)
_COVERED = 0.75
_STOP = word_set(
    "a an the and or but nor so if then than as of at by for from in into on onto to with without within about over "
    "under up down out off again further once here there when where why how all both each few own same such no not "
    "only too very just also i me my mine myself we us our ours ourselves you your yours yourself he him his himself "
    "she her hers it its itself they them their theirs this that these those who whom whose which what am is are was "
    "were be been being have has had having do does did doing will would shall should can could may might must i'm "
    "i've i'd i'll it's don't doesn't didn't isn't aren't wasn't can't won't wouldn't that's you're we're we've "
    "they're there's let's couldn't haven't like want prefer preference something any some more most other etc s t"
)


def words(text: str) -> list[str]:
    """The content words of a text: lower case, without stop words, singular."""
    found = []
    for word in re.findall(r"[a-z0-9']+", text.lower()):
        word = word.strip("'").removesuffix("'s")
        if not word or word in _STOP:
            continue
        if len(word) > 3:
            word = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
        found.append(word)
    return found


def run(data: Path, seeds: Sequence[int] = elections.SEEDS) -> dict[str, float]:
    """The metrics `laps/coverage@B..,N..`, `laps/precision@..`, `laps/tokens@..`, those of `plays`, `elections` and
    `hotpath`.

    Nothing of a set where its data is absent, and neither simulation nor server without `seeds`.
    """
    dialogues, requests = data / "laps" / "dialogues.jsonl.gz", data / "gate" / "requests.jsonl.gz"
    pairs = data / "style_plays" / "pairs.jsonl.gz"
    metrics = score(_rows(dialogues), _rows(requests)) if dialogues.exists() and requests.exists() else {}
    metrics |= plays.score(_rows(pairs)) if pairs.exists() else {}
    return metrics | (elections.run(seeds) | hotpath.run() if seeds else {})


def score(
    dialogues: Iterable[dict[str, Any]], requests: Iterable[dict[str, Any]], users: Sequence[str] = ()
) -> dict[str, float]:
    """The metrics over the dialogues of at least two sessions, of `users` only where some are named."""
    unrelated = [
        row["text"][:300] for row in requests if row["personal"] == 0 and not row["source"].startswith("spider")
    ]
    sums: dict[str, list[float]] = {}
    noise = {count: random.Random(7) for count in UNRELATED}
    for dialogue in dialogues:
        if len(dialogue["sessions"]) < 2:
            continue
        drawn = {count: noise[count].sample(unrelated, count) for count in UNRELATED}
        if users and dialogue["user"] not in users:
            continue
        for name, value in _one(dialogue["sessions"][:-1], drawn):
            sums.setdefault(name, []).append(value)
    return {f"laps/{name}": round(sum(values) / len(values), 4) for name, values in sums.items()}


def _one(sessions: list[dict[str, Any]], drawn: dict[int, list[str]]) -> Iterator[tuple[str, float]]:
    gold = [words(value) for session in sessions for values in session["preferences"].values() for value in values]
    gold = [value for value in gold if value]
    if not gold:
        return
    any_gold = {word for value in gold for word in value}
    learnt = fold(Profile(), list(_told(sessions)))
    for count, texts in drawn.items():
        later = [
            Evidence(f"n{number}", "statement", text, seq=learnt.watermark + 1 + number)
            for number, text in enumerate(texts)
        ]
        profile = fold(learnt, later)
        for budget in BUDGETS:
            summary = render(profile, budget)
            said = words(summary)
            where = f"@B{budget},N{count}"
            yield f"coverage{where}", sum(_covered(value, set(said)) for value in gold) / len(gold)
            yield f"precision{where}", sum(word in any_gold for word in said) / len(said) if said else 0.0
            yield f"tokens{where}", float(count_tokens(summary))


def _told(sessions: list[dict[str, Any]]) -> Iterator[Evidence]:
    """The user's turns as the history policy records them: each with the assistant's turn that it answers."""
    number = 0
    for session in sessions:
        before = ""
        for turn in session["turns"]:
            if turn["role"] == "user":
                number += 1
                yield Evidence(f"t{number}", "statement", turn["text"], context=before[-CONTEXT:], seq=number)
            else:
                before = turn["text"]


def _covered(value: list[str], said: set[str]) -> bool:
    return sum(word in said for word in value) >= _COVERED * len(value)


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
