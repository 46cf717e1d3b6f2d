"""A bank of questions: prompts with answers in several styles, every two of which make a pair that may be asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from adapters.ports import ConfigError
from policies.rewards.axes import AXES, JUDGED, features
from policies.rewards.judge import score
from policies.rewards.moments import Array
from policies.rewards.questions import Pool

_UNJUDGED: Mapping[str, float] = MappingProxyType({})


class Offered(NamedTuple):
    """One answer of a bank: the name of its style, its text, and its scores on judged axes, where they are known."""

    style: str
    text: str
    scores: Mapping[str, float] = _UNJUDGED


class Item(NamedTuple):
    """One prompt of a bank, with its answers."""

    id: str
    prompt: str
    answers: tuple[Offered, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Items and the pairs of their answers: `pairs` are (item, first answer, second answer), in the order of
    `pool`, whose differences are the first's features less the second's."""

    items: tuple[Item, ...]
    pairs: tuple[tuple[int, int, int], ...]
    pool: Pool

    def texts(self, pair: int) -> tuple[str, str, str]:
        """The prompt and the two texts of a pair."""
        item, first, second = self.pairs[pair]
        found = self.items[item]
        return found.prompt, found.answers[first].text, found.answers[second].text


def parsed(lines: Iterable[str], place: str = "bank") -> tuple[Item, ...]:
    """The items of a bank, one JSON object a line: `{"id", "prompt", "answers": [{"style", "text", "scores"}, ...]}`
    with at least two answers; `scores`, by axis of JUDGED, may be left out. Raises ConfigError, naming the line, for
    anything else and for an id that is there twice."""
    items: dict[str, Item] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item = _item(line, f"{place}.{number}")
        if item.id in items:
            raise ConfigError(f"{place}.{number}.id", "is there twice; every prompt needs its own")
        items[item.id] = item
    return tuple(items.values())


def read(item: Item, axes: Sequence[str] = AXES) -> Array:
    """The features of an item's answers, shape (n, len(axes))."""
    return features([answer.text for answer in item.answers], axes, [answer.scores for answer in item.answers])


def scores_of(items: Iterable[Item]) -> dict[str, Mapping[str, float]]:
    """The scores of every answer that has any, by its text."""
    return {answer.text: answer.scores for item in items for answer in item.answers if answer.scores}


def opened(items: Sequence[Item], axes: Sequence[str] = AXES) -> Bank:
    """A bank over these items, with the features of every answer read. Raises ValueError for an unknown axis."""
    pairs, rows = [], []
    for place, item in enumerate(items):
        phi = read(item, axes)
        for first, second in combinations(range(len(item.answers)), 2):
            pairs.append((place, first, second))
            rows.append(phi[first] - phi[second])
    v = np.array(rows) if rows else np.zeros((0, len(axes)))
    return Bank(tuple(items), tuple(pairs), Pool(v, tuple(items[place].id for place, _, _ in pairs)))


def _item(line: str, place: str) -> Item:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise ConfigError(place, "is no JSON; expected one object a line") from None
    if not isinstance(found, dict):
        raise ConfigError(place, "must be an object with id, prompt and answers")
    answers = found.get("answers")
    if not isinstance(answers, list) or len(answers) < 2:
        raise ConfigError(f"{place}.answers", "must be a list of at least two answers")
    offered = tuple(_offered(each, f"{place}.answers.{number}") for number, each in enumerate(answers))
    return Item(_text(found, "id", place), _text(found, "prompt", place), offered)


def _offered(found: Any, place: str) -> Offered:
    style, text = _text(found, "style", place), _text(found, "text", place)
    scores = found.get("scores", {})
    if not isinstance(scores, dict):
        raise ConfigError(f"{place}.scores", f"must be an object of numbers by axis: {', '.join(JUDGED)}")
    for axis, value in scores.items():
        if axis not in JUDGED or not score(value):
            message = f"must be a number from -1 to 1, on one of these axes: {', '.join(JUDGED)}"
            raise ConfigError(f"{place}.scores.{axis}", message)
    return Offered(style, text, {axis: float(value) for axis, value in scores.items()})


def _text(found: Any, name: str, place: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{place}.{name}", "must be a text that is not empty")
    if value.encode("utf-8", "replace").decode() != value:
        raise ConfigError(f"{place}.{name}", "is no UTF-8: it holds half a character")
    return value
