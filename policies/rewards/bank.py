"""A bank of questions: prompts with answers in several styles, every two of which make a pair that may be asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from adapters.ports import ConfigError
from policies.rewards.axes import AXES, features
from policies.rewards.questions import Pool


class Offered(NamedTuple):
    """One answer of a bank: the name of its style, and its text."""

    style: str
    text: str


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
    """The items of a bank, one JSON object a line: `{"id", "prompt", "answers": [{"style", "text"}, ...]}` with at
    least two answers. Raises ConfigError, naming the line, for anything else and for an id that is there twice."""
    items: dict[str, Item] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item = _item(line, f"{place}.{number}")
        if item.id in items:
            raise ConfigError(f"{place}.{number}.id", "is there twice; every prompt needs its own")
        items[item.id] = item
    return tuple(items.values())


def opened(items: Sequence[Item], axes: Sequence[str] = AXES) -> Bank:
    """A bank over these items, with the features of every answer read. Raises ValueError for an unknown axis."""
    pairs, rows = [], []
    for place, item in enumerate(items):
        phi = features([answer.text for answer in item.answers], axes)
        for first, second in combinations(range(len(item.answers)), 2):
            pairs.append((place, first, second))
            rows.append(phi[first] - phi[second])
    v = np.array(rows) if rows else np.zeros((0, len(axes)))
    return Bank(tuple(items), tuple(pairs), Pool(v, tuple(items[place].id for place, _, _ in pairs)))


def _item(line: str, place: str) -> Item:
    try:
        found = json.loads(line)
    except ValueError:
        raise ConfigError(place, "is no JSON; expected one object a line") from None
    if not isinstance(found, dict):
        raise ConfigError(place, "must be an object with id, prompt and answers")
    answers = found.get("answers")
    if not isinstance(answers, list) or len(answers) < 2:
        raise ConfigError(f"{place}.answers", "must be a list of at least two answers")
    offered = tuple(Offered(_text(each, "style", f"{place}.answers.{number}"),
                            _text(each, "text", f"{place}.answers.{number}"))
                    for number, each in enumerate(answers))  # fmt: skip
    return Item(_text(found, "id", place), _text(found, "prompt", place), offered)


def _text(found: Any, name: str, place: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{place}.{name}", "must be a text that is not empty")
    if value.encode("utf-8", "replace").decode() != value:
        raise ConfigError(f"{place}.{name}", "is no UTF-8: it holds half a character")
    return value
