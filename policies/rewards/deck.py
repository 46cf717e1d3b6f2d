"""The questions of a bank by name: which one a person is asked next, and what an answer to it means.

A question is two answers to one prompt of the bank. It is called by the prompt's id and the places of the two; each of
the two by the prompt's id and its place. The prompts of the bank also stand for the decisions that are to come: it is
asked on while an answer may change which of a prompt's answers this person would be given.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from adapters.ports import ConfigError
from policies.asked import MOST
from policies.rewards.bank import Bank, opened, parsed, read
from policies.rewards.moments import Array
from policies.rewards.posterior import Posterior
from policies.rewards.questions import Asked, Patience, following

PATIENCE = Patience(MOST, least=0.09)
"""An answer is worth the interruption while what is chosen later is expected to be preferred by about two points more
for it: 40 simulated people with three strong tastes each, on any of 19 axes, were asked three to eight questions, 4.5
on the average."""
_ENOUGH = 64
"""Prompts, about, that stand for what is to be decided: each of more would take its time before every question."""
_ID = re.compile(r"[^\s\x00]{1,64}")


class Put(NamedTuple):
    """A question as it is put: its id, the prompt, and the two answers, each as id and text, in the order shown."""

    id: str
    prompt: str
    answers: tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Deck:
    """A bank whose pairs have names: `places` by question id; `decisions` are the features of prompts' answers."""

    bank: Bank
    places: dict[str, int]
    decisions: list[Array]

    @classmethod
    def of(cls, lines: Sequence[str], place: str = "bank") -> Deck:
        """The deck of a bank's lines. Raises ConfigError for a line that is none, and a bank that asks nothing."""
        items = parsed(lines, place)
        if not items:
            raise ConfigError(place, "holds no prompts; expected one JSON object a line: id, prompt, answers")
        for number, item in enumerate(items, 1):
            if not _ID.fullmatch(item.id):
                raise ConfigError(f"{place}.{number}.id", "must be 1 to 64 characters without blanks")
        bank = opened(items)
        names = [f"{items[item].id}.{first}.{second}" for item, first, second in bank.pairs]
        decided = items[:: max(1, len(items) // _ENOUGH)]
        return cls(bank, {name: at for at, name in enumerate(names)}, [read(item) for item in decided])

    def following(self, posterior: Posterior, asked: Sequence[str]) -> tuple[str | None, str]:
        """The question that is worth most to somebody who answered those `asked`, in that order, or None and why:
        "enough", "nothing_left", "tells_little", "changes_nothing"."""
        if len(asked) >= PATIENCE.most:
            return None, "enough"
        known = [self.places[id] for id in asked if id in self.places]
        last = self.bank.pool.prompts[known[-1]] if known else None
        found, why = following(posterior, self.bank.pool, Asked(known, last), self.decisions, PATIENCE)
        return (list(self.places)[found.pair], "") if found else (None, why)

    def put(self, id: str, to: str = "") -> Put | None:
        """A question as somebody sees it, None where there is none of this id. Which answer comes first is as good as
        drawn, and always the same for them: many choose the first."""
        if id not in self.places:
            return None
        place, first, second = self.bank.pairs[self.places[id]]
        item = self.bank.items[place]
        both = [(f"{item.id}.{at}", item.answers[at].text) for at in (first, second)]
        turned = zlib.crc32(f"{to}\0{id}".encode("utf-8", "replace")) % 2
        return Put(id, item.prompt, (both[turned], both[1 - turned]))


def shipped() -> list[str]:
    """The lines of the bank that comes along."""
    return resources.files("policies.rewards").joinpath("bank.jsonl").read_text("utf-8").splitlines()
